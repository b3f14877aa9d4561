import { expect } from 'chai';
import { TAKEOVER_MS } from '../../src/masks/main-person';
import { MaskRegions } from '../../src/masks/regions';
import type { Mask, People } from '../../src/types';
import { FRAME, SELFIE_GRID, SQUARE_GRID, bodyPixGrid, box, circle, drawMask, person, toProbability, union, without, type Grid, type Shape } from '../helpers/drawn-mask';

const BODY_PIX_GRID = bodyPixGrid(41, 23);
const GRIDS = [SELFIE_GRID, SQUARE_GRID, BODY_PIX_GRID];
const MASK_MS = 60;

/** Probability of the cell that looks at a pixel of the frame. */
function probabilityAt({ data, width, height, kind, geometry }: Mask, x: number, y: number): number {
  const column = Math.floor(((x / FRAME.width) * geometry.scaleX + geometry.offsetX) * width);
  const row = Math.floor(((y / FRAME.height) * geometry.scaleY + geometry.offsetY) * height);
  const value = data[row * width + column] as number;
  return kind === 'logit' ? toProbability(value) : value;
}

function apply(grid: Grid, shape: Shape, people: People = 'all', kind: Mask['kind'] = 'logit'): { mask: Mask; box: ReturnType<MaskRegions['apply']> } {
  const mask = drawMask(grid, shape, kind);
  return { mask, box: new MaskRegions().apply(mask, people, 0) };
}

/** Greatest difference between neighbours in a row or column, as probabilities. */
function steepest({ data, width, kind }: Mask): number {
  const probability = (at: number): number => (kind === 'logit' ? toProbability(data[at] as number) : (data[at] as number));
  let most = 0;
  for (let at = width; at < data.length; at++) {
    most = Math.max(most, Math.abs(probability(at) - probability(at - width)));
    if (at % width) most = Math.max(most, Math.abs(probability(at) - probability(at - 1)));
  }
  return most;
}

/** The masks as wholes would be pages of numbers when they differ. */
function expectSame(mask: Mask, expected: Mask): void {
  const differing = mask.data.reduce((count, value, at) => count + (value === expected.data[at] ? 0 : 1), 0);
  expect(differing, 'cells that differ').to.equal(0);
}

/** `rows` of `#` (surely inside), `+` (just inside), `-` (just outside) and `.` (surely outside). */
function maskOf(...rows: string[]): Mask {
  const logits: Record<string, number> = { '#': 6, '+': 0.5, '-': -0.5, '.': -6 };
  const data = Float32Array.from(rows.join(''), (cell) => logits[cell] as number);
  return { width: (rows[0] as string).length, height: rows.length, data, kind: 'logit', geometry: SELFIE_GRID.geometry };
}

function insideOf({ data, width }: Mask): string[] {
  const rows = [];
  for (let at = 0; at < data.length; at += width) rows.push(Array.from(data.subarray(at, at + width), (value) => (value > 0 ? '#' : '.')).join(''));
  return rows;
}

/** Shows several masks to the same regions, at a steady pace. */
class Audience {
  readonly regions = new MaskRegions();
  timeMs = 0;

  see(shape: Shape, { masks = 1, grid = SELFIE_GRID } = {}): Mask {
    let mask = drawMask(grid, shape);
    for (let index = 0; index < masks; index++) {
      mask = drawMask(grid, shape);
      this.regions.apply(mask, 'main', this.timeMs);
      this.timeMs += MASK_MS;
    }
    return mask;
  }
}

/** One person to the left and one to the right, as upright ellipses of a given half width. */
function pair(left: number, right: number): Shape {
  const ellipse = (centerX: number, radius: number): Shape => (x, y) => (radius > 0 ? radius - Math.hypot(x - centerX, (y - 200) / 1.6) : -500);
  return union(ellipse(180, left), ellipse(460, right));
}

const isLeftKept = (mask: Mask): boolean => probabilityAt(mask, 180, 200) > 0.9;
const isRightKept = (mask: Mask): boolean => probabilityAt(mask, 460, 200) > 0.9;

describe('<virtual-background-camera> MaskRegions', () => {
  for (const grid of GRIDS) {
    for (const kind of ['logit', 'probability'] as const) {
      it(`should leave a mask of one whole person exactly as it is (${grid.name}, ${kind})`, () => {
        for (const people of ['main', 'all'] as const) {
          const { mask } = apply(grid, person(320), people, kind);
          expectSame(mask, drawMask(grid, person(320), kind));
        }
      });

      it(`should drop an island with its rim, and nothing else (${grid.name}, ${kind})`, () => {
        const { mask } = apply(grid, union(person(320), circle(560, 60, 14)), 'all', kind);
        const alone = drawMask(grid, person(320), kind);
        for (let x = 500; x < 620; x += 4) for (let y = 10; y < 120; y += 4) expect(probabilityAt(mask, x, y)).to.be.below(0.1);
        for (let x = 0; x < 480; x += 4) for (let y = 0; y < 360; y += 4) expect(probabilityAt(mask, x, y)).to.equal(probabilityAt(alone, x, y));
      });

      it(`should fill a doubtful hole (${grid.name}, ${kind})`, () => {
        const doubt = (away: number): number => grid.softness * (-0.8 + 0.15 * Math.max(0, away - 24));
        const torn: Shape = (x, y) => (Math.hypot(x - 320, y - 270) < 32 ? doubt(Math.hypot(x - 320, y - 270)) : person(320)(x, y));
        expect(probabilityAt(drawMask(grid, torn, kind), 320, 270)).to.be.below(0.4);
        const { mask } = apply(grid, torn, 'all', kind);
        for (let x = 290; x < 350; x += 4) for (let y = 245; y < 300; y += 4) expect(probabilityAt(mask, x, y), `${x} ${y}`).to.be.above(0.85);
      });
    }

    it(`should say where the person is (${grid.name})`, () => {
      const cell = FRAME.width / grid.width;
      const { box: found } = apply(grid, union(person(320, 100), circle(600, 40, 12)));
      expect(found).not.to.equal(null);
      expect(found!.left * FRAME.width).to.be.closeTo(220, cell);
      expect(found!.right * FRAME.width).to.be.closeTo(420, cell);
      expect(found!.top * FRAME.height).to.be.closeTo(110, FRAME.height / grid.height);
      expect(found!.bottom).to.equal(1);
    });

    it(`should keep a hand beyond a gap, and a head above a dark beard (${grid.name})`, () => {
      const gap = Math.max(14, FRAME.width / grid.width);
      const hand = circle(420 + gap + 11, 250, 11);
      const beard = union(circle(320, 130, 50), box(220, 180 + gap, 420, 600));
      for (const people of ['main', 'all'] as const) {
        const { mask } = apply(grid, union(person(320), hand), people);
        expect(probabilityAt(mask, 420 + gap + 11, 250)).to.be.above(0.5);
        const headed = apply(grid, beard, people).mask;
        expectSame(headed, drawMask(grid, beard));
      }
    });

    it(`should leave the gap of an arm akimbo open (${grid.name})`, () => {
      const akimbo = (width: number): Shape => without(box(150, 100, 450, 600), box(200, 180, 200 + width, 180 + 1.2 * width));
      for (const width of [40, 90]) {
        const sharp = { ...grid, softness: grid.softness / 3 };
        const { mask } = apply(sharp, akimbo(width));
        expectSame(mask, drawMask(sharp, akimbo(width)));
      }
    });

    it(`should leave no new hard edge where it drops and fills (${grid.name})`, () => {
      // Two people whose rims run into each other.
      const soft = { ...grid, softness: 4 * grid.softness };
      const apart = 12 * grid.softness;
      const shape = union(box(60, 60, 320 - apart / 2, 330), box(320 + apart / 2, 60, 500, 330), circle(590, 180, 12));
      const before = steepest(drawMask(soft, shape));
      const { mask } = apply(soft, shape, 'main');
      expect(probabilityAt(mask, 180, 200)).to.be.above(0.9);
      expect(probabilityAt(mask, 430, 200)).to.be.below(0.01);
      expect(steepest(mask)).to.be.below(before + 0.25);
    });

    it(`should keep one person alone with people="main", both with "all" (${grid.name})`, () => {
      const shape = pair(90, 60);
      expect(isLeftKept(apply(grid, shape, 'main').mask)).to.be.true;
      const { mask, box: found } = apply(grid, shape, 'main');
      for (let x = 370; x < 560; x += 4) for (let y = 60; y < 340; y += 4) expect(probabilityAt(mask, x, y)).to.be.below(0.12);
      expect(found!.right * FRAME.width).to.be.closeTo(270, FRAME.width / grid.width);
      const all = apply(grid, shape, 'all');
      expectSame(all.mask, drawMask(grid, shape));
      expect(all.box!.right * FRAME.width).to.be.closeTo(520, FRAME.width / grid.width);
    });
  }

  it('should prefer who sits in the middle to somebody a little bigger at the edge', () => {
    const { mask } = apply(SELFIE_GRID, union(circle(320, 180, 80), circle(560, 180, 90)), 'main');
    expect(probabilityAt(mask, 320, 180)).to.be.above(0.9);
    expect(probabilityAt(mask, 560, 180)).to.be.below(0.1);
  });

  it('should keep the main person while somebody else is bigger for a moment, and change after half a second', () => {
    const audience = new Audience();
    expect(isLeftKept(audience.see(pair(80, 50)))).to.be.true;
    const moment = Math.floor(TAKEOVER_MS / MASK_MS) - 1;
    expect(isLeftKept(audience.see(pair(80, 120), { masks: moment }))).to.be.true;
    expect(isLeftKept(audience.see(pair(80, 50)))).to.be.true;
    // A little bigger is not enough, however long.
    const rivals = audience.see(pair(80, 90), { masks: 30 });
    expect([isLeftKept(rivals), isRightKept(rivals)]).to.deep.equal([true, false]);
    const [early, late] = [audience.see(pair(80, 120), { masks: moment }), audience.see(pair(80, 120), { masks: 4 })];
    expect([isLeftKept(early), isRightKept(early)]).to.deep.equal([true, false]);
    expect([isLeftKept(late), isRightKept(late)]).to.deep.equal([false, true]);
    // And the new one stays.
    expect(isRightKept(audience.see(pair(100, 80)))).to.be.true;
  });

  it('should show nobody else while one mask misses the main person, and somebody else once they are gone', () => {
    const audience = new Audience();
    audience.see(pair(80, 70));
    const missed = audience.see(pair(0, 70));
    expect([isLeftKept(missed), isRightKept(missed)]).to.deep.equal([false, false]);
    expect(isLeftKept(audience.see(pair(80, 70)))).to.be.true;
    expect(isRightKept(audience.see(pair(0, 70), { masks: 12 }))).to.be.true;
  });

  it('should know the main person again who walks, even further than their width between two masks', () => {
    const audience = new Audience();
    const walker = (x: number): Shape => union(circle(x, 180, 60), circle(580, 200, 55));
    for (let x = 100; x < 400; x += 25) expect(probabilityAt(audience.see(walker(x)), x, 180)).to.be.above(0.9);
    expect(probabilityAt(audience.see(walker(250)), 250, 180)).to.be.above(0.9);
  });

  it('should choose again after a reset, with masks of another size, and after "all"', () => {
    for (const renew of [
      (audience: Audience): Mask => (audience.regions.reset(), audience.see(pair(80, 85))),
      (audience: Audience): Mask => audience.see(pair(80, 85), { grid: BODY_PIX_GRID }),
      (audience: Audience): Mask => (audience.regions.apply(drawMask(SELFIE_GRID, pair(80, 85)), 'all', audience.timeMs), audience.see(pair(80, 85))),
    ]) {
      const audience = new Audience();
      audience.see(pair(80, 0));
      const kept = audience.see(pair(80, 85));
      expect([isLeftKept(kept), isRightKept(kept)]).to.deep.equal([true, false]);
      expect(isRightKept(renew(audience))).to.be.true;
    }
  });

  it('should keep small people who are all there is, and drop slips where nobody is', () => {
    const distant = union(circle(200, 180, 26), circle(440, 180, 18));
    expectSame(apply(SELFIE_GRID, distant).mask, drawMask(SELFIE_GRID, distant));
    const { mask, box: found } = apply(SELFIE_GRID, circle(320, 180, 10));
    expect(found).to.equal(null);
    expect(Math.max(...mask.data)).to.be.below(-2);
  });

  it('should count cells that touch by a corner as one island, and close holes at corners', () => {
    const arm = maskOf(
      '................',
      '.####...........',
      '.####...........',
      '.####...........',
      '.....#..........',
      '......#.........',
      '.......#........',
      '................',
      '................',
    );
    const before = insideOf(arm);
    new MaskRegions().apply(arm, 'main', 0);
    expect(insideOf(arm)).to.deep.equal(before);
    const ring = maskOf(
      '................',
      '....##..........',
      '...#-.##........',
      '...#.+##........',
      '....####........',
      '................',
      '................',
      '................',
      '................',
    );
    const found = new MaskRegions().apply(ring, 'all', 0);
    expect(found).to.deep.equal({ left: 3 / 16, right: 8 / 16, top: 1 / 9, bottom: 5 / 9 });
  });

  it('should fill a tiny hole whatever it is, a sure one of some size never, and none at the picture\'s border', () => {
    const body = box(200, 60, 440, 600);
    const tiny = apply(SELFIE_GRID, without(body, circle(320, 200, 8))).mask;
    expect(probabilityAt(tiny, 320, 200)).to.be.above(0.99);
    const sure = without(body, circle(320, 200, 24));
    expectSame(apply(SELFIE_GRID, sure).mask, drawMask(SELFIE_GRID, sure));
    const open = without(body, box(300, 345, 315, 600));
    expectSame(apply(SELFIE_GRID, open).mask, drawMask(SELFIE_GRID, open));
  });

  it('should keep the person\'s outer edge soft where it fills a hole beside it', () => {
    const shape = without(box(200, 60, 440, 600), circle(425, 200, 8));
    const { mask } = apply(SELFIE_GRID, shape);
    expect(probabilityAt(mask, 425, 200)).to.be.above(0.99);
    for (const x of [441, 443, 446]) expect(probabilityAt(mask, x, 200)).to.equal(probabilityAt(drawMask(SELFIE_GRID, shape), x, 200));
  });

  it('should survive empty, full, broken, checkered and single-cell masks', () => {
    const grid = { width: 64, height: 36, kind: 'logit' as const, geometry: SELFIE_GRID.geometry };
    const cells = grid.width * grid.height;
    for (const people of ['main', 'all'] as const) {
      const regions = new MaskRegions();
      expect(regions.apply({ ...grid, data: new Float32Array(cells).fill(-9) }, people, 0)).to.equal(null);
      expect(regions.apply({ ...grid, data: new Float32Array(cells).fill(NaN) }, people, 60)).to.equal(null);
      expect(regions.apply({ ...grid, data: new Float32Array(cells).fill(9) }, people, 120)).to.deep.equal({ left: 0, top: 0, right: 1, bottom: 1 });
      const checkered = Float32Array.from({ length: cells }, (_value, index) => ((index + Math.floor(index / 64)) % 2 ? 5 : -5));
      expect(new MaskRegions().apply({ ...grid, data: checkered }, people, 180)).to.deep.equal({ left: 0, top: 0, right: 1, bottom: 1 });
      expect(regions.apply({ ...grid, width: 1, height: 1, data: new Float32Array([5]) }, people, 240)).to.equal(null);
    }
  });
});
