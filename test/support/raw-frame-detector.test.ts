import { expect } from 'chai';
import { painters } from '../../src/scenes/painters';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel } from '../helpers/element';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { BLUE, contextOf, createCanvas, GREEN, paintedCanvas, RED, readCanvas, ROOM, solidCanvas, stripedCanvas, type Rgb } from '../helpers/pixels';
import { waitFor } from '../helpers/wait';
import { CodedRoom, drawRoomCode, RAW_CELLS, RawFrameDetector, readRoomCode, ROOM_COLUMNS, ROOM_NUMBERS, ROOM_ROWS } from './raw-frame-detector';

const CELLS = ROOM_COLUMNS * ROOM_ROWS;
const SIZE = { width: 320, height: 180 };

function roomCanvas(number: number, size = SIZE): HTMLCanvasElement {
  const canvas = createCanvas(size);
  drawRoomCode(contextOf(canvas), size, number);
  return canvas;
}

/** The room scaled, or with something done to it as CSS filters do. */
function redraw(source: HTMLCanvasElement, size: { width: number; height: number }, filter = 'none'): HTMLCanvasElement {
  const canvas = createCanvas(size);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.filter = filter;
  context.drawImage(source, 0, 0, size.width, size.height);
  return canvas;
}

/** Over a picture, the room in a rectangle given in shares. */
function withRoom(background: HTMLCanvasElement, [left, top, right, bottom]: readonly [number, number, number, number], number: number): HTMLCanvasElement {
  const { width, height } = background;
  const context = contextOf(background);
  context.save();
  context.beginPath();
  context.rect(left * width, top * height, (right - left) * width, (bottom - top) * height);
  context.clip();
  drawRoomCode(context, background, number);
  context.restore();
  return background;
}

/** Colours drawn by lot, the same each time. */
function lottery(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const NUMBERS = Array.from({ length: ROOM_NUMBERS }, (_value, number) => number);

describe('the code of the room', () => {
  it('should be read whole from every frame, with its number', () => {
    for (const number of NUMBERS) expect(readRoomCode(readCanvas(roomCanvas(number)))).to.deep.equal({ legible: CELLS, sharp: CELLS, number });
  });

  for (const [what, change] of [
    ['half as large', (room) => redraw(room, { width: 160, height: 90 })],
    ['a quarter as large', (room) => redraw(room, { width: 80, height: 45 })],
    ['larger, and of another shape', (room) => redraw(room, { width: 963, height: 721 })],
    ['turned to a portrait', (room) => redraw(room, { width: 180, height: 320 })],
    ['blurred by 2 px', (room) => redraw(room, SIZE, 'blur(2px)')],
    ['paler and darker', (room) => redraw(room, SIZE, 'saturate(0.8) brightness(0.9)')],
  ] satisfies [string, (room: HTMLCanvasElement) => HTMLCanvasElement][]) {
    it(`should be read in every frame ${what}`, () => {
      for (const number of NUMBERS) {
        const reading = readRoomCode(readCanvas(change(roomCanvas(number))));
        expect(reading.number).to.equal(number);
        expect(reading.legible).to.be.above(0.9 * CELLS);
      }
    });
  }

  for (const [what, rectangle] of [
    ['the left half', [0, 0, 0.5, 1]],
    ['the lower half', [0, 0.5, 1, 1]],
    ['a quarter', [0.5, 0, 1, 0.5]],
    ['a quarter that lies across the cells', [0.27, 0.3, 0.77, 0.8]],
    ['a strip at the top', [0, 0, 1, 0.23]],
  ] as const) {
    it(`should be found where the room is only in ${what}`, () => {
      for (const number of NUMBERS) {
        const { legible } = readRoomCode(readCanvas(withRoom(solidCanvas(SIZE, [40, 60, 90]), rectangle, number)));
        expect(legible).to.be.at.least(RAW_CELLS);
        expect(readRoomCode(readCanvas(withRoom(solidCanvas(SIZE, GREEN), rectangle, number))).legible).to.be.at.least(RAW_CELLS);
      }
    });
  }

  it('should not be called raw where a ring around a head shows it', () => {
    for (const number of NUMBERS) {
      const canvas = roomCanvas(number);
      const context = contextOf(canvas);
      context.beginPath();
      context.rect(0, 0, SIZE.width, SIZE.height);
      context.arc(160, 90, 52, 0, 2 * Math.PI);
      context.fill('evenodd');
      context.beginPath();
      context.arc(160, 90, 40, 0, 2 * Math.PI);
      context.fill();
      expect(readRoomCode(readCanvas(canvas)).legible).to.be.below(RAW_CELLS);
    }
  });

  it('should not be found in any scene', () => {
    for (const paint of Object.values(painters)) {
      const canvas = createCanvas({ width: 640, height: 360 });
      paint(canvas);
      expect(readRoomCode(readCanvas(canvas)).legible).to.be.below(RAW_CELLS / 2);
    }
  });

  it('should not be found in single colours, stripes, a colour wheel and saturated noise', () => {
    const cube: Rgb[] = [RED, GREEN, BLUE, ROOM, [255, 255, 0], [0, 255, 255]];
    const draw = lottery(7);
    const pictures = [
      ...cube.map((color) => solidCanvas(SIZE, color)),
      stripedCanvas(SIZE, 40),
      paintedCanvas(SIZE, (x, y) => [(x * 255) / SIZE.width, (y * 255) / SIZE.height, 255 - (x * 255) / SIZE.width]),
      paintedCanvas(SIZE, () => cube[Math.floor(draw() * cube.length)] as Rgb),
      // Cells as large as the code's own, in its own colours, by lot.
      ...[1, 2, 3, 4].map((seed) => {
        const choose = lottery(seed);
        const lots = Array.from({ length: CELLS }, () => cube[Math.floor(choose() * cube.length)] as Rgb);
        return paintedCanvas(SIZE, (x, y) => lots[Math.floor(y / 20) * ROOM_COLUMNS + Math.floor(x / 20)] as Rgb);
      }),
    ];
    for (const picture of pictures) expect(readRoomCode(readCanvas(picture)).legible).to.be.below(RAW_CELLS);
  });

  it('should lose its sharp cells in a blur as wide as that of background="blur"', () => {
    for (const number of NUMBERS) {
      const reading = readRoomCode(readCanvas(redraw(roomCanvas(number), SIZE, 'blur(4.5px)')));
      expect(reading.sharp).to.be.below(RAW_CELLS);
    }
  });
});

describe('RawFrameDetector', () => {
  let room: CodedRoom;
  let detector: RawFrameDetector;

  beforeEach(() => {
    // Whatever a late mask shows beside a person who walks is the matter of other tests.
    room = new CodedRoom({ pose: 'still' });
    detector = new RawFrameDetector();
  });

  afterEach(() => {
    detector.stop();
    room.stop();
    closeLoopbacks();
    cleanUp();
  });

  it('should see the room in every frame of its own source, and miss none', async () => {
    detector.watch(room.track);
    await waitFor('frames', () => detector.readings.length > 20);
    expect(detector.count()).to.include({ frames: detector.readings.length, raw: detector.readings.length });
    const numbers = detector.readings.map(({ number }) => number as number);
    const steps = numbers.slice(1).map((number, index) => (number - (numbers[index] as number) + ROOM_NUMBERS) % ROOM_NUMBERS);
    if (typeof MediaStreamTrackProcessor === 'function') expect(new Set(steps)).to.deep.equal(new Set([1]));
    else expect(Math.min(...steps)).to.be.at.least(1);
  });

  it('should see the room in every frame that went through a call', async () => {
    const { sender, negotiate, received } = createLoopback();
    sender.addTrack(room.track, room.stream);
    await negotiate();
    detector.watch((await received).getVideoTracks()[0] as MediaStreamTrack);
    await waitFor('frames', () => detector.readings.length > 20);
    expect(detector.count().raw).to.equal(detector.readings.length);
  });

  for (const host of HOSTS) {
    describeOn(host, `with the element, host="${host}"`, () => {
      itWithModel('should see the room in every frame with background none', async () => {
        const element = createElement({ host, source: room.stream, background: 'none' });
        const stream = await element.start();
        detector.watch(stream.getVideoTracks()[0] as MediaStreamTrack);
        await waitFor('frames', () => detector.readings.length > 20);
        expect(detector.count().raw).to.equal(detector.readings.length);
        expect(element.stats.rawFrames).to.be.above(0);
      });

      itWithModel('should see the room in every frame with a small blur, and not take it for raw where only sharp cells count', async () => {
        const strict = new RawFrameDetector({ counts: 'sharp' });
        const element = createElement({ host, source: room.stream, background: 'blur:2' });
        const track = (await element.start()).getVideoTracks()[0] as MediaStreamTrack;
        await waitFor('the person', () => element.state === 'running');
        element.background = 'blur:6';
        await element.updateComplete;
        strict.watch(track);
        // Frames under way still have the small blur, and how many there are is the machine's.
        await waitFor('a frame with the larger blur', () => strict.last !== null && !strict.isRaw(strict.last));
        const first = strict.readings.length;
        await waitFor('frames', () => strict.readings.length > first + 10);
        strict.stop();
        expect(strict.count(first), 'sharp with blur:6').to.include({ raw: 0 });
        element.background = 'blur:2';
        await element.updateComplete;
        detector.watch(track);
        await waitFor('a frame with the small blur', () => detector.last !== null && detector.isRaw(detector.last));
        const small = detector.readings.length;
        await waitFor('frames', () => detector.readings.length > small + 20);
        const { frames, raw } = detector.count(small);
        expect(raw, 'legible with blur:2').to.equal(frames);
      });

      itWithModel('should find no raw frame, and the person, before one colour', async () => {
        detector.stop();
        detector = new RawFrameDetector({ background: [40, 60, 90] });
        const element = createElement({ host, source: room.stream, background: 'rgb(40 60 90)' });
        const stream = await element.start();
        detector.watch(stream.getVideoTracks()[0] as MediaStreamTrack);
        await waitFor('frames', () => detector.readings.length > 20);
        expect(detector.count()).to.include({ raw: 0 });
        expect(detector.showsPerson(detector.last)).to.equal(true);
      });
    });
  }
});
