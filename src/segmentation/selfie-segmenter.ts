import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { VirtualBackgroundError } from '../errors';
import type { AssetUrls, ModelFiles } from '../assets';
import type { Backend, Mask, Size } from '../types';
import { FULL_FRAME_GEOMETRY } from './network-input';
import type { Segmenter, SmallPicture } from './segmenter';
import { assertFinite, toInputTensor } from './tf-runtime';

const LANDSCAPE: Size = { width: 256, height: 144 };
const GENERAL: Size = { width: 256, height: 256 };

export interface SelfieOptions {
  assets: AssetUrls;
  backend: Backend;
  onProgress(fraction: number): void;
}

/**
 * MediaPipe Selfie Segmentation, bundled with the package (see scripts/build-assets.mjs): the landscape
 * network for wide frames and the general one for square and upright frames, each fetched when first needed.
 */
export class SelfieSegmenter implements Segmenter {
  readonly spec: Segmenter['spec'];
  readonly #assets: AssetUrls;
  readonly #networks = new Map<string, Promise<GraphModel>>();
  #disposed = false;

  private constructor({ assets, backend }: SelfieOptions) {
    this.#assets = assets;
    this.spec = { model: 'selfie', backend, variant: 'MediaPipe selfie', input: { kind: 'fixed', sizes: [LANDSCAPE, GENERAL] } };
  }

  /** @throws VirtualBackgroundError `model-load-failed` naming the address */
  static async load(options: SelfieOptions): Promise<SelfieSegmenter> {
    const segmenter = new SelfieSegmenter(options);
    await segmenter.#network(LANDSCAPE, options.onProgress);
    return segmenter;
  }

  async segment(picture: SmallPicture): Promise<Mask> {
    const { width, height } = picture;
    const network = await this.#network(picture);
    const output = tf.tidy(() => network.execute(toInputTensor(picture, 1 / 255, 0), 'logits') as tf.Tensor4D);
    try {
      const data = (await output.data()) as Float32Array;
      assertFinite(data, 'selfie');
      return { width, height, data, kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
    } finally {
      output.dispose();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const network of this.#networks.values()) void network.then((model) => model.dispose(), () => undefined);
    this.#networks.clear();
  }

  #network(size: Size, onProgress?: (fraction: number) => void): Promise<GraphModel> {
    const wide = size.width > size.height;
    const key = wide ? 'landscape' : 'general';
    let network = this.#networks.get(key);
    if (!network) {
      network = loadNetwork(wide ? this.#assets.selfieLandscape : this.#assets.selfieGeneral, onProgress);
      this.#networks.set(key, network);
      network.catch(() => this.#networks.delete(key));
    }
    return network;
  }
}

async function loadNetwork(files: ModelFiles, onProgress?: (fraction: number) => void): Promise<GraphModel> {
  try {
    return await loadGraphModel(tf.io.http(files.json, { ...(onProgress ? { onProgress } : {}), weightUrlConverter: () => Promise.resolve(files.weights) }));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new VirtualBackgroundError(
      'model-load-failed',
      `model 'selfie' could not be loaded from ${files.json}: ${detail}; serve the package's assets folder there or set asset-base`,
      { cause: error },
    );
  }
}
