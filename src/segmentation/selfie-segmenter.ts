import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { VirtualBackgroundError } from '../errors';
import type { AssetUrls, ModelFiles } from '../assets';
import type { Backend, Size } from '../types';
import { FULL_FRAME_GEOMETRY } from './network-input';
import type { Segmenter, TensorMask } from './segmenter';

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
  readonly #loading = new Map<string, Promise<void>>();
  readonly #ready = new Map<string, GraphModel>();
  #disposed = false;

  private constructor({ assets, backend }: SelfieOptions) {
    this.#assets = assets;
    this.spec = { model: 'selfie', backend, variant: 'MediaPipe selfie', input: { kind: 'fixed', sizes: [LANDSCAPE, GENERAL], detail: GENERAL } };
  }

  /** @throws VirtualBackgroundError `model-load-failed` naming the address */
  static async load(options: SelfieOptions): Promise<SelfieSegmenter> {
    const segmenter = new SelfieSegmenter(options);
    await segmenter.#network(LANDSCAPE, options.onProgress);
    return segmenter;
  }

  /** @throws VirtualBackgroundError `model-load-failed` */
  async prepare(size: Size): Promise<void> {
    await this.#network(size);
  }

  infer(pixels: () => tf.Tensor4D, size: Size): TensorMask {
    const network = this.#ready.get(networkName(size));
    if (!network) throw new VirtualBackgroundError('internal', `The ${networkName(size)} network was not prepared`);
    const tensor = tf.tidy(() => network.execute(pixels(), 'logits') as tf.Tensor4D);
    return { width: size.width, height: size.height, tensor, kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const network of this.#ready.values()) network.dispose();
    this.#ready.clear();
    this.#loading.clear();
  }

  #network(size: Size, onProgress?: (fraction: number) => void): Promise<void> {
    const name = networkName(size);
    let loading = this.#loading.get(name);
    if (!loading) {
      const files = name === 'landscape' ? this.#assets.selfieLandscape : this.#assets.selfieGeneral;
      loading = loadNetwork(files, onProgress).then((network) => {
        if (this.#disposed) network.dispose();
        else this.#ready.set(name, network);
      });
      this.#loading.set(name, loading);
      loading.catch(() => this.#loading.delete(name));
    }
    return loading;
  }
}

function networkName({ width, height }: Size): 'landscape' | 'general' {
  return width > height ? 'landscape' : 'general';
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
