import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { load, type BodyPix } from '@tensorflow-models/body-pix';
import { VirtualBackgroundError } from '../errors';
import type { Backend, Quality, Size } from '../types';
import type { Downloads } from './downloads';
import { fetchGraph } from './graph-files';
import { stridedGeometry } from './network-input';
import { ReplayedGraph } from './replayed-graph';
import type { Segmenter, TensorMask } from './segmenter';

/** Where the BodyPix package itself looks for its weights. */
export const BODY_PIX_BASE_URL = 'https://storage.googleapis.com/tfjs-models/savedmodel/bodypix/';

/** The graph's output float32 `[1, ceil(height / stride), ceil(width / stride), 1]`, logits, of RGB in −1…1. */
const PERSON_LOGITS = 'float_segments';

export interface BodyPixVariant {
  multiplier: 0.5 | 0.75 | 1;
  outputStride: 8 | 16;
  /** Longer side of the picture that the network sees, pixels. */
  longSide: number;
}

/** What a quality means, best first: a variant that cannot be fetched gives way to the next. */
export const BODY_PIX_VARIANTS: Record<Quality, readonly BodyPixVariant[]> = {
  low: [{ multiplier: 0.5, outputStride: 16, longSide: 257 }],
  medium: [{ multiplier: 0.5, outputStride: 16, longSide: 369 }],
  high: [
    { multiplier: 0.75, outputStride: 8, longSide: 321 },
    { multiplier: 0.5, outputStride: 8, longSide: 321 },
  ],
};

/**
 * Address of a variant's model.json.
 *
 * @param modelUrl a file (ends in `.json`): used as it is; a folder in Google's layout; null: Google's own
 */
export function bodyPixModelUrl({ multiplier, outputStride }: BodyPixVariant, modelUrl: string | null): string {
  if (modelUrl && new URL(modelUrl).pathname.endsWith('.json')) return modelUrl;
  const base = modelUrl ?? BODY_PIX_BASE_URL;
  const folder = { 0.5: '050', 0.75: '075', 1: '100' }[multiplier];
  return new URL(`mobilenet/quant2/${folder}/model-stride${outputStride}.json`, base.endsWith('/') ? base : `${base}/`).href;
}

export interface BodyPixOptions {
  /** Of the model.json. */
  url: string;
  variant: BodyPixVariant;
  backend: Backend;
  downloads: Downloads;
  /** Digest of the weights; left out: whatever comes. */
  integrity?: string | undefined;
  /** Whether another network may lie at this address one day; Google's do not change. */
  mayChange: boolean;
}

/**
 * BodyPix, loaded through its package, of which each frame runs only the person logits
 * (`float_segments`): no upsampling, thresholding, pose decoding or second readback.
 */
export class BodyPixSegmenter implements Segmenter {
  readonly spec: Segmenter['spec'];
  readonly #net: BodyPix;
  readonly #graph: ReplayedGraph;
  readonly #stride: number;
  #disposed = false;

  private constructor(net: BodyPix, stride: number, { variant, backend }: BodyPixOptions) {
    this.#net = net;
    this.#graph = new ReplayedGraph(graphOf(net), PERSON_LOGITS);
    this.#stride = stride;
    this.spec = {
      model: 'body-pix',
      backend,
      variant: `MobileNetV1 ${variant.multiplier.toFixed(2)}, stride ${stride}`,
      input: { kind: 'strided', longSide: variant.longSide, stride },
    };
  }

  /** @throws VirtualBackgroundError `model-load-failed` naming the address; the downloads' reason */
  static async load(options: BodyPixOptions): Promise<BodyPixSegmenter> {
    const { url, variant, downloads, integrity, mayChange } = options;
    try {
      // The package passes `modelUrl` straight to loadGraphModel, which takes what has the files already as well as
      // their address. Its type says string only.
      const handler = (await fetchGraph(downloads, { json: { url }, weightsIntegrity: integrity, mayChange })) as unknown as string;
      const net = await load({
        architecture: 'MobileNetV1',
        multiplier: variant.multiplier,
        outputStride: variant.outputStride,
        quantBytes: 2,
        modelUrl: handler,
      });
      try {
        return new BodyPixSegmenter(net, await tryOut(net), options);
      } catch (error) {
        // Not a graph for this: it was loaded all the same.
        net.dispose();
        throw error;
      }
    } catch (error) {
      downloads.signal.throwIfAborted();
      const detail = error instanceof Error ? error.message : String(error);
      throw new VirtualBackgroundError('model-load-failed', `model 'body-pix' could not be loaded from ${url}: ${detail}`, { cause: error });
    }
  }

  infer(pixels: () => tf.Tensor4D, size: Size): TensorMask {
    const tensor = tf.tidy(() => this.#graph.execute(tf.sub(tf.mul(pixels(), 2), 1)));
    const cells: Size = { width: tensor.shape[2], height: tensor.shape[1] };
    return { ...cells, tensor, kind: 'logit', geometry: stridedGeometry(size, cells, this.#stride) };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#net.dispose();
  }
}

/** The package declares `baseModel.model` protected; it is the graph we run. */
function graphOf(net: BodyPix): GraphModel {
  return (net.baseModel as unknown as { model: GraphModel }).model;
}

/**
 * Looks at a grey picture, in which no person is: damaged weights find one, or give no numbers (the real ones: below −4).
 * Without digests of Google's files it is the only way to tell, and what takes a grey wall for a person would send the room.
 *
 * @returns the stride, which the file decides, whatever its name says: 65 pixels give 5 cells at 16, 9 at 8
 * @throws {Error} saying that the weights are damaged
 */
async function tryOut(net: BodyPix): Promise<number> {
  const logits = tf.tidy(() => graphOf(net).execute(tf.zeros([1, 65, 65, 3]), PERSON_LOGITS) as tf.Tensor4D);
  try {
    const isPlausible = (await logits.data()).every((logit) => logit < 0);
    if (!isPlausible) throw new Error('its weights are damaged: it finds a person in a grey picture');
    return 64 / (logits.shape[1] - 1);
  } finally {
    logits.dispose();
  }
}
