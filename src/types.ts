/** Fixed effort levels; `auto` lets the engine choose one. */
export const QUALITIES = ['low', 'medium', 'high'] as const;
export type Quality = (typeof QUALITIES)[number];
export const QUALITY_SETTINGS = ['auto', ...QUALITIES] as const;
export type QualitySetting = (typeof QUALITY_SETTINGS)[number];

export const MODEL_NAMES = ['body-pix', 'selfie'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export const BACKGROUND_FITS = ['cover', 'contain', 'fill'] as const;
/** How a background image or movie fills the output, as CSS `object-fit` does. */
export type BackgroundFit = (typeof BACKGROUND_FITS)[number];

export const PEOPLE = ['main', 'all'] as const;
/** Whom to cut out: the main person alone, or everybody in the picture. */
export type People = (typeof PEOPLE)[number];
export const DEFAULT_PEOPLE: People = 'all';

export const MODEL_FALLBACKS = ['selfie', 'none'] as const;
export type ModelFallback = (typeof MODEL_FALLBACKS)[number];

/** `auto`: WASM where WebGL is software, else what a short measurement at start finds faster. */
export const BACKEND_SETTINGS = ['auto', 'wasm', 'webgl'] as const;
export type BackendSetting = (typeof BACKEND_SETTINGS)[number];
export type Backend = Exclude<BackendSetting, 'auto'>;

export const POWER_PREFERENCES = ['default', 'high-performance', 'low-power'] as const;
/** Which GPU to ask for where there are two, as in WebGL's context attributes. */
export type PowerPreference = (typeof POWER_PREFERENCES)[number];

export const HOST_SETTINGS = ['auto', 'worker', 'window'] as const;
/** Where the pipeline runs. `auto` takes the worker where the browser has the APIs for it. */
export type HostSetting = (typeof HOST_SETTINGS)[number];
export type HostKind = Exclude<HostSetting, 'auto'>;

/**
 * - `idle`: nothing runs and nothing is held.
 * - `opening`: waiting for the camera, the screen or the movie.
 * - `loading`: frames arrive; the model is being fetched, compiled or run for the first time.
 * - `running`: composited frames are going out.
 * - `interrupted`: was running; now the curtain is shown (no fresh mask, lost GPU context) or no frames come.
 * - `failed`: the run ended by itself; `error` says why; `start()` tries again.
 */
export type EngineState = 'idle' | 'opening' | 'loading' | 'running' | 'interrupted' | 'failed';

export interface Size {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
}

/**
 * Where the samples of a mask lie in the frame. For a frame coordinate u in 0…1 (origin top left, left edge
 * of the left pixel to right edge of the right pixel) the mask's texture coordinate is `u * scale + offset`,
 * separately for x and y.
 */
export interface MaskGeometry {
  scaleX: number;
  scaleY: number;
  offsetX: number;
  offsetY: number;
}

/** Low-resolution person mask at the network's own resolution. */
export interface Mask extends Size {
  /** Row-major, top row first, `width * height` values; 1 (or a large logit) = person. */
  data: Float32Array;
  /** `logit`: apply the sigmoid for the probability. `probability`: already 0…1. */
  kind: 'logit' | 'probability';
  geometry: MaskGeometry;
  /** The part of the frame that the network saw, where it was not all of it. */
  rect?: PictureRect;
  /** What the network saw of the whole of the same frame, to be used outside `rect`; without it, nobody is there. */
  around?: Omit<Mask, 'rect' | 'around'>;
}

/** Part of a picture, 0…1 of its width and height, origin top left. */
export interface PictureRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A small copy of a frame in memory: RGBA 0…255, top row first, sRGB-encoded. */
export interface SmallPicture extends Size {
  pixels: Uint8Array;
}

/** Any picture that WebGL takes as a texture source without a copy through the CPU. */
export type FrameImage = VideoFrame | ImageBitmap | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas;

export const DEBUG_VIEWS = ['mask', 'time', 'matte', 'blocks', 'colors'] as const;
/**
 * Stages of the matte that can be shown in place of the picture: the network's mask, the same steadied over time,
 * the matte, the blocks that are judged as a whole, and the person's own colours.
 */
export type DebugView = (typeof DEBUG_VIEWS)[number];

/** How the person's edge looks. */
export interface MatteLook {
  /** 0 = cut out with scissors, 1 = as soft as the mask itself. */
  edgeSoftness: number;
  /** How much of the new background's light falls on the person's rim: 0 = none, 1 = all. */
  lightWrap: number;
  /** How much masks are steadied over time where the picture rests: 0 = not at all, 1 = as much as can be. */
  temporalStrength: number;
}

export const DEFAULT_LOOK: Readonly<MatteLook> = { edgeSoftness: 0.4, lightWrap: 0.12, temporalStrength: 0.8 };

/** Figures of the last second or so of a run. Times are medians in milliseconds. */
export interface EngineStats extends Size {
  /** Frames a second of the source that reached the pipeline. */
  inputFps: number;
  /** New composited frames a second that went out. */
  outputFps: number;
  /** One inference, from the small picture to the mask. */
  segmentationMs: number;
  /** Time the host's thread spends on one frame: upload and draw calls. */
  compositeMs: number;
  /** From a frame's arrival until it was handed out, cut out with its mask. */
  latencyMs: number;
  /** How much older than its frame the mask in use was: 0, since a frame waits for the mask that is made for it. */
  maskAgeMs: number;
  /** Frames of the source that were not composited, since `start()`. */
  droppedFrames: number;
  /** Composited frames, since `start()`. */
  outputFrames: number;
  /** Frames sent with the room in view, since `start()`: 0 unless `background` is `none`. */
  rawFrames: number;
  /** Frames on which the curtain was drawn, since `start()`. */
  curtainFrames: number;
  backend: Backend | null;
  model: ModelName | null;
  /** The level in use: the chosen one of `quality="auto"`. */
  quality: Quality | null;
  /** The same in more detail, for people: the rung of the ladder that `auto` stands on. */
  level: string;
  host: HostKind | null;
}

export const PROGRESS_PHASES = ['camera', 'model', 'compile'] as const;
/**
 * - `camera`: the browser asks whether the camera or the screen may be used, or opens it
 * - `model`: the network and what runs it are being fetched
 * - `compile`: the network is compiled and runs for the first time
 */
export type ProgressPhase = (typeof PROGRESS_PHASES)[number];

/** What is being waited for. */
export interface ProgressDetail {
  phase: ProgressPhase;
  /** Bytes that are here, in the phase `model`. */
  loaded?: number;
  /** Bytes of all files together; left out while that is not known. */
  total?: number;
}

export const MODEL_CACHES = ['storage', 'none'] as const;
/** Where model files are kept for the next visit: the browser's Cache Storage, or nowhere but in its HTTP cache. */
export type ModelCaching = (typeof MODEL_CACHES)[number];

export const SCENES = ['office', 'studio', 'bookshelf', 'lake', 'forest', 'beach', 'city', 'waves', 'gradient'] as const;
/** Backgrounds that the package draws by itself: `background="scene:<name>"`. */
export type SceneName = (typeof SCENES)[number];

/**
 * - string: `none`, `blur`, `blur:<radius px>`, `bokeh`, `bokeh:<radius px>`, `scene:<name>`, a CSS colour, or the URL of
 *   an image or a movie. Radii are above 0 and at most 200 output pixels: of `blur` the standard deviation, as CSS `blur()`, 2.5 % of
 *   the shorter side unless told; of `bokeh`, a lens' blur in which lamps become discs, the disc's radius, 5 % unless
 *   told. Discs are drawn at quality `high`; below, `bokeh` is as strong a Gaussian (half the radius).
 * - Blob or File: an image or a movie
 * - elements, bitmaps, canvases and streams: what they show; a canvas and a stream live, an image once
 */
export type BackgroundInput =
  | (string & {})
  | Blob
  | HTMLImageElement
  | ImageBitmap
  | HTMLCanvasElement
  | HTMLVideoElement
  | MediaStream;


/** `camera`, `screen`, the URL of a movie, or what already has frames. */
export type SourceInput = 'camera' | 'screen' | (string & {}) | MediaStream | MediaStreamTrack | HTMLVideoElement;

/** What the frames come from at present. */
export interface SourceSettings extends Size {
  /** Of a camera; null for anything else, and where the browser withholds it. */
  deviceId: string | null;
  /** The camera's name, or what the browser calls another track; empty where it has none. */
  label: string;
  /** `user`, `environment`, `left` or `right`, where it is known. */
  facingMode: string | null;
  /** Frames a second, where it is known. */
  frameRate: number | null;
}
