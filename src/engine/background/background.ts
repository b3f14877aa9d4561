import { VirtualBackgroundError } from '../../errors';
import type { BackgroundMode } from '../../gl/compositor';
import type { BackgroundFit, BackgroundInput } from '../../types';

export type { BackgroundInput };
import { loadBitmap, loadBlobImage, loadImageElement, loadImageUrl } from './background-image';
import { parseColor } from './css-color';
import { adoptMovie, loadMovie, loadMovieBlob, playCanvas, playStream } from './background-movie';
import { SCENE_SIZE, paintScene, parseScene } from './background-scene';

/** What stands behind the person, without its fit. */
export type BackgroundKind = Exclude<BackgroundMode, { kind: 'picture' }> | { kind: 'picture' };

/** A background that is ready to be drawn. */
export interface LoadedBackground {
  readonly kind: BackgroundKind;
  /** For `picture`: a still image. Ownership passes to whoever takes it. */
  readonly bitmap: ImageBitmap | null;
  /** For `picture`: a moving one. */
  readonly movie: HTMLVideoElement | null;
  /** Lets go of a movie that was opened here; what the page gave stays as it was. Safe to call twice. */
  release(): void;
}

const MAX_BLUR_RADIUS = 200;
const MOVIE_EXTENSION = /\.(mp4|m4v|webm|mov|ogv)$/i;
const RULE = 'background must be none, blur, blur:<px>, bokeh, bokeh:<px>, scene:<name>, a CSS colour or a URL';

export function withFit(kind: BackgroundKind, fit: BackgroundFit): BackgroundMode {
  return kind.kind === 'picture' ? { kind: 'picture', fit } : kind;
}

/**
 * Reads what needs no loading.
 *
 * @returns null when the input is a picture that has to be loaded first
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function parseBackground(input: BackgroundInput): BackgroundKind | null {
  if (typeof input !== 'string') return null;
  const text = input.trim();
  if (text === '') throw new VirtualBackgroundError('attribute-invalid', `${RULE}; got ''`);
  if (text === 'none') return { kind: 'none' };
  const blur = parseBlur(text);
  if (blur) return blur;
  if (parseScene(text)) return null;
  const color = parseColor(text);
  return color && { kind: 'color', color };
}

/**
 * Checks what can be checked without loading anything.
 *
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function validateBackground(input: unknown): void {
  if (typeof input === 'string') {
    if (parseBackground(input) === null) toAddress(input.trim());
    return;
  }
  // Emulated pages have not all of these types.
  const { Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement, MediaStream } = globalThis;
  const types = [Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement, MediaStream];
  if (!types.some((type) => typeof type === 'function' && input instanceof type)) throw unknownInput(input);
}

/**
 * Loads a background.
 *
 * @throws VirtualBackgroundError `attribute-invalid`, `background-load-failed`, `background-cross-origin`;
 *   the signal's reason
 */
export async function loadBackground(input: BackgroundInput, signal: AbortSignal): Promise<LoadedBackground> {
  const kind = parseBackground(input);
  if (kind) return { kind, bitmap: null, movie: null, release: () => undefined };
  if (typeof input === 'string') return loadText(input.trim(), signal);
  if (input instanceof Blob) return loadBlob(input, signal);
  if (input instanceof HTMLVideoElement) return adoptMovie(input, signal);
  if (input instanceof MediaStream) return playStream(input, signal);
  if (input instanceof HTMLCanvasElement) return playCanvas(input, signal);
  if (input instanceof HTMLImageElement) return still(loadImageElement(input, signal));
  if (input instanceof ImageBitmap) return still(loadBitmap(input, signal));
  throw unknownInput(input);
}

async function loadText(text: string, signal: AbortSignal): Promise<LoadedBackground> {
  const scene = parseScene(text);
  return scene ? still(loadBlobImage(await paintScene(scene, SCENE_SIZE, signal), `'${text}'`, signal)) : loadUrl(text, signal);
}

async function loadUrl(url: string, signal: AbortSignal): Promise<LoadedBackground> {
  const address = toAddress(url);
  if (MOVIE_EXTENSION.test(address.pathname)) return loadMovie(address.href, signal);
  const picture = await loadImageUrl(address, signal);
  return picture === 'movie' ? loadMovie(address.href, signal) : still(picture);
}

function loadBlob(blob: Blob, signal: AbortSignal): Promise<LoadedBackground> {
  const name = blob instanceof File ? `'${blob.name}'` : 'Blob';
  return blob.type.startsWith('video/') ? loadMovieBlob(blob, name, signal) : still(loadBlobImage(blob, name, signal));
}

async function still(picture: ImageBitmap | Promise<ImageBitmap>): Promise<LoadedBackground> {
  return { kind: { kind: 'picture' }, bitmap: await picture, movie: null, release: () => undefined };
}

function unknownInput(input: unknown): VirtualBackgroundError {
  const type = Object.prototype.toString.call(input).slice('[object '.length, -1);
  return new VirtualBackgroundError(
    'attribute-invalid',
    `background must be a string, Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement or MediaStream; got ${type}`,
  );
}

function parseBlur(text: string): BackgroundKind | null {
  const [word, rest] = text.split(/:(.*)/s);
  if (word !== 'blur' && word !== 'bokeh') return null;
  const shape = word === 'blur' ? 'gaussian' : 'disc';
  if (rest === undefined) return { kind: 'blur', radius: null, shape };
  const radius = /^\s*(\d+(?:\.\d+)?)(?:px)?$/.exec(rest)?.[1];
  const value = Number(radius);
  if (radius === undefined || value <= 0 || value > MAX_BLUR_RADIUS) {
    throw new VirtualBackgroundError('attribute-invalid', `background ${word}:<px> must be a number above 0 and at most ${MAX_BLUR_RADIUS}; got '${text}'`);
  }
  return { kind: 'blur', radius: value, shape };
}

function toAddress(url: string): URL {
  try {
    return new URL(url, document.baseURI);
  } catch (error) {
    throw new VirtualBackgroundError('attribute-invalid', `${RULE}; got '${url}'`, { cause: error });
  }
}
