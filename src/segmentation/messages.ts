import type { AssetUrls } from '../assets';
import type { SerializedError } from '../errors';
import type { BackendSetting, Mask, ModelName, ModelProgress, Quality } from '../types';
import type { SegmenterSpec } from './network-input';

/** What to load. */
export interface LoadRequest {
  model: ModelName;
  quality: Quality;
  backend: BackendSetting;
  /** BodyPix only: a model.json, or a folder in the layout of Google's; null = Google's own address. */
  modelUrl: string | null;
  assets: AssetUrls;
}

/** Window → segmentation worker. */
export type ControlRequest =
  | { type: 'load'; id: number; request: LoadRequest }
  /** Hands over the pipeline's end of the data channel. */
  | { type: 'connect'; port: MessagePort }
  /** Frees the network and keeps the data channel. */
  | { type: 'unload' }
  | { type: 'dispose' };

/** Segmentation worker → window. */
export type ControlResponse =
  | { type: 'progress'; id: number; progress: ModelProgress }
  | { type: 'warning'; id: number; warning: SerializedError }
  | { type: 'loaded'; id: number; spec: SegmenterSpec }
  | { type: 'load-failed'; id: number; error: SerializedError };

/** Pipeline → segmentation worker. The buffer is transferred and comes back with the answer. */
export type DataRequest = { type: 'segment'; id: number; buffer: ArrayBuffer; width: number; height: number };

/** Segmentation worker → pipeline. */
export type DataResponse =
  /** What answers from now on; null: nothing does. */
  | { type: 'spec'; spec: SegmenterSpec | null }
  | { type: 'mask'; id: number; mask: Mask; buffer: ArrayBuffer; inferenceMs: number }
  | { type: 'segment-failed'; id: number; error: SerializedError; buffer: ArrayBuffer };
