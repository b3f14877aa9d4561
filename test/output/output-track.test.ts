import { expect } from 'chai';
import { createCanvasOutput, createGeneratorOutput, supportsFrameStreams, type OutputTrack } from '../../src/output/output-track';
import { itWithFrameStreams } from '../helpers/browser';
import { expectThrow } from '../helpers/errors';
import { BLUE, colorAt, contextOf, createCanvas, css, distance, expectColor, fill, GREEN, readPicture, RED } from '../helpers/pixels';
import { replace, restoreAll } from '../helpers/spies';
import { waitFor } from '../helpers/wait';

const SIZE = { width: 64, height: 36 };

function canvasOutput(): OutputTrack {
  const canvas = createCanvas(SIZE);
  contextOf(canvas);
  return createCanvasOutput(canvas, 30);
}

describe('<virtual-background-camera> output track', () => {
  afterEach(restoreAll);

  for (const [name, create, itHas] of [['canvas', canvasOutput, it], ['generator', createGeneratorOutput, itWithFrameStreams]] as const) {
    itHas(`should be one live video track, ended once: ${name}`, () => {
      const output = create();
      expect(output.track).to.include({ kind: 'video', readyState: 'live' });
      let ended = 0;
      output.track.addEventListener('ended', () => (ended += 1));
      output.end();
      output.end();
      expect(output.track.readyState).to.equal('ended');
      expect(ended, "'ended' events").to.equal(1);
    });

    itHas(`should not tell again of a track that its holder stopped: ${name}`, () => {
      const output = create();
      let ended = 0;
      output.track.addEventListener('ended', () => (ended += 1));
      output.track.stop();
      output.end();
      expect(ended).to.equal(0);
    });
  }

  itWithFrameStreams('should carry the frames that are written to it', async () => {
    const { track, writable, end } = createGeneratorOutput();
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    video.autoplay = true;
    const canvas = createCanvas(SIZE);
    fill(canvas, GREEN);
    const writer = writable.getWriter();
    let timestamp = 0;
    await waitFor('the picture', async () => {
      await writer.write(new VideoFrame(canvas, { timestamp: (timestamp += 33_333) }));
      return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    });
    expectColor(colorAt(readPicture(video, SIZE), 0.5, 0.5), GREEN, 10);
    expect([video.videoWidth, video.videoHeight]).to.deep.equal([64, 36]);
    await writer.close();
    end();
    video.srcObject = null;
  });

  itWithFrameStreams('should know whether the browser has frame streams', () => {
    expect(supportsFrameStreams()).to.equal(true);
    replace(globalThis, 'MediaStreamTrackGenerator', undefined);
    expect(supportsFrameStreams()).to.equal(false);
  });

  it('should hand out every picture of a canvas that it is told of', async () => {
    const canvas = createCanvas(SIZE);
    fill(canvas, GREEN);
    // Its own sampling would take ten seconds to each.
    const { track, requestFrame, end } = createCanvasOutput(canvas, 0.1);
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    video.autoplay = true;
    for (const color of [RED, GREEN, BLUE, RED, GREEN, BLUE]) {
      await waitFor(`the colour ${css(color)}`, () => {
        fill(canvas, color);
        requestFrame();
        return video.videoWidth > 0 && distance(colorAt(readPicture(video, SIZE), 0.5, 0.5), color) < 30;
      }, 5000);
    }
    end();
    video.srcObject = null;
  });

  it('should say so where a canvas has no stream', () => {
    const canvas = createCanvas(SIZE);
    replace(canvas, 'captureStream', undefined);
    expectThrow(() => createCanvasOutput(canvas, 30), 'output-unsupported', /captureStream/);
  });
});
