import { drawnBackgroundBlob, drawnBackgrounds } from '../drawn-backgrounds.ts';
import type { PaintAnswer, PaintOrder } from './background-painter.ts';

const post = (answer: PaintAnswer): void => self.postMessage(answer);

self.onmessage = ({ data: { key, id, width, height } }: MessageEvent<PaintOrder>): void => {
  const background = drawnBackgrounds.find((candidate) => candidate.id === id);
  if (!background) {
    post({ key, message: `There is no drawn background called ${id}` });
    return;
  }
  drawnBackgroundBlob(background, { width, height }).then(
    (blob) => post({ key, blob }),
    (error: unknown) => post({ key, message: String(error) }),
  );
};
