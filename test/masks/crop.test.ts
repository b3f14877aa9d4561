import { expect } from 'chai';
import { placeCrop, touchesRim, type Crop } from '../../src/masks/crop';
import type { PersonBox } from '../../src/masks/regions';
import { inputSizesFor, type InputSizes, type NetworkInput } from '../../src/segmentation/network-input';
import type { PictureRect, Size } from '../../src/types';

const FRAME: Size = { width: 640, height: 360 };
const FRAMES: Size[] = [FRAME, { width: 360, height: 640 }, { width: 400, height: 400 }, { width: 1280, height: 500 }];
const NETWORKS: Record<string, NetworkInput> = {
  selfie: { kind: 'fixed', sizes: [{ width: 256, height: 144 }, { width: 256, height: 256 }], crop: { width: 256, height: 256 } },
  'body-pix': { kind: 'strided', longSide: 369, stride: 16 },
};
const boxOf = (left: number, top: number, right: number, bottom: number): PersonBox => ({ left, top, right, bottom });
const BOXES = [boxOf(0.4, 0.4, 0.5, 0.5), boxOf(0, 0, 0.1, 0.2), boxOf(0.8, 0.7, 1, 1), boxOf(0.35, 0.2, 0.6, 0.7), boxOf(0.3, 0.3, 0.7, 1), boxOf(0.1, 0.45, 0.5, 0.6)];

/** Pixels of the network along a line in the frame, against a look at the whole; the mean of both directions. */
function gainOf({ size, rect }: Crop, { whole }: InputSizes): number {
  return Math.sqrt((size.width / rect.width / whole.width) * (size.height / rect.height / whole.height));
}

describe('<virtual-background-camera> placeCrop', () => {
  for (const [name, input] of Object.entries(NETWORKS)) {
    for (const frame of FRAMES) {
      it(`should lay the closest look around the person, with room for gestures: ${name}, ${frame.width}×${frame.height}`, () => {
        const sizes = inputSizesFor(input, frame);
        let placed = 0;
        for (const box of BOXES) {
          const crop = placeCrop(box, frame, sizes, null);
          if (!crop) continue;
          placed += 1;
          const { size, rect } = crop;
          const told = JSON.stringify({ box, rect });
          expect(sizes.crops).to.deep.include(size);
          expect(gainOf(crop, sizes), told).to.be.at.least(1.2);
          // A pixel or two are rounded away in sizes of whole strides.
          expect((rect.width * frame.width) / (rect.height * frame.height) / (size.width / size.height), told).to.be.closeTo(1, 0.021);
          expect(Math.min(rect.width * frame.width, rect.height * frame.height), told).to.be.at.least((0.5 * Math.min(frame.width, frame.height)) / 1.021);
          const [marginX, marginY] = [0.069 * (box.right - box.left), 0.069 * (box.bottom - box.top)];
          expect(rect.x, told).to.be.within(0, Math.max(0, box.left - marginX) + 1e-9);
          expect(rect.y, told).to.be.within(0, Math.max(0, box.top - marginY) + 1e-9);
          expect(rect.x + rect.width, told).to.be.within(Math.min(1, box.right + marginX) - 1e-9, 1 + 1e-9);
          expect(rect.y + rect.height, told).to.be.within(Math.min(1, box.bottom + marginY) - 1e-9, 1 + 1e-9);
          for (const other of sizes.crops) {
            const alone = placeCrop(box, frame, { ...sizes, crops: [other] }, null);
            if (alone) expect(gainOf(alone, sizes), `${told}, ${other.width}×${other.height}`).to.be.at.most(gainOf(crop, sizes) + 1e-9);
          }
        }
        expect(placed, 'boxes that get a crop').to.be.at.least(3);
      });
    }

  }

  it('should have no crop where the whole frame shows as much', () => {
    for (const frame of FRAMES) {
      const sizes = inputSizesFor(NETWORKS['body-pix'] as NetworkInput, frame);
      expect(placeCrop(boxOf(0, 0, 1, 1), frame, sizes, null)).to.equal(null);
      expect(placeCrop(boxOf(0.05, 0.05, 0.95, 0.95), frame, sizes, null)).to.equal(null);
    }
  });

  it('should have no crop where the network knows none', () => {
    expect(placeCrop(boxOf(0.4, 0.4, 0.5, 0.5), FRAME, { ...inputSizesFor(NETWORKS.selfie as NetworkInput, FRAME), crops: [] }, null)).to.equal(null);
  });

  it('should take an upright look at an upright person, and a wide one at a wide one', () => {
    const sizes = inputSizesFor(NETWORKS['body-pix'] as NetworkInput, FRAME);
    const shapeFor = (box: PersonBox): number => {
      const { width, height } = placeCrop(box, FRAME, sizes, null)?.size ?? { width: NaN, height: NaN };
      return width / height;
    };
    // 128 × 288 and 288 × 90 pixels.
    expect(shapeFor(boxOf(0.4, 0.1, 0.6, 0.9))).to.be.below(0.9);
    expect(shapeFor(boxOf(0.3, 0.4, 0.75, 0.65))).to.be.above(1.5);
  });

  const sizes = inputSizesFor(NETWORKS.selfie as NetworkInput, FRAME);
  const place = (box: PersonBox, previous: Crop | null): Crop => {
    const crop = placeCrop(box, FRAME, sizes, previous);
    if (!crop) throw new Error('No crop');
    return crop;
  };
  const box = boxOf(0.4, 0.3, 0.6, 0.65);
  const before = place(box, null);
  const moved = (x: number, y: number): PersonBox => boxOf(box.left + x, box.top + y, box.right + x, box.bottom + y);
  const grown = (factor: number): PersonBox => boxOf(0.5 - 0.1 * factor, 0.475 - 0.175 * factor, 0.5 + 0.1 * factor, 0.475 + 0.175 * factor);

  it('should be still for small moves', () => {
    for (const next of [moved(0.01, 0), moved(-0.015, 0.01), moved(0, -0.02), grown(0.95), grown(1.1)]) {
      expect(place(next, before)).to.equal(before);
    }
  });

  it('should follow big moves', () => {
    for (const [x, y] of [[0.15, 0], [-0.2, 0], [0, 0.25], [0, -0.25]] as const) {
      const crop = place(moved(x, y), before);
      expect(crop).to.deep.equal(place(moved(x, y), null));
      expect(crop.rect).not.to.deep.equal(before.rect);
    }
  });

  it('should grow and shrink with the person', () => {
    expect(place(grown(1.6), before).rect.width).to.be.above(before.rect.width);
    const big = place(grown(1.8), null);
    expect(place(grown(0.8), big).rect.width).to.be.below(big.rect.width);
  });

  it('should leave a crop whose rim the person stands at, so that it is not looked at in vain', () => {
    // Within the crop and its least margin, but nearer to the rim than a person may be.
    const atRim = moved(before.rect.x + before.rect.width - 0.012 - box.right, 0);
    expect(touchesRim(atRim, before.rect), 'the test itself').to.equal(true);
    const next = place(atRim, before);
    expect(touchesRim(atRim, next.rect)).to.equal(false);
  });

  it('should leave a crop of a size that is not offered any more', () => {
    const input = NETWORKS['body-pix'] as NetworkInput;
    const first = placeCrop(box, FRAME, inputSizesFor(input, FRAME), null);
    const smaller = inputSizesFor(input, FRAME, 0.65);
    const next = placeCrop(box, FRAME, smaller, first);
    expect(smaller.crops).to.deep.include(next?.size);
    expect(smaller.crops).not.to.deep.include(first?.size);
  });
});

describe('<virtual-background-camera> touchesRim', () => {
  const rect: PictureRect = { x: 0.2, y: 0.2, width: 0.5, height: 0.6 };

  it('should be of each side by itself', () => {
    expect(touchesRim(boxOf(0.3, 0.3, 0.6, 0.7), rect)).to.equal(false);
    expect(touchesRim(boxOf(0.23, 0.23, 0.67, 0.77), rect), 'as near as allowed').to.equal(false);
    for (const box of [boxOf(0.21, 0.3, 0.6, 0.7), boxOf(0.3, 0.21, 0.6, 0.7), boxOf(0.3, 0.3, 0.69, 0.7), boxOf(0.3, 0.3, 0.6, 0.79), boxOf(0.1, 0.3, 0.6, 0.7)]) {
      expect(touchesRim(box, rect), JSON.stringify(box)).to.equal(true);
    }
  });

  it("should not take the frame's own sides for a rim", () => {
    const corner: PictureRect = { x: 0, y: 0.4, width: 0.5, height: 0.6 };
    expect(touchesRim(boxOf(0, 0.5, 0.3, 1), corner)).to.equal(false);
    expect(touchesRim(boxOf(0, 0.5, 0.5, 1), corner)).to.equal(true);
    expect(touchesRim(boxOf(0, 0, 1, 1), { x: 0, y: 0, width: 1, height: 1 })).to.equal(false);
  });
});
