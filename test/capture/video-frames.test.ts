import { expect } from 'chai';
import { VideoFrames } from '../../src/capture/video-frames';
import { recordMovie } from '../helpers/media';
import { createCanvas, fill, GREEN, type Rgb } from '../helpers/pixels';
import { replace, restoreAll, spyOnWorkers } from '../helpers/spies';
import { nextEvent, nextTask, waitFor } from '../helpers/wait';

const SIZE = { width: 64, height: 36 };

describe('<virtual-background-camera> VideoFrames', () => {
  const canvas = createCanvas(SIZE);
  let video: HTMLVideoElement;
  let stream: MediaStream;
  let frames: VideoFrames | null = null;
  let dropped: number[];

  const draw = (): void => fill(canvas, [0, Math.floor(performance.now() * 7) % 255, 0] satisfies Rgb);
  const watch = (): void => {
    frames = new VideoFrames({ video, hiddenFrameRate: 50, onFrame: (count) => dropped.push(count) });
  };
  const setHidden = (hidden: boolean): void => {
    replace(document, 'hidden', hidden);
    document.dispatchEvent(new Event('visibilitychange'));
  };

  beforeEach(async () => {
    dropped = [];
    fill(canvas, GREEN);
    stream = canvas.captureStream();
    video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    await video.play();
  });

  afterEach(() => {
    frames?.stop();
    frames = null;
    restoreAll();
    document.dispatchEvent(new Event('visibilitychange'));
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  });

  it('should call back for each new frame', async () => {
    watch();
    await waitFor('five frames', () => {
      draw();
      return dropped.length >= 5;
    });
    expect(dropped.every((count) => Number.isInteger(count) && count >= 0)).to.equal(true);
  });

  it('should call back for the picture that is there already, even when nothing follows', async () => {
    video.pause();
    watch();
    // A frame that was decoded before may still be presented, too.
    await waitFor('the frame', () => dropped.length > 0);
    expect(dropped[0]).to.equal(0);
  });

  it('should be silent after stop', async () => {
    watch();
    await waitFor('a frame', () => dropped.length > 0);
    frames?.stop();
    frames?.stop();
    const before = dropped.length;
    const shown = nextVideoFrame(video);
    draw();
    await shown;
    await nextTask(20);
    expect(dropped).to.have.lengthOf(before);
  });

  it('should go on by the ticks of a worker while the page is hidden, and end the worker', async () => {
    const workers = spyOnWorkers();
    watch();
    await waitFor('a frame', () => dropped.length > 0);
    expect(workers.started).to.deep.equal([]);
    setHidden(true);
    expect(workers.started).to.deep.equal(['ticker']);
    const before = dropped.length;
    await waitFor('frames while hidden', () => {
      draw();
      return dropped.length > before + 2;
    });
    setHidden(false);
    expect(workers.live.size).to.equal(0);
    const visible = dropped.length;
    await waitFor('frames again', () => {
      draw();
      return dropped.length > visible;
    });
    expect(workers.started, 'one worker at a time').to.deep.equal(['ticker']);
  });

  it('should go on by ticks while the page is not rendered, though it is not hidden', async () => {
    const workers = spyOnWorkers();
    watch();
    await waitFor('a frame', () => dropped.length > 0);
    // As in a frame that is out of sight.
    const [requestFrame, requestVideoFrame] = [requestAnimationFrame, HTMLVideoElement.prototype.requestVideoFrameCallback];
    const waiting: FrameRequestCallback[] = [];
    replace(globalThis, 'requestAnimationFrame', (callback: FrameRequestCallback) => waiting.push(callback));
    replace(HTMLVideoElement.prototype, 'requestVideoFrameCallback', () => 1);
    await waitFor('the ticker', () => workers.started.length === 1);
    const before = dropped.length;
    await waitFor('frames meanwhile', () => {
      draw();
      return dropped.length > before + 2;
    });
    replace(HTMLVideoElement.prototype, 'requestVideoFrameCallback', requestVideoFrame);
    replace(globalThis, 'requestAnimationFrame', requestFrame);
    for (const callback of waiting) requestFrame(callback);
    await waitFor('the end of the ticker', () => workers.live.size === 0);
    expect(workers.started).to.deep.equal(['ticker']);
  });

  it('should end the worker with stop', () => {
    const workers = spyOnWorkers();
    replace(document, 'hidden', true);
    watch();
    expect(workers.live.size).to.equal(1);
    frames?.stop();
    expect(workers.live.size).to.equal(0);
  });

  it('should do without a worker where none can be made', () => {
    replace(globalThis, 'Worker', function FakeWorker() {
      throw new DOMException('no', 'SecurityError');
    });
    replace(document, 'hidden', true);
    expect(watch).not.to.throw();
  });

  it('should not call back twice for one picture of a hidden, paused movie', async () => {
    const url = URL.createObjectURL(await recordMovie(SIZE, GREEN));
    const movie = document.createElement('video');
    movie.muted = true;
    movie.src = url;
    await nextEvent(movie, 'loadeddata');
    replace(document, 'hidden', true);
    let ticks = 0;
    class CountedWorker extends Worker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        this.addEventListener('message', () => (ticks += 1));
      }
    }
    replace(globalThis, 'Worker', CountedWorker);
    const counts: number[] = [];
    const movieFrames = new VideoFrames({ video: movie, hiddenFrameRate: 50, onFrame: (count) => counts.push(count) });
    await waitFor('some ticks', () => ticks > 4);
    movieFrames.stop();
    URL.revokeObjectURL(url);
    expect(counts.length, 'the picture there already, and the first tick').to.be.within(1, 2);
  });
});

function nextVideoFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback(() => resolve());
  });
}
