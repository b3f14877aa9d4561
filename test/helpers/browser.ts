import { supportsFrameStreams } from '../../src/output/output-track';
import { contextOf, createCanvas } from './pixels';

type Test = (this: Mocha.Context) => Promise<void> | void;

const NO_FRAME_STREAMS = '(skipped: no MediaStreamTrackProcessor and MediaStreamTrackGenerator in this browser)';

/** `it` that needs tracks to read frames from and write frames to; elsewhere skipped, with the reason in its title. */
export function itWithFrameStreams(title: string, test: Test): void {
  if (supportsFrameStreams()) it(title, test);
  else it.skip(`${title} ${NO_FRAME_STREAMS}`, test);
}

/** The same for `describe`. */
export function describeWithFrameStreams(title: string, tests: () => void): void {
  if (supportsFrameStreams()) describe(title, tests);
  else describe.skip(`${title} ${NO_FRAME_STREAMS}`, tests);
}

/** Whether the settings of a canvas' track tell its frame rate: Firefox' don't. */
export function tellsRate(): boolean {
  const canvas = createCanvas({ width: 16, height: 16 });
  contextOf(canvas);
  const [track] = canvas.captureStream(30).getTracks();
  track?.stop();
  return track?.getSettings().frameRate !== undefined;
}
