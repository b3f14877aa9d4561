import { readStored, store } from '../score/pixels';
import { framesFile, type Clip } from './clip';
import { readNumber } from './code.ts';
import { Recorder } from './recorder';
import { toRgba, type RecordedFrame } from './recording';

/** Loops of the clip after which a picture that never came is given up. */
const MOST_LOOPS = 12;

export async function openCamera({ width, height }: { width: number; height: number }): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height, frameRate: 30 } });
  return stream.getVideoTracks()[0] as MediaStreamTrack;
}

/**
 * Plays the clip through the browser's camera and keeps each picture as the camera hands it out, for comparison with
 * what comes out of a virtual background. The fake camera decodes JPEG the same way each time, so one copy will do.
 */
export async function recordCameraFrames(clip: Clip): Promise<void> {
  const camera = await openCamera(clip);
  const recorder = new Recorder();
  const found = new Map<number, RecordedFrame>();
  for (let loop = 0; loop < MOST_LOOPS && found.size < clip.pictures; loop++) {
    const [frames = []] = await recorder.record([camera.clone()], (clip.pictures * 1000) / 30 + 500);
    for (const frame of frames) {
      const number = readNumber(await toRgba(frame), clip, clip.places);
      if (number !== null) found.set(number, frame);
    }
  }
  recorder.close();
  camera.stop();
  const missing = Array.from({ length: clip.pictures }, (_, number) => number).filter((number) => !found.has(number));
  if (missing.length > 0) throw new Error(`${clip.id}: the camera never showed pictures ${missing.join(' ')}, or their codes cannot be read`);
  await storeFrames(clip, found);
}

/** Length of the header, header as JSON, the pictures one after the other. */
async function storeFrames(clip: Clip, found: ReadonlyMap<number, RecordedFrame>): Promise<void> {
  const frames = Array.from({ length: clip.pictures }, (_, number) => found.get(number) as RecordedFrame);
  const { buffer, timeMs: _, ...shape } = frames[0] as RecordedFrame;
  if (frames.some((frame) => frame.format !== shape.format || frame.buffer.byteLength !== buffer.byteLength)) throw new Error(`${clip.id}: the camera changed its format`);
  const header = JSON.stringify({ ...shape, bytes: buffer.byteLength });
  await store(framesFile(clip.folder), new Blob([new Uint32Array([new TextEncoder().encode(header).length]), header, ...frames.map((frame) => frame.buffer)]));
}

/** The camera's pictures of a clip, by their numbers. */
export class CameraFrames {
  readonly #shape: Omit<RecordedFrame, 'buffer' | 'timeMs'> & { bytes: number };
  readonly #stored: ArrayBuffer;
  readonly #start: number;

  private constructor(stored: ArrayBuffer) {
    const [length = 0] = new Uint32Array(stored, 0, 1);
    this.#shape = JSON.parse(new TextDecoder().decode(new Uint8Array(stored, 4, length))) as RecordedFrame & { bytes: number };
    this.#stored = stored;
    this.#start = 4 + length;
  }

  static async open(clip: Clip): Promise<CameraFrames> {
    const stored = await readStored(framesFile(clip.folder));
    if (!stored) throw new Error(`${clip.id}: no pictures of the camera`);
    return new CameraFrames(await stored.arrayBuffer());
  }

  /** @returns RGBA */
  read(number: number): Promise<Uint8ClampedArray<ArrayBuffer>> {
    const { bytes } = this.#shape;
    const from = this.#start + number * bytes;
    return toRgba({ ...this.#shape, timeMs: 0, buffer: this.#stored.slice(from, from + bytes) });
  }
}
