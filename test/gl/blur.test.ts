import { expect } from 'chai';
import { Compositor } from '../../src/gl/compositor';
import { createCompositor, createMask, disposeCompositors, drawScene, expectNoGlError, fullMask } from '../helpers/gl';
import { BLACK, BLUE, colorAt, createCanvas, expectAll, expectColor, farthest, fill, paintedCanvas, pixelAt, RED, solidCanvas, stripeAmplitude, stripedCanvas, type Picture } from '../helpers/pixels';

const FRAME = { width: 640, height: 360 };
/** Left, top, right, bottom in shares of the frame. */
const PERSON = [0.35, 0.2, 0.65, 1] as const;

function roomWithPerson(): HTMLCanvasElement {
  const canvas = solidCanvas(FRAME, BLUE);
  fill(canvas, RED, [...PERSON]);
  return canvas;
}

const personMask = (width: number, height: number) => {
  const [left, top, right, bottom] = PERSON;
  const inside = (x: number, y: number): boolean => x > left && x < right && y > top && y < bottom;
  return createMask({ width, height }, (column, row) => (inside((column + 0.5) / width, (row + 0.5) / height) ? 1 : 0));
};

/** Red of the pixels farther than this from the person. */
function redBeyond(picture: Picture, marginPx: number): number {
  const [left, top, right, bottom] = PERSON;
  return farthest(picture, ([red], column, row) => {
    const dx = Math.max(left * FRAME.width - column - 0.5, column + 0.5 - right * FRAME.width);
    const dy = Math.max(top * FRAME.height - row - 0.5, row + 0.5 - bottom * FRAME.height);
    return Math.max(dx, dy) > marginPx ? red : 0;
  });
}

describe('<virtual-background-camera> background blur', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const radius of [4, 12, 40, 200]) {
    it(`should keep the person out of a background blurred by ${radius} px`, () => {
      const picture = drawScene(compositor, { frame: roomWithPerson(), background: { kind: 'blur', radius }, mask: personMask(256, 144) });
      expect(picture.drawnAs).to.equal('person');
      expect(redBeyond(picture, 8), 'red beside the person').to.be.at.most(10);
      expectColor(colorAt(picture, 0.5, 0.7), RED, 1, 'inside');
      expectColor(colorAt(picture, 0.1, 0.5), BLUE, 3, 'outside');
    });
  }

  it('should keep the person out with the coarse mask of a strided network', () => {
    const picture = drawScene(compositor, { frame: roomWithPerson(), background: { kind: 'blur', radius: 16 }, mask: personMask(40, 23) });
    // 16 px is one cell; a plain blur of this radius would leave a sixth of the red there.
    expect(redBeyond(picture, 20)).to.be.at.most(16);
  });

  it('should blur the more the larger the radius', () => {
    const frame = stripedCanvas(FRAME, 32);
    const amplitudes = [2, 6, 12].map((radius) => {
      const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius }, mask: fullMask(0) });
      return stripeAmplitude(picture, 180, 32);
    });
    // A Gaussian leaves exp(-2 π² σ² / period²) of a wave; stripes start with 4 / π of 127.5.
    const expected = [2, 6, 12].map((sigma) => 162 * Math.exp((-2 * Math.PI ** 2 * sigma ** 2) / 32 ** 2));
    expected.forEach((value, index) => expect(amplitudes[index]).to.be.closeTo(value, 12));
  });

  it('should blur by a share of the picture where no radius is given', () => {
    const [small, large] = [{ width: 320, height: 180 }, { width: 1280, height: 720 }].map((size) => {
      const frame = stripedCanvas(size, size.width / 10);
      const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius: null }, mask: fullMask(0) });
      return stripeAmplitude(picture, size.height / 2, size.width / 10);
    }) as [number, number];
    expect(small).to.be.closeTo(large, 8);
    expect(small).to.be.below(150);
  });

  it('should keep the brightness of what it blurs', () => {
    const frame = paintedCanvas(FRAME, (x, y) => ((x >> 2) + (y >> 2)) % 2 ? [200, 100, 50] : [100, 50, 150]);
    const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius: 30 }, mask: fullMask(0) });
    expectAll(picture, [150, 75, 100], 3);
  });

  it('should have a colour behind a person who fills the picture', () => {
    const mask = createMask({ width: 256, height: 144 }, (column) => (column < 255 ? 1 : 0));
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, [90, 160, 220]), background: { kind: 'blur', radius: 20 }, mask });
    expectAll(picture, [90, 160, 220], 4);
  });

  it('should do without float textures', () => {
    const canvas = createCanvas({ width: 2, height: 2 });
    const gl = canvas.getContext('webgl2', { alpha: false }) as WebGL2RenderingContext;
    gl.getExtension = () => null;
    const plain = new Compositor(canvas);
    expect(plain.context.floatTargets).to.equal(false);
    const picture = drawScene(plain, { frame: roomWithPerson(), background: { kind: 'blur', radius: 16 }, mask: personMask(256, 144) });
    expectNoGlError(plain);
    expect(redBeyond(picture, 8)).to.be.at.most(12);
    expectColor(pixelAt(picture, 20, 180), BLUE, 4);
    expectAll(drawScene(plain, { frame: solidCanvas(FRAME, BLACK), background: { kind: 'blur', radius: 16 }, usesMask: false }), BLACK, 2);
    plain.dispose();
  });
});
