import { VirtualBackgroundError } from '../errors';
import { endTrack, hearDispatched } from './track-end';

/** The lasting output of a run; pages get clones of its track, see {@link OutgoingStream}. */
export interface OutputTrack {
  readonly track: MediaStreamTrack;
  /** Ends the track and tells whoever listens for `ended`. Safe to call twice. */
  end(): void;
}

/** Output that a worker writes VideoFrames into. */
export interface WritableOutputTrack extends OutputTrack {
  /** To be transferred to the worker, once. */
  readonly writable: WritableStream<VideoFrame>;
}

/** Output that shows a canvas. */
export interface CanvasOutputTrack extends OutputTrack {
  /** The canvas was drawn: the browser's own sampling, at the same rate, would miss every other picture. */
  requestFrame(): void;
}

/** Whether frames can be read from and written to tracks, and these streams sent to a worker. */
export function supportsFrameStreams(): boolean {
  return (
    typeof MediaStreamTrackProcessor === 'function' &&
    typeof MediaStreamTrackGenerator === 'function' &&
    typeof OffscreenCanvas === 'function' &&
    typeof VideoFrame === 'function'
  );
}

export function createGeneratorOutput(): WritableOutputTrack {
  const generator = hearDispatched(new MediaStreamTrackGenerator({ kind: 'video' }));
  return { track: generator, writable: generator.writable, end: () => endTrack(generator) };
}

/**
 * Output that shows what is drawn on a canvas.
 *
 * @param frameRate at most so many frames a second, and what the track's settings say
 * @throws VirtualBackgroundError `output-unsupported`
 */
export function createCanvasOutput(canvas: HTMLCanvasElement, frameRate: number): CanvasOutputTrack {
  const stream = typeof canvas.captureStream === 'function' ? canvas.captureStream(frameRate) : undefined;
  const track = stream?.getVideoTracks()[0];
  if (!track) throw new VirtualBackgroundError('output-unsupported', 'This browser cannot make a stream from a canvas (captureStream)');
  hearDispatched(track);
  // Firefox has the call on the stream.
  const capture = [track, stream].find((owner): owner is CanvasCaptureMediaStreamTrack => owner !== undefined && 'requestFrame' in owner);
  return { track, requestFrame: () => capture?.requestFrame(), end: () => endTrack(track) };
}
