import type { AssetUrls } from '../assets';
import type { SerializedError } from '../errors';
import type { BackendSetting, Mask, ModelCaching, ModelName, ProgressDetail, Quality } from '../types';
import type { SegmenterSpec } from './network-input';

/** What to load. */
export interface LoadRequest {
  model: ModelName;
  quality: Quality;
  backend: BackendSetting;
  /** BodyPix only: a model.json, or a folder in the layout of Google's; null = Google's own address. */
  modelUrl: string | null;
  /** Digests of BodyPix's weights; null or left out: whatever comes. */
  modelIntegrity?: string | null;
  /** Where files are kept for the next visit; `none` when left out. */
  modelCache?: ModelCaching;
  assets: AssetUrls;
}

/** Window → what runs networks: the segmentation worker, or the pipeline's own thread. */
export type ControlRequest =
  | { type: 'load'; id: number; request: LoadRequest }
  /** Ends a load and what it fetches; there is no answer. */
  | { type: 'cancel'; id: number }
  /** Hands over the pipeline's end of the data channel; not where the pipeline is in the same thread. */
  | { type: 'connect'; port: MessagePort }
  /** Frees the network and keeps the data channel. */
  | { type: 'unload' }
  /** Asks for a sign of life. */
  | { type: 'ping' }
  | { type: 'dispose' };

/** The other way. */
export type ControlResponse =
  | { type: 'progress'; id: number; progress: ProgressDetail }
  | { type: 'warning'; id: number; warning: SerializedError }
  | { type: 'loaded'; id: number; spec: SegmenterSpec }
  | { type: 'load-failed'; id: number; error: SerializedError }
  /** The network that was in use could not be made again after its GPU context was lost. */
  | { type: 'broken'; error: SerializedError }
  /** `inference`: a number of the inference under way, another for each; 0 = none. */
  | { type: 'pong'; inference: number };

/** Pipeline → segmentation worker. The buffer is transferred and comes back with the answer. */
export type DataRequest = { type: 'segment'; id: number; buffer: ArrayBuffer; width: number; height: number };

/** Segmentation worker → pipeline; `connect` comes from the window. */
export type DataResponse =
  /** The worker that answers from now on: the first, or one in place of one that broke. */
  | { type: 'connect'; port: MessagePort }
  /** What answers from now on; null: nothing does. */
  | { type: 'spec'; spec: SegmenterSpec | null }
  | { type: 'mask'; id: number; mask: Mask; buffer: ArrayBuffer; inferenceMs: number }
  | { type: 'segment-failed'; id: number; error: SerializedError; buffer: ArrayBuffer };
