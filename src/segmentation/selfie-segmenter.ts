import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { VirtualBackgroundError, createAbortError } from '../errors';
import type { AssetUrls } from '../assets';
import type { Backend, Size } from '../types';
import type { DownloadFile, Downloads } from './downloads';
import { fetchGraph } from './graph-files';
import { FULL_FRAME_GEOMETRY } from './network-input';
import { packageDigest, packageFile } from './package-files';
import { ReplayedGraph } from './replayed-graph';
import type { Segmenter, TensorMask } from './segmenter';

const LANDSCAPE: Size = { width: 256, height: 144 };
const GENERAL: Size = { width: 256, height: 256 };

/** A network that could not be had is asked for again after this. */
const RETRY_MS = 10_000;

export interface SelfieOptions {
  assets: AssetUrls;
  backend: Backend;
  downloads: Downloads;
}

/**
 * MediaPipe Selfie Segmentation, bundled with the package (see scripts/build-assets.mjs): the landscape
 * network for wide frames and the general one for square and upright frames, each fetched when first needed.
 */
export class SelfieSegmenter implements Segmenter {
  readonly spec: Segmenter['spec'];
  readonly #assets: AssetUrls;
  #downloads: Downloads;
  /** Ends what is fetched later. */
  readonly #end = new AbortController();
  readonly #loading = new Map<string, Promise<void>>();
  readonly #ready = new Map<string, { model: GraphModel; graph: ReplayedGraph }>();
  #disposed = false;

  private constructor({ assets, backend, downloads }: SelfieOptions) {
    this.#assets = assets;
    this.#downloads = downloads;
    this.spec = { model: 'selfie', backend, variant: 'MediaPipe selfie', input: { kind: 'fixed', sizes: [LANDSCAPE, GENERAL], crop: GENERAL } };
  }

  /** @throws VirtualBackgroundError `model-load-failed` naming the address; the downloads' reason */
  static async load(options: SelfieOptions): Promise<SelfieSegmenter> {
    const segmenter = new SelfieSegmenter(options);
    await segmenter.#network(LANDSCAPE);
    segmenter.#downloads = options.downloads.forLater(segmenter.#end.signal);
    return segmenter;
  }

  /** @throws VirtualBackgroundError `model-load-failed` */
  async prepare(size: Size): Promise<void> {
    await this.#network(size);
  }

  infer(pixels: () => tf.Tensor4D, size: Size): TensorMask {
    const network = this.#ready.get(networkName(size));
    if (!network) throw new VirtualBackgroundError('internal', `The ${networkName(size)} network was not prepared`);
    const tensor = tf.tidy(() => network.graph.execute(pixels()));
    return { width: size.width, height: size.height, tensor, kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#end.abort(createAbortError());
    for (const { model } of this.#ready.values()) model.dispose();
    this.#ready.clear();
    this.#loading.clear();
  }

  #network(size: Size): Promise<void> {
    const name = networkName(size);
    let loading = this.#loading.get(name);
    if (!loading) {
      loading = loadNetwork(name, this.#assets, this.#downloads).then((model) => {
        if (this.#disposed) model.dispose();
        else this.#ready.set(name, { model, graph: new ReplayedGraph(model, 'logits') });
      });
      this.#loading.set(name, loading);
      // Not for every mask again.
      loading.catch(() => setTimeout(() => this.#loading.delete(name), RETRY_MS));
    }
    return loading;
  }
}

type NetworkName = 'landscape' | 'general';

function networkName({ width, height }: Size): NetworkName {
  return width > height ? 'landscape' : 'general';
}

function networkFiles(name: NetworkName, { selfieLandscape, selfieGeneral }: AssetUrls): { json: DownloadFile; weights: DownloadFile } {
  const { json, weights } = name === 'landscape' ? selfieLandscape : selfieGeneral;
  return { json: packageFile(`selfie-${name}.json`, json), weights: packageFile(`selfie-${name}.bin`, weights) };
}

/** What {@link SelfieSegmenter.load} will fetch. */
export function firstSelfieFiles(assets: AssetUrls): DownloadFile[] {
  return Object.values(networkFiles('landscape', assets));
}

async function loadNetwork(name: NetworkName, assets: AssetUrls, downloads: Downloads): Promise<GraphModel> {
  const { json, weights } = networkFiles(name, assets);
  downloads.expect([json, weights]);
  try {
    return await loadGraphModel(
      await fetchGraph(downloads, {
        json,
        jsonIntegrity: packageDigest(`selfie-${name}.json`),
        weightsUrl: () => weights.url,
        weightsIntegrity: packageDigest(`selfie-${name}.bin`),
        mayChange: false,
      }),
    );
  } catch (error) {
    downloads.signal.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    throw new VirtualBackgroundError(
      'model-load-failed',
      `model 'selfie' could not be loaded from ${json.url}: ${detail}; serve the package's assets folder there or set asset-base (docs/bundlers.md of the package)`,
      { cause: error },
    );
  }
}
