import { drawRoomCode, isColour } from './raw-frame-detector-code';
import { CodedPerson, phaseAt, STILL_PHASE } from './raw-frame-detector-person';
import { readPicture, type PictureReading } from './raw-frame-detector-reading';

export { drawRoomCode, readRoomCode, ROOM_COLUMNS, ROOM_NUMBERS, ROOM_ROWS } from './raw-frame-detector-code';

/**
 * From so many cells on a frame counts as raw. A quarter of the picture has 36, a ring around a head that a mask
 * leaves fills the middle of a few at most.
 */
export const RAW_CELLS = 16;
/**
 * How much of the picture may show the room outside the person and the rim, as a share of it: in the mean of all frames
 * with a person, and in the worst of them. A network that sees the very frame that its mask cuts out errs, too, and
 * takes a corner of the room beside a neck for hair. The selfie network left 0.02 % in the mean and 0.1 % at most: in the
 * worker at two qualities and two sizes, for 47 places and codes that stood until their mask was there; in the shared
 * context, of a person who walks, in the frames that went out at once with their own mask. These are five times as
 * much. Masks that are a tenth of a second late leave about 1 % behind a person who walks.
 */
export const PIECE_LIMITS = { mean: 0.001, worst: 0.005 } as const;
/** Of so few pictures, those that are missing count as clean: a mean of one or two is none, and the limit of the worst holds. */
const LEAST_PICTURES = 20;
/** Shares of the picture between which the person is seen: the drawn one fills about a third, and a black picture is none. */
const PERSON_SHARES = [0.08, 0.7] as const;

type Rgb = readonly [number, number, number];

export interface CodedRoomOptions {
  /** Pixels; 320 × 180 unless told. */
  width?: number;
  height?: number;
  /** Frames a second; 20 unless told, 0 = none until {@link CodedRoom.send}. */
  frameRate?: number;
  /** Whether a drawn person is before the room; true unless told. */
  person?: boolean;
  /**
   * What the person does; `walk` unless told: from side to side at one body width a second. A person who is `still`
   * hides every mask that is late.
   */
  pose?: 'walk' | 'still';
}

/** A camera whose room carries the code, with a person before it or without. The person carries a code, too. Its frames can be made to misbehave. */
export class CodedRoom {
  readonly stream: MediaStream;
  /** Frames so far. */
  frames = 0;
  /** Added to the time of each frame, microseconds. Only where tracks can be written. */
  clockOffsetUs = 0;
  readonly #hasPerson: boolean;
  readonly #canvas = document.createElement('canvas');
  readonly #writer: WritableStreamDefaultWriter<VideoFrame> | null;
  #person: CodedPerson | null = null;
  /** Where the person stands; null while it walks. */
  #heldPhase: number | null;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor({ width = 320, height = 180, frameRate = 20, person = true, pose = 'walk' }: CodedRoomOptions = {}) {
    this.#hasPerson = person;
    this.#heldPhase = pose === 'still' ? STILL_PHASE : null;
    this.resize(width, height);
    if (typeof MediaStreamTrackGenerator === 'function') {
      const generator = new MediaStreamTrackGenerator({ kind: 'video' });
      this.#writer = generator.writable.getWriter();
      this.stream = new MediaStream([generator]);
    } else {
      // Without a context a canvas can't be captured; drawn, it would give a picture, and a silent camera gives none.
      this.#drawing();
      this.#writer = null;
      this.stream = this.#canvas.captureStream();
      // It stands for a camera, which has a name; a canvas without one may be still for as long as it likes.
      Object.defineProperty(this.track, 'label', { value: 'room' });
    }
    this.play(frameRate);
  }

  get track(): MediaStreamTrack {
    return this.stream.getVideoTracks()[0] as MediaStreamTrack;
  }

  /** The frame that was sent last. */
  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  /** The next frames have another size, as when the camera is turned. */
  resize(width: number, height: number): void {
    Object.assign(this.#canvas, { width, height });
    this.#person = this.#hasPerson ? new CodedPerson({ width, height }) : null;
  }

  /** The person stands at a phase of the walk from the next frame on; with null it walks. */
  hold(phase: number | null): void {
    this.#heldPhase = phase;
  }

  /** @param frameRate frames a second from now on; 0 = the camera stalls, and its track lives on */
  play(frameRate: number): void {
    clearInterval(this.#ticker);
    if (frameRate <= 0) return;
    this.#ticker = setInterval(() => this.send(), 1000 / frameRate);
    this.send();
  }

  /** Sends the next frame now. */
  send(): void {
    this.#draw();
    this.frames += 1;
    if (!this.#writer || this.track.readyState === 'ended') return;
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(performance.now() * 1000) + this.clockOffsetUs, alpha: 'discard' });
    this.#writer.write(frame).catch(() => frame.close());
  }

  /** Stops the frames and the track, which tells nobody. Safe to call twice. */
  stop(): void {
    clearInterval(this.#ticker);
    this.track.stop();
  }

  #drawing(): CanvasRenderingContext2D {
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('No 2D canvas');
    return context;
  }

  #draw(): void {
    const context = this.#drawing();
    drawRoomCode(context, this.#canvas, this.frames);
    this.#person?.draw(context, this.#heldPhase ?? phaseAt(performance.now()));
  }
}

/** What was seen in one frame. */
export interface FrameReading extends PictureReading {
  /** Pixels. */
  width: number;
  height: number;
  /** Of the frame, microseconds. */
  timestamp: number;
  /** When it was looked at, milliseconds since 1970. */
  atMs: number;
}

/** And on which track: how many the detector had watched before. */
export interface TrackReading extends FrameReading {
  track: number;
}

export interface WatchRequest {
  readable: ReadableStream<VideoFrame>;
  background: Rgb | null;
}

export interface RawFrameDetectorOptions {
  /** The one colour behind the person, to tell whether the person is seen. */
  background?: Rgb | null;
  /**
   * What makes a cell count: `legible` ones show the room, be it blurred a little; where the background is meant to
   * be the room blurred, only `sharp` ones tell a raw frame.
   */
  counts?: 'legible' | 'sharp';
}

/** Frames that a detector saw from one moment to another. */
export interface RawFrameCount {
  frames: number;
  /** Frames in which the room was seen. */
  raw: number;
  /** The most cells of the room in one frame. */
  mostCells: number;
  /** Cells that were legible outside the person, in all frames together. */
  pieces: number;
  /** The most of these in one frame. */
  mostPieces: number;
  /** Share of the picture in which the room was legible outside the person: the mean of the frames that show a person or a piece, of {@link LEAST_PICTURES} at least; 0…1. */
  pieceShare: number;
  /** The largest in one frame. */
  mostPieceShare: number;
}

/** More frames than ever wait at a time: none may slip through while the machine is busy. */
const FRAME_QUEUE = 20;

/**
 * Looks at every frame of a track for the {@link CodedRoom}: in a worker where frames can be read from tracks, else
 * at what a video element presents.
 */
export class RawFrameDetector {
  /** All frames so far. */
  readonly readings: TrackReading[] = [];
  #tracks = 0;
  readonly #background: Rgb | null;
  readonly #counts: 'legible' | 'sharp';
  readonly #ends: (() => void)[] = [];

  constructor({ background = null, counts = 'legible' }: RawFrameDetectorOptions = {}) {
    this.#background = background;
    this.#counts = counts;
  }

  /** Looks at a track from now on; it stays the caller's. */
  watch(track: MediaStreamTrack): void {
    const number = this.#tracks++;
    const note = (reading: FrameReading): void => void this.readings.push({ ...reading, track: number });
    if (typeof MediaStreamTrackProcessor === 'function') this.#watchInWorker(track, note);
    else this.#watchOnPage(track, note);
  }

  /** The last frame, or null. */
  get last(): TrackReading | null {
    return this.readings.at(-1) ?? null;
  }

  isRaw(reading: FrameReading): boolean {
    return reading[this.#counts] >= RAW_CELLS;
  }

  /** Whether a frame shows the person before the background. Needs the background's colour. */
  showsPerson(reading: FrameReading | null): boolean {
    const share = reading?.person ?? 0;
    return share >= PERSON_SHARES[0] && share <= PERSON_SHARES[1];
  }

  /** Whether a frame shows the background alone. Needs its colour. */
  showsBackground(reading: FrameReading | null): boolean {
    return reading !== null && (reading.person ?? 1) < PERSON_SHARES[0];
  }

  /** Whether another colour stands behind the person, or in place of everything. */
  hasBehind(reading: FrameReading | null, colour: Rgb): boolean {
    return reading !== null && isColour(reading.corner, colour);
  }

  /** @param from,to indices of {@link readings} */
  count(from = 0, to = this.readings.length): RawFrameCount {
    const seen = this.readings.slice(from, to);
    // A curtain shows neither, and would make a small number of the others.
    const shares = seen.filter(({ phase, pieceShare }) => phase !== null || pieceShare > 0).map(({ pieceShare }) => pieceShare);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      frames: seen.length,
      raw: seen.filter((reading) => this.isRaw(reading)).length,
      mostCells: Math.max(0, ...seen.map((reading) => reading[this.#counts])),
      pieces: sum(seen.map(({ pieces }) => pieces)),
      mostPieces: Math.max(0, ...seen.map(({ pieces }) => pieces)),
      pieceShare: sum(shares) / Math.max(LEAST_PICTURES, shares.length),
      mostPieceShare: Math.max(0, ...shares),
    };
  }

  /** Safe to call twice. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #watchInWorker(track: MediaStreamTrack, note: (reading: FrameReading) => void): void {
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: FRAME_QUEUE });
    const worker = new Worker(new URL('./raw-frame-detector.worker.ts', import.meta.url), { type: 'module', name: 'raw-frame-detector' });
    worker.onmessage = ({ data }: MessageEvent<FrameReading>) => note(data);
    const request: WatchRequest = { readable, background: this.#background };
    worker.postMessage(request, [readable]);
    this.#ends.push(() => worker.terminate());
  }

  #watchOnPage(track: MediaStreamTrack, note: (reading: FrameReading) => void): void {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    void video.play().catch(() => undefined);
    const canvas = document.createElement('canvas');
    const step = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      handle = video.requestVideoFrameCallback(step);
      note(lookAt(video, canvas, { background: this.#background, timestamp: Math.round(mediaTime * 1e6) }));
    };
    let handle = video.requestVideoFrameCallback(step);
    this.#ends.push(() => {
      video.cancelVideoFrameCallback(handle);
      video.srcObject = null;
    });
  }
}

function lookAt(video: HTMLVideoElement, canvas: HTMLCanvasElement, { background, timestamp }: { background: Rgb | null; timestamp: number }): FrameReading {
  const { videoWidth: width, videoHeight: height } = video;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(video, 0, 0);
  const data = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(width * height * 4);
  return { ...readPicture({ width, height, data }, background), width, height, timestamp, atMs: performance.timeOrigin + performance.now() };
}
