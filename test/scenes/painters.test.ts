import { expect } from 'chai';
import { contextOf, createCanvas } from '../../src/scenes/canvas';
import { paintSceneFile, painters } from '../../src/scenes/painters';
import { SCENES, type SceneName, type Size } from '../../src/types';

function draw(name: SceneName, { width, height }: Size): Uint8ClampedArray {
  const canvas = createCanvas(width, height);
  painters[name](canvas);
  return contextOf(canvas).getImageData(0, 0, width, height).data;
}

/** Mean red, green and blue of a picture's cells, eight by four: how it looks from afar. */
function cells(pixels: Uint8ClampedArray, { width, height }: Size): number[] {
  const sums = new Array<number>(8 * 4 * 3).fill(0);
  const counts = new Array<number>(8 * 4).fill(0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cell = Math.floor((y * 4) / height) * 8 + Math.floor((x * 8) / width);
      counts[cell]! += 1;
      for (let channel = 0; channel < 3; channel += 1) sums[cell * 3 + channel]! += pixels[4 * (y * width + x) + channel]!;
    }
  }
  return sums.map((sum, index) => sum / counts[Math.floor(index / 3)]!);
}

const difference = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;

describe('scenes', () => {
  it('should have a painter for every name, and no other', () => {
    expect(Object.keys(painters)).to.have.members([...SCENES]);
  });

  for (const name of SCENES) {
    it(`should fill the whole picture, the same each time: ${name}`, () => {
      for (const size of [{ width: 160, height: 90 }, { width: 90, height: 160 }, { width: 121, height: 77 }]) {
        const pixels = draw(name, size);
        const where = `${size.width} × ${size.height}`;
        expect(pixels).to.have.lengthOf(size.width * size.height * 4);
        expect(pixels.every((value, index) => index % 4 !== 3 || value === 255), `opaque at ${where}`).to.equal(true);
        expect(draw(name, size), where).to.deep.equal(pixels);
        expect(new Set(pixels).size, 'different shades').to.be.above(60);
      }
    });

    it(`should look the same at every size: ${name}`, () => {
      const [small, large] = [{ width: 160, height: 90 }, { width: 640, height: 360 }];
      expect(difference(cells(draw(name, small), small), cells(draw(name, large), large)), 'mean difference of the cells').to.be.below(9);
    });
  }

  it('should be pictures of their own', () => {
    const size = { width: 160, height: 90 };
    const all = SCENES.map((name) => ({ name, cells: cells(draw(name, size), size) }));
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) expect(difference(one.cells, other.cells), `${one.name} and ${other.name}`).to.be.above(15);
    }
  });

  it('should give a JPEG of the size asked for', async () => {
    const blob = await paintSceneFile('studio', { width: 320, height: 180 });
    expect(blob.type).to.equal('image/jpeg');
    const bitmap = await createImageBitmap(blob);
    expect([bitmap.width, bitmap.height]).to.deep.equal([320, 180]);
    bitmap.close();
  });
});
