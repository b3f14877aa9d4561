import { openWorker } from '../src/open-worker';
import { WorkerHost } from '../src/pipeline/hosts/worker-host';
import { FULL_FRAME_GEOMETRY, type SegmenterSpec } from '../src/segmentation/network-input';
import type { DataRequest, DataResponse } from '../src/segmentation/messages';
import type { Running } from './page';
import { createMask } from './passes';

/** Just often enough for the mask not to count as too old. */
const ANSWER_MS = 1500;
const SPEC: SegmenterSpec = {
  model: 'selfie',
  backend: 'wasm',
  variant: 'held still',
  input: { kind: 'fixed', sizes: [{ width: 256, height: 144 }] },
  inferenceMs: 0,
};

/** Compositing alone: the worker host on an image background, with a mask that hardly ever changes. */
export async function startHeldMask(track: MediaStreamTrack, picture: ImageBitmap): Promise<Running> {
  const { port1, port2 } = new MessageChannel();
  const send = (response: DataResponse, transfer: Transferable[] = []): void => port2.postMessage(response, transfer);
  let first = true;
  port2.onmessage = ({ data: { id, buffer } }: MessageEvent<DataRequest>) => {
    setTimeout(() => send({ type: 'mask', id, mask: { ...createMask(256, 144), geometry: FULL_FRAME_GEOMETRY }, buffer, inferenceMs: 1 }, [buffer]), first ? 0 : ANSWER_MS);
    first = false;
  };
  const worker = await openWorker('engine');
  if (!worker) throw new Error('The engine worker was refused');
  let host: WorkerHost | null = null;
  await new Promise<void>((resolve) => {
    host = new WorkerHost(worker, {
      settings: { background: { kind: 'picture', fit: 'cover' }, quality: 'medium' },
      maskPort: port1,
      frameRate: 30,
      sharesContext: false,
      hasWebgl2: true,
      onEvent: (event) => {
        if (event.type === 'drawn' && event.as === 'person') resolve();
      },
    });
    host.setPicture(picture);
    host.setSource({ track, element: null, release: () => undefined });
    send({ type: 'spec', spec: SPEC });
  });
  const running = host as unknown as WorkerHost;
  return { stream: new MediaStream([running.track]), stop: () => running.dispose() };
}
