import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import {
  BACKEND_SETTINGS,
  BACKGROUND_FITS,
  DEBUG_VIEWS,
  DEFAULT_LOOK,
  DEFAULT_PEOPLE,
  HOST_SETTINGS,
  MODEL_CACHES,
  MODEL_FALLBACKS,
  MODEL_NAMES,
  PEOPLE,
  POWER_PREFERENCES,
  QUALITY_SETTINGS,
  type BackendSetting,
  type BackgroundFit,
  type BackgroundInput,
  type DebugView,
  type HostSetting,
  type MatteLook,
  type ModelCaching,
  type ModelFallback,
  type ModelName,
  type People,
  type PowerPreference,
  type QualitySetting,
  type SourceInput,
} from '../types';
import { validateBackground } from './background/background';

/** Everything a page can set. All but `backend`, `powerPreference`, `host` and `assetBase` take effect while running. */
export interface EngineSettings extends MatteLook {
  background: BackgroundInput;
  backgroundFit: BackgroundFit;
  people: People;
  /** A stage of the matte in place of the picture; null = the picture. */
  debug: DebugView | null;
  quality: QualitySetting;
  model: ModelName;
  modelUrl: string | null;
  modelFallback: ModelFallback;
  modelCache: ModelCaching;
  /** Digests of BodyPix's weights, as in the `integrity` attribute of scripts; null = whatever comes. */
  modelIntegrity: string | null;
  source: SourceInput;
  deviceId: string | null;
  facingMode: string | null;
  /** Pixels, ideal. */
  width: number;
  /** Pixels, ideal. */
  height: number;
  /** Frames a second, ideal. */
  frameRate: number;
  /** Folder with copies of the package's assets; null = beside the script. */
  assetBase: string | null;
  backend: BackendSetting;
  /** Which GPU to ask for, where there are two. */
  powerPreference: PowerPreference;
  host: HostSetting;
  /** Holds for the whole page from when it was set. */
  noBlobWorkers: boolean;
}

export const DEFAULT_SETTINGS: Readonly<EngineSettings> = {
  background: 'blur',
  backgroundFit: 'cover',
  ...DEFAULT_LOOK,
  people: DEFAULT_PEOPLE,
  debug: null,
  quality: 'auto',
  model: 'body-pix',
  modelUrl: null,
  modelFallback: 'selfie',
  modelCache: 'storage',
  modelIntegrity: null,
  source: 'camera',
  deviceId: null,
  facingMode: null,
  width: 1280,
  height: 720,
  frameRate: 30,
  assetBase: null,
  backend: 'auto',
  powerPreference: 'default',
  host: 'auto',
  noBlobWorkers: false,
};

/** What a camera is opened with. */
export const CAMERA_KEYS = ['deviceId', 'facingMode', 'width', 'height', 'frameRate'] as const;
/** What the pipeline is told. */
export const PICTURE_KEYS = ['source', 'width', 'height', 'frameRate', 'people', 'edgeSoftness', 'lightWrap', 'temporalStrength', 'debug'] as const;
/** What another network has to be loaded for. */
export const MODEL_KEYS = ['model', 'modelUrl', 'modelFallback', 'modelIntegrity', 'quality'] as const;

const CHOICES: Partial<Record<keyof EngineSettings, readonly string[]>> = {
  backgroundFit: BACKGROUND_FITS,
  people: PEOPLE,
  debug: DEBUG_VIEWS,
  quality: QUALITY_SETTINGS,
  model: MODEL_NAMES,
  modelFallback: MODEL_FALLBACKS,
  modelCache: MODEL_CACHES,
  facingMode: ['user', 'environment', 'left', 'right'],
  backend: BACKEND_SETTINGS,
  powerPreference: POWER_PREFERENCES,
  host: HOST_SETTINGS,
};

const RANGES: Partial<Record<keyof EngineSettings, readonly [number, number]>> = {
  width: [16, 7680],
  height: [16, 7680],
  frameRate: [1, 240],
  edgeSoftness: [0, 1],
  lightWrap: [0, 1],
  temporalStrength: [0, 1],
};

const SWITCHES: readonly (keyof EngineSettings)[] = ['noBlobWorkers'];
const TEXTS: readonly (keyof EngineSettings)[] = ['deviceId', 'modelIntegrity'];

/**
 * Checks one setting.
 *
 * @returns the value to use
 * @throws VirtualBackgroundError `attribute-invalid`, naming the attribute and the rule
 */
export function validateSetting<Key extends keyof EngineSettings>(key: Key, value: unknown): EngineSettings[Key] {
  try {
    return checkSetting(key, value);
  } catch (error) {
    // Some objects throw when they are looked at.
    throw toVirtualBackgroundError(error, 'attribute-invalid', `${attributeName(key)} cannot be read`);
  }
}

function checkSetting<Key extends keyof EngineSettings>(key: Key, value: unknown): EngineSettings[Key] {
  const attribute = attributeName(key);
  if (key === 'background') validateBackground(value);
  if (key === 'source') validateSource(value);
  const choices = CHOICES[key];
  if (choices && value !== null && !choices.includes(value as string)) {
    throw invalid(`${attribute} must be ${listChoices(choices)}; got ${describeValue(value)}`);
  }
  if (choices && value === null && DEFAULT_SETTINGS[key] !== null) {
    throw invalid(`${attribute} must be ${listChoices(choices)}; got null`);
  }
  const range = RANGES[key];
  if (range && !(typeof value === 'number' && value >= range[0] && value <= range[1])) {
    throw invalid(`${attribute} must be a number from ${range[0]} to ${range[1]}; got ${describeValue(value)}`);
  }
  if (SWITCHES.includes(key) && typeof value !== 'boolean') throw invalid(`${attribute} must be true or false; got ${describeValue(value)}`);
  if (TEXTS.includes(key) && value !== null && typeof value !== 'string') throw invalid(`${attribute} must be a string; got ${describeValue(value)}`);
  if ((key === 'modelUrl' || key === 'assetBase') && value !== null) return absoluteUrl(attribute, value) as EngineSettings[Key];
  return value as EngineSettings[Key];
}

/** `backgroundFit` → `background-fit`. */
export function attributeName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function validateSource(value: unknown): void {
  // Emulated pages have not all of these types.
  const { MediaStream, MediaStreamTrack, HTMLVideoElement } = globalThis;
  const types = [MediaStream, MediaStreamTrack, HTMLVideoElement];
  if (typeof value === 'string' ? value.trim() !== '' : types.some((type) => typeof type === 'function' && value instanceof type)) return;
  throw invalid(`source must be camera, screen, the URL of a movie, a MediaStream, a MediaStreamTrack or an HTMLVideoElement; got ${describeValue(value)}`);
}

function absoluteUrl(attribute: string, value: unknown): string | null {
  if (value === '') return null;
  if (typeof value !== 'string' && !(value instanceof URL)) throw invalid(`${attribute} must be a URL; got ${describeValue(value)}`);
  try {
    return new URL(value, document.baseURI).href;
  } catch (error) {
    throw new VirtualBackgroundError('attribute-invalid', `${attribute} must be a URL; got ${describeValue(value)}`, { cause: error });
  }
}

/** What is thrown at whoever set it. */
export function invalid(message: string): VirtualBackgroundError {
  return new VirtualBackgroundError('attribute-invalid', message);
}

function listChoices(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
}

/** For messages. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  try {
    return String(value);
  } catch {
    // An object without a text of its own.
    return `a value of type ${typeof value}`;
  }
}
