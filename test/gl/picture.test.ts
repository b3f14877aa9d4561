import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import { placePicture } from '../../src/gl/picture-pass';
import { BACKGROUND_FITS, type BackgroundFit, type Size } from '../../src/types';
import { createCompositor, disposeCompositors, drawScene } from '../helpers/gl';
import { BLACK, BLUE, contextOf, createCanvas, expectAll, expectColor, farthest, paintedCanvas, pixelAt, RED, ROOM, solidCanvas, type Rgb } from '../helpers/pixels';

const LANDSCAPE = { width: 320, height: 180 };
const PORTRAIT = { width: 180, height: 320 };

/** Red tells the column, green the row: a pixel says where it came from. */
const mapCanvas = (size: Size): HTMLCanvasElement =>
  paintedCanvas(size, (x, y) => [Math.round(((x + 0.5) / size.width) * 255), Math.round(((y + 0.5) / size.height) * 255), 128]);

/** Where CSS `object-fit` puts a source, as drawImage wants it: left, top, width, height in output pixels. */
function cssBox(source: Size, output: Size, fit: BackgroundFit): [number, number, number, number] {
  if (fit === 'fill') return [0, 0, output.width, output.height];
  const ratios = [output.width / source.width, output.height / source.height];
  const zoom = fit === 'cover' ? Math.max(...ratios) : Math.min(...ratios);
  const [width, height] = [source.width * zoom, source.height * zoom];
  return [(output.width - width) / 2, (output.height - height) / 2, width, height];
}

describe('<virtual-background-camera> background-fit', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  it('should compute where a picture lies', () => {
    expect(placePicture({ width: 100, height: 50 }, { width: 100, height: 100 }, 'cover')).to.deep.equal({ scale: [0.5, 1], offset: [0.25, 0] });
    expect(placePicture({ width: 100, height: 50 }, { width: 100, height: 100 }, 'contain')).to.deep.equal({ scale: [1, 2], offset: [0, -0.5] });
    expect(placePicture({ width: 100, height: 50 }, { width: 100, height: 100 }, 'fill')).to.deep.equal({ scale: [1, 1], offset: [0, 0] });
    for (const fit of BACKGROUND_FITS) {
      expect(placePicture({ width: 640, height: 360 }, { width: 1280, height: 720 }, fit)).to.deep.equal({ scale: [1, 1], offset: [0, 0] });
    }
  });

  const cases: [string, Size, Size][] = [
    ['a portrait picture in a landscape frame', { width: 200, height: 400 }, LANDSCAPE],
    ['a landscape picture in a portrait frame', { width: 480, height: 270 }, PORTRAIT],
    ['a square picture in a landscape frame', { width: 256, height: 256 }, LANDSCAPE],
    ['a small picture in a square frame', { width: 40, height: 30 }, { width: 240, height: 240 }],
  ];
  for (const [name, source, output] of cases) {
    for (const fit of BACKGROUND_FITS) {
      it(`should place ${name} with ${fit} as CSS does`, () => {
        compositor.setPicture(mapCanvas(source), source);
        const picture = drawScene(compositor, { frame: solidCanvas(output, ROOM), background: { kind: 'picture', fit } });
        const [left, top, width, height] = cssBox(source, output, fit);
        let compared = 0;
        const error = farthest(picture, (color, column, row) => {
          const [x, y] = [(column + 0.5 - left) / width, (row + 0.5 - top) / height];
          const margin = [2 / width, 2 / height] as const;
          // The outermost pixels are the filter's business.
          if (Math.min(Math.abs(x), Math.abs(1 - x)) < margin[0] || Math.min(Math.abs(y), Math.abs(1 - y)) < margin[1]) return 0;
          compared += 1;
          const inside = x > 0 && x < 1 && y > 0 && y < 1;
          const expected: Rgb = inside ? [x * 255, y * 255, 128] : BLACK;
          return Math.max(...color.map((value, channel) => Math.abs(value - (expected[channel] as number))));
        });
        expect(error).to.be.at.most(5);
        expect(compared).to.be.above(output.width * output.height * 0.9);
      });
    }
  }

  it('should take over another fit at the next frame', () => {
    const frame = solidCanvas(LANDSCAPE, ROOM);
    compositor.setPicture(solidCanvas(PORTRAIT, BLUE), PORTRAIT);
    expectAll(drawScene(compositor, { frame, background: { kind: 'picture', fit: 'cover' } }), BLUE);
    const contained = drawScene(compositor, { frame, background: { kind: 'picture', fit: 'contain' } });
    expectColor(pixelAt(contained, 5, 90), BLACK);
    expectColor(pixelAt(contained, 160, 90), BLUE);
    expectAll(drawScene(compositor, { frame, background: { kind: 'picture', fit: 'fill' } }), BLUE);
  });

  it('should place the picture again when the frame changes its shape', () => {
    compositor.setPicture(mapCanvas(PORTRAIT), PORTRAIT);
    const background = { kind: 'picture', fit: 'cover' } as const;
    drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background });
    const upright = drawScene(compositor, { frame: solidCanvas(PORTRAIT, ROOM), background });
    expectColor(pixelAt(upright, 90, 160), [128, 128, 128], 3);
    expectColor(pixelAt(upright, 1, 1), [2, 1, 128], 4);
    expectColor(pixelAt(upright, 178, 318), [253, 254, 128], 4);
  });

  it('should lay a translucent picture over black, never over the room', () => {
    const source = createCanvas({ width: 64, height: 36 });
    const context = contextOf(source);
    context.fillStyle = 'rgb(255 0 0 / 50%)';
    context.fillRect(0, 0, 32, 36);
    compositor.setPicture(source, source);
    const picture = drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background: { kind: 'picture', fit: 'fill' } });
    expectColor(pixelAt(picture, 40, 90), [128, 0, 0], 3);
    expectColor(pixelAt(picture, 280, 90), BLACK);
    // Half red beside nothing: the border must not darken or lighten beyond either.
    expect(farthest(picture, ([, green, blue]) => Math.max(green, blue))).to.be.at.most(1);
  });

  it('should take a straight-alpha bitmap as it is', async () => {
    const data = new ImageData(Uint8ClampedArray.from({ length: 16 * 4 }, (_value, index) => [255, 0, 0, 128][index % 4] as number), 4, 4);
    const bitmap = await createImageBitmap(data, { premultiplyAlpha: 'none' });
    compositor.setPicture(bitmap, bitmap);
    bitmap.close();
    expectAll(drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background: { kind: 'picture', fit: 'fill' } }), [128, 0, 0], 2);
  });

  it('should average a picture that is larger than the frame', () => {
    const size = { width: 1280, height: 720 };
    compositor.setPicture(paintedCanvas(size, (x, y) => ((x + y) % 2 ? RED : BLACK)), size);
    expectAll(drawScene(compositor, { frame: solidCanvas(LANDSCAPE, ROOM), background: { kind: 'picture', fit: 'cover' } }), [128, 0, 0], 12);
  });
});
