import { expect } from 'chai';
import { MaskRuns } from '../../src/masks/runs';
import { FULL_FRAME_GEOMETRY } from '../../src/segmentation/network-input';
import type { Mask } from '../../src/types';
import { createNoise } from '../helpers/drawn-mask';

const STRAIGHT = [[0, -1], [-1, 0], [1, 0], [0, 1]] as const;
const DIAGONAL = [[-1, -1], [1, -1], [-1, 1], [1, 1]] as const;

/** Label of every cell by a plain flood fill: inside by corners too, outside by sides only. */
function floodFill({ data, width, height }: Mask): number[] {
  const labels = new Array<number>(data.length).fill(-1);
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (labels[start] !== -1) continue;
    const inside = (data[start] as number) > 0;
    const queue = [start];
    labels[start] = count;
    for (const at of queue) {
      for (const [stepX, stepY] of inside ? [...STRAIGHT, ...DIAGONAL] : STRAIGHT) {
        const [x, y] = [(at % width) + stepX, Math.floor(at / width) + stepY];
        const next = y * width + x;
        if (x < 0 || y < 0 || x >= width || y >= height || labels[next] !== -1 || (data[next] as number) > 0 !== inside) continue;
        labels[next] = count;
        queue.push(next);
      }
    }
    count += 1;
  }
  return labels;
}

function labelsOf(runs: MaskRuns): number[] {
  const labels = new Array<number>(runs.width * runs.height).fill(-1);
  for (let run = 0; run < runs.runCount; run++) labels.fill(runs.regionOf[run] as number, runs.starts[run], runs.ends[run]);
  return labels;
}

describe('<virtual-background-camera> MaskRuns', () => {
  it('should find the regions that a flood fill finds, with their sizes and places, mask after mask', () => {
    const noise = createNoise(3);
    const runs = new MaskRuns();
    for (let round = 0; round < 120; round++) {
      const [width, height] = [[23, 17], [1, 9], [40, 1], [16, 16]][round % 4] as [number, number];
      const bias = 0.8 * noise();
      const data = Float32Array.from({ length: width * height }, () => noise() + bias);
      const mask: Mask = { width, height, data, kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
      runs.label(mask);
      const expected = floodFill(mask);
      // Both count regions in the order of their first cells.
      expect(labelsOf(runs)).to.deep.equal(expected);
      expect(runs.regionCount).to.equal(Math.max(...expected) + 1);
      for (let id = 0; id < runs.regionCount; id++) {
        const cells = expected.flatMap((label, at) => (label === id ? [at] : []));
        const [columns, rows] = [cells.map((at) => at % width), cells.map((at) => Math.floor(at / width))];
        const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
        const { firstRun, ...region } = runs.regions[id]!;
        expect(region).to.deep.equal({
          id,
          inside: (data[cells[0]!] as number) > 0,
          area: cells.length,
          left: Math.min(...columns),
          top: Math.min(...rows),
          right: Math.max(...columns) + 1,
          bottom: Math.max(...rows) + 1,
          sumX: sum(columns),
          sumY: sum(rows),
        });
        expect(runs.starts[firstRun]).to.equal(cells[0]);
      }
    }
  });
});
