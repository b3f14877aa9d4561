import { expect } from 'chai';
import type { BackgroundMode } from '../../src/gl/compositor';
import type { Compositor } from '../../src/gl/compositor';
import { QUALITIES } from '../../src/types';
import { createCompositor, createMask, disposeCompositors, drawAgain, drawScene, fullMask, INPUT, leftMask, readInput, takeFrame } from '../helpers/gl';
import { BLUE, colorAt, expectAll, expectColor, farthest, fill, GREEN, paintedCanvas, readCanvas, RED, solidCanvas, WHITE, BLACK, type Rgb } from '../helpers/pixels';
import { replace, restoreAll } from '../helpers/spies';

const FRAME = { width: 320, height: 180 };
const GREEN_MODE: BackgroundMode = { kind: 'color', color: [0, 1, 0] };

/** Four corners of different colours, on grey. */
const CORNERS: Record<'topLeft' | 'topRight' | 'bottomLeft' | 'bottomRight', { x: number; y: number; color: Rgb }> = {
  topLeft: { x: 0, y: 0, color: RED },
  topRight: { x: 0.75, y: 0, color: GREEN },
  bottomLeft: { x: 0, y: 0.75, color: BLUE },
  bottomRight: { x: 0.75, y: 0.75, color: WHITE },
};

function cornerCanvas(size = FRAME): HTMLCanvasElement {
  const canvas = solidCanvas(size, [128, 128, 128]);
  for (const { x, y, color } of Object.values(CORNERS)) fill(canvas, color, [x, y, x + 0.25, y + 0.25]);
  return canvas;
}

describe('<virtual-background-camera> composite', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const quality of QUALITIES) {
    it(`should show the person on the mask's side and the colour on the other, quality ${quality}`, () => {
      const picture = drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask: leftMask(), quality });
      expect(picture.drawnAs).to.equal('person');
      for (const y of [0.02, 0.5, 0.98]) {
        for (const x of [0.01, 0.25, 0.47]) expectColor(colorAt(picture, x, y), RED, 1, `${x}, ${y}`);
        for (const x of [0.53, 0.75, 0.99]) expectColor(colorAt(picture, x, y), GREEN, 1, `${x}, ${y}`);
      }
    });
  }

  it('should blend person and background within the rim only', () => {
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask: leftMask({ width: 64, height: 36 }) });
    // Red and green always make up the whole: nothing third is mixed in.
    expect(farthest(picture, ([red, green, blue]) => Math.max(blue, Math.abs(red + green - 255)))).to.be.at.most(2);
    const rim = farthest(picture, ([red, green], column) => (Math.min(red, green) > 8 ? Math.abs(column + 0.5 - FRAME.width / 2) : 0));
    expect(rim, 'distance of the farthest blended pixel from the edge').to.be.within(0.5, 5);
  });

  it('should take the sigmoid of logits', () => {
    const mask = createMask(INPUT, (column) => (column < INPUT.width / 2 ? 9 : -9), { kind: 'logit' });
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask });
    expectColor(colorAt(picture, 0.25, 0.5), RED);
    expectColor(colorAt(picture, 0.75, 0.5), GREEN);
  });

  it('should reproduce the colours of person and background exactly', () => {
    const person: Rgb = [201, 87, 13];
    const scene = { frame: solidCanvas(FRAME, person), background: { kind: 'color', color: [23 / 255, 99 / 255, 180 / 255] } } as const;
    expectAll(drawScene(compositor, { ...scene, mask: fullMask(1) }), person, 0);
    expectAll(drawScene(compositor, { ...scene, mask: fullMask(0) }), [23, 99, 180], 0);
  });

  for (const [name, background, mask] of [
    ['background none', { kind: 'none' }, undefined],
    ['the person', { kind: 'color', color: [0, 0, 0] }, fullMask(1)],
    ['blur', { kind: 'blur', radius: 2 }, fullMask(0)],
    ['a picture', { kind: 'picture', fit: 'fill' }, fullMask(0)],
  ] as const) {
    it(`should keep the top left at the top left: ${name}`, () => {
      const corners = cornerCanvas();
      const isPicture = background.kind === 'picture';
      if (isPicture) compositor.setPicture(corners, FRAME);
      const picture = drawScene(compositor, { frame: isPicture ? solidCanvas(FRAME, BLACK) : corners, background, ...(mask && { mask }) });
      for (const [corner, { x, y, color }] of Object.entries(CORNERS)) {
        expectColor(colorAt(picture, x + 0.125, y + 0.125), color, 2, corner);
      }
    });
  }

  it('should stretch a frame with pixels that are not square to its display size', () => {
    const display = { width: 640, height: 180 };
    const frame = new VideoFrame(cornerCanvas(), { timestamp: 0, displayWidth: display.width, displayHeight: display.height });
    const taken = compositor.takeFrame(frame, display);
    frame.close();
    compositor.setMask(taken, fullMask(1), { quality: 'medium' });
    for (const background of [{ kind: 'none' }, GREEN_MODE] satisfies BackgroundMode[]) {
      expect(compositor.render(taken, { background, quality: 'medium' })).to.equal(background.kind === 'none' ? 'raw' : 'person');
      const picture = readCanvas(compositor.context.canvas as HTMLCanvasElement);
      expect(picture).to.include(display);
      for (const [corner, { x, y, color }] of Object.entries(CORNERS)) expectColor(colorAt(picture, x + 0.125, y + 0.125), color, 2, corner);
    }
  });

  it("should not cut out a frame with another's matte after the upload of its own has failed", () => {
    drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask: fullMask(1) });
    const taken = takeFrame(compositor, solidCanvas(FRAME, BLUE));
    compositor.setMask(taken, fullMask(0), { quality: 'medium' });
    const render = (): unknown => compositor.render(taken, { background: GREEN_MODE, quality: 'medium', temporalStrength: 0 });
    replace(compositor.context, 'uploadLines', () => {
      throw new Error('No memory left');
    });
    expect(render).to.throw('No memory left');
    restoreAll();
    expect(render()).to.equal('person');
    expectAll(readCanvas(compositor.context.canvas as HTMLCanvasElement), GREEN);
  });

  it("should keep the mask's top left at the top left", () => {
    const mask = createMask(INPUT, (column, row) => (column < INPUT.width / 4 && row < INPUT.height / 4 ? 1 : 0));
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask });
    expectColor(colorAt(picture, 0.1, 0.1), RED);
    for (const [x, y] of [[0.9, 0.1], [0.1, 0.9], [0.9, 0.9]] as const) expectColor(colorAt(picture, x, y), GREEN);
  });

  it('should show the room for background none alone, and say so', () => {
    const frame = cornerCanvas();
    const raw = drawScene(compositor, { frame, background: { kind: 'none' }, mask: fullMask(0) });
    expect(raw.drawnAs).to.equal('raw');
    expectColor(colorAt(raw, 0.5, 0.5), [128, 128, 128]);
    expect(drawAgain(compositor, { background: GREEN_MODE, quality: 'medium' }).drawnAs).to.equal('person');
    expect(drawScene(compositor, { frame, background: GREEN_MODE }).drawnAs, 'the next frame').to.equal('curtain');
  });

  it('should give the network an area average, the right way up', () => {
    // One-pixel stripes: a network that saw single samples of them would see black or white.
    const frame = paintedCanvas({ width: 1280, height: 720 }, (x) => (x % 2 === 0 ? BLACK : WHITE));
    fill(frame, RED, [0, 0, 0.25, 0.25]);
    takeFrame(compositor, frame);
    const input = readInput(compositor, INPUT);
    // Five columns of which two or three are white.
    for (const [x, y] of [[0.5, 0.1], [0.1, 0.9], [0.9, 0.9]] as const) expectColor(colorAt(input, x, y), [128, 128, 128], 36, `${x}, ${y}`);
    expectColor(colorAt(input, 0.1, 0.1), RED);
    expect(input.data.filter((_value, index) => index % 4 === 3).every((alpha) => alpha === 255)).to.equal(true);
  });

  it('should give the network what a box filter would', () => {
    const [factor, size] = [5, { width: 1280, height: 720 }];
    const wave = (x: number, y: number): Rgb => [128 + 100 * Math.sin(x / 23 + y / 41), 128 + 100 * Math.cos(x / 9), 128 + 100 * Math.sin(y / 7)].map(Math.round) as unknown as Rgb;
    takeFrame(compositor, paintedCanvas(size, wave));
    const input = readInput(compositor, INPUT);
    const boxAverage = (column: number, row: number, channel: number): number => {
      let sum = 0;
      for (let index = 0; index < factor * factor; index += 1) {
        sum += wave(column * factor + (index % factor), row * factor + Math.floor(index / factor))[channel] as number;
      }
      return sum / (factor * factor);
    };
    const error = farthest(input, (color, column, row) => Math.max(...color.map((value, channel) => Math.abs(value - boxAverage(column, row, channel)))));
    expect(error).to.be.at.most(4);
  });
});
