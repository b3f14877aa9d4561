import type { SerializedError } from '../errors';
import type { BackgroundMode, DrawnAs } from '../gl/compositor';
import type { DebugView, EngineStats, MatteLook, People, PowerPreference, Quality, Size } from '../types';

/** The most that goes out: pixels of a landscape picture (turned for a portrait one), and frames a second. */
export interface OutputLimit extends Size {
  frameRate: number;
}

/** What a pipeline draws; sent whole at every change. */
export interface PipelineSettings extends Partial<MatteLook> {
  /** Longer side of the network's input against its nominal size, 0…1; 1 when left out. */
  inputScale?: number;
  /** Output size against the source's, 0…1; 1 when left out. */
  outputScale?: number;
  /** Kept by the host; none when left out. */
  limit?: OutputLimit;
  /** Of the GPU context, which is made with the pipeline; `default` when left out. */
  powerPreference?: PowerPreference;
  background: BackgroundMode;
  people?: People;
  /** A stage of the matte in place of the picture. */
  debug?: DebugView | null;
  /** Effort at the person's edge; sets what the other efforts are unless they are given. */
  quality: Quality;
}

/** The part of {@link EngineStats} that the pipeline knows. */
export type PipelineStats = Omit<EngineStats, 'host' | 'quality' | 'level' | 'model' | 'backend'>;

export type PipelineEvent =
  /** What went out changed: the first frame, the curtain falls or rises, the room is shown on request. */
  | { type: 'drawn'; as: DrawnAs }
  /** `sentMs`: when, milliseconds since 1970, so that the window can tell how late it is. */
  | { type: 'stats'; stats: PipelineStats; sentMs: number }
  /** Something went wrong that the pipeline survives. */
  | { type: 'warning'; error: SerializedError }
  /** The source gives no frames any more; or it does, which is reported of each source's first frame, too. */
  | { type: 'silence'; isSilent: boolean }
  | { type: 'context-lost' }
  | { type: 'context-restored' }
  /** The pipeline cannot go on. */
  | { type: 'failed'; error: SerializedError };

/** As of `canvas.toBlob()`. */
export interface SnapshotFormat {
  /** Media type. */
  type: string;
  /** 0…1, for types that lose something. */
  quality?: number | undefined;
}

/** Window → engine worker. Everything transferable in a message changes its owner. */
export type HostRequest =
  | { type: 'init'; writable: WritableStream<VideoFrame>; maskPort: MessagePort; settings: PipelineSettings }
  | { type: 'configure'; settings: PipelineSettings }
  | { type: 'picture'; bitmap: ImageBitmap | null }
  | { type: 'picture-frame'; frame: VideoFrame; size: Size }
  | { type: 'source-track'; id: number; readable: ReadableStream<VideoFrame>; isCamera: boolean; isSteady: boolean }
  /** Whether a frame of that track came. */
  | { type: 'is-read'; id: number }
  | { type: 'source-frames'; isSteady: boolean }
  /** See `hideSource` of the hosts. */
  | { type: 'hide-source'; isHidden: boolean }
  | { type: 'source-frame'; frame: VideoFrame; droppedFrames: number }
  /** For networks in the worker's own GPU context. */
  | { type: 'connect-segmentation'; port: MessagePort }
  | { type: 'snapshot'; id: number; format: SnapshotFormat }
  | { type: 'dispose' };

/** Engine worker → window. */
export type HostResponse =
  /** The pipeline is there. */
  | { type: 'ready' }
  /** Every frame was closed: the worker may be ended. */
  | { type: 'disposed' }
  | { type: 'event'; event: PipelineEvent }
  | { type: 'picture-frame-done' }
  /** The first frame of a `source-track` came. */
  | { type: 'source-track-read'; id: number }
  /** The answer to `is-read` where none came. */
  | { type: 'source-track-unread'; id: number }
  | { type: 'source-frame-done' }
  | { type: 'snapshot'; id: number; picture: Blob | null };
