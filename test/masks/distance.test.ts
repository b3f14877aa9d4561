import { expect } from 'chai';
import { CELL_DISTANCE, FARTHEST, measureDistances, type CellWindow } from '../../src/masks/distance';
import { createNoise } from '../helpers/drawn-mask';

const [WIDTH, HEIGHT] = [120, 31];

/** The way by straight steps of 3 and diagonal ones of 4, seed by seed. */
function slowDistance(classes: Uint8Array, seeds: number, x: number, y: number, { left, top, right, bottom }: CellWindow): number {
  let least = FARTHEST;
  for (let seedY = top; seedY < bottom; seedY++) {
    for (let seedX = left; seedX < right; seedX++) {
      if (!((classes[seedY * WIDTH + seedX] as number) & seeds)) continue;
      const [across, down] = [Math.abs(x - seedX), Math.abs(y - seedY)];
      const [short, long] = across < down ? [across, down] : [down, across];
      least = Math.min(least, 3 * (long - short) + 4 * short);
    }
  }
  return least;
}

describe('<virtual-background-camera> measureDistances', () => {
  it('should find every cell\'s distance to the nearest seed in the window, and write nowhere else', () => {
    const noise = createNoise(11);
    const windows = [
      { left: 0, top: 0, right: WIDTH, bottom: HEIGHT },
      { left: 7, top: 3, right: 100, bottom: 29 },
      { left: 5, top: 9, right: 60, bottom: 10 },
      { left: 50, top: 2, right: 51, bottom: 31 },
    ];
    for (const rarity of [0.5, 0.97, 0.999, 1]) {
      const classes = Uint8Array.from({ length: WIDTH * HEIGHT }, () => (noise() > 2 * rarity - 1 ? 4 : 1));
      for (const window of windows) {
        const distances = new Uint8Array(WIDTH * HEIGHT).fill(77);
        measureDistances(classes, 4 | 2, distances, WIDTH, window);
        let wrong = 0;
        for (let y = 0; y < HEIGHT; y++) {
          for (let x = 0; x < WIDTH; x++) {
            const isIn = x >= window.left && x < window.right && y >= window.top && y < window.bottom;
            if (distances[y * WIDTH + x] !== (isIn ? slowDistance(classes, 4, x, y, window) : 77)) wrong += 1;
          }
        }
        expect(wrong, JSON.stringify({ rarity, window })).to.equal(0);
      }
    }
    expect(CELL_DISTANCE).to.equal(3);
  });
});
