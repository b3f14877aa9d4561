import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import { inputSizesFor, stridedGeometry } from '../../src/segmentation/network-input';
import { QUALITIES, type Mask, type Quality, type Size } from '../../src/types';
import { createCompositor, createMask, disposeCompositors, drawScene, readInput, takeFrame } from '../helpers/gl';
import { fill, pixelAt, solidCanvas, WHITE, BLACK, type Picture } from '../helpers/pixels';

const FRAMES: Size[] = [
  { width: 320, height: 180 },
  { width: 240, height: 320 },
  { width: 250, height: 250 },
  { width: 360, height: 150 },
];

/** Centre of the light in frame pixels, pixel centres at one half. */
function centreOfLight(picture: Picture): { x: number; y: number } {
  let [x, y, weight] = [0, 0, 0];
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) {
      const [light] = pixelAt(picture, column, row);
      x += light * (column + 0.5);
      y += light * (row + 0.5);
      weight += light;
    }
  }
  return { x: x / weight, y: y / weight };
}

function hotCells(input: Size, stride: number, hot: { column: number; row: number }): Mask {
  const cells = { width: (input.width - 1) / stride + 1, height: (input.height - 1) / stride + 1 };
  const geometry = stridedGeometry(input, cells, stride);
  // Some cells around it too: the guided filter takes a single one in a flat picture for noise.
  const isHot = (column: number, row: number): boolean => Math.abs(column - hot.column) <= 1 && Math.abs(row - hot.row) <= 1;
  return createMask(cells, (column, row) => (isHot(column, row) ? 40 : -8), { kind: 'logit', geometry });
}

describe('<virtual-background-camera> mask geometry', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const frame of FRAMES) {
    for (const stride of [8, 16]) {
      for (const quality of QUALITIES) {
        it(`should put cells where the network saw it: ${frame.width}×${frame.height}, stride ${stride}, ${quality}`, () => {
          const { whole: input } = inputSizesFor({ kind: 'strided', longSide: 257, stride }, frame);
          const cellPx = { x: (stride / input.width) * frame.width, y: (stride / input.height) * frame.height };
          for (const hot of [{ column: 4, row: 3 }, { column: 9, row: 4 }]) {
            const picture = drawScene(compositor, {
              frame: solidCanvas(frame, WHITE),
              background: { kind: 'color', color: [0, 0, 0] },
              mask: hotCells(input, stride, hot),
              quality,
            });
            const centre = centreOfLight(picture);
            // Cell i looks at input pixel i * stride, whose centre lies half a pixel further.
            const expected = {
              x: ((hot.column * stride + 0.5) / input.width) * frame.width,
              y: ((hot.row * stride + 0.5) / input.height) * frame.height,
            };
            expect(Math.abs(centre.x - expected.x) / cellPx.x, 'cells off, horizontally').to.be.below(0.1);
            expect(Math.abs(centre.y - expected.y) / cellPx.y, 'cells off, vertically').to.be.below(0.1);
          }
        });
      }
    }
  }

  it('should show the network the very place that a cell stands for', () => {
    // A white dot where cell (5, 3) looks: the small picture has it at pixel (5, 3) * stride.
    const [frame, stride, column, row] = [{ width: 1280, height: 720 }, 16, 5, 3];
    const { whole: input } = inputSizesFor({ kind: 'strided', longSide: 257, stride }, frame);
    const [x, y] = [(column * stride + 0.5) / input.width, (row * stride + 0.5) / input.height];
    const canvas = solidCanvas(frame, BLACK);
    fill(canvas, WHITE, [x - 0.5 / input.width, y - 0.5 / input.height, x + 0.5 / input.width, y + 0.5 / input.height]);
    takeFrame(compositor, canvas);
    const small = readInput(compositor, input);
    const centre = centreOfLight(small);
    expect(centre.x).to.be.closeTo(column * stride + 0.5, 0.2);
    expect(centre.y).to.be.closeTo(row * stride + 0.5, 0.2);
  });

  for (const edge of [0.455, 0.46]) {
    it(`should move the rim towards the edge that the picture shows within a cell: ${edge}`, () => {
      // Cells lie 28 px apart; only the picture tells where between two of them the person ends.
      const frame = { width: 640, height: 360 };
      const canvas = solidCanvas(frame, [30, 60, 160]);
      fill(canvas, [220, 170, 140], [0, 0, edge, 1]);
      const { whole: input } = inputSizesFor({ kind: 'strided', longSide: 369, stride: 16 }, frame);
      const cells = { width: (input.width - 1) / 16 + 1, height: (input.height - 1) / 16 + 1 };
      const isPerson = (column: number): boolean => (column * 16 + 0.5) / input.width < edge;
      const mask = createMask(cells, (column) => (isPerson(column) ? 4 : -4), { kind: 'logit', geometry: stridedGeometry(input, cells, 16) });
      const edgeError = (quality: Quality): number => {
        const picture = drawScene(compositor, { frame: canvas, background: { kind: 'color', color: [0, 0, 0] }, mask, quality });
        // What is left of person or room in a row, in columns.
        let [person, room] = [0, 0];
        for (let column = 0; column < frame.width; column += 1) {
          const [red, , blue] = pixelAt(picture, column, 180);
          if (column + 0.5 < edge * frame.width) person += red / 220;
          else room += blue / 160;
        }
        return edge * frame.width - person + room;
      };
      for (const quality of QUALITIES) expect(Math.abs(edgeError(quality)), `columns wrong, ${quality}`).to.be.below(1.5);
    });
  }
});
