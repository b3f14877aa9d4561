import { isTainted } from '../../capture/taint';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../../errors';
import type { Size } from '../../types';
import { attributeMissingError, crossOriginError, fetchPastCache, lacksCors } from './cross-origin';

/** Larger images are scaled down on loading: no output needs more, and a texture of 20,000 px fails. */
const MAX_IMAGE_SIDE = 2560;
/** The longer side at which an SVG is drawn, whatever size it names; one without a size gets this shape. */
const VECTOR_SIZE: Size = { width: 1920, height: 1080 };
/** What browsers take for the size of an image that has none; in Firefox bitmaps of such an SVG have it too. */
const UNSIZED: Size = { width: 300, height: 150 };

/**
 * @returns the picture, which becomes the caller's; `movie` when the address has a movie instead
 * @throws VirtualBackgroundError `background-load-failed`, `background-cross-origin`; the signal's reason
 */
export async function loadImageUrl(address: URL, signal: AbortSignal): Promise<ImageBitmap | 'movie'> {
  const name = `'${address.href}'`;
  try {
    const response = await fetchPastCache(address, signal);
    if (!response.ok) throw new VirtualBackgroundError('background-load-failed', `background ${name} could not be loaded: the server answered ${response.status}`);
    if (response.headers.get('content-type')?.startsWith('video/')) {
      await response.body?.cancel();
      return 'movie';
    }
    return await loadBlobImage(await response.blob(), name, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VirtualBackgroundError) throw error;
    if (await lacksCors(address, signal)) throw crossOriginError(name, error);
    throw toVirtualBackgroundError(error, 'background-load-failed', `background ${name} could not be loaded`);
  }
}

export async function loadBlobImage(blob: Blob, name: string, signal: AbortSignal): Promise<ImageBitmap> {
  if (!blob.type.startsWith('image/svg')) return decode(blob, name, signal);
  try {
    return await withElement(blob, async (image) => {
      signal.throwIfAborted();
      if (isTainted(image)) throw unreadableVector(name);
      return drawVector(image);
    });
  } catch (error) {
    throw error instanceof VirtualBackgroundError ? error : cannotDecode(name, error);
  } finally {
    signal.throwIfAborted();
  }
}

/** Hands out the Blob as an image element for as long as the call takes. */
async function withElement<Result>(blob: Blob, use: (image: HTMLImageElement) => Promise<Result>): Promise<Result> {
  const url = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return await use(image);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function loadImageElement(image: HTMLImageElement, signal: AbortSignal): Promise<ImageBitmap> {
  const name = `'${image.currentSrc || image.src}'`;
  try {
    await image.decode();
  } catch (error) {
    signal.throwIfAborted();
    throw cannotDecode(name, error);
  }
  signal.throwIfAborted();
  if (isTainted(image)) {
    if (isOfThisPage(image)) throw unreadableVector(name);
    return loadTaintedImage(image, name, signal);
  }
  try {
    const bitmap = await decode(image, name, signal);
    if (bitmap.width !== UNSIZED.width || bitmap.height !== UNSIZED.height) return bitmap;
    bitmap.close();
  } catch {
    signal.throwIfAborted();
  }
  // An SVG without a size of its own is no source for a bitmap, or one of a size and shape that it doesn't have.
  return drawVector(image);
}

/** @returns a copy; the page keeps its own */
export function loadBitmap(bitmap: ImageBitmap, signal: AbortSignal): Promise<ImageBitmap> {
  return decode(bitmap, 'ImageBitmap', signal);
}

/** Decodes with EXIF orientation, straight alpha, and no larger than needed. */
async function decode(source: Blob | HTMLImageElement | ImageBitmap, name: string, signal: AbortSignal): Promise<ImageBitmap> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createBitmap(source);
  } catch (error) {
    signal.throwIfAborted();
    throw cannotDecode(source instanceof Blob ? `${name} (type '${source.type || 'unknown'}', ${source.size} bytes)` : name, error);
  }
  const zoom = MAX_IMAGE_SIDE / Math.max(bitmap.width, bitmap.height);
  if (zoom < 1) bitmap = await shrink(bitmap, zoom);
  if (signal.aborted) bitmap.close();
  signal.throwIfAborted();
  return bitmap;
}

async function createBitmap(source: Blob | HTMLImageElement | ImageBitmap): Promise<ImageBitmap> {
  const options = { premultiplyAlpha: 'none', imageOrientation: 'from-image' } as const;
  try {
    return await createImageBitmap(source, options);
  } catch (error) {
    if (!(source instanceof Blob)) throw error;
    // Firefox refuses JPEGs that begin with EXIF, as those of cameras do, but has them as elements.
    return await withElement(source, (image) => createImageBitmap(image, options)).catch(() => {
      throw error;
    });
  }
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

/** An SVG is drawn as large as it may become: scaled up pixels would show. */
async function drawVector(image: HTMLImageElement): Promise<ImageBitmap> {
  const size = image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : VECTOR_SIZE;
  const zoom = VECTOR_SIZE.width / Math.max(size.width, size.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(size.width * zoom));
  canvas.height = Math.max(1, Math.round(size.height * zoom));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return createImageBitmap(canvas, { premultiplyAlpha: 'none' });
}

/** Its server may allow what its element didn't ask for. */
async function loadTaintedImage(image: HTMLImageElement, name: string, signal: AbortSignal): Promise<ImageBitmap> {
  try {
    const picture = await loadImageUrl(new URL(image.currentSrc || image.src, document.baseURI), signal);
    if (picture !== 'movie') return picture;
  } catch (error) {
    signal.throwIfAborted();
    if ((error as VirtualBackgroundError).code === 'background-cross-origin') throw error;
    throw attributeMissingError('img', name, error);
  }
  throw crossOriginError(name);
}

function isOfThisPage({ currentSrc, src }: HTMLImageElement): boolean {
  const { protocol, origin } = new URL(currentSrc || src, document.baseURI);
  return origin === location.origin || protocol === 'data:';
}

/** What a page could read back of HTML in a picture would tell it of visited links and of the user's dictionary. */
function unreadableVector(name: string): VirtualBackgroundError {
  return new VirtualBackgroundError('background-load-failed', `background ${name} has a <foreignObject>, of which browsers hand out no pixels: leave it out of the SVG`);
}

function cannotDecode(name: string, cause: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError('background-load-failed', `background ${name} could not be decoded as an image`, { cause });
}
