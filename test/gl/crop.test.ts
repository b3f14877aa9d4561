import { expect } from 'chai';
import type { BackgroundMode, Compositor } from '../../src/gl/compositor';
import { QUALITIES, type Mask, type MaskGeometry, type PictureRect, type Size } from '../../src/types';
import { createCompositor, createMask, disposeCompositors, drawScene, fullMask, readInput, takeFrame } from '../helpers/gl';
import { BLACK, colorAt, countPixels, distance, expectColor, farthest, paintedCanvas, pixelAt, ROOM, solidCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const BLACK_MODE: BackgroundMode = { kind: 'color', color: [0, 0, 0] };
const LANDSCAPE: Size = { width: 640, height: 360 };
/** Cells along each side of a crop's mask. */
const CELLS = 48;

/** A square of pixels, its corner given in shares of the frame and its side in shares of the shorter side. */
function square(frame: Size, x: number, y: number, share: number): PictureRect {
  const side = share * Math.min(frame.width, frame.height);
  return { x, y, width: side / frame.width, height: side / frame.height };
}

const within = ({ x, y, width, height }: PictureRect): MaskGeometry => ({ scaleX: 1 / width, scaleY: 1 / height, offsetX: -x / width, offsetY: -y / height });

/** What a network saw of a part of the frame. */
function cropOf(rect: PictureRect, valueAt: (column: number, row: number) => number, kind: Mask['kind'] = 'probability'): Mask {
  return { ...createMask({ width: CELLS, height: CELLS }, valueAt, { geometry: within(rect), kind }), rect };
}

/** Where a row or column crosses one half, upwards and downwards, in pixels from its start. */
function crossings(values: readonly number[]): number[] {
  const found: number[] = [];
  for (let at = 1; at < values.length; at += 1) {
    const [before, after] = [values[at - 1] as number, values[at] as number];
    if (before < 127.5 !== after < 127.5) found.push(at - 0.5 + (127.5 - before) / (after - before));
  }
  return found;
}

const rowOf = (picture: Picture, y: number): number[] => Array.from({ length: picture.width }, (_value, column) => pixelAt(picture, column, Math.floor(y * picture.height))[1]);
const columnOf = (picture: Picture, x: number): number[] => Array.from({ length: picture.height }, (_value, row) => pixelAt(picture, Math.floor(x * picture.width), row)[1]);

describe('<virtual-background-camera> mask of a crop', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  const probabilities = (mask: Mask, frame = LANDSCAPE): Picture =>
    drawScene(compositor, { frame: solidCanvas(frame, WHITE), background: BLACK_MODE, mask, debug: 'mask', quality: 'high' });

  for (const [frame, x, y, share] of [
    [LANDSCAPE, 0.2, 0.2, 0.5],
    [LANDSCAPE, 0.31, 0, 1],
    [LANDSCAPE, 0, 0.37, 0.63],
    [{ width: 360, height: 480 }, 0.11, 0.43, 0.7],
    [{ width: 300, height: 300 }, 0.37, 0.23, 0.55],
    [{ width: 600, height: 250 }, 0.5, 0.13, 0.8],
  ] as const) {
    const rect = square(frame, x, y, share);
    for (const quality of QUALITIES) {
      it(`should put the person where the network saw them: ${frame.width}×${frame.height}, ${x}, ${y}, ${share}, ${quality}`, () => {
        // Of the crop: a person from cell 13 to 31 and from 17 to 36, with a rim of six cells.
        const [left, right, top, bottom] = [13, 31, 17, 36];
        const depth = (column: number, row: number): number => Math.min(column + 0.5 - left, right - column - 0.5, row + 0.5 - top, bottom - row - 0.5);
        const picture = drawScene(compositor, {
          frame: solidCanvas(frame, WHITE),
          background: BLACK_MODE,
          mask: cropOf(rect, (column, row) => Math.min(1, Math.max(0, 0.5 + depth(column, row) / 6))),
          quality,
          look: { edgeSoftness: 1 },
        });
        const place = (at: number, from: number, length: number): number => from + (at / CELLS) * length;
        const cell = { x: (rect.width * frame.width) / CELLS, y: (rect.height * frame.height) / CELLS };
        const row = crossings(rowOf(picture, place((top + bottom) / 2, rect.y, rect.height)));
        const column = crossings(columnOf(picture, place((left + right) / 2, rect.x, rect.width)));
        expect(row).to.have.length(2);
        expect(column).to.have.length(2);
        [left, right].forEach((edge, index) => expect((row[index] as number) / cell.x, `cells, vertical edge ${index}`).to.be.closeTo((place(edge, rect.x, rect.width) * frame.width) / cell.x, 0.25));
        [top, bottom].forEach((edge, index) => expect((column[index] as number) / cell.y, `cells, horizontal edge ${index}`).to.be.closeTo((place(edge, rect.y, rect.height) * frame.height) / cell.y, 0.25));
      });
    }
  }

  it('should show the network the very part of the frame', () => {
    // Red tells the column, green the row.
    takeFrame(compositor, paintedCanvas(LANDSCAPE, (x, y) => [(x + 0.5) / 2.56, ((y + 0.5) * 2) / 3, 0].map(Math.round) as unknown as Rgb));
    const rect = square(LANDSCAPE, 0.25, 0.15, 0.6);
    const size = { width: 54, height: 54 };
    const input = readInput(compositor, size, rect);
    const error = farthest(input, (color, column, row) => {
      const [x, y] = [(rect.x + ((column + 0.5) / size.width) * rect.width) * LANDSCAPE.width, (rect.y + ((row + 0.5) / size.height) * rect.height) * LANDSCAPE.height];
      return distance(color, [x / 2.56, (y * 2) / 3, 0]);
    });
    expect(error, 'levels off').to.be.at.most(2);
  });

  it('should have nobody outside, whatever the mask says at its rim', () => {
    const rect = square(LANDSCAPE, 0.25, 0.15, 0.6);
    const everywhere = cropOf(rect, () => 1);
    const picture = probabilities(everywhere);
    // Shares of the part; the seam and a texel of the small picture.
    const [seam, texel] = [0.03, 0.015];
    const depthAt = (column: number, row: number): number => {
      const place = [((column + 0.5) / picture.width - rect.x) / rect.width, ((row + 0.5) / picture.height - rect.y) / rect.height] as const;
      return Math.min(...place, ...place.map((value) => 1 - value));
    };
    expect(countPixels(picture, ([value], column, row) => depthAt(column, row) > seam + texel && value !== 255), 'pixels wrong inside').to.equal(0);
    expect(countPixels(picture, ([value], column, row) => depthAt(column, row) < -texel && value !== 0), 'pixels wrong outside').to.equal(0);
    const { rect: _part, ...ofWhole } = everywhere;
    expect(colorAt(probabilities(ofWhole), 0.05, 0.5)[0], 'the measure itself: the same values for the whole frame').to.equal(255);
  });

  for (const quality of QUALITIES) {
    it(`should draw the background alone outside, quality ${quality}`, () => {
      const rect = square(LANDSCAPE, 0.3, 0.2, 0.6);
      const picture = drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background: BLACK_MODE, mask: cropOf(rect, () => 1), quality });
      // Two cells of the coarsest matte.
      const reach = 10;
      const isOutside = (column: number, row: number): boolean =>
        column < rect.x * 640 - reach || column > (rect.x + rect.width) * 640 + reach || row < rect.y * 360 - reach || row > (rect.y + rect.height) * 360 + reach;
      expect(countPixels(picture, (color, column, row) => isOutside(column, row) && distance(color, BLACK) > 0), 'pixels of the room').to.equal(0);
      expectColor(colorAt(picture, rect.x + rect.width / 2, rect.y + rect.height / 2), ROOM, 1);
    });
  }

  it('should fade to nobody along a seam inside the frame', () => {
    const rect = square(LANDSCAPE, 0.25, 0.2, 0.6);
    const picture = probabilities(cropOf(rect, () => 1));
    const sides = {
      left: (depth: number) => colorAt(picture, rect.x + depth * rect.width, rect.y + rect.height / 2),
      right: (depth: number) => colorAt(picture, rect.x + (1 - depth) * rect.width, rect.y + rect.height / 2),
      top: (depth: number) => colorAt(picture, rect.x + rect.width / 2, rect.y + depth * rect.height),
      bottom: (depth: number) => colorAt(picture, rect.x + rect.width / 2, rect.y + (1 - depth) * rect.height),
    };
    for (const [name, at] of Object.entries(sides)) {
      const [outside, near, middle, far, inside] = [-0.02, 0.008, 0.015, 0.022, 0.05].map((depth) => at(depth)[0]) as [number, number, number, number, number];
      expect(outside, name).to.equal(0);
      expect(middle, name).to.be.within(85, 170);
      expect(near, name).to.be.below(middle);
      expect(far, name).to.be.above(middle);
      expect(inside, name).to.equal(255);
    }
  });

  it("should have no seam where it ends with the frame's edge", () => {
    const corners = { topLeft: [0, 0], topRight: [1, 0], bottomLeft: [0, 1], bottomRight: [1, 1] } as const;
    for (const [name, [alongX, alongY]] of Object.entries(corners)) {
      const size = square(LANDSCAPE, 0, 0, 0.7);
      const rect = { ...size, x: alongX * (1 - size.width), y: alongY * (1 - size.height) };
      const picture = probabilities(cropOf(rect, () => 1));
      const [edgeX, edgeY] = [alongX ? 0.9999 : 0, alongY ? 0.9999 : 0];
      // Halfway along both edges of the frame, and in the corner.
      expect(colorAt(picture, edgeX, edgeY)[0], `${name}, corner`).to.equal(255);
      expect(colorAt(picture, edgeX, rect.y + rect.height / 2)[0], `${name}, upright edge`).to.equal(255);
      expect(colorAt(picture, rect.x + rect.width / 2, edgeY)[0], `${name}, level edge`).to.equal(255);
      const inner = rect.x + (alongX ? 0.015 : 0.985) * rect.width;
      expect(colorAt(picture, inner, rect.y + rect.height / 2)[0], `${name}, the side inside the frame`).to.be.within(60, 195);
    }
  });

  it('should take the sigmoid of logits, and what is no number for background', () => {
    const rect = square(LANDSCAPE, 0.2, 0.1, 0.8);
    const picture = probabilities(cropOf(rect, (column) => (column < 16 ? 9 : column < 32 ? 0 : NaN), 'logit'));
    const at = (share: number): number => colorAt(picture, rect.x + share * rect.width, rect.y + rect.height / 2)[0];
    expect(at(0.2)).to.equal(255);
    expect(at(0.5)).to.be.within(126, 129);
    expect(at(0.8)).to.equal(0);
    expect(colorAt(picture, 0.05, 0.5)[0], 'outside, where logits of 0 are half a person').to.equal(0);
  });

  it('should go with the next mask of the whole frame, and come back', () => {
    const rect = square(LANDSCAPE, 0.25, 0.2, 0.6);
    const outside = (mask: Mask): number => colorAt(probabilities(mask), 0.1, 0.5)[0];
    const crop = cropOf(rect, () => 1);
    expect(outside(crop)).to.equal(0);
    expect(outside(fullMask(1))).to.equal(255);
    expect(outside(crop)).to.equal(0);
    compositor.clearMask();
    expect(outside(fullMask(1)), 'after clearMask').to.equal(255);
  });

  describe('with the whole of the same frame around it', () => {
    const rect = square(LANDSCAPE, 0.25, 0.2, 0.6);
    /** A mask of the whole frame, for use outside of a part. */
    const wholeOf = (valueAt: (column: number, row: number) => number, kind: Mask['kind'] = 'probability', size: Size = { width: 64, height: 36 }): NonNullable<Mask['around']> =>
      createMask(size, valueAt, { kind });
    const around = (inside: number, outside: number): Mask => ({ ...cropOf(rect, () => inside), around: wholeOf(() => outside) });
    /** How deep in the part a pixel lies, as a share of the part; negative outside. */
    const depthAt = (picture: Picture, column: number, row: number): number => {
      const place = [((column + 0.5) / picture.width - rect.x) / rect.width, ((row + 0.5) / picture.height - rect.y) / rect.height] as const;
      return Math.min(...place, ...place.map((value) => 1 - value));
    };
    const [seam, texel] = [0.03, 0.015];

    for (const [inside, outside] of [[1, 0], [0, 1], [1, 1], [0, 0]] as const) {
      it(`should be the mask inside the part and the whole outside: ${inside} in ${outside}`, () => {
        const picture = probabilities(around(inside, outside));
        expect(countPixels(picture, ([value], column, row) => depthAt(picture, column, row) > seam + texel && value !== 255 * inside), 'pixels wrong inside').to.equal(0);
        expect(countPixels(picture, ([value], column, row) => depthAt(picture, column, row) < -texel && value !== 255 * outside), 'pixels wrong outside').to.equal(0);
        // No dent along the seam where both say the same.
        if (inside === outside) expect(countPixels(picture, ([value]) => Math.abs(value - 255 * inside) > 1), 'pixels wrong at the seam').to.equal(0);
      });
    }

    it('should blend from one to the other over the seam', () => {
      for (const [inside, outside] of [[1, 0.2], [0.2, 1]] as const) {
        const picture = probabilities(around(inside, outside));
        const sides = {
          left: (depth: number) => colorAt(picture, rect.x + depth * rect.width, rect.y + rect.height / 2),
          right: (depth: number) => colorAt(picture, rect.x + (1 - depth) * rect.width, rect.y + rect.height / 2),
          top: (depth: number) => colorAt(picture, rect.x + rect.width / 2, rect.y + depth * rect.height),
          bottom: (depth: number) => colorAt(picture, rect.x + rect.width / 2, rect.y + (1 - depth) * rect.height),
        };
        for (const [name, at] of Object.entries(sides)) {
          const shareAt = (depth: number): number => (at(depth)[0] / 255 - outside) / (inside - outside);
          expect(shareAt(-0.02), name).to.be.closeTo(0, 0.01);
          expect(shareAt(0.015), name).to.be.within(0.33, 0.67);
          expect(shareAt(0.008), name).to.be.below(shareAt(0.015));
          expect(shareAt(0.022), name).to.be.above(shareAt(0.015));
          expect(shareAt(0.05), name).to.be.closeTo(1, 0.01);
        }
      }
    });

    it('should put both where the network saw them', () => {
      // The whole ends in the middle of the frame, left and right of the part's upper half; the part ends a quarter below.
      const end = (rect.y + 0.75 * rect.height) * 36;
      const mask: Mask = {
        ...cropOf(rect, (_column, row) => Math.min(1, Math.max(0, 0.5 + (36 - row - 0.5) / 6))),
        around: wholeOf((_column, row) => Math.min(1, Math.max(0, 0.5 + (18 - row - 0.5) / 6))),
      };
      const picture = drawScene(compositor, { frame: solidCanvas(LANDSCAPE, WHITE), background: BLACK_MODE, mask, quality: 'medium', look: { edgeSoftness: 1 } });
      const [cell] = [LANDSCAPE.height / 36];
      for (const [name, x, row] of [['left', 0.08, 18], ['in the part', rect.x + rect.width / 2, end], ['right', 0.92, 18]] as const) {
        const found = crossings(columnOf(picture, x));
        expect(found, name).to.have.length(1);
        expect((found[0] as number) / cell, `${name}, rows of the whole`).to.be.closeTo(row, 0.25);
      }
    });

    it('should follow the geometry of the whole, whose cells may lie otherwise', () => {
      // As networks of whole strides see it: the cells reach beyond the frame.
      const geometry: MaskGeometry = { scaleX: 0.8, scaleY: 0.5, offsetX: 0.1, offsetY: 0.25 };
      // 10 % of the frame's width is 18 % of the mask's.
      const whole = createMask({ width: 100, height: 20 }, (column) => (column < 18 ? 1 : 0), { geometry });
      const picture = probabilities({ ...cropOf(rect, () => 0), around: whole });
      expect(colorAt(picture, 0.05, 0.5)[0]).to.equal(255);
      expect(colorAt(picture, 0.15, 0.5)[0]).to.equal(0);
    });

    it('should take the sigmoid of logits on both sides', () => {
      const mask: Mask = { ...cropOf(rect, () => 0, 'logit'), around: wholeOf((column) => (column < 32 ? 9 : -9), 'logit') };
      const picture = probabilities(mask);
      expect(colorAt(picture, rect.x + rect.width / 2, rect.y + rect.height / 2)[0]).to.be.within(126, 129);
      expect(colorAt(picture, 0.1, 0.5)[0]).to.equal(255);
      expect(colorAt(picture, 0.9, 0.5)[0]).to.equal(0);
    });

    for (const kind of ['logit', 'probability'] as const) {
      it(`should take what is no number for background on both sides: ${kind}`, () => {
        const person = kind === 'logit' ? 9 : 1;
        const insideOnly = probabilities({ ...cropOf(rect, () => person, kind), around: wholeOf(() => NaN, kind) });
        expect(countPixels(insideOnly, ([value], column, row) => depthAt(insideOnly, column, row) < -texel && value !== 0), 'pixels wrong outside').to.equal(0);
        expect(countPixels(insideOnly, ([value], column, row) => depthAt(insideOnly, column, row) > seam + texel && value !== 255), 'pixels wrong inside').to.equal(0);
        const outsideOnly = probabilities({ ...cropOf(rect, () => NaN, kind), around: wholeOf(() => person, kind) });
        expect(countPixels(outsideOnly, ([value], column, row) => depthAt(outsideOnly, column, row) > seam + texel && value !== 0), 'pixels wrong inside').to.equal(0);
        expect(countPixels(outsideOnly, ([value], column, row) => depthAt(outsideOnly, column, row) < -texel && value !== 255), 'pixels wrong outside').to.equal(0);
      });
    }

    for (const quality of QUALITIES) {
      it(`should draw the person on both sides of the seam, quality ${quality}`, () => {
        const picture = drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background: BLACK_MODE, mask: around(1, 1), quality });
        expect(farthest(picture, (color) => distance(color, ROOM)), 'levels off').to.be.at.most(2);
      });
    }

    it('should be gone with the next mask that has none', () => {
      const outside = (mask: Mask): number => colorAt(probabilities(mask), 0.1, 0.5)[0];
      expect(outside(around(1, 1))).to.equal(255);
      expect(outside(cropOf(rect, () => 1))).to.equal(0);
      expect(outside(around(0, 1))).to.equal(255);
      expect(outside(fullMask(0))).to.equal(0);
      expect(outside(around(0, 1))).to.equal(255);
      compositor.clearMask();
      expect(outside(cropOf(rect, () => 1)), 'after clearMask').to.equal(0);
    });
  });
});
