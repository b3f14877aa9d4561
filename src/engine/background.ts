import { createMovieElement, releaseMovieElement, waitForFirstFrame } from '../capture/frame-source';
import { isTainted } from '../capture/taint';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import type { BackgroundMode } from '../gl/compositor';
import type { BackgroundFit, Size } from '../types';

/**
 * - string: `none`, `blur`, `blur:<radius px>`, a CSS colour, or the URL of an image or a movie
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
/** Larger images are scaled down on loading: no output needs more, and a texture of 20,000 px fails. */
const MAX_IMAGE_SIDE = 2560;
/** An SVG without a size of its own is drawn at this one. */
const DEFAULT_VECTOR_SIZE: Size = { width: 1920, height: 1080 };
const MOVIE_EXTENSION = /\.(mp4|m4v|webm|mov|ogv)$/i;

const plain = (kind: BackgroundKind): LoadedBackground => ({ kind, bitmap: null, movie: null, release: () => undefined });

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
  if (text === '') throw new VirtualBackgroundError('attribute-invalid', "background must be none, blur, blur:<px>, a CSS colour or a URL; got ''");
  if (text === 'none') return { kind: 'none' };
  if (text === 'blur') return { kind: 'blur', radius: null };
  if (text.startsWith('blur:')) return { kind: 'blur', radius: parseRadius(text) };
  const color = CSS.supports('color', text) ? toRgb(text) : null;
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
  const types = [Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement, MediaStream];
  if (!types.some((type) => input instanceof type)) throw unknownInput(input);
}

/**
 * Loads a background.
 *
 * @throws VirtualBackgroundError `attribute-invalid`, `background-load-failed`, `background-cross-origin`;
 *   the signal's reason
 */
export async function loadBackground(input: BackgroundInput, signal: AbortSignal): Promise<LoadedBackground> {
  const parsed = parseBackground(input);
  if (parsed) return plain(parsed);
  if (typeof input === 'string') return loadUrl(input.trim(), signal);
  if (input instanceof Blob) return loadBlob(input, signal);
  if (input instanceof HTMLVideoElement) return adoptMovie(input, signal);
  if (input instanceof MediaStream) return playStream(input, signal);
  if (input instanceof HTMLCanvasElement) return playCanvas(input, signal);
  if (input instanceof HTMLImageElement) return loadElement(input, signal);
  if (input instanceof ImageBitmap) return still(await decode(input, 'background', signal));
  throw unknownInput(input);
}

function unknownInput(input: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError(
    'attribute-invalid',
    `background must be a string, Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement or MediaStream; got ${Object.prototype.toString.call(input).slice(8, -1)}`,
  );
}

function parseRadius(text: string): number {
  const radius = /^blur:\s*(\d+(?:\.\d+)?)(?:px)?$/.exec(text)?.[1];
  const value = Number(radius);
  if (radius === undefined || value <= 0 || value > MAX_BLUR_RADIUS) {
    throw new VirtualBackgroundError('attribute-invalid', `background blur:<px> must be a number above 0 and at most ${MAX_BLUR_RADIUS}; got '${text}'`);
  }
  return value;
}

/**
 * sRGB-encoded 0…1; a translucent colour lies over black, since a video has no alpha. Null for words that are
 * no colour by themselves (`inherit`, `var(--brand)`): a canvas ignores them.
 */
function toRgb(color: string): readonly [number, number, number] | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new VirtualBackgroundError('internal', 'A 2D canvas could not be made');
  context.fillStyle = '#fff';
  context.fillStyle = color;
  const ignored = context.fillStyle === '#ffffff';
  context.fillStyle = '#000';
  context.fillRect(0, 0, 1, 1);
  context.fillStyle = color;
  if (ignored && context.fillStyle === '#000000') return null;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255];
}

async function loadUrl(url: string, signal: AbortSignal): Promise<LoadedBackground> {
  const address = toAddress(url);
  if (MOVIE_EXTENSION.test(address.pathname)) return loadMovie(address.href, signal);
  const response = await fetchPicture(address, signal);
  if (!response.ok) {
    throw new VirtualBackgroundError('background-load-failed', `background '${url}' could not be loaded: the server answered ${response.status}`);
  }
  if (response.headers.get('content-type')?.startsWith('video/')) {
    await response.body?.cancel();
    return loadMovie(address.href, signal);
  }
  return loadImage(await response.blob(), `'${url}'`, signal);
}

function toAddress(url: string): URL {
  try {
    return new URL(url, document.baseURI);
  } catch (error) {
    throw new VirtualBackgroundError('attribute-invalid', `background must be none, blur, blur:<px>, a CSS colour or a URL; got '${url}'`, { cause: error });
  }
}

async function fetchPicture(address: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (address.origin !== location.origin && (await isReachable(address, signal))) throw crossOrigin(`'${address.href}'`, error);
    throw toVirtualBackgroundError(error, 'background-load-failed', `background '${address.href}' could not be loaded`);
  }
}

/** Whether the server answers a request that needs no CORS: then CORS was what the other one lacked. */
async function isReachable(address: URL, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(address, { mode: 'no-cors', signal });
    return true;
  } catch {
    return false;
  }
}

function crossOrigin(name: string, cause?: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError(
    'background-cross-origin',
    `background ${name} is on another origin, which must send it with CORS (Access-Control-Allow-Origin)`,
    { cause },
  );
}

async function loadBlob(blob: Blob, signal: AbortSignal): Promise<LoadedBackground> {
  if (!blob.type.startsWith('video/')) return loadImage(blob, blob instanceof File ? `'${blob.name}'` : 'Blob', signal);
  const url = URL.createObjectURL(blob);
  try {
    const loaded = await loadMovie(url, signal);
    return {
      ...loaded,
      release: () => {
        loaded.release();
        URL.revokeObjectURL(url);
      },
    };
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
}

async function loadImage(blob: Blob, name: string, signal: AbortSignal): Promise<LoadedBackground> {
  if (!blob.type.startsWith('image/svg')) return still(await decode(blob, name, signal));
  const url = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return still(await decodeVector(image));
  } catch (error) {
    signal.throwIfAborted();
    throw toVirtualBackgroundError(error, 'background-load-failed', `background ${name} could not be decoded as an image`);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** An SVG is drawn as large as it may become: scaled up pixels would show. */
async function decodeVector(image: HTMLImageElement): Promise<ImageBitmap> {
  const size = image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : DEFAULT_VECTOR_SIZE;
  const zoom = DEFAULT_VECTOR_SIZE.width / Math.max(size.width, size.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(size.width * zoom));
  canvas.height = Math.max(1, Math.round(size.height * zoom));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return createImageBitmap(canvas, { premultiplyAlpha: 'none' });
}

async function loadElement(image: HTMLImageElement, signal: AbortSignal): Promise<LoadedBackground> {
  const name = `'${image.currentSrc || image.src}'`;
  try {
    await image.decode();
  } catch (error) {
    throw new VirtualBackgroundError('background-load-failed', `background ${name} could not be decoded as an image`, { cause: error });
  }
  signal.throwIfAborted();
  if (isTainted(image)) throw crossOrigin(name);
  return still(await decode(image, name, signal));
}

/** Decodes with EXIF orientation, straight alpha, and no larger than needed. */
async function decode(source: Blob | HTMLImageElement | ImageBitmap, name: string, signal: AbortSignal): Promise<ImageBitmap> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(source, { premultiplyAlpha: 'none', imageOrientation: 'from-image' });
  } catch (error) {
    const type = source instanceof Blob ? ` (type '${source.type || 'unknown'}', ${source.size} bytes)` : '';
    throw new VirtualBackgroundError('background-load-failed', `background ${name} could not be decoded as an image${type}`, { cause: error });
  }
  const zoom = MAX_IMAGE_SIDE / Math.max(bitmap.width, bitmap.height);
  if (zoom < 1) bitmap = await shrink(bitmap, zoom);
  if (signal.aborted) bitmap.close();
  signal.throwIfAborted();
  return bitmap;
}

async function shrink(bitmap: ImageBitmap, zoom: number): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(bitmap.width * zoom)),
      resizeHeight: Math.max(1, Math.round(bitmap.height * zoom)),
      resizeQuality: 'high',
      premultiplyAlpha: 'none',
    });
  } finally {
    bitmap.close();
  }
}

function still(bitmap: ImageBitmap): LoadedBackground {
  return { kind: { kind: 'picture' }, bitmap, movie: null, release: () => undefined };
}

async function loadMovie(url: string, signal: AbortSignal): Promise<LoadedBackground> {
  const movie = createMovieElement(url);
  try {
    return await startMovie(movie, signal, url, () => releaseMovieElement(movie));
  } catch (error) {
    const address = new URL(url, document.baseURI);
    if (isForeign(address) && !signal.aborted && (await lacksCors(address, signal))) throw crossOrigin(`'${url}'`, error);
    throw error;
  }
}

async function adoptMovie(movie: HTMLVideoElement, signal: AbortSignal): Promise<LoadedBackground> {
  await waitForFirstFrame(movie, signal, 'background');
  if (isTainted(movie)) throw crossOrigin(`'${movie.currentSrc}'`);
  return { kind: { kind: 'picture' }, bitmap: null, movie, release: () => undefined };
}

async function playStream(stream: MediaStream, signal: AbortSignal, release: () => void = () => undefined): Promise<LoadedBackground> {
  const movie = document.createElement('video');
  movie.muted = true;
  movie.playsInline = true;
  movie.srcObject = new MediaStream(stream.getVideoTracks());
  return startMovie(movie, signal, 'MediaStream', () => {
    movie.pause();
    movie.srcObject = null;
    release();
  });
}

async function playCanvas(canvas: HTMLCanvasElement, signal: AbortSignal): Promise<LoadedBackground> {
  let stream: MediaStream;
  try {
    stream = canvas.captureStream(30);
  } catch (error) {
    throw crossOrigin('canvas', error);
  }
  return playStream(stream, signal, () => {
    for (const track of stream.getTracks()) track.stop();
  });
}

async function startMovie(movie: HTMLVideoElement, signal: AbortSignal, name: string, release: () => void): Promise<LoadedBackground> {
  try {
    const playing = movie.play();
    await Promise.all([waitForFirstFrame(movie, signal, 'background', name), playing]);
    return { kind: { kind: 'picture' }, bitmap: null, movie, release };
  } catch (error) {
    release();
    signal.throwIfAborted();
    throw toVirtualBackgroundError(error, 'background-load-failed', `background '${name}' could not be played`);
  }
}
