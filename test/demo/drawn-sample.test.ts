import { expect } from 'chai';
import {
  CODE_COLUMNS, CODE_ROWS, CODE_STEP_MS, codeCell, codeColour, DrawnSample, type DrawnSampleOptions,
} from '../../demo/drawn-sample.ts';

const SIZE = { width: 320, height: 180 };

function pixelsOf(sample: DrawnSample): Uint8ClampedArray {
  const context = sample.canvas.getContext('2d') as CanvasRenderingContext2D;
  return context.getImageData(0, 0, sample.width, sample.height).data;
}

function pixelsAt(options: DrawnSampleOptions, timeMs: number): Uint8ClampedArray {
  const sample = new DrawnSample({ ...SIZE, ...options });
  sample.draw(timeMs);
  return pixelsOf(sample);
}

/** Pixels, by what their matte says, in which two pictures differ by more than one step of any channel. */
function countDifferences(
  one: Uint8ClampedArray,
  other: Uint8ClampedArray,
  keep: (pixel: number) => boolean,
): { kept: number; different: number } {
  let kept = 0;
  let different = 0;
  for (let pixel = 0; pixel < one.length / 4; pixel += 1) {
    if (!keep(pixel)) continue;
    kept += 1;
    const differs = [0, 1, 2].some((channel) => Math.abs(one[pixel * 4 + channel]! - other[pixel * 4 + channel]!) > 1);
    if (differs) different += 1;
  }
  return { kept, different };
}

describe('DrawnSample', () => {
  it('should draw the same pixels for the same time', () => {
    const sample = new DrawnSample({ ...SIZE, hair: 'strands', pose: 'wave' });
    sample.draw(1234);
    const first = pixelsOf(sample);
    sample.draw(9876);
    expect(countDifferences(first, pixelsOf(sample), () => true).different).to.be.above(500);
    sample.draw(1234);
    expect(pixelsOf(sample)).to.deep.equal(first);
    expect(pixelsAt({ hair: 'strands', pose: 'wave' }, 1234)).to.deep.equal(first);
  });

  for (const options of [
    { pose: 'sway', hair: 'short' }, { pose: 'walk', hair: 'long' }, { pose: 'wave', hair: 'strands' },
    { pose: 'hold', hair: 'short' }, { pose: 'still', background: 'code' }, { pose: 'turn', hair: 'short' }, { pose: 'lean', hair: 'long' },
  ] satisfies DrawnSampleOptions[]) {
    it(`should know the exact matte of ${JSON.stringify(options)}`, () => {
      const sample = new DrawnSample({ ...SIZE, ...options });
      sample.draw(2600);
      const picture = pixelsOf(sample);
      const alpha = sample.alpha(2600);
      const empty = pixelsAt({ ...options, person: false }, 2600);
      const elsewhere = pixelsAt({ ...options, background: 'plain' }, 2600);

      const outside = countDifferences(picture, empty, (pixel) => alpha[pixel] === 0);
      expect(outside.kept).to.be.above(SIZE.width * SIZE.height * 0.4);
      expect(outside.different, 'the figure beyond its matte').to.equal(0);
      const inside = countDifferences(picture, elsewhere, (pixel) => alpha[pixel] === 255);
      // Turned to its side there is least of it.
      expect(inside.kept).to.be.above(SIZE.width * SIZE.height * 0.1);
      expect(inside.different, 'the room within the figure').to.equal(0);
      expect(alpha.some((value) => value > 0 && value < 255), 'antialiased edges').to.equal(true);
    });
  }

  it('should blend edge pixels by the matte', () => {
    const [picture, plain] = [pixelsAt({ pose: 'still' }, 0), pixelsAt({ pose: 'still', background: 'plain' }, 0)];
    const [room, grey] = [pixelsAt({ person: false }, 0), pixelsAt({ background: 'plain', person: false }, 0)];
    const alpha = new DrawnSample({ ...SIZE, pose: 'still' }).alpha(0);
    for (let index = 0; index < picture.length; index += 1) {
      if (index % 4 === 3) continue;
      const share = 1 - alpha[index >> 2]! / 255;
      const seen = picture[index]! - plain[index]!;
      expect(Math.abs(seen - share * (room[index]! - grey[index]!))).to.be.at.most(4);
    }
  });

  it('should draw the figure alone on nothing', () => {
    const options = { pose: 'wave', hair: 'strands', background: 'none' } as const;
    const sample = new DrawnSample({ ...SIZE, ...options });
    sample.draw(700);
    sample.draw(2600);
    const picture = pixelsOf(sample);
    expect(picture.filter((_value, index) => index % 4 === 3)).to.deep.equal(sample.alpha(2600));
  });

  it('should leave its picture alone when asked for a matte', () => {
    const sample = new DrawnSample(SIZE);
    sample.draw(500);
    const before = pixelsOf(sample);
    sample.alpha(3000);
    expect(pixelsOf(sample)).to.deep.equal(before);
    sample.draw(500);
    expect(pixelsOf(sample)).to.deep.equal(before);
  });

  it('should stand still in the pose still and cross the picture in the pose walk', () => {
    const still = new DrawnSample({ ...SIZE, pose: 'still' });
    expect(still.alpha(0)).to.deep.equal(still.alpha(4321));
    const walk = new DrawnSample({ ...SIZE, pose: 'walk' });
    const middle = (alpha: Uint8ClampedArray): number => {
      let sum = 0;
      let weight = 0;
      alpha.forEach((value, index) => { sum += value * (index % SIZE.width); weight += value; });
      return sum / weight;
    };
    const way = middle(walk.alpha(1200)) - middle(walk.alpha(200));
    expect(way / SIZE.height).to.be.closeTo(0.64, 0.05);
  });

  it('should turn and lean at one body width a second', () => {
    const bounds = (pose: 'turn' | 'lean', timeMs: number, row: number): { first: number; last: number } => {
      const alpha = new DrawnSample({ ...SIZE, pose }).alpha(timeMs).subarray(row * SIZE.width, (row + 1) * SIZE.width);
      return { first: alpha.findIndex((value) => value > 127), last: alpha.findLastIndex((value) => value > 127) };
    };
    const [step, bodyWidth] = [20, 0.64 * SIZE.height];
    const speeds = (pose: 'turn' | 'lean', row: number, measure: (at: { first: number; last: number }) => number): number[] =>
      Array.from({ length: 150 }, (_, index) => ((measure(bounds(pose, (index + 1) * step * 4, row)) - measure(bounds(pose, index * step * 4, row))) * 1000) / (step * 4 * bodyWidth));
    const fastest = (values: number[]): number => Math.max(...values.map(Math.abs));
    const widths = speeds('turn', Math.round(0.75 * SIZE.height), ({ first, last }) => last - first);
    const places = speeds('lean', Math.round(0.3 * SIZE.height), ({ first, last }) => (first + last) / 2);
    expect(fastest(widths)).to.be.within(0.8, 1.25);
    expect(fastest(places)).to.be.within(0.8, 1.25);
  });

  it('should take its size from the options', () => {
    const sample = new DrawnSample({ width: 200, height: 300 });
    expect([sample.width, sample.height]).to.deep.equal([200, 300]);
    expect([sample.canvas.width, sample.canvas.height]).to.deep.equal([200, 300]);
    expect(sample.alpha(0)).to.have.lengthOf(200 * 300);
    const usual = new DrawnSample();
    expect([usual.width, usual.height]).to.deep.equal([640, 360]);
  });

  it('should show the code that codeColour tells, changed by the next step', () => {
    for (const timeMs of [0, CODE_STEP_MS, 2.5 * CODE_STEP_MS]) {
      const picture = pixelsAt({ background: 'code', person: false }, timeMs);
      for (let row = 0; row < CODE_ROWS; row += 1) {
        for (let column = 0; column < CODE_COLUMNS; column += 1) {
          const cell = codeCell(column, row, SIZE);
          const index = 4 * ((cell.y + cell.height - 1) * SIZE.width + cell.x);
          const colour = codeColour(column, row, timeMs);
          expect([...picture.slice(index, index + 3)]).to.deep.equal([...colour]);
          expect(codeColour(column, row, timeMs + CODE_STEP_MS)).not.to.deep.equal(colour);
          expect(codeColour(column + 1, row, timeMs)).not.to.deep.equal(colour);
          expect(codeColour(column, row + 1, timeMs)).not.to.deep.equal(colour);
        }
      }
    }
  });
});

describe('DrawnSample.captureStream', () => {
  it('should give a live video track of its size that plays', async () => {
    const sample = new DrawnSample(SIZE);
    const stream = sample.captureStream(30);
    const [track] = stream.getVideoTracks();
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    try {
      await video.play();
      expect(stream.getTracks()).to.have.lengthOf(1);
      expect(track?.readyState).to.equal('live');
      expect(track?.getSettings()).to.include(SIZE);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([SIZE.width, SIZE.height]);
      const first = pixelsOf(sample);
      await new Promise((resolve) => { video.requestVideoFrameCallback(() => video.requestVideoFrameCallback(resolve)); });
      expect(countDifferences(first, pixelsOf(sample), () => true).different).to.be.above(0);
    } finally {
      video.srcObject = null;
      sample.stop();
    }
  });

  it('should end its tracks with stop', () => {
    const sample = new DrawnSample(SIZE);
    const tracks = [sample.captureStream(), sample.captureStream()].flatMap((stream) => stream.getVideoTracks());
    sample.stop();
    expect(tracks.map((track) => track.readyState)).to.deep.equal(['ended', 'ended']);
    sample.stop();
  });
});
