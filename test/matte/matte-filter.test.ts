import { expect } from 'chai';
import { MatteFilter, verdictsOf, type Matte } from '../../src/matte/matte-filter';
import { resolveMask } from '../../src/matte/probability';
import { BLOCK, VERDICTS } from '../../src/matte/verdicts';
import { QUALITIES, type Mask, type Size, type SmallPicture } from '../../src/types';
import { createNoise } from '../helpers/drawn-mask';

const WHOLE = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
const GUIDE: Size = { width: 64, height: 36 };
const EDGE = [0.3, 0.7] as const;

function maskOf(size: Size, valueAt: (x: number, y: number) => number, more: Partial<Mask> = {}): Mask {
  const data = Float32Array.from({ length: size.width * size.height }, (_value, at) => valueAt((at % size.width) / size.width, Math.floor(at / size.width) / size.height));
  return { ...size, data, kind: 'probability', geometry: WHOLE, ...more };
}

function guideOf(colorAt: (x: number, y: number) => readonly [number, number, number]): SmallPicture {
  const pixels = new Uint8Array(GUIDE.width * GUIDE.height * 4).fill(255);
  for (let at = 0; at < GUIDE.width * GUIDE.height; at++) pixels.set(colorAt((at % GUIDE.width) / GUIDE.width, Math.floor(at / GUIDE.width) / GUIDE.height), 4 * at);
  return { ...GUIDE, pixels };
}

function resolved(mask: Mask, size = GUIDE): Float32Array {
  const values = new Float32Array(size.width * size.height);
  resolveMask(mask, size, values);
  return values;
}

function make(mask: Mask, guide: SmallPicture, filter = new MatteFilter()): Matte {
  return filter.make({ mask, guide, lastGuide: null, elapsedMs: 0, quality: 'medium', strength: 0 });
}

describe('matte', () => {
  describe('probability of a mask', () => {
    it('should keep a slope where it is, coarser and finer than the small picture', () => {
      for (const width of [16, 32, 64, 160]) {
        const values = resolved(maskOf({ width, height: 9 }, (x) => x + 0.5 / width));
        for (const column of [12, 31, 50]) expect(values[17 * GUIDE.width + column], `${width} cells, column ${column}`).to.be.closeTo((column + 0.5) / GUIDE.width, 1e-3);
      }
    });

    it('should take the sigmoid of logits, and what is no number for background', () => {
      const values = resolved(maskOf({ width: 64, height: 36 }, (x) => (x < 0.5 ? 2 : NaN), { kind: 'logit' }));
      expect(values[0]).to.be.closeTo(1 / (1 + Math.exp(-2)), 1e-6);
      expect(values[GUIDE.width - 1]).to.equal(0);
      expect(values.every((value) => value >= 0 && value <= 1)).to.equal(true);
    });

    it('should count nobody outside a part of the frame, or what the whole frame showed there', () => {
      const rect = { x: 0.25, y: 0, width: 0.5, height: 1 };
      const part = maskOf({ width: 64, height: 36 }, () => 1, { rect, geometry: { scaleX: 2, scaleY: 1, offsetX: -0.5, offsetY: 0 } });
      const alone = resolved(part);
      const within = resolved({ ...part, around: maskOf({ width: 32, height: 18 }, () => 0.25) });
      const at = (share: number): number => 20 * GUIDE.width + Math.floor(share * GUIDE.width);
      expect([alone[at(0.1)], alone[at(0.5)], alone[at(0.9)]]).to.deep.equal([0, 1, 0]);
      expect([within[at(0.1)], within[at(0.5)], within[at(0.9)]]).to.deep.equal([0.25, 1, 0.25]);
      // The frame's own sides are no seam.
      expect(alone[Math.floor(GUIDE.width / 2)], 'top').to.equal(1);
    });
  });

  it('should find both colours and an edge that follows the picture, not the mask', () => {
    const [person, room] = [[200, 60, 40], [30, 90, 180]] as const;
    const guide = guideOf((x) => (x < 0.5 ? person : room));
    const soft = maskOf(GUIDE, (x) => Math.min(1, Math.max(0, 0.5 - (x - 0.5) * 12)));
    const matte = make(soft, guide);
    const alphaOf = (column: number, color: readonly number[]): number => {
      const line = matte.lines.subarray(4 * (18 * GUIDE.width + column));
      return [0, 1, 2].reduce((sum, channel) => sum + (line[channel] as number) * ((color[channel] as number) / 255 - 0.5), line[3] as number);
    };
    for (const column of [31, 32]) {
      expect(alphaOf(column, person) - alphaOf(column, room), `column ${column}`).to.be.above(0.2);
      for (const [side, color] of [[matte.person, person], [matte.room, room]] as const) {
        for (let channel = 0; channel < 3; channel++) expect(side[4 * (18 * GUIDE.width + column) + channel]).to.be.closeTo(color[channel] as number, 60);
      }
    }
    expect(matte.mean[18 * GUIDE.width]).to.be.closeTo(1, 1e-6);
  });

  it('should say nothing of a size or a person that was there before', () => {
    const filter = new MatteFilter();
    const noise = createNoise(3);
    make(maskOf(GUIDE, () => 1), guideOf(() => [noise() * 100, 20, 30]), filter);
    const small = { width: 20, height: 12 };
    const grey = { ...small, pixels: new Uint8Array(small.width * small.height * 4).fill(90) };
    expect([...make(maskOf(small, () => 0), grey, filter).lines].every((value) => value === 0)).to.equal(true);
  });

  for (const output of [{ width: 320, height: 180 }, { width: 333, height: 171 }, { width: 61, height: 40 }]) {
    it(`should judge no block of ${output.width}×${output.height} that any colour would make a rim of`, () => {
      const noise = createNoise(7);
      const guide = guideOf(() => [128 + 100 * noise(), 128 + 100 * noise(), 128 + 100 * noise()]);
      const matte = make(maskOf(GUIDE, (x, y) => (Math.hypot(x - 0.5, y - 0.6) < 0.25 ? 1 : 0)), guide);
      const verdicts = verdictsOf(matte, output, EDGE);
      expect([verdicts.width, verdicts.height]).to.deep.equal([Math.ceil(output.width / BLOCK), Math.ceil(output.height / BLOCK)]);
      for (let x = 0; x < output.width; x++) {
        for (let y = 0; y < output.height; y++) {
          const verdict = VERDICTS[verdicts.values[Math.floor(y / BLOCK) * verdicts.width + Math.floor(x / BLOCK)] as number];
          if (verdict === 'rim') continue;
          const [lowest, highest] = boundsAt(matte, (x + 0.5) / output.width, (y + 0.5) / output.height);
          if (verdict === 'background') expect(highest, `${x}, ${y}`).to.be.at.most(EDGE[0] + 1e-6);
          else expect(lowest, `${x}, ${y}`).to.be.at.least(EDGE[1] - 1e-6);
        }
      }
      expect(new Set(verdicts.values).size, 'kinds of blocks').to.be.at.least(2);
    });
  }

  it('should be of the same person at every quality', () => {
    const filter = new MatteFilter();
    const guide = guideOf((x) => (x < 0.5 ? [200, 60, 40] : [30, 90, 180]));
    const mask = maskOf(GUIDE, (x) => (x < 0.5 ? 1 : 0));
    const means = QUALITIES.map((quality) => [...filter.make({ mask, guide, lastGuide: null, elapsedMs: 0, quality, strength: 0 }).mean]);
    expect(means[1]).to.deep.equal(means[0]);
    expect(means[2]).to.deep.equal(means[0]);
  });
});

/** Of the matte of any colour at a place, with the lines filtered linearly as a texture is. */
function boundsAt({ lines, width, height }: Matte, u: number, v: number): [number, number] {
  const [x, y] = [u * width - 0.5, v * height - 0.5];
  const at = (column: number, row: number, value: number): number =>
    lines[4 * (Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))) + value] as number;
  const line = [0, 1, 2, 3].map((value) => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [across, down] = [x - column, y - row];
    const upper = at(column, row, value) * (1 - across) + at(column + 1, row, value) * across;
    return upper * (1 - down) + (at(column, row + 1, value) * (1 - across) + at(column + 1, row + 1, value) * across) * down;
  });
  const reach = 0.5 * (Math.abs(line[0] as number) + Math.abs(line[1] as number) + Math.abs(line[2] as number));
  return [(line[3] as number) - reach, (line[3] as number) + reach];
}
