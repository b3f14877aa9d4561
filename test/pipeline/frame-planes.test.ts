import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import { FramePlanes } from '../../src/pipeline/frame-planes';
import type { PictureRect, Size } from '../../src/types';
import { createCompositor, disposeCompositors } from '../helpers/gl';
import { BLACK, colorAt, distance, expectColor, farthest, paintedCanvas, pixelAt, WHITE, type Picture, type Rgb } from '../helpers/pixels';

type Planar = 'I420' | 'I420A' | 'NV12';
type Packed = 'RGBA' | 'RGBX' | 'BGRA' | 'BGRX';
type Format = Planar | Packed;
interface Coding {
  /** Shares of red and blue in luma. */
  luma: readonly [number, number];
  fullRange: boolean;
}

const FRAME: Size = { width: 640, height: 360 };
const BT709 = [0.2126, 0.0722] as const;
const BT601 = [0.299, 0.114] as const;
/**
 * Where there is no GPU, Chromium's upload counts blue with a coefficient of 2.0 in place of BT.709's 2.112 (libyuv's
 * bytes hold no more), and Firefox's is up to 12 levels beside the truth.
 */
const UPLOAD_TOLERANCE = 12;
/** Firefox's own upload does: there, the truth alone is compared. */
const TAKES_BT470BG_FOR_BT709 = navigator.userAgent.includes('Firefox');
/** A smooth picture, in which every place has another colour. */
const wave = (x: number, y: number): Rgb => [128 + 90 * Math.sin(x / 60), 128 + 90 * Math.cos(y / 45), 128 + 90 * Math.sin((x + y) / 80)];

/** Luma and colour differences of a colour, as bytes. */
function encode([red, green, blue]: Rgb, { luma: [forRed, forBlue], fullRange }: Coding): [number, number, number] {
  const light = forRed * red + (1 - forRed - forBlue) * green + forBlue * blue;
  const [cb, cr] = [(blue - light) / (2 * (1 - forBlue)), (red - light) / (2 * (1 - forRed))];
  return (fullRange ? [light, 128 + cb, 128 + cr] : [16 + (light * 219) / 255, 128 + (cb * 224) / 255, 128 + (cr * 224) / 255]).map(Math.round) as [number, number, number];
}

/** A frame's bytes; each plane's rows are as long as they need to be. */
function bytesOf(format: Format, { width, height }: Size, colorAtPlace: (x: number, y: number) => Rgb, coding: Coding): Uint8Array {
  if (format.length === 4 && format !== 'I420' && format !== 'NV12') {
    const bytes = new Uint8Array(width * height * 4).fill(255);
    for (let index = 0; index < width * height; index += 1) {
      const [red, green, blue] = colorAtPlace((index % width) + 0.5, Math.floor(index / width) + 0.5).map(Math.round) as [number, number, number];
      bytes.set(format.startsWith('B') ? [blue, green, red] : [red, green, blue], index * 4);
    }
    return bytes;
  }
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const [luma, chroma] = [width * height, half.width * half.height];
  const bytes = new Uint8Array(luma + 2 * chroma + (format === 'I420A' ? luma : 0)).fill(255);
  for (let index = 0; index < luma; index += 1) bytes[index] = encode(colorAtPlace((index % width) + 0.5, Math.floor(index / width) + 0.5), coding)[0];
  for (let index = 0; index < chroma; index += 1) {
    const [, u, v] = encode(colorAtPlace((index % half.width) * 2 + 1, Math.floor(index / half.width) * 2 + 1), coding);
    if (format === 'NV12') bytes.set([u, v], luma + 2 * index);
    else {
      bytes[luma + index] = u;
      bytes[luma + chroma + index] = v;
    }
  }
  return bytes;
}

interface FrameOptions {
  size?: Size;
  color?: (x: number, y: number) => Rgb;
  luma?: Coding['luma'];
  fullRange?: boolean;
  /** As the frame says it; left out: it says nothing. */
  colorSpace?: VideoColorSpaceInit;
  visibleRect?: DOMRectInit;
}

function frameOf(format: Format, { size = FRAME, color = wave, luma = BT709, fullRange = false, colorSpace, visibleRect }: FrameOptions = {}): VideoFrame {
  return new VideoFrame(bytesOf(format, size, color, { luma, fullRange }), {
    format,
    codedWidth: size.width,
    codedHeight: size.height,
    timestamp: 0,
    ...(colorSpace && { colorSpace }),
    ...(visibleRect && { visibleRect }),
  });
}

/** Null where the browser makes no such frame. */
function possibleFrame(make: () => VideoFrame): VideoFrame | null {
  try {
    return make();
  } catch {
    return null;
  }
}

const spaceOf = (matrix: VideoMatrixCoefficients | null, fullRange: boolean): VideoColorSpaceInit => ({ primaries: 'bt709', transfer: 'bt709', matrix, fullRange });

describe('<virtual-background-camera> FramePlanes', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  async function inMemory(frame: VideoFrame, rect: PictureRect | null, size: Size): Promise<Picture> {
    const planes = await FramePlanes.read(frame, null);
    if (!planes) throw new Error(`A frame of ${frame.format} was not read`);
    const data = new Uint8Array(size.width * size.height * 4);
    planes.sample(rect, size, data);
    expect(data.filter((_value, index) => index % 4 === 3).every((alpha) => alpha === 255), 'alpha').to.equal(true);
    return { ...size, data };
  }

  function onGpu(frame: VideoFrame, rect: PictureRect | null, size: Size): Picture {
    const taken = compositor.takeFrame(frame, { width: frame.displayWidth, height: frame.displayHeight });
    const data = new Uint8Array(size.width * size.height * 4);
    compositor.readInput(taken, size, rect, data);
    compositor.releaseFrame(taken);
    return { ...size, data };
  }

  const difference = (a: Picture, b: Picture): number => farthest(a, (color, column, row) => distance(color, pixelAt(b, column, row)));

  const LOOKS: [string, PictureRect | null, Size][] = [
    ['the whole, averaged', null, { width: 64, height: 36 }],
    ["the whole, at a network's size", null, { width: 256, height: 144 }],
    ['a part, averaged', { x: 0.25, y: 0.1, width: 0.45, height: 0.8 }, { width: 48, height: 48 }],
    ['a part, magnified', { x: 0.3, y: 0.2, width: 0.28125, height: 0.5 }, { width: 256, height: 256 }],
    ["a part that ends with the frame's corner", { x: 0.6, y: 0.4, width: 0.4, height: 0.6 }, { width: 129, height: 109 }],
  ];

  for (const format of ['I420', 'I420A', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'] as const) {
    it(`should copy what the GPU would, of the whole and of parts: ${format}`, async () => {
      const isYuv = format.startsWith('I') || format === 'NV12';
      const frame = frameOf(format, isYuv ? { colorSpace: spaceOf('bt709', false) } : {});
      try {
        for (const [name, rect, size] of LOOKS) {
          const picture = await inMemory(frame, rect, size);
          expect(difference(picture, onGpu(frame, rect, size)), `${name}: levels beside the GPU's`).to.be.at.most(isYuv ? UPLOAD_TOLERANCE : 4);
          const { x, y, width, height } = rect ?? { x: 0, y: 0, width: 1, height: 1 };
          const error = farthest(picture, (color, column, row) => {
            const place = [(x + ((column + 0.5) / size.width) * width) * FRAME.width, (y + ((row + 0.5) / size.height) * height) * FRAME.height] as const;
            return distance(color, wave(...place));
          });
          // Colour has half the resolution, at the frame's sides a sample more or less.
          expect(error, `${name}: levels beside the truth`).to.be.at.most(6);
        }
      } finally {
        frame.close();
      }
    });
  }

  const CODINGS: [string, FrameOptions][] = [
    ['BT.709', { luma: BT709, colorSpace: spaceOf('bt709', false) }],
    ['BT.709, full range', { luma: BT709, fullRange: true, colorSpace: spaceOf('bt709', true) }],
    ['BT.601 (smpte170m)', { luma: BT601, colorSpace: { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false } }],
    ['BT.601, full range (JPEG)', { luma: BT601, fullRange: true, colorSpace: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'smpte170m', fullRange: true } }],
    ['BT.601 (bt470bg)', { luma: BT601, colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt470bg', fullRange: false } }],
  ];
  const COLORS: Rgb[] = [[200, 60, 40], [30, 150, 70], [40, 80, 210], [245, 245, 245], [8, 8, 8], [222, 184, 160]];
  const SMALL: Size = { width: 64, height: 48 };
  const INPUT: Size = { width: 16, height: 12 };

  for (const [name, options] of CODINGS) {
    it(`should have the colours that the GPU gives: ${name}`, async () => {
      for (const format of ['I420', 'NV12'] as const) {
        for (const color of COLORS) {
          const frame = frameOf(format, { ...options, size: SMALL, color: () => color });
          const told = `${format}, ${color.join()}, ${JSON.stringify(frame.colorSpace.toJSON())}`;
          const [here, there] = [await inMemory(frame, null, INPUT), onGpu(frame, null, INPUT)];
          frame.close();
          expectColor(colorAt(here, 0.5, 0.5), color, 3, `in memory, ${told}`);
          if (TAKES_BT470BG_FOR_BT709 && options.colorSpace?.matrix === 'bt470bg') continue;
          expect(difference(here, there), `levels beside the GPU's ${colorAt(there, 0.5, 0.5).join()}, ${told}`).to.be.at.most(UPLOAD_TOLERANCE);
        }
      }
    });
  }

  for (const [name, colorSpace] of [['nothing', undefined], ['no matrix', spaceOf(null, false)], ['null alone', { primaries: null, transfer: null, matrix: null, fullRange: null }]] as const) {
    it(`should read a frame that says nothing of its colours as the GPU does: ${name}`, async () => {
      for (const size of [SMALL, { width: 1280, height: 720 }]) {
        for (const color of COLORS) {
          const frame = frameOf('I420', { size, color: () => color, ...(colorSpace && { colorSpace }) });
          const told = `${size.width}×${size.height}, ${JSON.stringify(frame.colorSpace.toJSON())}`;
          const [here, there] = [await inMemory(frame, null, INPUT), onGpu(frame, null, INPUT)];
          frame.close();
          expect(difference(here, there), `${color.join()}: ${colorAt(here, 0.5, 0.5).join()} beside the GPU's ${colorAt(there, 0.5, 0.5).join()}, ${told}`).to.be.at.most(UPLOAD_TOLERANCE);
        }
      }
    });
  }

  it('should average what is under a sample, however fine it is', async () => {
    const frame = frameOf('RGBA', { color: (x) => (Math.floor(x) % 2 ? WHITE : BLACK) });
    const picture = await inMemory(frame, null, { width: 64, height: 36 });
    frame.close();
    expect(farthest(picture, (color) => distance(color, [128, 128, 128]))).to.be.at.most(1);
  });

  it('should see the visible part of a frame alone', async () => {
    for (const format of ['I420', 'NV12', 'RGBA'] as const) {
      const visible = { x: 64, y: 40, width: 320, height: 240 };
      const isVisible = (x: number, y: number): boolean => x > 64 && x < 384 && y > 40 && y < 280;
      const frame = frameOf(format, { color: (x, y) => (isVisible(x, y) ? [180, 90, 60] : [255, 255, 255]), visibleRect: visible, ...(format === 'RGBA' ? {} : { colorSpace: spaceOf('bt709', false) }) });
      const picture = await inMemory(frame, null, { width: 32, height: 24 });
      frame.close();
      expect(farthest(picture, (color) => distance(color, [180, 90, 60])), format).to.be.at.most(3);
    }
  });

  it('should read frames whose sides are odd', async function () {
    const frames = (['I420', 'NV12'] as const).map((format) => possibleFrame(() => frameOf(format, { size: { width: 161, height: 91 }, colorSpace: spaceOf('bt709', false) })));
    for (const frame of frames) {
      // Firefox makes none.
      if (!frame) return this.skip();
      const size = { width: 40, height: 23 };
      expect(difference(await inMemory(frame, null, size), onGpu(frame, null, size)), String(frame.format)).to.be.at.most(8);
      frame.close();
    }
  });

  it('should read a frame that was made of a canvas, or leave it to the GPU', async () => {
    const frame = new VideoFrame(paintedCanvas(FRAME, (x, y) => wave(x + 0.5, y + 0.5).map(Math.round) as unknown as Rgb), { timestamp: 0 });
    const size = { width: 64, height: 36 };
    const planes = await FramePlanes.read(frame, null);
    const known = ['I420', 'I420A', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'];
    expect(planes !== null, String(frame.format)).to.equal(known.includes(String(frame.format)));
    const data = new Uint8Array(size.width * size.height * 4);
    if (planes) planes.sample(null, size, data);
    else data.set(onGpu(frame, null, size).data);
    frame.close();
    expect(farthest({ ...size, data }, (color, column, row) => distance(color, wave((column + 0.5) * 10, (row + 0.5) * 10)))).to.be.at.most(5);
  });

  it('should use the buffer of an earlier frame again where it fits', async () => {
    const [first, second, other] = [frameOf('I420'), frameOf('I420', { color: () => [200, 60, 40], colorSpace: spaceOf('bt709', false) }), frameOf('RGBA')];
    const before = await FramePlanes.read(first, null);
    const after = await FramePlanes.read(second, before?.buffer ?? null);
    expect(after?.buffer).to.equal(before?.buffer);
    const data = new Uint8Array(4);
    after?.sample(null, { width: 1, height: 1 }, data);
    expectColor([data[0], data[1], data[2]] as unknown as Rgb, [200, 60, 40], 3);
    const changed = await FramePlanes.read(other, after?.buffer ?? null);
    expect(changed?.buffer.byteLength).to.equal(FRAME.width * FRAME.height * 4);
    for (const frame of [first, second, other]) frame.close();
  });

  it('should leave to the GPU what is closed, and what has no bytes that are known here', async () => {
    const closed = frameOf('I420');
    closed.close();
    expect(await FramePlanes.read(closed, null), 'closed').to.equal(null);
    const size = { width: 16, height: 16 };
    // Firefox makes none.
    const strange = possibleFrame(() => new VideoFrame(new Uint8Array(16 * 16 * 3), { format: 'I444', codedWidth: 16, codedHeight: 16, timestamp: 0 }));
    if (strange) expect(await FramePlanes.read(strange, null), 'I444').to.equal(null);
    strange?.close();
    for (const turn of [{ rotation: 90 }, { flip: true }]) {
      const frame = frameOf('RGBA', { size });
      for (const [key, value] of Object.entries(turn)) Object.defineProperty(frame, key, { value });
      expect(await FramePlanes.read(frame, null), JSON.stringify(turn)).to.equal(null);
      frame.close();
    }
  });
});
