import { expect } from 'chai';
import type { BackgroundMode, Compositor } from '../../src/gl/compositor';
import { FALLBACK_COLOR } from '../../src/gl/fallback-color';
import type { GpuFrame } from '../../src/gl/frame-ring';
import type { Size } from '../../src/types';
import { createCompositor, disposeCompositors, drawScene, fullMask, leftMask, type Scene } from '../helpers/gl';
import { BLACK, BLUE, countPixels, distance, expectAll, expectColor, farthest, fill, readCanvas, RED, ROOM, solidCanvas, stripeAmplitude, stripedCanvas, colorAt, type Rgb } from '../helpers/pixels';

const FRAME = { width: 320, height: 180 };
const PICTURE: BackgroundMode = { kind: 'picture', fit: 'cover' };
const FALLBACK = FALLBACK_COLOR.map((value) => Math.round(value * 255)) as unknown as Rgb;

/** Every way in which there is no mask of the frame. */
const WITHOUT_MASK: [string, Pick<Scene, 'maskOfAnother'>][] = [
  ['before the first mask', {}],
  ['with a mask that was made for another frame', { maskOfAnother: fullMask(1) }],
];

describe('<virtual-background-camera> curtain', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const [when, mask] of WITHOUT_MASK) {
    it(`should show the colour alone ${when}`, () => {
      const picture = drawScene(compositor, { frame: solidCanvas(FRAME, ROOM), background: { kind: 'color', color: [0, 0, 1] }, ...mask });
      expect(picture.drawnAs).to.equal('curtain');
      expectAll(picture, BLUE, 0);
    });

    it(`should show the picture alone ${when}`, () => {
      compositor.setPicture(solidCanvas({ width: 64, height: 64 }, [10, 200, 90]), { width: 64, height: 64 });
      const picture = drawScene(compositor, { frame: solidCanvas(FRAME, ROOM), background: PICTURE, ...mask });
      expect(picture.drawnAs).to.equal('curtain');
      expectAll(picture, [10, 200, 90], 1);
    });

    it(`should show a plain colour in place of a missing picture ${when}`, () => {
      const picture = drawScene(compositor, { frame: solidCanvas(FRAME, ROOM), background: PICTURE, ...mask });
      expect(picture.drawnAs).to.equal('curtain');
      expectAll(picture, FALLBACK, 1);
    });
  }

  it('should draw the curtain again after the mask was cleared', () => {
    const scene: Scene = { frame: solidCanvas(FRAME, ROOM), background: { kind: 'color', color: [0, 0, 0] }, mask: fullMask(1) };
    expect(drawScene(compositor, scene).drawnAs).to.equal('person');
    compositor.clearMask();
    const { frame, background } = scene;
    const picture = drawScene(compositor, { frame, background });
    expect(picture.drawnAs).to.equal('curtain');
    expectAll(picture, BLACK, 0);
  });

  it('should keep the person over a plain colour when the picture is missing', () => {
    const picture = drawScene(compositor, { frame: solidCanvas(FRAME, ROOM), background: PICTURE, mask: leftMask() });
    expectColor(colorAt(picture, 0.2, 0.5), ROOM);
    expectColor(colorAt(picture, 0.8, 0.5), FALLBACK);
  });

  it('should leave nothing of a picture that was cleared', () => {
    const frame = solidCanvas(FRAME, ROOM);
    compositor.setPicture(solidCanvas(FRAME, BLUE), FRAME);
    drawScene(compositor, { frame, background: PICTURE });
    compositor.clearPicture();
    expectAll(drawScene(compositor, { frame, background: PICTURE }), FALLBACK, 1);
  });

  it('should cut out the frame of a mask, in whatever order frames are drawn, and no other', () => {
    const background: BackgroundMode = { kind: 'color', color: [0, 0, 0] };
    const canvas = compositor.context.canvas as HTMLCanvasElement;
    const [before, held, after] = [RED, ROOM, BLUE].map((color) => compositor.takeFrame(solidCanvas(FRAME, color), FRAME)) as [GpuFrame, GpuFrame, GpuFrame];
    compositor.setMask(held, fullMask(1), { quality: 'medium' });
    for (const frame of [before, held, after, held, before]) {
      const isHeld = frame === held;
      expect(compositor.hasMaskOf(frame)).to.equal(isHeld);
      expect(compositor.render(frame, { background, quality: 'medium', lightWrap: 0 })).to.equal(isHeld ? 'person' : 'curtain');
      expectAll(readCanvas(canvas), isHeld ? ROOM : BLACK, 1);
    }
    compositor.setMask(after, fullMask(1), { quality: 'medium' });
    expect(compositor.render(held, { background, quality: 'medium' }), 'its mask gave way to the next').to.equal('curtain');
    expectAll(readCanvas(canvas), BLACK, 0);
  });

  it('should not take a frame for the one whose texture it was given', () => {
    const background: BackgroundMode = { kind: 'color', color: [0, 0, 0] };
    const held = compositor.takeFrame(solidCanvas(FRAME, RED), FRAME);
    compositor.setMask(held, fullMask(1), { quality: 'medium' });
    compositor.releaseFrame(held);
    const next = compositor.takeFrame(solidCanvas(FRAME, ROOM), FRAME);
    expect(next.texture, 'the test itself').to.equal(held.texture);
    expect(compositor.render(next, { background, quality: 'medium' })).to.equal('curtain');
    expectAll(readCanvas(compositor.context.canvas as HTMLCanvasElement), BLACK, 0);
  });

  for (const size of [{ width: 640, height: 360 }, { width: 360, height: 640 }, { width: 1280, height: 720 }] satisfies Size[]) {
    for (const [when, mask] of WITHOUT_MASK) {
      it(`should blur the room beyond recognition at ${size.width}×${size.height} ${when}`, () => {
        for (const period of [8, 20, 40]) {
          const frame = stripedCanvas(size, period);
          expect(stripeAmplitude({ ...size, data: frameBytes(frame) }, 10, period), 'the measure itself').to.be.above(60);
          const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius: 4 }, ...mask });
          expect(picture.drawnAs).to.equal('curtain');
          for (const row of [0, 0.5, 0.99].map((share) => Math.floor(share * size.height))) {
            expect(stripeAmplitude(picture, row, period), `stripes of ${period} px in row ${row}`).to.be.below(1.5);
          }
        }
      });
    }
  }

  it('should blur a bright sign on the wall to a glow without an edge', () => {
    const frame = solidCanvas({ width: 640, height: 360 }, BLACK);
    fill(frame, [255, 255, 255], [0.4, 0.4, 0.46, 0.5]);
    const picture = drawScene(compositor, { frame, background: { kind: 'blur', radius: null } });
    // What is left: the steepest step between neighbours, and how bright the sign's centre is.
    const step = farthest(picture, (color, column, row) =>
      column === 0 ? 0 : distance(color, colorAt(picture, (column - 0.5) / 640, (row + 0.5) / 360)),
    );
    expect(step).to.be.at.most(1);
    expect(countPixels(picture, ([red]) => red > 64)).to.equal(0);
  });
});

function frameBytes(canvas: HTMLCanvasElement): Uint8ClampedArray {
  return (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height).data;
}
