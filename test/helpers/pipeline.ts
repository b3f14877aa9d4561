import type { PipelineEvent, PipelineSettings } from '../../src/pipeline/messages';
import { Pipeline, type FrameOutcome } from '../../src/pipeline/pipeline';
import type { DataRequest, DataResponse } from '../../src/segmentation/messages';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import type { Mask } from '../../src/types';
import { createCanvas, readCanvas, type Picture } from './pixels';
import { waitFor } from './wait';

export const SPEC: SegmenterSpec = {
  model: 'selfie',
  backend: 'wasm',
  variant: 'fake',
  input: { kind: 'fixed', sizes: [{ width: 64, height: 36 }] },
  inferenceMs: 1,
};

/** A pipeline whose network is the test: it sees every request and answers when it likes. */
export class PipelineBench {
  readonly canvas = createCanvas({ width: 2, height: 2 });
  readonly events: PipelineEvent[] = [];
  readonly requests: DataRequest[] = [];
  readonly pipeline: Pipeline;
  readonly #port: MessagePort;
  #answered = 0;

  constructor(background: PipelineSettings['background']) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    port2.onmessage = (event: MessageEvent<DataRequest>) => this.requests.push(event.data);
    this.pipeline = new Pipeline({
      canvas: this.canvas,
      maskPort: port1,
      settings: { background, quality: 'medium' },
      createTextureSegmenter: null,
      onEvent: (event) => this.events.push(event),
    });
  }

  /** How the frames were drawn, in order, as far as it changed. */
  get drawn(): string[] {
    return this.events.flatMap((event) => (event.type === 'drawn' ? [event.as] : []));
  }

  send(response: DataResponse): void {
    this.#port.postMessage(response);
  }

  /** Draws a frame as the hosts do. */
  show(frame: HTMLCanvasElement, timeMs: number): FrameOutcome {
    const outcome = this.pipeline.processFrame(frame, frame, timeMs);
    this.pipeline.requestMask();
    return outcome;
  }

  read(): Picture {
    return readCanvas(this.canvas);
  }

  /** The network is ready: the next frame asks for a mask. */
  async connect(frame: HTMLCanvasElement, timeMs: number): Promise<DataRequest> {
    this.send({ type: 'spec', spec: SPEC });
    return this.nextRequest(() => this.show(frame, timeMs));
  }

  /** Shows frames until the network was asked once more. */
  async nextRequest(show: () => void): Promise<DataRequest> {
    const before = this.requests.length;
    await waitFor('a request to the network', () => {
      show();
      return this.requests.length > before;
    });
    return this.requests[this.requests.length - 1] as DataRequest;
  }

  /** Answers whatever is asked until a frame of this time shows the person. */
  async untilPerson(frame: HTMLCanvasElement, timeMs: number): Promise<void> {
    await waitFor('the person', () => {
      for (const request of this.requests.slice(this.#answered)) this.answer(request, 1);
      return this.show(frame, timeMs) === 'person';
    });
  }

  answer({ id, width, height }: DataRequest, value: number): void {
    this.#answered = this.requests.length;
    const data = new Float32Array(width * height).fill(value);
    const mask: Mask = { width, height, data, kind: 'probability', geometry: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 } };
    this.send({ type: 'mask', id, mask, buffer: new ArrayBuffer(width * height * 4), inferenceMs: 0 });
  }

  dispose(): void {
    this.#port.close();
    const gl = this.pipeline.compositor?.context.gl;
    this.pipeline.dispose();
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
