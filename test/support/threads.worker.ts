/** For test/node/threads.test.mjs: the threads themselves, without what decides whether they are worth it. */
import { resolveAssetUrls } from '../../src/assets';
import { Downloads } from '../../src/segmentation/downloads';
import { SelfieSegmenter } from '../../src/segmentation/selfie-segmenter';
import { segmentPicture, startBackend } from '../../src/segmentation/tf-runtime';
import { startWasmThreads, type WasmThreads } from '../../src/segmentation/wasm-threads';

const SIZE = { width: 256, height: 144 };
const assets = resolveAssetUrls('/assets/');

let threads: WasmThreads | null = null;
let segmenter: SelfieSegmenter | null = null;

/** Light with a dark shape before it, and some grain: the network shall see something everywhere. */
function drawPicture(): Uint8Array {
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    const x = (at / 4) % SIZE.width;
    const y = Math.floor(at / 4 / SIZE.width);
    const inside = Math.hypot(x - 128, (y - 60) * 1.2) < 34 || (y > 96 && Math.abs(x - 128) < 70);
    const grain = (x * 31 + y * 17) % 23;
    pixels.set(inside ? [150 + grain, 110 + grain, 90 + grain, 255] : [205 + grain, 210 + grain, 220 + grain, 255], at);
  }
  return pixels;
}

const actions = {
  async start(): Promise<number> {
    const backend = await startBackend('wasm', assets, {
      startThreads: async (urls, downloads) => {
        threads = await startWasmThreads(urls, downloads);
        return threads?.backend ?? null;
      },
    });
    segmenter = await SelfieSegmenter.load({ assets, backend, downloads: new Downloads() });
    return threads?.count ?? 1;
  },

  use: () => threads?.use(),
  drop: () => threads?.drop(),

  /** @returns logits, and how many threads found them */
  async segment(): Promise<{ mask: number[]; threads: number }> {
    const { data } = await segmentPicture(segmenter as SelfieSegmenter, { ...SIZE, pixels: drawPicture() });
    const { wasm } = (threads?.backend ?? {}) as { wasm?: { tfjs: { getThreadsCount(): number } } };
    return { mask: [...data], threads: wasm?.tfjs.getThreadsCount() ?? 1 };
  },
};

self.onmessage = async ({ data }: MessageEvent<keyof typeof actions>) => {
  self.postMessage(await actions[data]());
};
