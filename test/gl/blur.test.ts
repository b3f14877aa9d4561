import { expect } from 'chai';
import { Compositor, type BackgroundMode } from '../../src/gl/compositor';
import type { Quality, Size } from '../../src/types';
import { edgeSigma, lightAlong, toCode } from '../helpers/blur-measures';
import { createCompositor, createMask, disposeCompositors, drawAgain, drawScene, expectNoGlError, fullMask, takeFrame } from '../helpers/gl';
import { BLACK, BLUE, colorAt, createCanvas, distance, expectAll, expectColor, farthest, fill, paintedCanvas, pixelAt, RED, solidCanvas, stripeAmplitude, stripedCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const FRAME = { width: 640, height: 360 };
const QUALITIES: Quality[] = ['low', 'medium', 'high'];
/** Left, top, right, bottom in shares of the frame. */
const PERSON = [0.35, 0.2, 0.65, 1] as const;

function roomWithPerson(room: Rgb = BLUE, person: Rgb = RED): HTMLCanvasElement {
  const canvas = solidCanvas(FRAME, room);
  fill(canvas, person, [...PERSON]);
  return canvas;
}

const personMask = (width: number, height: number) => {
  const [left, top, right, bottom] = PERSON;
  const inside = (x: number, y: number): boolean => x > left && x < right && y > top && y < bottom;
  return createMask({ width, height }, (column, row) => (inside((column + 0.5) / width, (row + 0.5) / height) ? 1 : 0));
};

/** Largest distance from a colour of the pixels farther than this from the person. */
function farthestBeyond(picture: Picture, marginPx: number, room: Rgb): number {
  const [left, top, right, bottom] = PERSON;
  return farthest(picture, (color, column, row) => {
    const dx = Math.max(left * FRAME.width - column - 0.5, column + 0.5 - right * FRAME.width);
    const dy = Math.max(top * FRAME.height - row - 0.5, row + 0.5 - bottom * FRAME.height);
    return Math.max(dx, dy) > marginPx ? distance(color, room) : 0;
  });
}

/** Black before a pixel, white from it on. */
const edgeCanvas = (size: Size, axis: 'row' | 'column', at: number): HTMLCanvasElement =>
  paintedCanvas(size, (x, y) => ((axis === 'row' ? x : y) < at ? BLACK : WHITE));

describe('<virtual-background-camera> background blur', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  const blurred = (frame: HTMLCanvasElement, radius: number | null, quality: Quality = 'medium'): Picture =>
    drawScene(compositor, { frame, background: { kind: 'blur', radius }, mask: fullMask(0), quality });

  for (const radius of [4, 12, 40, 200]) {
    it(`should keep the person out of a background blurred by ${radius} px`, () => {
      const picture = drawScene(compositor, { frame: roomWithPerson(), background: { kind: 'blur', radius }, mask: personMask(256, 144) });
      expect(picture.drawnAs).to.equal('person');
      expect(farthestBeyond(picture, 8, BLUE), 'beside the person').to.be.at.most(3);
      expectColor(colorAt(picture, 0.5, 0.7), RED, 1, 'inside');
      expectColor(colorAt(picture, 0.1, 0.5), BLUE, 1, 'outside');
    });
  }

  it('should keep the person out with the coarse mask of a strided network', () => {
    const picture = drawScene(compositor, { frame: roomWithPerson(), background: { kind: 'blur', radius: 16 }, mask: personMask(40, 23) });
    // 16 px is one cell; a plain blur of this radius would leave a sixth of the red's light there.
    expect(farthestBeyond(picture, 20, BLUE)).to.be.at.most(3);
  });

  for (const [name, person, room] of [['bright person in a dark room', WHITE, [20, 20, 20]], ['dark person in a bright room', [20, 20, 20], [235, 235, 235]]] as const) {
    for (const quality of QUALITIES) {
      it(`should leave no halo of a ${name} at ${quality}`, () => {
        for (const [shape, radius] of [['gaussian', 5], ['gaussian', 18], ['gaussian', 40], ['disc', 18], ['disc', 60]] as const) {
          const picture = drawScene(compositor, { frame: roomWithPerson(room, person), background: { kind: 'blur', radius, shape }, mask: personMask(256, 144), quality });
          expect(farthestBeyond(picture, 4, room), `${shape} ${radius} px`).to.be.at.most(2);
        }
      });
    }
  }

  for (const quality of QUALITIES) {
    it(`should keep a flat room's colour everywhere at ${quality}`, () => {
      for (const room of [[90, 160, 220], [8, 8, 8], [250, 250, 250], [200, 3, 90]] as const) {
        for (const [shape, radius] of [['gaussian', 1], ['gaussian', 6], ['gaussian', 30], ['gaussian', 200], ['disc', 5], ['disc', 30]] as const) {
          const picture = drawScene(compositor, { frame: solidCanvas(FRAME, room), background: { kind: 'blur', radius, shape }, mask: personMask(256, 144), quality });
          // With the person of the same colour: in corners, beside the person and inside.
          expectAll(picture, room, 1);
        }
      }
    });

    it(`should average in linear light at ${quality}`, () => {
      for (const axis of ['row', 'column'] as const) {
        const middle = (axis === 'row' ? FRAME.width : FRAME.height) / 2;
        const picture = blurred(edgeCanvas(FRAME, axis, middle), 20, quality);
        // Half the light of white is 188; the mean of the encoded values would be 128.
        expectColor(axis === 'row' ? pixelAt(picture, middle, 180) : pixelAt(picture, 320, middle), [188, 188, 188], 4, axis);
      }
      const lines = paintedCanvas(FRAME, (x) => (x % 32 < 8 ? WHITE : BLACK));
      const quarter = Math.round(toCode(0.25));
      expectColor(pixelAt(blurred(lines, 24, quality), 320, 180), [quarter, quarter, quarter], 4, 'a quarter of the light');
    });
  }

  for (const size of [FRAME, { width: 1280, height: 720 }, { width: 333, height: 501 }]) {
    it(`should blur by the radius in output pixels at ${size.width}×${size.height}`, () => {
      for (const radius of [1, 2, 3.5, 6, 9, 18, 32, 60]) {
        for (const axis of ['row', 'column'] as const) {
          const length = axis === 'row' ? size.width : size.height;
          // The profile needs room on either side.
          if (length < radius * 6) continue;
          const edge = Math.floor(length / 2) - 3;
          const picture = blurred(edgeCanvas(size, axis, edge), radius);
          const sigma = edgeSigma(lightAlong(picture, axis, Math.floor((axis === 'row' ? size.height : size.width) / 2)));
          expect(sigma / radius, `${radius} px along a ${axis}`).to.be.within(0.9, 1.1);
        }
      }
    });
  }

  it('should blur by pixels of the output where the output is smaller than the frame', () => {
    const size = { width: 1280, height: 720 };
    compositor.setMask(takeFrame(compositor, edgeCanvas(size, 'row', 640)), fullMask(0), { quality: 'medium' });
    const picture = drawAgain(compositor, { background: { kind: 'blur', radius: 10 }, quality: 'medium', outputScale: 0.5 });
    expect(picture.width).to.equal(640);
    expect(edgeSigma(lightAlong(picture, 'row', 180))).to.be.within(9, 11);
  });

  it('should blur by a share of the picture where no radius is given', () => {
    const [small, large] = [{ width: 320, height: 180 }, { width: 1280, height: 720 }].map((size) => {
      return stripeAmplitude(blurred(stripedCanvas(size, size.width / 10), null), size.height / 2, size.width / 10);
    }) as [number, number];
    expect(small).to.be.closeTo(large, 8);
    expect(small).to.be.below(150);
    const sigma = edgeSigma(lightAlong(blurred(edgeCanvas({ width: 1280, height: 720 }, 'row', 640), null), 'row', 300));
    expect(sigma, '2.5 % of 720').to.be.within(16.2, 19.8);
  });

  for (const quality of QUALITIES) {
    it(`should not break a dark gradient into bands at ${quality}`, () => {
      // From 8 to 40 over the width: 20 px a step, the hardest to hide.
      const frame = paintedCanvas(FRAME, (x) => [0, 1, 2].map(() => Math.round(8 + (x * 32) / FRAME.width)) as unknown as Rgb);
      for (const shape of ['gaussian', 'disc'] as const) {
        const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius: 14, shape }, mask: fullMask(0), quality });
        const error = farthest(picture, ([red], column) => (column < 40 || column > 600 ? 0 : Math.abs(red - (8 + (column * 32) / FRAME.width))));
        expect(error, `${shape}: off the gradient`).to.be.at.most(1.5);
        const step = farthest(picture, ([red], column, row) => (column === 0 ? 0 : Math.abs(red - pixelAt(picture, column - 1, row)[0])));
        expect(step, `${shape}: between neighbours`).to.be.at.most(1);
      }
    });
  }

  it('should have a colour behind a person who fills the picture', () => {
    const mask = createMask({ width: 256, height: 144 }, (column) => (column < 255 ? 1 : 0));
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, [90, 160, 220]), background: { kind: 'blur', radius: 20 }, mask });
    expectAll(picture, [90, 160, 220], 1);
  });

  it('should do without float textures', () => {
    const canvas = createCanvas({ width: 2, height: 2 });
    const gl = canvas.getContext('webgl2', { alpha: false }) as WebGL2RenderingContext;
    gl.getExtension = () => null;
    const plain = new Compositor(canvas);
    expect(plain.context.floatTargets).to.equal(false);
    for (const background of [{ kind: 'blur', radius: 16 }, { kind: 'blur', radius: 32, shape: 'disc' }] satisfies BackgroundMode[]) {
      const picture = drawScene(plain, { frame: roomWithPerson(), background, mask: personMask(256, 144), quality: 'high' });
      expectNoGlError(plain);
      expect(farthestBeyond(picture, 8, BLUE)).to.be.at.most(3);
      expectAll(drawScene(plain, { frame: solidCanvas(FRAME, BLACK), background, maskOfAnother: fullMask(1) }), BLACK, 0);
    }
    plain.dispose();
  });
});
