import { expect } from 'chai';
import { MaskFinder, placeDetail, type Look } from '../../src/masks/tracker';
import type { PersonBox } from '../../src/masks/regions';
import type { PictureRect } from '../../src/gl/small-copy-pass';
import { FULL_FRAME_GEOMETRY, inputSizeFor, stridedGeometry, type SegmenterSpec } from '../../src/segmentation/network-input';
import type { Mask, Quality, Size } from '../../src/types';
import { FRAME, circle, drawMask, person, union, type Shape } from '../helpers/drawn-mask';

const DETAIL: Size = { width: 96, height: 96 };
const base = { backend: 'wasm', inferenceMs: 10, variant: 'drawn' } as const;
const SELFIE: SegmenterSpec = { ...base, model: 'selfie', input: { kind: 'fixed', sizes: [{ width: 128, height: 72 }, { width: 96, height: 96 }], detail: DETAIL } };
const WITHOUT_DETAIL: SegmenterSpec = { ...base, model: 'selfie', input: { kind: 'fixed', sizes: [{ width: 128, height: 72 }] } };
const BODY_PIX: SegmenterSpec = { ...base, model: 'body-pix', input: { kind: 'strided', longSide: 257, stride: 16 } };
const MASK_MS = 66;
const NOBODY: Shape = () => -500;

/** A network's mask of a shape as it looks at it: of a part of the frame it knows nothing but that part. */
function see(shape: Shape, { size, rect }: Look, spec: SegmenterSpec): Mask {
  if (spec.input.kind === 'strided') {
    const { stride } = spec.input;
    const cells = { width: (size.width - 1) / stride + 1, height: (size.height - 1) / stride + 1 };
    return drawMask({ name: 'strided', ...cells, geometry: stridedGeometry(size, cells, stride), softness: 4 }, shape);
  }
  const { x, y, width, height } = rect ?? { x: 0, y: 0, width: 1, height: 1 };
  const geometry = { scaleX: 1 / width, scaleY: 1 / height, offsetX: -x / width, offsetY: -y / height };
  return { ...drawMask({ name: 'fixed', ...size, geometry, softness: 4 }, shape), geometry: FULL_FRAME_GEOMETRY };
}

interface Seen {
  look: Look;
  found: Mask | null;
}

/** Looks at drawn people, mask by mask. */
class Watcher {
  readonly finder = new MaskFinder();
  timeMs = 1000;

  constructor(
    readonly spec = SELFIE,
    readonly quality: Quality = 'medium',
  ) {}

  watch(shape: Shape): Seen {
    const look = this.finder.plan(this.spec, FRAME, this.quality, this.timeMs);
    const found = this.finder.accept(see(shape, look, this.spec), look, 'all', this.timeMs);
    this.timeMs += MASK_MS;
    return { look, found };
  }

  /** `W` where the network saw the whole frame, `D` where it saw a detail; small where nothing came of it. */
  follow(shape: Shape, masks: number): string {
    return Array.from({ length: masks }, () => {
      const { look, found } = this.watch(shape);
      const letter = look.rect ? 'D' : 'W';
      return found ? letter : letter.toLowerCase();
    }).join('');
  }

  rectFor(shape: Shape): PictureRect {
    const { look } = this.watch(shape);
    if (!look.rect) throw new Error('Looked at the whole frame');
    return look.rect;
  }
}

const boxOf = (left: number, top: number, right: number, bottom: number): PersonBox => ({ left, top, right, bottom });

/** A square of pixels inside the frame. */
function expectSquare({ x, y, width, height }: PictureRect, frame: Size): void {
  expect(width * frame.width).to.be.closeTo(height * frame.height, 0.01);
  expect(Math.min(x, y), 'left or top').to.be.at.least(0);
  expect(Math.max(x + width, y + height), 'right or bottom').to.be.at.most(1 + 1e-9);
}

/** A head alone, small enough for a close look. */
const head = (x = 320, y = 180): Shape => circle(x, y, 60);

describe('<virtual-background-camera> MaskFinder', () => {
  it('should look at the whole frame first, then at the person, and at the whole again after a while', () => {
    const details = (quality: Quality): number => {
      const seen = new Watcher(SELFIE, quality).follow(head(), 50);
      expect(seen).to.match(/^W(D+)w\1w\1w/);
      return seen.indexOf('w') - 1;
    };
    expect(details('high')).to.be.within(2, details('medium') - 1);
    expect(details('medium')).to.be.at.most(15);
    expect(new Watcher(SELFIE, 'low').follow(head(), 6)).to.equal('WWWWWW');
  });

  it('should look at the whole frame as long as there is nobody', () => {
    const watcher = new Watcher();
    expect(watcher.follow(NOBODY, 4)).to.equal('WWWW');
    expect(watcher.follow(head(), 3)).to.equal('WDD');
  });

  for (const [name, spec] of [['body-pix', BODY_PIX], ['a fixed size alone', WITHOUT_DETAIL]] as const) {
    it(`should always show the whole frame to a network without details: ${name}`, () => {
      const watcher = new Watcher(spec, 'high');
      expect(watcher.follow(head(), 8)).to.equal('WWWWWWWW');
      expect(watcher.watch(head()).look.size).to.deep.equal(inputSizeFor(spec.input, FRAME));
      expect(watcher.watch(head()).found?.detail).to.equal(undefined);
    });
  }

  it('should show the network the sizes it knows', () => {
    const watcher = new Watcher();
    expect(watcher.watch(head()).look).to.deep.equal({ size: { width: 128, height: 72 }, rect: null });
    expect(watcher.watch(head()).look.size).to.deep.equal(DETAIL);
    const strided = new MaskFinder().plan(BODY_PIX, FRAME, 'medium', 0, 0.5);
    expect(strided.size).to.deep.equal(inputSizeFor(BODY_PIX.input, FRAME, 0.5));
  });

  it('should keep the whole mask around the detail', () => {
    const watcher = new Watcher();
    const whole = watcher.watch(head()).found as Mask;
    expect(whole.detail, 'nothing closer yet').to.equal(undefined);
    const { look, found } = watcher.watch(head());
    expect(found?.data).to.equal(whole.data);
    expect(found).to.include({ width: whole.width, height: whole.height, kind: whole.kind });
    expect(found?.geometry).to.deep.equal(whole.geometry);
    expect(found?.detail).to.include(DETAIL);
    const { x, y, width, height } = look.rect as PictureRect;
    const geometry = found?.detail?.geometry as Mask['geometry'];
    const at = (u: number, v: number): number[] => [u * geometry.scaleX + geometry.offsetX, v * geometry.scaleY + geometry.offsetY];
    for (const [share, expected] of [[0, 0], [0.5, 0.5], [1, 1]] as const) {
      at(x + share * width, y + share * height).forEach((value) => expect(value, `at ${share} of the rect`).to.be.closeTo(expected, 1e-9));
    }
  });

  it('should hold back a look at the whole until the detail of the next frame is there', () => {
    const watcher = new Watcher(SELFIE, 'high');
    watcher.follow(head(), 2);
    let whole = watcher.watch(head());
    for (let index = 0; index < 20 && whole.look.rect; index++) whole = watcher.watch(head());
    expect(whole.look.rect).to.equal(null);
    expect(whole.found).to.equal(null);
    const detail = watcher.watch(head());
    expect(detail.look.rect).not.to.equal(null);
    expect(detail.found?.detail).to.include(DETAIL);
  });

  it('should put the new whole under the details that follow', () => {
    const watcher = new Watcher(SELFIE, 'high');
    watcher.follow(head(), 2);
    const before = watcher.watch(head()).found as Mask;
    // The neighbour is seen in the whole alone.
    const both = union(head(), circle(60, 320, 35));
    let seen = watcher.watch(both);
    for (let index = 0; index < 20 && seen.look.rect; index++) seen = watcher.watch(both);
    const after = watcher.watch(both).found as Mask;
    const neighbourOf = ({ data, width, height }: Mask): number => data[Math.floor((320 / FRAME.height) * height) * width + Math.floor((60 / FRAME.width) * width)] as number;
    expect(neighbourOf(before)).to.be.below(0);
    expect(neighbourOf(after)).to.be.above(0);
  });

  it('should look at the whole when the last one is long ago', () => {
    const watcher = new Watcher();
    expect(watcher.follow(head(), 2)).to.equal('WD');
    watcher.timeMs += 300;
    expect(watcher.follow(head(), 1), 'a moment').to.equal('D');
    watcher.timeMs += 2000;
    expect(watcher.follow(head(), 2), 'two seconds').to.equal('wD');
  });

  it('should drop islands in details as well', () => {
    const watcher = new Watcher();
    watcher.watch(head());
    const { x, y, width, height } = watcher.rectFor(head());
    // In the far corner of what it looks at.
    const [islandX, islandY] = [(x + 0.06 * width) * FRAME.width, (y + 0.06 * height) * FRAME.height];
    const { found } = watcher.watch(union(head(), circle(islandX, islandY, 5)));
    const { data } = found?.detail as Mask;
    const at = (shareX: number, shareY: number): number => data[Math.floor(shareY * DETAIL.height) * DETAIL.width + Math.floor(shareX * DETAIL.width)] as number;
    expect(at(0.06, 0.06), 'the island').to.be.below(-1);
    expect(at(0.5, 0.5), 'the head').to.be.above(1);
  });

  it('should look at the whole next when nobody is left, and say so', () => {
    const watcher = new Watcher();
    watcher.follow(head(), 2);
    const gone = watcher.watch(NOBODY);
    expect(gone.look.rect).not.to.equal(null);
    expect(Math.max(...(gone.found?.detail?.data ?? [])), 'nobody in the detail').to.be.below(0);
    const whole = watcher.watch(NOBODY);
    expect(whole.look.rect).to.equal(null);
    expect(whole.found, 'counts at once: there is nothing to look at').not.to.equal(null);
    expect(watcher.follow(NOBODY, 2)).to.equal('WW');
    expect(watcher.follow(head(150, 100), 2), 'somebody comes').to.equal('WD');
  });

  it("should look at the whole next when the person comes near the detail's rim", () => {
    const watcher = new Watcher();
    watcher.watch(head());
    const { x, width } = watcher.rectFor(head());
    const right = (x + width) * FRAME.width;
    expect(watcher.follow(head(right - 60 - 30), 1), 'well inside').to.equal('D');
    expect(watcher.follow(head(right - 60), 2), 'at the rim').to.equal('Dw');
    expect(watcher.rectFor(head(right - 60)).x, 'then further to the right').to.be.above(x);
  });

  it("should not take the frame's own border for the detail's rim", () => {
    const watcher = new Watcher();
    // Shoulders leave the frame at the bottom.
    expect(watcher.follow(person(320, 150), 5)).to.equal('WDDDD');
    expect(new Watcher().follow(circle(0, 180, 70), 5)).to.equal('WDDDD');
  });

  for (const offset of [0, 8, 14, 20, 26, 32, 60]) {
    it(`should not come back to the whole again and again for somebody who stands still after ${offset} pixels`, () => {
      const watcher = new Watcher();
      // Almost as wide as a square may be.
      const broad = (x: number): Shape => (column, row) => Math.min(column - x + 148, x + 148 - column, row - 60, 340 - row);
      watcher.follow(broad(320), 2);
      watcher.follow(broad(320 + offset), 6);
      const seen = watcher.follow(broad(320 + offset), 10);
      expect(seen.replaceAll('D', ''), seen).to.have.length.at.most(2);
    });
  }

  it('should know nothing after a reset', () => {
    const watcher = new Watcher();
    watcher.follow(head(), 3);
    watcher.finder.reset();
    expect(watcher.finder.shiftAt(watcher.timeMs)).to.deep.equal([0, 0]);
    expect(watcher.follow(NOBODY, 1)).to.equal('W');
    watcher.finder.reset();
    expect(watcher.follow(head(), 2)).to.equal('WD');
    // A detail that was under way goes with no whole mask.
    const look = watcher.finder.plan(SELFIE, FRAME, 'medium', watcher.timeMs);
    watcher.finder.reset();
    expect(watcher.finder.accept(see(head(), look, SELFIE), look, 'all', watcher.timeMs)).to.equal(null);
  });

  it('should carry the mask along with a person who moves, in wholes and in details', () => {
    for (const spec of [WITHOUT_DETAIL, SELFIE]) {
      const watcher = new Watcher(spec);
      for (let step = 0; step < 5; step++) watcher.watch(head(310 + 4 * step));
      const [x, y] = watcher.finder.shiftAt(watcher.timeMs);
      expect(x * FRAME.width, 'pixels to the right in the time of a mask').to.be.within(3.5, 4.5);
      expect(Math.abs(y * FRAME.height)).to.be.below(0.5);
    }
  });
});

describe('<virtual-background-camera> placeDetail', () => {
  const FRAMES: Size[] = [FRAME, { width: 360, height: 640 }, { width: 400, height: 400 }, { width: 1280, height: 500 }];

  for (const frame of FRAMES) {
    it(`should lay a square around the person: ${frame.width}×${frame.height}`, () => {
      for (const box of [boxOf(0.4, 0.4, 0.5, 0.5), boxOf(0, 0, 0.1, 0.2), boxOf(0.8, 0.7, 1, 1), boxOf(0.3, 0.2, 0.6, 0.8), boxOf(0.1, 0.1, 0.9, 0.9), boxOf(0, 0, 1, 1)]) {
        const rect = placeDetail(box, frame, null);
        expectSquare(rect, frame);
        const side = rect.width * frame.width;
        const shorter = Math.min(frame.width, frame.height);
        expect(side / shorter, 'side').to.be.within(0.5 - 1e-9, 1 + 1e-9);
        const longest = Math.max((box.right - box.left) * frame.width, (box.bottom - box.top) * frame.height);
        if (longest * 1.3 > shorter) continue;
        // Room for gestures on every side but the frame's own.
        const margin = { x: (0.14 * longest) / frame.width, y: (0.14 * longest) / frame.height };
        expect(rect.x).to.be.at.most(Math.max(0, box.left - margin.x));
        expect(rect.y).to.be.at.most(Math.max(0, box.top - margin.y));
        expect(rect.x + rect.width).to.be.at.least(Math.min(1, box.right + margin.x) - 1e-9);
        expect(rect.y + rect.height).to.be.at.least(Math.min(1, box.bottom + margin.y) - 1e-9);
      }
    });
  }

  it('should have somebody wider than the square in its middle', () => {
    const rect = placeDetail(boxOf(0.1, 0, 0.8, 1), FRAME, null);
    expect(rect.x + rect.width / 2).to.be.closeTo(0.45, 1e-9);
    expect(rect.height).to.equal(1);
  });

  const box = boxOf(0.4, 0.3, 0.6, 0.6);
  const before = placeDetail(box, FRAME, null);
  const moved = (x: number, y: number): PersonBox => boxOf(box.left + x, box.top + y, box.right + x, box.bottom + y);
  const grown = (factor: number): PersonBox => boxOf(0.5 - 0.1 * factor, 0.45 - 0.15 * factor, 0.5 + 0.1 * factor, 0.45 + 0.15 * factor);

  it('should keep still for small moves', () => {
    for (const next of [moved(0.01, 0), moved(-0.015, 0.01), moved(0, -0.02), grown(0.95), grown(1.1)]) {
      expect(placeDetail(next, FRAME, before)).to.equal(before);
    }
  });

  it('should follow big moves', () => {
    for (const [x, y] of [[0.15, 0], [-0.2, 0], [0, 0.25], [0, -0.25]] as const) {
      const rect = placeDetail(moved(x, y), FRAME, before);
      expect(rect).to.deep.equal(placeDetail(moved(x, y), FRAME, null));
      expect(rect).not.to.deep.equal(before);
    }
  });

  it('should grow and shrink with the person', () => {
    expect(placeDetail(grown(2), FRAME, before).width).to.be.above(before.width);
    const big = placeDetail(grown(2.2), FRAME, null);
    expect(placeDetail(box, FRAME, big).width).to.be.below(big.width);
  });
});
