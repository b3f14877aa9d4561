import type { Size } from '../../src/types';

/** A picture of a track, as the track had it: turning it into RGBA waits until the run is over. */
export interface RecordedFrame {
  /** When it came out of the track, `performance.now()` of the recorder. */
  timeMs: number;
  format: VideoPixelFormat;
  colorSpace: VideoColorSpaceInit;
  layout: readonly PlaneLayout[];
  size: Size;
  buffer: ArrayBuffer;
}

/** Copies a frame as cheaply as can be, and closes it. */
export async function copyFrame(frame: VideoFrame, timeMs: number): Promise<RecordedFrame> {
  try {
    const { format, displayWidth: width, displayHeight: height } = frame;
    if (!format) throw new Error('A frame of the track has no pixel format that can be copied');
    const buffer = new ArrayBuffer(frame.allocationSize());
    const layout = await frame.copyTo(buffer);
    return { timeMs, format, colorSpace: frame.colorSpace.toJSON(), layout, size: { width, height }, buffer };
  } finally {
    frame.close();
  }
}

/**
 * @param shown what the picture is shown at: one of another size is scaled, as a viewer's video element does
 * @returns straight RGBA of that size, as a canvas would show the frame
 */
export async function toRgba({ format, colorSpace, layout, size, buffer }: RecordedFrame, shown: Size = size): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const frame = new VideoFrame(buffer, { format, colorSpace, layout: [...layout], codedWidth: size.width, codedHeight: size.height, timestamp: 0 });
  try {
    if (shown.width !== size.width || shown.height !== size.height) return scaled(frame, shown);
    const pixels = new Uint8ClampedArray(size.width * size.height * 4);
    await frame.copyTo(pixels, { format: 'RGBA', colorSpace: 'srgb' });
    return pixels;
  } finally {
    frame.close();
  }
}

function scaled(frame: VideoFrame, { width, height }: Size): Uint8ClampedArray<ArrayBuffer> {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas to scale a frame with');
  context.drawImage(frame, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** How many frames may wait in a track's queue before the browser drops any. */
const QUEUE_FRAMES = 30;

/** Frames of a track, none dropped while the reader is busy for a moment. */
export function readTrack(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  return new MediaStreamTrackProcessor({ track, maxBufferSize: QUEUE_FRAMES }).readable;
}
