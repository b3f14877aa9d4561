import type { SourceInput } from '../types';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import { explainCameraError, explainScreenError, insecureContext } from './explain-error';
import { keepPlaying } from './keep-playing';
import { isTainted } from './taint';

export interface CameraOptions {
  deviceId: string | null;
  facingMode: string | null;
  /** Pixels, ideal. */
  width: number;
  /** Pixels, ideal. */
  height: number;
  /** Frames a second, ideal. */
  frameRate: number;
}

/** An opened source of frames: a live track, or a playing video element. */
export interface FrameSource {
  readonly track: MediaStreamTrack | null;
  readonly element: HTMLVideoElement | null;
  /** Stops what was opened here; what the page gave stays as it was. Safe to call twice. */
  release(): void;
}

/**
 * Opens a source. When `signal` aborts while a permission prompt is open, the camera that the browser hands
 * over afterwards is stopped at once.
 *
 * @throws VirtualBackgroundError `camera-…`, `screen-denied`, `source-…`, `insecure-context`, `aborted`
 */
export async function openSource(input: SourceInput, camera: CameraOptions, signal: AbortSignal): Promise<FrameSource> {
  if (input instanceof HTMLVideoElement) return adoptElement(input, signal);
  if (input instanceof MediaStream) return adoptTrack(input.getVideoTracks()[0]);
  if (input instanceof MediaStreamTrack) return adoptTrack(input);
  if (input !== 'camera' && input !== 'screen') return openMovie(input, signal);
  return ownStream(await untilAborted(input === 'camera' ? openCamera(camera) : openScreen(camera), signal), signal);
}

/** A prompt can stay open for ever: the signal's reason comes at once, and what is allowed later is stopped. */
function untilAborted(opening: Promise<MediaStream>, signal: AbortSignal): Promise<MediaStream> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(signal.reason as Error);
    opening.then(
      (stream) => {
        signal.removeEventListener('abort', handleAbort);
        if (signal.aborted) stopTracks(stream);
        else resolve(stream);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', handleAbort);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
    if (signal.aborted) handleAbort();
    else signal.addEventListener('abort', handleAbort, { once: true });
  });
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function mediaDevices(): MediaDevices {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) return devices;
  throw insecureContext();
}

async function openCamera({ deviceId, facingMode, width, height, frameRate }: CameraOptions): Promise<MediaStream> {
  const devices = mediaDevices();
  try {
    return await devices.getUserMedia({
      video: {
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        ...(facingMode ? { facingMode: { ideal: facingMode } } : {}),
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: frameRate },
      },
    });
  } catch (error) {
    throw await explainCameraError(error, deviceId);
  }
}

async function openScreen({ frameRate }: CameraOptions): Promise<MediaStream> {
  const devices = mediaDevices();
  try {
    return await devices.getDisplayMedia({ video: { frameRate: { ideal: frameRate } } });
  } catch (error) {
    throw explainScreenError(error);
  }
}

function ownStream(stream: MediaStream, signal: AbortSignal): FrameSource {
  const release = (): void => stopTracks(stream);
  const track = stream.getVideoTracks()[0] ?? null;
  if (signal.aborted || !track) release();
  signal.throwIfAborted();
  if (!track) throw new VirtualBackgroundError('source-unsupported', 'source gave a stream without a video track');
  return { track, element: null, release };
}

function adoptTrack(track: MediaStreamTrack | undefined): FrameSource {
  if (track?.kind !== 'video') throw new VirtualBackgroundError('source-unsupported', 'source must carry a video track; got one without');
  if (track.readyState === 'ended') throw new VirtualBackgroundError('source-ended', 'source must be a live track; got one that has ended');
  return { track, element: null, release: () => undefined };
}

async function adoptElement(element: HTMLVideoElement, signal: AbortSignal): Promise<FrameSource> {
  await waitForFirstFrame(element, signal, 'source');
  if (isTainted(element)) {
    throw new VirtualBackgroundError('source-unsupported', `source '${element.currentSrc}' is on another origin, which must send it with CORS (Access-Control-Allow-Origin), and the element needs the attribute crossorigin`);
  }
  return { track: null, element, release: () => undefined };
}

async function openMovie(url: string, signal: AbortSignal): Promise<FrameSource> {
  const movie = createMovieElement(url);
  try {
    await waitForFirstFrame(movie, signal, 'source', `'${url}'`);
    await movie.play();
  } catch (error) {
    releaseMovieElement(movie);
    signal.throwIfAborted();
    throw toVirtualBackgroundError(error, 'source-load-failed', `source '${url}' could not be played`);
  }
  return { track: null, element: movie, release: () => releaseMovieElement(movie) };
}

/** Ends what plays them again. */
const playing = new WeakMap<HTMLVideoElement, () => void>();

/** A looped, muted player that is in no document. */
export function createMovieElement(url: string): HTMLVideoElement {
  const movie = document.createElement('video');
  movie.crossOrigin = 'anonymous';
  movie.muted = true;
  movie.loop = true;
  movie.playsInline = true;
  movie.preload = 'auto';
  movie.src = url;
  playing.set(movie, keepPlaying(movie));
  return movie;
}

/** Lets go of the file and the decoder. */
export function releaseMovieElement(movie: HTMLVideoElement): void {
  playing.get(movie)?.();
  movie.pause();
  movie.removeAttribute('src');
  movie.srcObject = null;
  movie.load();
}

/**
 * @param attribute,name for the message
 * @throws VirtualBackgroundError `source-load-failed` or `background-load-failed`; the signal's reason
 */
export function waitForFirstFrame(
  video: HTMLVideoElement,
  signal: AbortSignal,
  attribute: 'source' | 'background',
  name = `'${video.currentSrc || video.src}'`,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      video.removeEventListener('loadeddata', handleData);
      video.removeEventListener('error', handleError);
      signal.removeEventListener('abort', handleAbort);
      finish();
    };
    const handleData = (): void => settle(resolve);
    const handleAbort = (): void => settle(() => reject(signal.reason as Error));
    const handleError = (): void => {
      const reason = video.error?.message ?? 'unknown format';
      const code = attribute === 'source' ? 'source-load-failed' : 'background-load-failed';
      settle(() => reject(new VirtualBackgroundError(code, `${attribute} ${name} could not be played as a movie: ${reason}`)));
    };
    if (signal.aborted) return handleAbort();
    if (video.error) return handleError();
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return handleData();
    video.addEventListener('loadeddata', handleData);
    video.addEventListener('error', handleError);
    signal.addEventListener('abort', handleAbort);
  });
}
