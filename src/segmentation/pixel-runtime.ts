import type { Backend, Mask, Size, SmallPicture } from '../types';
import type { Downloads } from './downloads';
import type { LoadRequest } from './messages';
import type { NetworkRuntime } from './network-runtime';
import { packageFile } from './package-files';
import type { Segmenter } from './segmenter';
import { isWasmStarted, segmentPicture, startBackend } from './tf-runtime';
import type { ThreadChoice } from './thread-choice';
import { singleThreadFile } from './wasm-backend';

/** Networks on TensorFlow.js' own backends, which get their pictures as pixels: WASM, or WebGL in a context of its own. */
export class PixelRuntime implements NetworkRuntime<SmallPicture> {
  readonly isLost = false;
  readonly #threads: ThreadChoice | undefined;

  constructor(threads?: ThreadChoice) {
    this.#threads = threads;
  }

  start({ backend, assets }: LoadRequest, downloads: Downloads): Promise<Backend> {
    return startBackend(backend, assets, { downloads, startThreads: (urls, files) => this.#threads?.start(urls, files) ?? null });
  }

  async expectFiles({ backend, assets }: LoadRequest, downloads: Downloads): Promise<void> {
    // With threads it is another file, of nearly the same size.
    if (backend === 'webgl' || this.#threads || isWasmStarted()) return;
    const name = await singleThreadFile();
    downloads.expect([packageFile(name, assets.wasm[name])]);
  }

  createBlank({ width, height }: Size): { picture: SmallPicture; dispose(): void } {
    return { picture: { width, height, pixels: new Uint8Array(width * height * 4) }, dispose: () => undefined };
  }

  segment(segmenter: Segmenter, picture: SmallPicture): Promise<Mask> {
    return segmentPicture(segmenter, picture);
  }

  choose(measure: () => Promise<number>): Promise<number> {
    return this.#threads?.choose(measure) ?? measure();
  }

  note(inferenceMs: number): void {
    this.#threads?.note(inferenceMs);
  }
}
