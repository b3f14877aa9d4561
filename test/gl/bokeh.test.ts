import { expect } from 'chai';
import { Compositor, type BackgroundMode } from '../../src/gl/compositor';
import type { Quality } from '../../src/types';
import { crossing, lightAlong, toLinear } from '../helpers/blur-measures';
import { createCompositor, disposeCompositors, drawScene, fullMask } from '../helpers/gl';
import { BLACK, expectColor, farthest, fill, paintedCanvas, pixelAt, solidCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const FRAME = { width: 640, height: 360 };
const CENTRE = { x: 320, y: 180 };

/** One square lamp in the middle of a dark room. */
function lampCanvas(lamp: Rgb = WHITE, side = 8): HTMLCanvasElement {
  const canvas = solidCanvas(FRAME, BLACK);
  const [dx, dy] = [side / 2 / FRAME.width, side / 2 / FRAME.height];
  fill(canvas, lamp, [0.5 - dx, 0.5 - dy, 0.5 + dx, 0.5 + dy]);
  return canvas;
}

/** Light at a distance from the lamp's centre, in a direction. */
function lightAt(picture: Picture, distance: number, angle: number): number {
  const [column, row] = [CENTRE.x + distance * Math.cos(angle), CENTRE.y + distance * Math.sin(angle)];
  return toLinear(pixelAt(picture, Math.floor(column), Math.floor(row))[1]);
}

const ANGLES = Array.from({ length: 24 }, (_value, index) => (index * Math.PI) / 12);

describe('<virtual-background-camera> background bokeh', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  const draw = (frame: HTMLCanvasElement, background: BackgroundMode, quality: Quality = 'high'): Picture =>
    drawScene(compositor, { frame, background, quality, mask: fullMask(0) });
  const bokeh = (radius: number | null): BackgroundMode => ({ kind: 'blur', radius, shape: 'disc' });

  for (const [radius, side] of [[16, 6], [28, 10], [60, 20]] as const) {
    it(`should make a lamp a disc of ${radius} px`, () => {
      // Grey, so that it stays below the highlights that are spread.
      const picture = draw(lampCanvas([180, 180, 180], side), bokeh(radius));
      const inner = ANGLES.flatMap((angle) => [0.2, 0.45, 0.65].map((share) => lightAt(picture, share * radius, angle)));
      const [darkest, brightest] = [Math.min(...inner), Math.max(...inner)];
      expect(darkest, 'the same light all over the disc').to.be.above(0.75 * brightest);
      const outer = ANGLES.map((angle) => lightAt(picture, radius * 1.25 + side * 0.7, angle));
      expect(Math.max(...outer), 'none beyond').to.be.below(0.05 * brightest + toLinear(1));
      // As much light as there was, on the disc's area.
      const expected = (toLinear(180) * side * side) / (Math.PI * radius * radius);
      const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length;
      expect(mean / expected).to.be.within(0.8, 1.25);
    });
  }

  it('should be round', () => {
    const radius = 40;
    const picture = draw(lampCanvas(), bokeh(radius));
    const middle = lightAt(picture, 0, 0);
    const radii = ANGLES.map((angle) => {
      const profile = Array.from({ length: 70 }, (_value, step) => -lightAt(picture, step, angle));
      return crossing(profile, -middle / 2);
    });
    for (const each of radii) expect(each).to.be.within(radius * 0.88, radius * 1.12);
  });

  it('should keep the light of what the camera clipped', () => {
    const [white, grey] = [WHITE, [188, 188, 188] as const].map((lamp) => lightAt(draw(lampCanvas(lamp), bokeh(24)), 5, 1)) as [number, number];
    // White is twice the grey's light as the camera has it; taken for clipped, it is 3.7 times white.
    expect(white / grey).to.be.above(6);
    // The plain mean would be 64 / (π 24²) of white.
    expect(white).to.be.above(0.1);
  });

  it('should not tint a coloured lamp', () => {
    const [red, green, blue] = pixelAt(draw(lampCanvas([255, 188, 99]), bokeh(24)), CENTRE.x, CENTRE.y).map(toLinear) as [number, number, number];
    expect(green / red).to.be.closeTo(toLinear(188), 0.05);
    expect(blue / red).to.be.closeTo(toLinear(99), 0.05);
  });

  it('should be a plain mean in linear light below the highlights', () => {
    const [dark, light] = [[40, 40, 40], [180, 180, 180]] as const;
    const edge = draw(paintedCanvas(FRAME, (x) => (x < CENTRE.x ? dark : light)), bokeh(24));
    const profile = lightAlong(edge, 'row', CENTRE.y);
    const mean = (toLinear(40) + toLinear(180)) / 2;
    expect(((profile[319] as number) + (profile[320] as number)) / 2 / mean).to.be.within(0.94, 1.06);
    expectColor(pixelAt(edge, 280, 180), dark, 1, 'a disc ends');
    expectColor(pixelAt(edge, 360, 180), light, 1, 'a disc ends');
  });

  it('should be 5 % of the shorter side where no radius is given', () => {
    const [given, byDefault] = [18, null].map((radius) => draw(lampCanvas(), bokeh(radius))) as [Picture, Picture];
    expect([...byDefault.data]).to.deep.equal([...given.data]);
  });

  for (const quality of ['low', 'medium'] as const) {
    it(`should be a Gaussian of the same width at ${quality}`, () => {
      const picture = draw(lampCanvas(), bokeh(30), quality);
      const gaussian = draw(lampCanvas(), { kind: 'blur', radius: 15 }, quality);
      expect([...picture.data]).to.deep.equal([...gaussian.data]);
    });
  }

  it('should draw radii from the smallest to the largest', () => {
    const frame = lampCanvas();
    const middles = [0.5, 3, 4, 8, 20, 200].map((radius) => lightAt(draw(frame, bokeh(radius)), 0, 0));
    middles.slice(1).forEach((light, index) => expect(light, `the ${index + 1}th`).to.be.at.most((middles[index] as number) + 0.05));
    expect(middles[0]).to.be.above(0.99);
    expect(middles[5]).to.be.below(0.02);
  });

  it('should draw the very curtain of blur without a mask of the frame', () => {
    for (const mask of [{}, { maskOfAnother: fullMask(1) }]) {
      const [curtain, ofBlur] = [bokeh(8), { kind: 'blur', radius: 8 } satisfies BackgroundMode].map((background) => {
        compositor.clearMask();
        return drawScene(compositor, { frame: lampCanvas(), background, quality: 'high', ...mask });
      }) as [ReturnType<typeof drawScene>, ReturnType<typeof drawScene>];
      expect(curtain.drawnAs).to.equal('curtain');
      expect([...curtain.data]).to.deep.equal([...ofBlur.data]);
      expect(farthest(curtain, ([red]) => red), 'the lamp is gone').to.be.below(20);
    }
  });

  it('should keep its count of GL objects over changes of shape, size and quality, and leave none', () => {
    const own = new Compositor(document.createElement('canvas'));
    const round = (width: number): void => {
      const frame = solidCanvas({ width, height: 90 }, WHITE);
      for (const background of [bokeh(20), { kind: 'blur', radius: 9 }, bokeh(null)] satisfies BackgroundMode[]) {
        for (const quality of ['high', 'low'] as const) drawScene(own, { frame, background, quality, mask: fullMask(0) });
      }
      drawScene(own, { frame, background: bokeh(20) });
    };
    round(160);
    const before = { ...own.counts };
    for (const width of [162, 200, 160]) round(width);
    expect(own.counts).to.deep.equal(before);
    own.dispose();
    expect(own.counts).to.deep.equal({ textures: 0, framebuffers: 0, programs: 0, buffers: 0 });
    own.context.gl.getExtension('WEBGL_lose_context')?.loseContext();
  });
});
