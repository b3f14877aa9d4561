import { contextOf, createCanvas, css, solidCanvas, type Rgb } from './pixels';
import { nextTask } from './wait';
import type { Size } from '../../src/types';

/** Sound, where a picture is wanted. */
export function audioTrack(): MediaStreamTrack {
  const destination = new AudioContext().createMediaStreamDestination();
  return destination.stream.getAudioTracks()[0] as MediaStreamTrack;
}

export async function toBlob(canvas: HTMLCanvasElement, type = 'image/png'): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`No ${type}`))), type);
  });
}

export const pngOf = (size: Size, color: Rgb): Promise<Blob> => toBlob(solidCanvas(size, color));

/** A picture that is larger than 65,535 bytes may not be, but ours are small: a JPEG with the EXIF tag 0x112. */
export async function jpegWithOrientation(canvas: HTMLCanvasElement, orientation: number): Promise<Blob> {
  const jpeg = new Uint8Array(await (await toBlob(canvas, 'image/jpeg')).arrayBuffer());
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const payload = [...new TextEncoder().encode('Exif\0\0'), ...tiff];
  const segment = Uint8Array.of(0xff, 0xe1, 0, payload.length + 2, ...payload);
  return new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: 'image/jpeg' });
}

/** A WebM of about half a second: one colour with a bar that moves, so that its frames differ. */
export async function recordMovie(size: Size, color: Rgb): Promise<Blob> {
  const canvas = createCanvas(size);
  const context = contextOf(canvas);
  const draw = (step: number): void => {
    context.fillStyle = css(color);
    context.fillRect(0, 0, size.width, size.height);
    context.fillStyle = css([0, 0, 0]);
    context.fillRect(step, size.height - 2, 4, 2);
  };
  draw(0);
  const stream = canvas.captureStream();
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8' });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  for (let step = 1; step <= 15; step += 1) {
    draw(step);
    await nextTask(33);
  }
  recorder.stop();
  await stopped;
  for (const track of stream.getTracks()) track.stop();
  return new Blob(parts, { type: 'video/webm' });
}

/** A player of the page's own, playing a movie. Whoever asks removes it. */
export async function playMovie(url: string): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.loop = true;
  video.src = url;
  await video.play();
  return video;
}
