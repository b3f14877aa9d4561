import type { FrameReading, WatchRequest } from './raw-frame-detector';
import { readPicture } from './raw-frame-detector-reading';

/** Larger frames are read smaller: a cell is still 40 pixels wide. */
const MAX_WIDTH = 640;

const canvas = new OffscreenCanvas(2, 2);
const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;

function look(frame: VideoFrame, background: WatchRequest['background']): FrameReading {
  const { displayWidth: width, displayHeight: height, timestamp } = frame;
  const zoom = Math.min(1, MAX_WIDTH / width);
  const size = { width: Math.max(1, Math.round(width * zoom)), height: Math.max(1, Math.round(height * zoom)) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  context.drawImage(frame, 0, 0, size.width, size.height);
  const picture = { ...size, data: context.getImageData(0, 0, size.width, size.height).data };
  return {
    ...readPicture(picture, background),
    width,
    height,
    timestamp,
    atMs: performance.timeOrigin + performance.now(),
  };
}

self.onmessage = async ({ data: { readable, background } }: MessageEvent<WatchRequest>) => {
  const reader = readable.getReader();
  for (;;) {
    const { done, value: frame } = await reader.read();
    if (done) return;
    try {
      self.postMessage(look(frame, background));
    } finally {
      frame.close();
    }
  }
};
