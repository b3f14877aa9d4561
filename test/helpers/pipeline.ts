import type { DrawnAs } from '../../src/gl/compositor';
import type { PipelineEvent, PipelineSettings } from '../../src/pipeline/messages';
import { Pipeline } from '../../src/pipeline/pipeline';
import type { DataRequest, DataResponse } from '../../src/segmentation/messages';
import { FULL_FRAME_GEOMETRY, type SegmenterSpec } from '../../src/segmentation/network-input';
import type { Mask } from '../../src/types';
import { createCanvas, readCanvas, type Picture } from './pixels';
import { nextTask, waitFor } from './wait';

export const SPEC: SegmenterSpec = {
  model: 'selfie',
  backend: 'wasm',
  variant: 'fake',
  input: { kind: 'fixed', sizes: [{ width: 64, height: 36 }] },
  inferenceMs: 1,
};

/** Within which a GPU, also one of software, has made a small picture. */
const FENCE_MS = 300;

/** A picture that went out, as it was on the canvas then. */
export interface Handed {
  drawn: DrawnAs;
  /** Of its frame; null = one that was shown before. */
  timestamp: number | null;
  picture: Picture;
}

/** A frame that was offered. */
export interface Offered {
  timeMs: number;
  timestamp: number;
  /** How many times it was closed. */
  closes: number;
}

/** A pipeline whose network is the test: it sees every request and answers when it likes. */
export class PipelineBench {
  readonly canvas = createCanvas({ width: 2, height: 2 });
  readonly events: PipelineEvent[] = [];
  readonly requests: DataRequest[] = [];
  /** What went out, in order. */
  readonly handed: Handed[] = [];
  readonly offered: Offered[] = [];
  /** Times that a frame came and could not be drawn. */
  blanks = 0;
  readonly pipeline: Pipeline;
  /** What `onPicture` answers. */
  onPicture: (handed: Handed) => Promise<void> | void = () => undefined;
  readonly #port: MessagePort;
  #sent = 0;
  #delivered = 0;

  constructor(background: PipelineSettings['background']) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    port2.onmessage = (event: MessageEvent<DataRequest>) => this.requests.push(event.data);
    port1.addEventListener('message', () => (this.#delivered += 1));
    this.pipeline = new Pipeline({
      canvas: this.canvas,
      maskPort: port1,
      settings: { background, quality: 'medium' },
      createContextService: null,
      onEvent: (event) => this.events.push(event),
      onPicture: (drawn, timestamp) => {
        const handed = { drawn, timestamp, picture: readCanvas(this.canvas) };
        this.handed.push(handed);
        return this.onPicture(handed);
      },
      onBlank: () => (this.blanks += 1),
      onConceal: () => (this.blanks += 1),
    });
  }

  /** How the frames were drawn, in order, as far as it changed. */
  get drawn(): string[] {
    return this.events.flatMap((event) => (event.type === 'drawn' ? [event.as] : []));
  }

  /** What went out last. */
  get last(): Handed {
    const handed = this.handed[this.handed.length - 1];
    if (!handed) throw new Error('Nothing went out');
    return handed;
  }

  /** Offers a frame as the hosts do; what was drawn at once is in {@link handed} then. */
  offer(image: HTMLCanvasElement | VideoFrame, timeMs: number): Offered {
    const size = image instanceof VideoFrame ? { width: image.displayWidth, height: image.displayHeight } : { width: image.width, height: image.height };
    const offered: Offered = { timeMs, timestamp: timeMs * 1000, closes: 0 };
    this.offered.push(offered);
    const close = (): void => {
      offered.closes += 1;
      if (image instanceof VideoFrame) image.close();
    };
    this.pipeline.offerFrame({ image, size, timeMs, timestamp: offered.timestamp, close });
    return offered;
  }

  read(): Picture {
    return readCanvas(this.canvas);
  }

  /** Resolves when the pipeline has got a message, and done what it does with it. */
  async send(response: DataResponse): Promise<void> {
    this.#sent += 1;
    const sent = this.#sent;
    this.#port.postMessage(response);
    await waitFor('a message to the pipeline', () => this.#delivered >= sent);
    await nextTask();
  }

  /** The network is ready. */
  async connect(spec = SPEC): Promise<void> {
    await this.send({ type: 'spec', spec });
  }

  /** What the network was asked, in order. */
  async request(index: number): Promise<DataRequest> {
    await waitFor(`request ${index} to the network`, () => this.requests.length > index);
    return this.requests[index] as DataRequest;
  }

  /** Whether the network is not asked anything more than that, as far as can be seen from here. */
  async hasAskedOnly(requests: number): Promise<boolean> {
    await nextTask(20);
    return this.requests.length === requests;
  }

  /** @param value the probability of every cell, or of each column */
  async answer({ id, width, height }: DataRequest, value: number | ((share: number) => number)): Promise<void> {
    const valueAt = typeof value === 'number' ? () => value : value;
    const data = Float32Array.from({ length: width * height }, (_cell, index) => valueAt(((index % width) + 0.5) / width));
    const mask: Mask = { width, height, data, kind: 'probability', geometry: FULL_FRAME_GEOMETRY };
    const before = this.handed.length + this.blanks;
    await this.send({ type: 'mask', id, mask, buffer: new ArrayBuffer(width * height * 4), inferenceMs: 0 });
    // A fence stands before the picture that guides the matte. A mask that is of no use brings no picture.
    const end = performance.now() + FENCE_MS;
    while (this.handed.length + this.blanks === before && performance.now() < end) await nextTask();
  }

  /** Connects the network and shows a frame with its person. */
  async showPerson(frame: HTMLCanvasElement, timeMs: number): Promise<void> {
    await this.connect();
    const before = this.requests.length;
    this.offer(frame, timeMs);
    await this.answer(await this.request(before), 1);
    if (this.last.drawn !== 'person') throw new Error(`The frame went out as ${this.last.drawn}`);
  }

  dispose(): void {
    this.#port.close();
    const gl = this.pipeline.compositor?.context.gl;
    this.pipeline.dispose();
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
