import { expect } from 'chai';
import type { BackgroundMode, Compositor } from '../../src/gl/compositor';
import { QUALITIES, type MatteLook, type Quality } from '../../src/types';
import { createCompositor, createMask, createPlainCompositor, disposeCompositors, drawAgain, drawScene } from '../helpers/gl';
import { BLACK, colorAt, distance, expectColor, farthest, fill, paintedCanvas, pixelAt, solidCanvas, WHITE, type Picture, type Rgb } from '../helpers/pixels';

const FRAME = { width: 320, height: 180 };
const MASK = { width: 128, height: 72 };
/** Where the person ends, in shares of the width. */
const EDGE = 0.5;

const colorMode = ([red, green, blue]: Rgb): BackgroundMode => ({ kind: 'color', color: [red / 255, green / 255, blue / 255] });
const mixed = (a: Rgb, b: Rgb, share: number): Rgb => a.map((value, channel) => value + share * ((b[channel] as number) - value)) as unknown as Rgb;

/** A person on the left who melts into the room over some columns, as hair and motion do. */
function figure(person: Rgb, room: Rgb, columns = 8): HTMLCanvasElement {
  return paintedCanvas(FRAME, (x) => mixed(person, room, Math.min(1, Math.max(0, 0.5 + (x + 0.5 - EDGE * FRAME.width) / columns))).map(Math.round) as unknown as Rgb);
}

/** A network's soft verdict on the same. */
const softMask = createMask(MASK, (column) => 1 / (1 + Math.exp((column + 0.5 - EDGE * MASK.width) * 1.2)));

interface Drawn {
  picture: Picture;
  /** What of each pixel is the person's, 0…1, as the composite pass has it. */
  alphaAt: (column: number, row: number) => number;
}

function draw(compositor: Compositor, frame: HTMLCanvasElement, background: BackgroundMode, look: Partial<MatteLook> = {}, quality: Quality = 'medium'): Drawn {
  const picture = drawScene(compositor, { frame, background, mask: softMask, look, quality });
  const matte = drawAgain(compositor, { background, quality, debug: 'matte', temporalStrength: 0, ...look });
  return { picture, alphaAt: (column, row) => pixelAt(matte, column, row)[0] / 255 };
}

/** Largest difference from the frame laid over the background with the same alpha and nothing else done. */
function beyondBlending({ picture, alphaAt }: Drawn, frame: Picture, background: Rgb): number {
  return farthest(picture, (color, column, row) => distance(color, mixed(background, pixelAt(frame, column, row), alphaAt(column, row))));
}

function readFrame(canvas: HTMLCanvasElement): Picture {
  const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, data };
}

describe('<virtual-background-camera> rim', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const [name, person, room, background] of [
    ['dark person, blue room, green background', [120, 30, 30], [30, 30, 220], [30, 200, 30]],
    ['light person, red room, dark background', [30, 220, 220], [220, 60, 60], [30, 20, 40]],
    ['green person, light-blue room, black background', [20, 160, 0], [60, 160, 255], [0, 0, 0]],
  ] as const satisfies readonly (readonly [string, Rgb, Rgb, Rgb])[]) {
    for (const quality of QUALITIES) {
      it(`should take the room out: ${name}, ${quality}`, () => {
        const frame = figure(person, room);
        const seen = readFrame(frame);
        const drawn = draw(compositor, frame, colorMode(background), {}, quality);
        const apart = [0, 1, 2].map((at) => Math.abs((person[at] as number) - (room[at] as number)));
        const channel = apart.indexOf(Math.max(...apart));
        /** Share of the room in a pixel's colour against person and background alone. */
        const roomIn = (value: number, alpha: number): number =>
          (value - alpha * (person[channel] as number) - (1 - alpha) * (background[channel] as number)) / ((room[channel] as number) - (person[channel] as number));
        let [halves, left, plain] = [0, 0, 0];
        for (let column = 0; column < FRAME.width; column += 1) {
          const alpha = drawn.alphaAt(column, 90);
          if (alpha < 0.15 || alpha > 0.85) continue;
          const blended = alpha * (pixelAt(seen, column, 90)[channel] as number) + (1 - alpha) * (background[channel] as number);
          halves += 1;
          plain += roomIn(blended, alpha);
          left += Math.abs(roomIn(pixelAt(drawn.picture, column, 90)[channel] as number, alpha));
        }
        expect(halves, 'pixels of the rim').to.be.above(0);
        expect(plain / halves, 'share of the room in plain blending').to.be.above(0.1);
        expect(left / halves, 'share of the room that is left').to.be.at.most(0.55 * (plain / halves));
      });
    }

    it(`should mix nothing in that is in neither: ${name}`, () => {
      const { picture } = draw(compositor, figure(person, room), colorMode(background));
      for (const channel of [0, 1, 2]) {
        const known = [person, room, background].map((color) => color[channel] as number);
        const beyond = farthest(picture, (color) => Math.max((color[channel] as number) - Math.max(...known), Math.min(...known) - (color[channel] as number)));
        expect(beyond, `levels beyond person, room and background, channel ${channel}`).to.be.at.most(16);
      }
    });

    it(`should leave person and background as they are away from the rim: ${name}`, () => {
      const { picture } = draw(compositor, figure(person, room), colorMode(background));
      for (const x of [0.02, 0.2, 0.42]) expectColor(colorAt(picture, x, 0.5), person, 1, `${x}`);
      for (const x of [0.58, 0.8, 0.98]) expectColor(colorAt(picture, x, 0.5), background, 1, `${x}`);
    });
  }

  it('should change nothing where person and room look alike', () => {
    const person: Rgb = [140, 120, 100];
    for (const room of [person, [143, 122, 99]] satisfies Rgb[]) {
      const frame = figure(person, room);
      for (const background of [WHITE, [0, 90, 200]] satisfies Rgb[]) {
        const drawn = draw(compositor, frame, colorMode(background));
        expect(beyondBlending(drawn, readFrame(frame), background)).to.be.at.most(3);
      }
    }
  });

  describe('light wrap', () => {
    const person: Rgb = [90, 80, 70];
    const frame = figure(person, person);

    /** Largest rise and fall of any channel that the light makes, and how far from the edge it reaches, in columns. */
    function effect(background: Rgb, lightWrap: number): { rise: number; fall: number; reach: number } {
      const without = draw(compositor, frame, colorMode(background), { lightWrap: 0 }).picture;
      const lit = draw(compositor, frame, colorMode(background), { lightWrap }).picture;
      const by = (measure: (difference: number) => number): number =>
        farthest(lit, (color, column, row) => Math.max(...color.map((value, channel) => measure(value - (pixelAt(without, column, row)[channel] as number)))));
      const reach = farthest(lit, (color, column, row) => (distance(color, pixelAt(without, column, row)) > 1 ? Math.abs(column + 0.5 - EDGE * FRAME.width) : 0));
      return { rise: by((difference) => difference), fall: by((difference) => -difference), reach };
    }

    it('should add light of a brighter background to the rim and nowhere else', () => {
      const { rise, fall, reach } = effect(WHITE, 1);
      expect(rise).to.be.above(20);
      expect(fall).to.be.at.most(0);
      // The mask's rim is about four cells to either side.
      expect(reach, 'columns from the edge').to.be.within(1, (6 / MASK.width) * FRAME.width);
      expect(effect(WHITE, 0.12).rise).to.be.within(2, rise / 4);
    });

    it('should add only the colours that the background has more of', () => {
      const { picture } = draw(compositor, frame, colorMode([90, 80, 255]), { lightWrap: 1 });
      const drawn = draw(compositor, frame, colorMode([90, 80, 255]), { lightWrap: 0 });
      expect(farthest(picture, ([, , blue], column, row) => blue - pixelAt(drawn.picture, column, row)[2])).to.be.above(20);
      expect(farthest(picture, ([red, green], column, row) => Math.max(Math.abs(red - pixelAt(drawn.picture, column, row)[0]), Math.abs(green - pixelAt(drawn.picture, column, row)[1])))).to.be.at.most(1);
    });

    it('should take nothing away before a darker background', () => {
      expect(effect(BLACK, 1)).to.include({ rise: 0, fall: 0 });
    });

    it('should leave plain blending at 0', () => {
      expect(beyondBlending(draw(compositor, frame, colorMode(WHITE), { lightWrap: 0 }), readFrame(frame), WHITE)).to.be.at.most(2);
      expect(beyondBlending(draw(compositor, frame, colorMode(WHITE), { lightWrap: 1 }), readFrame(frame), WHITE)).to.be.above(20);
    });

    it("should take a picture's light from where it is", () => {
      const background = solidCanvas(FRAME, BLACK);
      fill(background, WHITE, [0, 0, 1, 0.5]);
      compositor.setPicture(background, FRAME);
      const riseAt = (y: number): number => {
        const [dark, lit] = [0, 1].map((lightWrap) => draw(compositor, frame, { kind: 'picture', fit: 'fill' }, { lightWrap }).picture) as [Picture, Picture];
        return Math.max(...Array.from({ length: FRAME.width }, (_value, column) => pixelAt(lit, column, Math.floor(y * FRAME.height))[1] - pixelAt(dark, column, Math.floor(y * FRAME.height))[1]));
      };
      expect(riseAt(0.2)).to.be.above(20);
      expect(riseAt(0.8)).to.be.at.most(1);
    });
  });

  describe('edge softness', () => {
    /** Columns of a row that are neither person nor background. */
    function rimOf(edgeSoftness: number, quality: Quality, on = compositor): { width: number; centre: number } {
      const { alphaAt } = draw(on, solidCanvas(FRAME, WHITE), colorMode(BLACK), { edgeSoftness }, quality);
      const alphas = Array.from({ length: FRAME.width }, (_value, column) => alphaAt(column, 90));
      return { width: alphas.filter((alpha) => alpha > 0.03 && alpha < 0.97).length, centre: alphas.reduce((sum, alpha) => sum + alpha, 0) };
    }

    for (const quality of QUALITIES) {
      it(`should widen the rim and leave it where it is, quality ${quality}`, () => {
        const rims = [0, 0.2, 0.4, 0.7, 1].map((edgeSoftness) => rimOf(edgeSoftness, quality));
        for (const [index, { width }] of rims.slice(1).entries()) expect(width, `rim ${index + 1}`).to.be.above((rims[index] as { width: number }).width);
        expect(rims[0]?.width, 'cut with scissors').to.be.at.most(2);
        for (const { centre } of rims) expect(centre).to.be.closeTo(EDGE * FRAME.width, 0.6);
      });
    }
  });

  it('should cut out the same person where the GPU cannot draw into float textures', () => {
    const frame = figure([120, 30, 30], [30, 30, 220]);
    const [own, plain] = [compositor, createPlainCompositor()].map((one) => draw(one, frame, colorMode([30, 200, 30]), { lightWrap: 1 }).picture) as [Picture, Picture];
    expect(farthest(own, (color, column, row) => distance(color, pixelAt(plain, column, row)))).to.equal(0);
  });
});
