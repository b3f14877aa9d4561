import { expect } from 'chai';
import type { BackgroundMode, Compositor } from '../../src/gl/compositor';
import type { Mask } from '../../src/types';
import { createCompositor, createMask, disposeCompositors, drawAgain, drawScene, fullMask } from '../helpers/gl';
import { createNoise } from '../helpers/drawn-mask';
import { colorAt, distance, expectAll, farthest, GREEN, paintedCanvas, pixelAt, solidCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const FRAME = { width: 320, height: 180 };
const MASK = { width: 128, height: 72 };
/** About 15 masks a second. */
const MASK_MS = 66;
const BLACK_MODE: BackgroundMode = { kind: 'color', color: [0, 0, 0] };
const GREEN_MODE: BackgroundMode = { kind: 'color', color: [0, 1, 0] };
const PERSON: Rgb = [215, 165, 140];
const WALL: Rgb = [45, 60, 95];
const still = solidCanvas(FRAME, WHITE);

/** Person left of an edge given in cells, fading over six of them. */
const softMask = (edge: number): Mask => createMask(MASK, (column) => Math.min(1, Math.max(0, 0.5 + (edge - column - 0.5) / 6)));

/** The picture of a person who ends where {@link softMask} says. */
const edgePicture = (edge: number): HTMLCanvasElement => paintedCanvas(FRAME, (x) => ((x + 0.5) / FRAME.width < edge / MASK.width ? PERSON : WALL));

/** Columns that a white person over black takes, over all rows. */
function widthOf(picture: Picture): number {
  let sum = 0;
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) sum += pixelAt(picture, column, row)[1] / 255;
  }
  return sum / picture.height;
}

describe('<virtual-background-camera> steadiness over time', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  /** Mean movement of the drawn edge from mask to mask, in columns. */
  function edgeMovement(temporalStrength: number, edges: readonly number[], frames: readonly HTMLCanvasElement[] = [still]): number {
    compositor.clearMask();
    const widths = edges.map((edge, index) =>
      widthOf(
        drawScene(compositor, {
          frame: frames[index % frames.length] as HTMLCanvasElement,
          background: BLACK_MODE,
          mask: softMask(edge),
          timeMs: index * MASK_MS,
          look: { temporalStrength, edgeSoftness: 1 },
        }),
      ),
    );
    // The first masks only show where it begins.
    const settled = widths.slice(4);
    return settled.slice(1).reduce((sum, width, index) => sum + Math.abs(width - (settled[index] as number)), 0) / (settled.length - 1);
  }

  /** Steadied probability in the middle, after a mask that is everywhere the same. */
  function show(probability: number, timeMs: number, temporalStrength = 0.8): number {
    const picture = drawScene(compositor, { frame: still, background: BLACK_MODE, mask: fullMask(probability), timeMs, debug: 'time', look: { temporalStrength } });
    return colorAt(picture, 0.5, 0.5)[0] / 255;
  }

  const noise = createNoise(7);
  for (const [name, edges] of [
    ['to and fro', Array.from({ length: 14 }, (_value, index) => 64 + (index % 2 ? 0.8 : -0.8))],
    ['at random', Array.from({ length: 20 }, () => 64 + noise())],
  ] as const) {
    it(`should halve, at least, an edge's jitter over a picture that rests: ${name}`, () => {
      const plain = edgeMovement(0, edges);
      expect(plain, 'columns, as the masks come').to.be.above(0.5);
      expect(edgeMovement(0.8, edges)).to.be.below(plain / 2);
      expect(edgeMovement(1, edges)).to.be.below(edgeMovement(0.4, edges));
    });
  }

  it("should not take a camera's noise for motion", () => {
    const frames = [1, 2, 3].map((seed) => {
      const grain = createNoise(seed);
      return paintedCanvas(FRAME, () => [190, 190, 190].map((value) => Math.round(value + 5 * grain())) as unknown as Rgb);
    });
    const edges = Array.from({ length: 14 }, (_value, index) => 64 + (index % 2 ? 0.8 : -0.8));
    expect(edgeMovement(0.8, edges, frames)).to.be.below(edgeMovement(0, edges, frames) / 2);
  });

  for (const [name, from, to] of [
    ['comes', 40, 70],
    ['goes', 70, 40],
  ] as const) {
    it(`should leave no trail where the person ${name}`, () => {
      const [first, second] = [edgePicture(from), edgePicture(to)];
      const drawMoved = (temporalStrength: number): Picture => {
        compositor.clearMask();
        for (let index = 0; index < 4; index += 1) {
          drawScene(compositor, { frame: first, background: GREEN_MODE, mask: softMask(from), timeMs: index * MASK_MS, look: { temporalStrength } });
        }
        return drawScene(compositor, { frame: second, background: GREEN_MODE, mask: softMask(to), timeMs: 4 * MASK_MS, look: { temporalStrength } });
      };
      const plain = drawMoved(0);
      const steadied = drawMoved(1);
      const changeAt = (column: number, row: number): number => distance(pixelAt(steadied, column, row), pixelAt(plain, column, row));
      const isSwept = (column: number): boolean => Math.abs(column + 0.5 - (55 / MASK.width) * FRAME.width) < (15 / MASK.width) * FRAME.width;
      expect(farthest(plain, (_color, column, row) => (isSwept(column) ? changeAt(column, row) : 0)), 'levels of a trail').to.be.at.most(0.05 * 255);
      // Beside the new edge the picture did rest, and the mask's soft rim comes in slowly.
      const along = Array.from({ length: FRAME.width }, (_value, column) => changeAt(column, 90)).reduce((sum, change) => sum + change, 0);
      expect(along / distance(PERSON, GREEN), 'columns of person more or less').to.be.at.most(1);
      const swept = colorAt(plain, 55 / MASK.width, 0.5);
      expect(distance(swept, name === 'comes' ? PERSON : GREEN), 'in the place that was swept').to.be.at.most(2);
    });
  }

  for (const temporalStrength of [0.8, 1]) {
    for (const [before, after] of [[0, 1], [1, 0]] as const) {
      it(`should follow a network that changes its mind for good, within a second: ${before} to ${after}, strength ${temporalStrength}`, () => {
        const alphaOf = (mask: Mask, timeMs: number): number =>
          colorAt(drawScene(compositor, { frame: still, background: BLACK_MODE, mask, timeMs, look: { temporalStrength } }), 0.5, 0.5)[1] / 255;
        let timeMs = 0;
        for (let index = 0; index < 10; index += 1) alphaOf(fullMask(before), (timeMs += MASK_MS));
        const changedMs = timeMs;
        const first = alphaOf(fullMask(after), (timeMs += MASK_MS));
        expect(Math.abs(first - after), 'left to go after one mask, which may be a slip').to.be.above(0.1);
        let alpha = first;
        while (timeMs + MASK_MS <= changedMs + 1000) alpha = alphaOf(fullMask(after), (timeMs += MASK_MS));
        expect(alpha).to.be.closeTo(after, 0.01);
      });
    }
  }

  it('should know nothing of masks before it was cleared', () => {
    for (let index = 0; index < 3; index += 1) show(0.2, index * MASK_MS);
    expect(show(0.6, 3 * MASK_MS), 'for comparison').to.be.below(0.5);
    compositor.clearMask();
    expect(show(0.6, 4 * MASK_MS)).to.be.closeTo(0.6, 0.004);
    expect(show(0.2, 5 * MASK_MS), 'steadied again').to.be.above(0.3);
  });

  it('should count a mask the more the later it comes', () => {
    const after = (elapsedMs: number, temporalStrength?: number): number => {
      compositor.clearMask();
      show(0.3, 1000);
      return show(0.7, 1000 + elapsedMs, temporalStrength);
    };
    const steps = [20, 100, 300, 1000, 4000].map((elapsedMs) => after(elapsedMs));
    for (const [index, step] of steps.slice(1).entries()) expect(step - (steps[index] as number)).to.be.above(0.02);
    expect(steps[0]).to.be.within(0.31, 0.45);
    expect(steps.at(-1)).to.be.closeTo(0.7, 0.004);
    expect(after(20, 0), 'as it comes').to.be.closeTo(0.7, 0.004);
    expect(after(20, 1)).to.be.below(after(20, 0.5));
  });

  it('should count a mask once, however often it is drawn', () => {
    show(0.2, 0);
    const once = show(0.6, MASK_MS);
    const options = { background: BLACK_MODE, debug: 'time', temporalStrength: 0.8, lightWrap: 0 } as const;
    for (const quality of ['medium', 'high', 'low', 'medium'] as const) {
      for (const edgeSoftness of [0.4, 0.8]) {
        const level = Math.round(once * 255);
        expectAll(drawAgain(compositor, { ...options, quality, edgeSoftness }), [level, level, level], 0);
      }
    }
    const often = show(0.6, 2 * MASK_MS);
    compositor.clearMask();
    show(0.2, 0);
    show(0.6, MASK_MS);
    expect(show(0.6, 2 * MASK_MS)).to.equal(often);
    expect(often).to.be.above(once + 0.02);
  });

  it('should add up steps that are smaller than a byte can tell', () => {
    // The first step is 0.0019: half a level of 255.
    show(0.3, 0, 1);
    let value = 0;
    for (let index = 1; index <= 100; index += 1) value = show(0.34, index * 20, 1);
    expect(value).to.be.closeTo(0.34, 0.004);
  });
});
