import { expect } from 'chai';
import { placeCrop, touchesRim, type Crop } from '../../src/masks/crop';
import type { PersonBox } from '../../src/masks/regions';
import { FULL_FRAME_GEOMETRY, inputSizesFor, type InputSizes, type NetworkInput } from '../../src/segmentation/network-input';
import type { Mask, PictureRect, Size } from '../../src/types';

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

type Cells = Pick<Mask, 'width' | 'height' | 'geometry'>;

/** A mask of so many cells that covers a part of the frame. */
const cellsOf = ({ x, y, width, height }: PictureRect, cells: Size): Cells => ({
  ...cells,
  geometry: { scaleX: 1 / width, scaleY: 1 / height, offsetX: -x / width, offsetY: -y / height },
});

/** The box with room around it, inside the frame. */
function withRoom({ left, top, right, bottom }: PersonBox, margin: number): PersonBox {
  const [x, y] = [margin * (right - left), margin * (bottom - top)];
  return boxOf(Math.max(0, left - x), Math.max(0, top - y), Math.min(1, right + x), Math.min(1, bottom + y));
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
          const { size, rect, isPartial } = crop;
          const told = JSON.stringify({ box, rect });
          expect(sizes.crops).to.deep.include(size);
          expect(gainOf(crop, sizes), told).to.be.at.least(1.1);
          // A pixel or two are rounded away in sizes of whole strides.
          expect((rect.width * frame.width) / (rect.height * frame.height) / (size.width / size.height), told).to.be.closeTo(1, 0.021);
          expect(Math.min(rect.width * frame.width, rect.height * frame.height), told).to.be.at.least((0.5 * Math.min(frame.width, frame.height)) / 1.021);
          expect(Math.min(rect.x, rect.y), told).to.be.at.least(-1e-9);
          expect(Math.max(rect.x + rect.width, rect.y + rect.height), told).to.be.at.most(1 + 1e-9);
          if (isPartial) continue;
          const room = withRoom(box, 0.1);
          // Sizes of whole strides may make a crop 2 % too small.
          const [slackX, slackY] = [0.02 * rect.width + 1e-9, 0.02 * rect.height + 1e-9];
          expect(rect.x, told).to.be.at.most(room.left + slackX);
          expect(rect.y, told).to.be.at.most(room.top + slackY);
          expect(rect.x + rect.width, told).to.be.at.least(room.right - slackX);
          expect(rect.y + rect.height, told).to.be.at.least(room.bottom - slackY);
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

  it('should take a square look at an upright person, and a wide one at a wide one', () => {
    const sizes = inputSizesFor(NETWORKS['body-pix'] as NetworkInput, FRAME);
    const shapeFor = (box: PersonBox): number => {
      const { width, height } = placeCrop(box, FRAME, sizes, null)?.size ?? { width: NaN, height: NaN };
      return width / height;
    };
    // 128 × 288 and 288 × 90 pixels.
    expect(shapeFor(boxOf(0.4, 0.1, 0.6, 0.9))).to.be.within(0.9, 1.1);
    expect(shapeFor(boxOf(0.3, 0.4, 0.75, 0.65))).to.be.above(1.5);
  });

  for (const [shape, frame, box, rect] of [
    ['wide', FRAME, boxOf(0.1, 0.1, 0.7, 1), { x: 0.4 - 0.28125, y: 0, width: 0.5625, height: 1 }],
    ['wide, at its side', FRAME, boxOf(0, 0.1, 0.53, 1), { x: 0.01025, y: 0, width: 0.5625, height: 1 }],
    ['upright', { width: 360, height: 640 }, boxOf(0.1, 0.3, 0.9, 1), { x: 0, y: 0.33375, width: 1, height: 0.5625 }],
  ] as const) {
    it(`should show the largest part around the middle of a person who fits into none, where that pays: a ${shape} frame`, () => {
      const crop = placeCrop(box, frame, inputSizesFor(NETWORKS.selfie as NetworkInput, frame), null);
      if (!crop) throw new Error('No crop');
      expect(crop.isPartial).to.equal(true);
      for (const key of ['x', 'y', 'width', 'height'] as const) expect(crop.rect[key], key).to.be.closeTo(rect[key], 1e-9);
    });
  }

  it('should show no part of a person who fits into none where that does not pay', () => {
    // Too wide for the shapes 1 and 4 / 3, too high for the frame's own.
    const box = boxOf(0.1, 0, 0.9, 1);
    const strided = inputSizesFor(NETWORKS['body-pix'] as NetworkInput, FRAME);
    expect(placeCrop(box, FRAME, strided, null)).to.equal(null);
    const fixed = inputSizesFor(NETWORKS.selfie as NetworkInput, FRAME);
    expect(placeCrop(box, FRAME, fixed, null)?.isPartial).to.equal(true);
    expect(placeCrop(box, FRAME, { ...fixed, paysBeside: false }, null)).to.equal(null);
  });

  it('should tell a crop that holds all of the person from a part of them, and change from one to the other at once', () => {
    const wide = place(boxOf(0.1, 0.1, 0.8, 1), null);
    expect(wide.isPartial).to.equal(true);
    expect(before.isPartial).to.equal(false);
    expect(place(boxOf(0.1, 0.1, 0.8, 1), before)).to.deep.equal(wide);
    expect(place(box, wide)).to.deep.equal(before);
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
    // Within the crop, but nearer to the rim than a person may be.
    const atRim = moved(before.rect.x + before.rect.width - 0.0002 - box.right, 0);
    expect(touchesRim(atRim, before.rect, cellsOf(before.rect, before.size)), 'the test itself').to.equal(true);
    const next = place(atRim, before);
    expect(touchesRim(atRim, next.rect, cellsOf(next.rect, next.size))).to.equal(false);
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
  /** The box at a distance from each side of the part, and the box that is nearer to one of them. */
  const inside = (distance: number): PersonBox => boxOf(0.2 + distance, 0.2 + distance, 0.7 - distance, 0.8 - distance);
  const nearer = (distance: number): PersonBox[] => {
    const far = inside(0.1);
    return [{ ...far, left: 0.2 + distance }, { ...far, top: 0.2 + distance }, { ...far, right: 0.7 - distance }, { ...far, bottom: 0.8 - distance }];
  };

  for (const [name, cells, rim] of [
    ['2 % of the frame where cells are huge', { width: 5, height: 5 }, [0.02, 0.02]],
    ['a quarter of a cell where they are small', { width: 25, height: 40 }, [0.005, 0.00375]],
    ['next to nothing where they are fine', { width: 250, height: 400 }, [0.0005, 0.000375]],
  ] as const) {
    it(`should be of each side by itself, and ${name}`, () => {
      const mask = cellsOf(rect, cells);
      expect(touchesRim(inside(1.01 * Math.max(...rim)), rect, mask), 'as near as allowed').to.equal(false);
      nearer(-0.05).forEach((box) => expect(touchesRim(box, rect, mask), `beyond: ${JSON.stringify(box)}`).to.equal(true));
      nearer(0).forEach((box) => expect(touchesRim(box, rect, mask), `at the rim: ${JSON.stringify(box)}`).to.equal(true));
      const sides = [rim[0], rim[1], rim[0], rim[1]];
      sides.forEach((width, side) => {
        const told = `side ${side}`;
        expect(touchesRim(nearer(0.97 * width)[side] as PersonBox, rect, mask), told).to.equal(true);
        expect(touchesRim(nearer(1.03 * width)[side] as PersonBox, rect, mask), told).to.equal(false);
      });
    });
  }

  it("should not take the frame's own sides for a rim", () => {
    const corner: PictureRect = { x: 0, y: 0.4, width: 0.5, height: 0.6 };
    const mask = cellsOf(corner, { width: 8, height: 8 });
    expect(touchesRim(boxOf(0, 0.5, 0.3, 1), corner, mask)).to.equal(false);
    expect(touchesRim(boxOf(0, 0.5, 0.5, 1), corner, mask)).to.equal(true);
    const whole = { width: 8, height: 8, geometry: FULL_FRAME_GEOMETRY };
    expect(touchesRim(boxOf(0, 0, 1, 1), { x: 0, y: 0, width: 1, height: 1 }, whole)).to.equal(false);
  });
});
