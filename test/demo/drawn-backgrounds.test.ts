import { expect } from 'chai';
import { drawnBackgroundBlob, drawnBackgrounds, drawThumbnail } from '../../demo/drawn-backgrounds.ts';

function pixelsOf(canvas: HTMLCanvasElement | OffscreenCanvas): Uint8ClampedArray {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

describe('drawnBackgrounds', () => {
  it('should have names and ids of their own', () => {
    expect(drawnBackgrounds).to.have.lengthOf.at.least(4);
    expect(new Set(drawnBackgrounds.map(({ id }) => id)).size).to.equal(drawnBackgrounds.length);
    expect(new Set(drawnBackgrounds.map(({ name }) => name)).size).to.equal(drawnBackgrounds.length);
  });

  for (const background of drawnBackgrounds) {
    it(`should fill the whole picture, the same each time: ${background.id}`, () => {
      for (const [width, height] of [[160, 90], [90, 160], [121, 77]] as const) {
        const pixels = pixelsOf(drawThumbnail(background, width, height));
        expect(pixels).to.have.lengthOf(width * height * 4);
        expect(pixels.every((value, index) => index % 4 !== 3 || value === 255), `opaque at ${width} × ${height}`).to.equal(true);
        expect(pixelsOf(drawThumbnail(background, width, height))).to.deep.equal(pixels);
        expect(new Set(pixels).size, 'different shades').to.be.above(60);
      }
    });
  }

  it('should give a picture file of the size asked for', async () => {
    const [background] = drawnBackgrounds;
    for (const type of ['image/jpeg', 'image/png'] as const) {
      const blob = await drawnBackgroundBlob(background!, { width: 320, height: 180, type });
      expect(blob.type).to.equal(type);
      const bitmap = await createImageBitmap(blob);
      expect([bitmap.width, bitmap.height]).to.deep.equal([320, 180]);
      bitmap.close();
    }
  });
});
