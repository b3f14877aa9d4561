import * as tf from '@tensorflow/tfjs-core';
import { VirtualBackgroundError } from '../errors';
import type { AssetUrls } from '../assets';
import type { Backend, BackendSetting, Mask, SmallPicture } from '../types';
import { Downloads } from './downloads';
import type { Segmenter } from './segmenter';
import { startWasmBackend } from './wasm-backend';

/** Makes a WASM backend that can work on several threads; null where that can't be. */
export type StartThreads = (assets: AssetUrls, downloads: Downloads) => Promise<tf.KernelBackend | null> | null;

export interface BackendStart {
  /** Fetches what the backend needs; its end ends the start. */
  downloads?: Downloads;
  /** Tried first for the WASM backend; without it, or where it gives null, the backend has the calling thread alone. */
  startThreads?: StartThreads;
}

/**
 * Starts a TensorFlow.js backend in this thread, once.
 *
 * @throws VirtualBackgroundError `model-load-failed` when no backend starts; the downloads' reason
 */
export function startBackend(setting: BackendSetting, assets: AssetUrls, { downloads = new Downloads(), startThreads }: BackendStart = {}): Promise<Backend> {
  // One after the other: TensorFlow.js gives up a start that another one overtakes.
  const backend = starting.then(() => {
    downloads.signal.throwIfAborted();
    return tryBackends(setting, assets, downloads, startThreads);
  });
  starting = backend.catch(() => undefined);
  return backend;
}

/** Whether the WASM backend runs in this thread: then its files are not fetched again. */
export function isWasmStarted(): boolean {
  return wasmStarted;
}

let starting: Promise<unknown> = Promise.resolve();

async function tryBackends(setting: BackendSetting, assets: AssetUrls, downloads: Downloads, startThreads?: StartThreads): Promise<Backend> {
  const candidates: Backend[] = setting === 'auto' ? ['wasm', 'webgl'] : [setting];
  const failures: string[] = [];
  for (const backend of candidates) {
    try {
      await importBackend(backend, assets, downloads, startThreads);
      if (await tf.setBackend(backend)) {
        await tf.ready();
        return backend;
      }
      failures.push(`${backend}: did not start`);
    } catch (error) {
      downloads.signal.throwIfAborted();
      failures.push(`${backend}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new VirtualBackgroundError(
    'model-load-failed',
    `TensorFlow.js has no working backend (${failures.join('; ')}); check that the package's assets folder is served, or set asset-base (docs/bundlers.md of the package)`,
  );
}

let wasmStarted = false;
const WASM_PRIORITY = 2;

async function importBackend(backend: Backend, assets: AssetUrls, downloads: Downloads, startThreads?: StartThreads): Promise<void> {
  if (backend === 'webgl') {
    await import('@tensorflow/tfjs-backend-webgl');
    return;
  }
  if (wasmStarted) return;
  const threaded = await startThreads?.(assets, downloads);
  // Left to itself the backend starts threads from blob: URLs, which a strict CSP forbids and this package promises not to use.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const made = threaded ?? (await startWasmBackend(assets, downloads));
  downloads.signal.throwIfAborted();
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => made, WASM_PRIORITY);
  wasmStarted = true;
}

/**
 * Finds people in a small picture and reads the mask back.
 *
 * @returns the mask at the network's own resolution; its array belongs to the caller
 * @throws VirtualBackgroundError `segmentation-failed` when the result is not finite
 */
export async function segmentPicture(segmenter: Segmenter, picture: SmallPicture): Promise<Mask> {
  await segmenter.prepare?.(picture);
  // On the page's own thread a network of another element may have its backend in use.
  if (tf.getBackend() !== segmenter.spec.backend) await tf.setBackend(segmenter.spec.backend);
  const { tensor, ...mask } = segmenter.infer(() => toInputTensor(picture), picture);
  try {
    const data = (await tensor.data()) as Float32Array;
    assertMask(data, segmenter.spec.model);
    return { ...mask, data };
  } finally {
    tensor.dispose();
  }
}

/** @returns float32 `[1, height, width, 3]`, RGB in 0…1 */
function toInputTensor({ pixels, width, height }: SmallPicture): tf.Tensor4D {
  const values = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < values.length; from += 4, to += 3) {
    values[to] = (pixels[from] as number) / 255;
    values[to + 1] = (pixels[from + 1] as number) / 255;
    values[to + 2] = (pixels[from + 2] as number) / 255;
  }
  return tf.tensor4d(values, [1, height, width, 3], 'float32');
}

/**
 * Fails closed: what never got its values reads 0 everywhere, which as a logit were half a person everywhere.
 *
 * @throws VirtualBackgroundError `segmentation-failed`
 */
export function assertMask(data: Float32Array, model: string): void {
  let isEmpty = true;
  for (const value of data) {
    if (!Number.isFinite(value)) throw new VirtualBackgroundError('segmentation-failed', `${model} gave a mask that is not finite`);
    if (value !== 0) isEmpty = false;
  }
  if (isEmpty) throw new VirtualBackgroundError('segmentation-failed', `${model} gave a mask without values`);
}
