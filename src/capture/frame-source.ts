import type { SourceInput, SourceSettings } from '../types';
import { VirtualBackgroundError, toVirtualBackgroundError } from '../errors';
import { explainCameraError, explainScreenError, insecureContext, isUnknownDevice } from './explain-error';
import { isRefusal, LastingPlay } from './keep-playing';
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
  /** Whether the default camera may take the place of one that is no longer there. */
  acceptsOther?: boolean;
}

/** A stream that was opened here. */
interface Opened {
  stream: MediaStream;
  warning?: VirtualBackgroundError;
}

/** An opened source of frames: a live track, or a playing video element. */
export interface FrameSource {
  readonly track: MediaStreamTrack | null;
  readonly element: HTMLVideoElement | null;
  /** Something else than what was asked for was opened; to be told. */
  readonly warning?: VirtualBackgroundError;
  /** Stops what was opened here; what the page gave stays as it was. Safe to call twice. */
  release(): void;
}

/**
 * What a page's source holds at the moment: a stream and an element that plays one hold a track, which the page may
 * exchange without an event; an element that plays a file is what it shows itself. Null while there is nothing in it.
 */
export function contentOf(input: SourceInput): MediaStreamTrack | HTMLVideoElement | null {
  if (input instanceof MediaStreamTrack) return input;
  if (input instanceof MediaStream) {
    const tracks = input.getVideoTracks();
    return tracks.find(({ readyState }) => readyState === 'live') ?? tracks[0] ?? null;
  }
  if (!(input instanceof HTMLVideoElement)) return null;
  if (input.srcObject instanceof MediaStream) return contentOf(input.srcObject);
  return input.networkState === HTMLMediaElement.NETWORK_EMPTY ? null : input;
}

/** Whether a source keeps giving frames: a screen and a canvas give one when something changes, and a movie may be paused. */
export function hasSteadyFrames({ track }: FrameSource): boolean {
  if (!track || isScreen(track) || 'canvas' in track) return false;
  // Firefox calls a canvas' track nothing; those of cameras and calls have names.
  return track.label !== '' || Boolean(track.getSettings().deviceId);
}

export function isScreen(track: MediaStreamTrack): boolean {
  return Boolean(track.getSettings().displaySurface);
}

/** What is behind a source, as the browser says at the moment. */
export function settingsOf({ track, element }: FrameSource): SourceSettings {
  const { deviceId, groupId, facingMode, width, height, frameRate }: MediaTrackSettings = track?.getSettings() ?? {};
  return {
    // Chromium has ids for canvases and calls, too; only devices belong to a group.
    deviceId: (groupId && deviceId) || null,
    label: track?.label ?? '',
    facingMode: facingMode ?? null,
    width: width ?? element?.videoWidth ?? 0,
    height: height ?? element?.videoHeight ?? 0,
    frameRate: frameRate ?? null,
  };
}

/** How long a source may take for its content or its first frame: a call that is being connected has them by then. */
export const FIRST_FRAME_MS = 8000;
/** How often a stream or an element is asked whether it has something in it by now. */
const CONTENT_LOOK_MS = 50;

/**
 * Opens a source. When `signal` aborts while a permission prompt is open, the camera that the browser hands
 * over afterwards is stopped at once.
 *
 * @throws VirtualBackgroundError `camera-…`, `screen-denied`, `source-…`, `insecure-context`, `aborted`
 */
export async function openSource(input: SourceInput, camera: CameraOptions, signal: AbortSignal): Promise<FrameSource> {
  if (input === 'camera') return ownStream(await untilAborted(openCamera(camera), signal), signal);
  if (input === 'screen') return ownStream(await untilAborted(openScreen(camera), signal), signal);
  if (typeof input === 'string') return openMovie(input, signal);
  const content = contentOf(input) ?? (await waitForContent(input, signal));
  return content instanceof HTMLVideoElement ? adoptElement(content, signal) : adoptTrack(content);
}

async function waitForContent(input: SourceInput, signal: AbortSignal): Promise<MediaStreamTrack | HTMLVideoElement | null> {
  const end = performance.now() + FIRST_FRAME_MS;
  for (;;) {
    const content = contentOf(input);
    if (content || performance.now() > end) return content;
    await new Promise((resolve) => setTimeout(resolve, CONTENT_LOOK_MS));
    signal.throwIfAborted();
  }
}

/** A prompt can stay open for ever: the signal's reason comes at once, and what is allowed later is stopped. */
function untilAborted<Result extends Opened>(opening: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(signal.reason as Error);
    opening.then(
      (opened) => {
        signal.removeEventListener('abort', handleAbort);
        if (signal.aborted) stopTracks(opened.stream);
        else resolve(opened);
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

async function openCamera(camera: CameraOptions): Promise<Opened> {
  const devices = mediaDevices();
  const { deviceId } = camera;
  try {
    return { stream: await devices.getUserMedia({ video: cameraConstraints(camera) }) };
  } catch (error) {
    if (!deviceId || !camera.acceptsOther || !isUnknownDevice(error)) throw await explainCameraError(error, deviceId);
  }
  try {
    const stream = await devices.getUserMedia({ video: cameraConstraints({ ...camera, deviceId: null }) });
    const message = `device-id '${deviceId}' names no camera of this machine: the default camera is used`;
    return { stream, warning: new VirtualBackgroundError('camera-replaced', message) };
  } catch (error) {
    throw await explainCameraError(error, null);
  }
}

function cameraConstraints({ deviceId, facingMode, width, height, frameRate }: CameraOptions): MediaTrackConstraints {
  return {
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    ...(facingMode ? { facingMode: { ideal: facingMode } } : {}),
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate },
  };
}

async function openScreen({ frameRate }: CameraOptions): Promise<Opened> {
  const devices = mediaDevices();
  try {
    return { stream: await devices.getDisplayMedia({ video: { frameRate: { ideal: frameRate } } }) };
  } catch (error) {
    throw explainScreenError(error);
  }
}

function ownStream({ stream, warning }: Opened, signal: AbortSignal): FrameSource {
  const release = (): void => stopTracks(stream);
  const track = stream.getVideoTracks()[0] ?? null;
  if (signal.aborted || !track) release();
  signal.throwIfAborted();
  if (!track) throw new VirtualBackgroundError('source-unsupported', 'source gave a stream without a video track');
  return { track, element: null, release, ...(warning && { warning }) };
}

function adoptTrack(track: MediaStreamTrack | null): FrameSource {
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
    if (isRefusal(error)) throw new VirtualBackgroundError('autoplay-refused', `The browser plays source '${url}' only after a click or a key: start again then`, { cause: error });
    throw toVirtualBackgroundError(error, 'source-load-failed', `source '${url}' could not be played`);
  }
  return { track: null, element: movie, release: () => releaseMovieElement(movie) };
}

/** Ends what plays them again. */
const playing = new WeakMap<HTMLVideoElement, LastingPlay>();

/** A looped, muted player that is in no document. */
export function createMovieElement(url: string): HTMLVideoElement {
  const movie = document.createElement('video');
  movie.crossOrigin = 'anonymous';
  movie.muted = true;
  movie.loop = true;
  movie.playsInline = true;
  movie.preload = 'auto';
  movie.src = url;
  playing.set(movie, new LastingPlay(movie));
  return movie;
}

/** Lets go of the file and the decoder. */
export function releaseMovieElement(movie: HTMLVideoElement): void {
  playing.get(movie)?.end();
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
