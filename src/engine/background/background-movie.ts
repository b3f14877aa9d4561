import { createMovieElement, releaseMovieElement, waitForFirstFrame } from '../../capture/frame-source';
import { LastingPlay } from '../../capture/keep-playing';
import { isTainted } from '../../capture/taint';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../../errors';
import type { LoadedBackground } from './background';
import { attributeMissingError, crossOriginError, isOtherOrigin, lacksCors } from './cross-origin';

/** Most that is waited for a picture that the browser presents; it presents none in hidden pages. */
const PRESENT_MS = 500;

const moving = (movie: HTMLVideoElement, release: () => void): LoadedBackground => ({ kind: { kind: 'picture' }, bitmap: null, movie, release });

/** @throws VirtualBackgroundError `background-load-failed`, `background-cross-origin`; the signal's reason */
export async function loadMovie(url: string, signal: AbortSignal, name = `'${url}'`): Promise<LoadedBackground> {
  const movie = createMovieElement(url);
  try {
    return await startMovie(movie, signal, name, () => releaseMovieElement(movie));
  } catch (error) {
    signal.throwIfAborted();
    if (await lacksCors(new URL(url), signal)) throw crossOriginError(name, error);
    const blob = isOtherOrigin(new URL(url)) ? await fetchMovie(url, signal) : null;
    if (!blob) throw error;
    return loadMovieBlob(blob, name, signal);
  }
}

/** The whole movie, past the HTTP cache, which may hold it without the CORS header that its server would send; null: no. */
async function fetchMovie(url: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    const response = await fetch(url, { signal, cache: 'reload' });
    return response.ok ? await response.blob() : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

export async function loadMovieBlob(blob: Blob, name: string, signal: AbortSignal): Promise<LoadedBackground> {
  const url = URL.createObjectURL(blob);
  try {
    const { movie, release } = await loadMovie(url, signal, name);
    return moving(movie as HTMLVideoElement, () => {
      release();
      URL.revokeObjectURL(url);
    });
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
}

/** A page's own player: it plays and stops as the page wants. */
export async function adoptMovie(movie: HTMLVideoElement, signal: AbortSignal): Promise<LoadedBackground> {
  await waitForFirstFrame(movie, signal, 'background');
  if (isTainted(movie)) throw (movie.crossOrigin === null ? attributeMissingError('video', `'${movie.currentSrc}'`) : crossOriginError(`'${movie.currentSrc}'`));
  return moving(movie, () => undefined);
}

export async function playStream(stream: MediaStream, signal: AbortSignal, release: () => void = () => undefined): Promise<LoadedBackground> {
  if (!stream.getVideoTracks().some(({ readyState }) => readyState === 'live')) throw new VirtualBackgroundError('background-load-failed', 'background must be a stream with a live video track; got one without');
  const movie = document.createElement('video');
  movie.muted = true;
  movie.playsInline = true;
  // The page's stream, not its tracks: the element follows when the page exchanges them. In Firefox a stream without a live
  // track ends the element, which goes on by itself only with autoplay.
  movie.autoplay = true;
  movie.srcObject = stream;
  const playing = new LastingPlay(movie);
  return startMovie(movie, signal, 'MediaStream', () => {
    playing.end();
    movie.pause();
    movie.srcObject = null;
    release();
  });
}

export async function playCanvas(canvas: HTMLCanvasElement, signal: AbortSignal): Promise<LoadedBackground> {
  let stream: MediaStream;
  try {
    // With a rate, Chromium loses a picture that is drawn once and too soon after the one before.
    stream = canvas.captureStream();
  } catch (error) {
    throw crossOriginError('canvas', error);
  }
  return playStream(stream, signal, () => {
    for (const track of stream.getTracks()) track.stop();
  });
}

async function startMovie(movie: HTMLVideoElement, signal: AbortSignal, name: string, release: () => void): Promise<LoadedBackground> {
  // A player with data may have no picture for a moment, and would be drawn black until it has.
  const presented = new Promise<unknown>((resolve) => movie.requestVideoFrameCallback(resolve));
  try {
    const playing = movie.play();
    // Of a movie that cannot be loaded, Firefox tells the player before the element; the element's error says more.
    playing.catch(() => undefined);
    await waitForFirstFrame(movie, signal, 'background', name);
    await playing;
    if (!document.hidden) await Promise.race([presented, new Promise((resolve) => setTimeout(resolve, PRESENT_MS))]);
    signal.throwIfAborted();
    return moving(movie, release);
  } catch (error) {
    release();
    signal.throwIfAborted();
    throw toVirtualBackgroundError(error, 'background-load-failed', `background ${name} could not be played`);
  }
}
