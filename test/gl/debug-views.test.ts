import { expect } from 'chai';
import type { BackgroundMode, Compositor } from '../../src/gl/compositor';
import { DEBUG_VIEWS, QUALITIES, type DebugView, type Mask } from '../../src/types';
import { createCompositor, createMask, createPlainCompositor, disposeCompositors, drawScene, fullMask } from '../helpers/gl';
import { BLACK, colorAt, countPixels, distance, expectAll, expectColor, farthest, paintedCanvas, pixelAt, RED, ROOM, solidCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const FRAME = { width: 320, height: 180 };
const MASK = { width: 128, height: 72 };
const GREEN_MODE: BackgroundMode = { kind: 'color', color: [0, 1, 0] };
const PERSON: Rgb = [40, 130, 60];
const GREYS: DebugView[] = ['mask', 'time', 'matte', 'blocks'];
const EDGE = 0.5;

/** Person left, room right, with a rim of some columns where both are mixed. */
const scene = paintedCanvas(FRAME, (x) => {
  const share = Math.min(1, Math.max(0, 0.5 + (x + 0.5 - EDGE * FRAME.width) / 6));
  return PERSON.map((value, channel) => Math.round(value + share * ((ROOM[channel] as number) - value))) as unknown as Rgb;
});

const mask: Mask = createMask(MASK, (column) => 1 / (1 + Math.exp((column + 0.5 - EDGE * MASK.width) * 1.2)));

describe('<virtual-background-camera> debug views', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  function show(debug: DebugView, more: { on?: Compositor; quality?: (typeof QUALITIES)[number] } = {}): Picture {
    const { on = compositor, ...rest } = more;
    const picture = drawScene(on, { frame: scene, background: GREEN_MODE, mask, debug, ...rest });
    expect(picture.drawnAs).to.equal('person');
    return picture;
  }

  for (const view of GREYS) {
    it(`should show ${view} as black outside, white inside and grey between`, () => {
      const picture = show(view);
      for (const x of [0.02, 0.2, 0.4]) expectColor(colorAt(picture, x, 0.5), WHITE, 1, `${x}`);
      for (const x of [0.6, 0.8, 0.98]) expectColor(colorAt(picture, x, 0.5), BLACK, 1, `${x}`);
      expect(farthest(picture, ([red, green, blue]) => Math.max(Math.abs(red - green), Math.abs(green - blue))), 'colour').to.equal(0);
      expect(countPixels(picture, ([red]) => red > 50 && red < 205), 'grey pixels').to.be.above(FRAME.height / 2);
    });
  }

  it('should show the mask as it came and as it was steadied', () => {
    const show = (debug: DebugView, value: number, timeMs: number): number =>
      colorAt(drawScene(compositor, { frame: scene, background: GREEN_MODE, mask: fullMask(value), debug, timeMs, look: { temporalStrength: 0.8 } }), 0.5, 0.5)[0];
    show('mask', 0.2, 0);
    expect(show('mask', 0.6, 50)).to.be.within(152, 154);
    expect(show('time', 0.6, 100)).to.be.within(80, 145);
  });

  it('should show the matte by which the picture is made', () => {
    const matte = show('matte');
    const drawn = drawScene(compositor, { frame: solidCanvas(FRAME, WHITE), background: { kind: 'color', color: [0, 0, 0] }, mask });
    const flat = drawScene(compositor, { frame: solidCanvas(FRAME, WHITE), background: GREEN_MODE, mask, debug: 'matte' });
    expect(farthest(flat, ([value], column, row) => Math.abs(value - pixelAt(drawn, column, row)[0]))).to.be.at.most(2);
    // With its own frame's colours the edge is a sharper one than the mask's.
    const greyOf = (picture: Picture): number => countPixels(picture, ([value]) => value > 5 && value < 250);
    expect(greyOf(matte)).to.be.below(greyOf(show('mask')));
  });

  it('should show whole blocks, of three kinds', () => {
    const picture = show('blocks');
    expect(farthest(picture, ([value], column, row) => Math.abs(value - pixelAt(picture, column - (column % 8), row - (row % 8))[0])), 'within a block').to.equal(0);
    const levels = new Set(Array.from({ length: FRAME.width }, (_value, column) => pixelAt(picture, column, 90)[0]));
    expect([...levels].sort((a, b) => a - b)).to.have.length(3);
    expect([...levels].some((value) => value > 120 && value < 135), 'rim').to.equal(true);
    // What the matte leaves in doubt is never judged as a whole.
    const matte = show('matte');
    expect(countPixels(matte, ([value], column, row) => value > 3 && value < 252 && Math.abs(pixelAt(picture, column, row)[0] - 127.5) > 10)).to.equal(0);
  });

  it("should show the person's colours over black", () => {
    const picture = show('colors');
    for (const x of [0.02, 0.2, 0.4]) expectColor(colorAt(picture, x, 0.5), PERSON, 2, `${x}`);
    for (const x of [0.6, 0.8, 0.98]) expectColor(colorAt(picture, x, 0.5), BLACK, 1, `${x}`);
  });

  for (const view of DEBUG_VIEWS) {
    it(`should never show the room: ${view}`, () => {
      const plain = createPlainCompositor();
      for (const on of [compositor, plain]) {
        for (const quality of QUALITIES) {
          const picture = show(view, { on, quality });
          // The room is red and blue without green; no view of a green person is, not even in the rim.
          const room = farthest(picture, ([red, green, blue]) => Math.min(red, blue) - green);
          if (on === compositor) expect(room, `quality ${quality}`).to.be.at.most(16);
          expect(distance(colorAt(picture, 0.8, 0.5), BLACK), `beside the person, quality ${quality}`).to.be.at.most(1);
        }
      }
    });

    it(`should draw the curtain without a mask of the frame: ${view}`, () => {
      const frame = solidCanvas(FRAME, ROOM);
      const none = drawScene(compositor, { frame, background: GREEN_MODE, debug: view });
      expect(none.drawnAs).to.equal('curtain');
      expectAll(none, [0, 255, 0], 0);
      const another = drawScene(compositor, { frame, background: GREEN_MODE, maskOfAnother: fullMask(1), debug: view });
      expect(another.drawnAs).to.equal('curtain');
      expectAll(another, [0, 255, 0], 0);
      const blur: BackgroundMode = { kind: 'blur', radius: 4 };
      const debugged = drawScene(compositor, { frame: scene, background: blur, maskOfAnother: mask, debug: view });
      const plain = drawScene(compositor, { frame: scene, background: blur, maskOfAnother: mask });
      expect(debugged.drawnAs).to.equal('curtain');
      expect(farthest(debugged, (color, column, row) => distance(color, pixelAt(plain, column, row)))).to.equal(0);
    });
  }

  it('should go back to the picture without one', () => {
    show('matte');
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, RED), background: GREEN_MODE, mask });
    expectColor(colorAt(picture, 0.2, 0.5), RED);
    expectColor(colorAt(picture, 0.8, 0.5), [0, 255, 0]);
  });
});
