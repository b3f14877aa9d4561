import { expect } from 'chai';
import { VirtualBackgroundError } from '../../src/errors';
import type { Look } from '../../src/masks/mask-source';
import { MaskTracker, type TrackerRequest } from '../../src/masks/tracker';
import { inputSizesFor, stridedGeometry, FULL_FRAME_GEOMETRY, type SegmenterSpec } from '../../src/segmentation/network-input';
import { QUALITIES, type Mask, type PictureRect, type Quality, type Size } from '../../src/types';
import { FRAME, box, circle, createNoise, drawMask, person, union, without, type Shape } from '../helpers/drawn-mask';
import { expectRejection } from '../helpers/errors';

const CROP: Size = { width: 96, height: 96 };
const base = { backend: 'wasm', inferenceMs: 10, variant: 'drawn' } as const;
const SELFIE: SegmenterSpec = { ...base, model: 'selfie', input: { kind: 'fixed', sizes: [{ width: 128, height: 72 }, CROP], crop: CROP } };
const WITHOUT_CROP: SegmenterSpec = { ...base, model: 'selfie', input: { kind: 'fixed', sizes: [{ width: 128, height: 72 }] } };
const BODY_PIX: SegmenterSpec = { ...base, model: 'body-pix', input: { kind: 'strided', longSide: 257, stride: 16 } };
const MASK_MS = 66;
/** A crop that a person left is not tried again for this long. */
const RESTLESS_FRAMES = Math.ceil(300 / MASK_MS);
const NOBODY: Shape = () => -500;
const WHOLE: PictureRect = { x: 0, y: 0, width: 1, height: 1 };

/** A network's mask of a shape as it looks at it: as if the part of the frame were the frame. */
function see(shape: Shape, { size, rect }: Look, { input }: SegmenterSpec): Mask {
  const stride = input.kind === 'strided' ? input.stride : null;
  const cells = stride ? { width: (size.width - 1) / stride + 1, height: (size.height - 1) / stride + 1 } : size;
  const seen = stride ? stridedGeometry(size, cells, stride) : FULL_FRAME_GEOMETRY;
  const { x, y, width, height } = rect ?? WHOLE;
  const scale = { scaleX: seen.scaleX / width, scaleY: seen.scaleY / height };
  const drawn = { ...scale, offsetX: seen.offsetX - x * scale.scaleX, offsetY: seen.offsetY - y * scale.scaleY };
  return { ...drawMask({ name: 'seen', ...cells, geometry: drawn, softness: 4 }, shape), geometry: seen };
}

/** The mask's value at a pixel of the frame, as it is drawn: beside a part, nobody is there unless the whole says so. */
function valueAt({ data, width, height, geometry, rect = WHOLE, around }: Mask, x: number, y: number): number {
  const [u, v] = [x / FRAME.width, y / FRAME.height];
  const isWithin = u >= rect.x && u <= rect.x + rect.width && v >= rect.y && v <= rect.y + rect.height;
  if (!isWithin) return around ? valueAt(around, x, y) : -Infinity;
  const column = Math.floor((u * geometry.scaleX + geometry.offsetX) * width);
  const row = Math.floor((v * geometry.scaleY + geometry.offsetY) * height);
  return data[row * width + column] as number;
}

interface Seen {
  looks: Look[];
  /** What the network saw at each look, in order. */
  masks: Mask[];
  mask: Mask;
}

/** Shows drawn people to a tracker, frame by frame. */
class Watcher {
  readonly warnings: VirtualBackgroundError[] = [];
  readonly tracker = new MaskTracker((error) => this.warnings.push(error));
  timeMs = 1000;
  /** What the network throws at a closer look. */
  cropFailure: Error | null = null;
  /** What the network misses of people at a closer look. */
  missing: Shape | null = null;

  constructor(
    readonly spec = SELFIE,
    readonly request: Partial<TrackerRequest> = {},
  ) {}

  async watch(shape: Shape): Promise<Seen> {
    const looks: Look[] = [];
    const masks: Mask[] = [];
    const segment = (look: Look): Promise<Mask> => {
      looks.push(look);
      if (look.rect && this.cropFailure) return Promise.reject(this.cropFailure);
      const mask = see(look.rect && this.missing ? without(shape, this.missing) : shape, look, this.spec);
      masks.push(mask);
      return Promise.resolve(mask);
    };
    const mask = await this.tracker.find({ spec: this.spec, frame: FRAME, timeMs: this.timeMs, quality: 'medium', ...this.request }, segment);
    this.timeMs += MASK_MS;
    return { looks, masks, mask };
  }

  /** The looks at each frame: `W` at the whole of it, `C` at a crop. */
  async follow(shape: Shape, frames = 1): Promise<string> {
    const seen: string[] = [];
    for (let frame = 0; frame < frames; frame++) seen.push((await this.watch(shape)).looks.map(({ rect }) => (rect ? 'C' : 'W')).join(''));
    return seen.join(' ');
  }

  async rectFor(shape: Shape): Promise<PictureRect> {
    const { rect } = (await this.watch(shape)).mask;
    if (!rect) throw new Error('The mask is of the whole frame');
    return rect;
  }
}

/** A head alone, small enough for a close look. */
const head = (x = 320, y = 180): Shape => circle(x, y, 60);

describe('<virtual-background-camera> MaskTracker', () => {
  it('should look at the whole frame first and closer at once, then at the person alone, and at the whole again now and then', async () => {
    expect(await new Watcher().follow(head(), 17)).to.equal('WC C C C C C C C WC C C C C C C C WC');
    expect(await new Watcher(SELFIE, { quality: 'high' }).follow(head(), 9), 'twice as often at high').to.equal('WC C C C WC C C C WC');
  });

  it('should look at the whole frame alone as long as there is nobody', async () => {
    const watcher = new Watcher();
    expect(await watcher.follow(NOBODY, 4)).to.equal('W W W W');
    expect(await watcher.follow(head(), 3), 'somebody came').to.equal('WC C C');
  });

  it('should look at the whole frame alone where a closer look would show hardly more', async () => {
    const filling = box(40, 15, 600, 345);
    expect(await new Watcher(BODY_PIX).follow(filling, 3), 'a person who fills the frame').to.equal('W W W');
    expect(await new Watcher(BODY_PIX).follow(circle(320, 180, 150), 3), 'a person whom a part holds').to.equal('WC C C');
  });

  it('should never spend the dear crop of a network of fixed sizes at low, and crop others at any quality', async () => {
    expect(await new Watcher(SELFIE, { quality: 'low' }).follow(head(), 3)).to.equal('W W W');
    for (const quality of QUALITIES) expect(await new Watcher(BODY_PIX, { quality }).follow(head(), 3), quality).to.equal('WC C C');
    expect(await new Watcher(WITHOUT_CROP, { quality: 'high' }).follow(head(), 3), 'a network without crops').to.equal('W W W');
  });

  it('should show networks the sizes that they know', async () => {
    const selfie = await new Watcher().watch(head());
    expect(selfie.looks.map(({ size }) => size)).to.deep.equal([{ width: 128, height: 72 }, CROP]);
    expect(selfie.looks[0]?.rect).to.equal(null);
    for (const inputScale of [1, 0.65]) {
      const { looks } = await new Watcher(BODY_PIX, { inputScale }).watch(head());
      const { whole, crops } = inputSizesFor(BODY_PIX.input, FRAME, inputScale);
      expect(looks[0]?.size).to.deep.equal(whole);
      expect(crops).to.deep.include(looks[1]?.size);
    }
  });

  for (const [name, spec] of [['selfie', SELFIE], ['body-pix', BODY_PIX]] as const) {
    it(`should say of which part of the frame a mask is, and where its samples lie in the frame: ${name}`, async () => {
      const watcher = new Watcher(spec);
      const shape = head(250, 140);
      for (let frame = 0; frame < 10; frame++) {
        const { looks, mask } = await watcher.watch(shape);
        const { rect } = mask;
        expect(rect, 'the last look').to.deep.equal(looks[looks.length - 1]?.rect);
        if (!rect) throw new Error('The mask is of the whole frame');
        // A cell of the network as it looks at the part, in pixels of the frame.
        const cell = FRAME.width / (mask.width * mask.geometry.scaleX);
        let [inside, outside] = [0, 0];
        for (let step = 1; step < 20; step++) {
          for (const [x, y] of [[step / 20, 0.5], [0.5, step / 20]] as const) {
            const place = [(rect.x + x * rect.width) * FRAME.width, (rect.y + y * rect.height) * FRAME.height] as const;
            const depth = shape(...place);
            if (Math.abs(depth) < cell) continue;
            expect(Math.sign(valueAt(mask, ...place)), `${place.join()}, ${depth} deep`).to.equal(Math.sign(depth));
            if (depth > 0) inside += 1;
            else outside += 1;
          }
        }
        expect(Math.min(inside, outside), 'places compared').to.be.above(3);
      }
    });
  }

  it('should drop islands in crops as well', async () => {
    const watcher = new Watcher();
    const { x, y, width, height } = await watcher.rectFor(head());
    // In the far corner of what it looks at, but away from the rim.
    const [islandX, islandY] = [(x + 0.12 * width) * FRAME.width, (y + 0.12 * height) * FRAME.height];
    const { mask } = await watcher.watch(union(head(), circle(islandX, islandY, 5)));
    expect(mask.rect).to.deep.equal({ x, y, width, height });
    expect(valueAt(mask, islandX, islandY), 'the island').to.be.below(-1);
    expect(valueAt(mask, 320, 180), 'the head').to.be.above(1);
  });

  it('should look closer at the main person where others are to go, and at all of them where they are to stay', async () => {
    const both = union(circle(160, 180, 70), circle(540, 180, 50));
    const all = await new Watcher(SELFIE, { people: 'all' }).watch(both);
    expect(all.mask.around, 'too far apart for one part').not.to.equal(undefined);
    for (const [x, y] of [[160, 180], [540, 180]] as const) expect(valueAt(all.mask, x, y)).to.be.above(0);
    const main = new Watcher(SELFIE, { people: 'main' });
    const { mask } = await main.watch(both);
    expect((mask.rect?.x ?? 1) * FRAME.width).to.be.below(160 - 70);
    expect(((mask.rect?.x ?? 1) + (mask.rect?.width ?? 1)) * FRAME.width).to.be.within(160 + 70, 540 - 50);
    expect(await main.follow(both, 3)).to.equal('C C C');
  });

  describe('with a person who reaches beyond every part that the network can see', () => {
    // 480 pixels wide; a square of a frame of 640 × 360 has 360.
    const wide = box(80, 60, 560, 360);

    it('should look at the whole of every frame as well, and use that outside the part', async () => {
      const watcher = new Watcher();
      for (let frame = 0; frame < 12; frame++) {
        // In another place each time, so that the whole of another frame would show.
        const moved = box(80 + 3 * frame, 60, 560 + 3 * frame, 360);
        const { looks, masks, mask } = await watcher.watch(moved);
        expect(looks.map(({ rect }) => rect !== null), `frame ${frame}`).to.deep.equal([false, true]);
        expect(mask.rect).to.deep.equal(looks[1]?.rect);
        expect(mask.rect?.width).to.be.closeTo(360 / 640, 1e-9);
        expect(mask.data, 'within').to.equal(masks[1]?.data);
        expect(mask.around?.data, 'outside: the whole of the same frame').to.equal(masks[0]?.data);
        for (const x of [95, 545]) expect(valueAt(mask, x + 3 * frame, 200), `frame ${frame}, a side`).to.be.above(0);
        for (const x of [65, 575]) expect(valueAt(mask, x + 3 * frame, 200), `frame ${frame}, beside`).to.be.below(0);
      }
    });

    it('should look at the person alone once they fit', async () => {
      const watcher = new Watcher();
      expect(await watcher.follow(wide, 3)).to.equal('WC WC WC');
      // The track still says that they shrink.
      await watcher.follow(head(), 2);
      expect(await watcher.follow(head(), 3)).to.equal('C C C');
      expect((await watcher.watch(head())).mask.around).to.equal(undefined);
    });

    it('should take no part where the network is the same at all sizes, nor at low', async () => {
      const filling = box(40, 15, 600, 345);
      expect(await new Watcher(BODY_PIX).follow(filling, 3)).to.equal('W W W');
      expect(await new Watcher(SELFIE, { quality: 'low' }).follow(wide, 3)).to.equal('W W W');
    });

    it('should drop islands on both sides of the seam', async () => {
      const watcher = new Watcher();
      const alone = union(box(80, 160, 560, 360), circle(320, 40, 8), circle(40, 40, 8));
      const { mask } = await watcher.watch(alone);
      expect(mask.around, 'the test itself').not.to.equal(undefined);
      expect(valueAt(mask, 320, 40), 'in the part').to.be.below(0);
      expect(valueAt(mask, 40, 40), 'outside').to.be.below(0);
    });
  });

  describe('with a network that loses people at a closer look', () => {
    /** A head of which a share is missing: the top of it. */
    const missingTop = (depth: number): Shape => box(0, 0, 640, 180 - 60 + depth);
    /** A share of a head's area above a depth; the head is 60 pixels in radius. */
    const shareAbove = (depth: number): number => {
      const angle = 2 * Math.acos(1 - depth / 60);
      return (angle - Math.sin(angle)) / (2 * Math.PI);
    };
    const CLOSER_MS = 4000;

    it('should use the whole frame for four seconds where a closer look shows less than 93 % of it', async () => {
      const watcher = new Watcher(BODY_PIX);
      watcher.missing = missingTop(40);
      expect(shareAbove(40), 'the test itself').to.be.above(0.2);
      const startMs = watcher.timeMs;
      const { looks, masks, mask } = await watcher.watch(head());
      expect(looks.map(({ rect }) => rect !== null)).to.deep.equal([false, true]);
      expect(mask.rect).to.equal(undefined);
      expect(mask.data, 'the whole of the same frame').to.equal(masks[0]?.data);
      expect(valueAt(mask, 320, 135), 'what the closer look lost').to.be.above(0);
      const frames = Math.ceil((startMs + CLOSER_MS - watcher.timeMs) / MASK_MS);
      expect(await watcher.follow(head(), frames)).to.equal(Array(frames).fill('W').join(' '));
      expect(await watcher.follow(head()), 'tried again').to.include('C');
    });

    it('should look closer again after four seconds where nothing is lost any more, or after a reset', async () => {
      const watcher = new Watcher(BODY_PIX);
      watcher.missing = missingTop(40);
      expect(await watcher.follow(head(), 2)).to.equal('WC W');
      watcher.missing = null;
      expect(await watcher.follow(head()), 'not yet').to.equal('W');
      // The next whole would be due anyway.
      watcher.timeMs += CLOSER_MS;
      expect(await watcher.follow(head(), 2)).to.equal('WC C');
      watcher.missing = missingTop(40);
      watcher.tracker.reset();
      expect(await watcher.follow(head(), 2)).to.equal('WC W');
      watcher.missing = null;
      watcher.tracker.reset();
      expect(await watcher.follow(head(), 2)).to.equal('WC C');
    });

    it('should find out at the next look at the whole frame', async () => {
      const watcher = new Watcher(BODY_PIX);
      expect(await watcher.follow(head(), 3)).to.equal('WC C C');
      watcher.missing = missingTop(40);
      // Nothing to compare with until then.
      const seen = (await watcher.follow(head(), 8)).split(' ');
      expect(seen.slice(0, 5)).to.deep.equal(Array(5).fill('C'));
      expect(seen.slice(-2)).to.deep.equal(['W', 'W']);
      expect(seen.filter((looks) => looks === 'WC')).to.have.length(1);
    });

    it('should bear what the sizes of cells alone make of it', async () => {
      const watcher = new Watcher(BODY_PIX);
      watcher.missing = missingTop(5);
      expect(shareAbove(5), 'the test itself').to.be.below(0.03);
      expect(await watcher.follow(head(), 3)).to.equal('WC C C');
    });

    it('should not judge a crop by people who stand outside of it', async () => {
      const watcher = new Watcher(BODY_PIX, { people: 'main' });
      expect(await watcher.follow(union(circle(160, 180, 70), circle(560, 180, 60)), 3)).to.equal('WC C C');
    });

    it('should trust the bundled network', async () => {
      const watcher = new Watcher(SELFIE);
      watcher.missing = missingTop(40);
      expect(await watcher.follow(head(), 3)).to.equal('WC C C');
    });
  });

  it('should find somebody who comes in beside the person within half a second', async () => {
    const watcher = new Watcher();
    await watcher.follow(head(200), 2);
    const both = union(head(200), circle(560, 180, 50));
    let frames = 0;
    for (let found = false; !found; frames++) found = valueAt((await watcher.watch(both)).mask, 560, 180) > 0;
    expect(frames * MASK_MS).to.be.at.most(500 + MASK_MS);
  });

  it('should look at the whole of the same frame when the person is gone from the crop', async () => {
    const watcher = new Watcher();
    await watcher.follow(head(), 2);
    const gone = await watcher.watch(NOBODY);
    expect(gone.looks.map(({ rect }) => rect !== null)).to.deep.equal([true, false]);
    expect(gone.mask.rect, 'the mask of the whole').to.equal(undefined);
    expect(Math.max(...gone.mask.data)).to.be.below(0);
    expect(await watcher.follow(NOBODY, 2)).to.equal('W W');
    expect(await watcher.follow(head(150, 100), 2), 'somebody comes').to.equal('WC C');
  });

  it('should find a person who has jumped out of the crop, in the same frame', async () => {
    const watcher = new Watcher();
    await watcher.follow(head(150), 2);
    const { looks, mask } = await watcher.watch(head(480));
    expect(looks.map(({ rect }) => (rect ? 'C' : 'W')).join('')).to.equal('CWC');
    expect(valueAt(mask, 480, 180)).to.be.above(0);
  });

  it("should look at the whole of the same frame when the person touches the crop's rim, and for 300 ms after it", async () => {
    const watcher = new Watcher();
    const { x, width } = await watcher.rectFor(head());
    const right = (x + width) * FRAME.width;
    expect(await watcher.follow(head(right - 60 - 25)), 'well inside').to.equal('C');
    watcher.tracker.reset();
    await watcher.watch(head());
    const touching = head(right - 60);
    const { looks, mask } = await watcher.watch(touching);
    expect(looks.map(({ rect }) => (rect ? 'C' : 'W')).join('')).to.equal('CW');
    expect(mask.rect).to.equal(undefined);
    expect(valueAt(mask, right - 5, 180), 'what the crop would have cut off').to.be.above(0);
    expect(await watcher.follow(touching, RESTLESS_FRAMES)).to.equal([...Array<string>(RESTLESS_FRAMES - 1).fill('W'), 'WC'].join(' '));
    expect((await watcher.rectFor(touching)).x, 'then further to the right').to.be.above(x);
  });

  it("should not take the frame's own border for the crop's rim", async () => {
    // Shoulders leave the frame at the bottom.
    expect(await new Watcher().follow(person(320, 150), 5)).to.equal('WC C C C C');
    expect(await new Watcher().follow(circle(0, 180, 70), 5)).to.equal('WC C C C C');
  });

  for (const offset of [0, 8, 14, 20, 26, 32, 60]) {
    it(`should come to rest at a person who stands still after a step of ${offset} pixels`, async () => {
      const watcher = new Watcher();
      // Almost as high as a square may be.
      const broad = (x: number): Shape => box(x - 118, 60, x + 118, 340);
      await watcher.follow(broad(320), 2);
      await watcher.follow(broad(320 + offset), 10);
      const seen = (await watcher.follow(broad(320 + offset), 16)).split(' ');
      expect(new Set(seen), seen.join(' ')).to.deep.equal(new Set(['C', 'WC']));
      expect(seen.filter((looks) => looks === 'WC')).to.have.length(2);
      const rects = [await watcher.rectFor(broad(320 + offset)), await watcher.rectFor(broad(320 + offset))];
      expect(rects[0], 'the crop is still').to.deep.equal(rects[1]);
    });
  }

  it('should go ahead of a person who walks, so that no frame takes a look too many', async () => {
    const watcher = new Watcher();
    await watcher.follow(head(120), 2);
    const seen: string[] = [];
    for (let x = 120; x <= 520; x += 8) seen.push(await watcher.follow(head(x)));
    expect(seen.filter((looks) => looks !== 'C' && looks !== 'WC'), seen.join(' ')).to.deep.equal([]);
  });

  it('should go ahead of an arm that is stretched out, faster and faster', async () => {
    const watcher = new Watcher(BODY_PIX);
    const stretched = (reach: number): Shape => union(person(250, 100), box(250, 220, 350 + reach, 250));
    await watcher.follow(stretched(0), 2);
    const seen: string[] = [];
    for (let step = 0, reach = 0; reach < 220; step += 1, reach += 2 + 1.5 * step) seen.push(await watcher.follow(stretched(reach)));
    expect(seen.filter((looks) => looks.startsWith('CW')), seen.join(' ')).to.have.length.at.most(2);
  });

  for (const [name, spec] of [['selfie', SELFIE], ['body-pix', BODY_PIX]] as const) {
    for (const seed of [1, 2, 3]) {
      it(`should never cut anybody off at a crop's rim, however they move: ${name}, ${seed}`, async () => {
        const watcher = new Watcher(spec, { quality: 'high' });
        const noise = createNoise(seed);
        let [x, y, speed] = [320, 180, 0];
        let crops = 0;
        for (let frame = 0; frame < 150; frame++) {
          // Stands, walks, runs, and now and then leaps.
          if (frame % 10 === 0) speed = [0, 6, 25, 90][Math.floor(2 + 1.99 * noise())] as number;
          x = Math.min(560, Math.max(80, x + speed * noise()));
          y = Math.min(300, Math.max(60, y + speed * noise()));
          const { mask } = await watcher.watch(head(x, y));
          const { rect } = mask;
          for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1]] as const) {
            const place = [x + dx * 56, y + dy * 56] as const;
            if (Math.min(place[0], FRAME.width - place[0], place[1], FRAME.height - place[1]) < 0) continue;
            const [u, v] = [place[0] / FRAME.width, place[1] / FRAME.height];
            if (rect && !mask.around) {
              const isWithin = u >= rect.x && u <= rect.x + rect.width && v >= rect.y && v <= rect.y + rect.height;
              expect(isWithin, `frame ${frame}, ${dx}, ${dy}: within the crop`).to.equal(true);
            }
          }
          expect(valueAt(mask, x, y), `frame ${frame}`).to.be.above(0);
          if (rect) crops += 1;
        }
        expect(crops, 'masks of crops').to.be.above(20);
      });
    }
  }

  it('should look at the whole frame after a pause', async () => {
    const watcher = new Watcher();
    await watcher.follow(head(), 2);
    watcher.timeMs += 300;
    expect(await watcher.follow(head()), 'a moment').to.equal('C');
    watcher.timeMs += 2000;
    expect(await watcher.follow(head(), 2), 'two seconds').to.equal('WC C');
  });

  it('should know nothing after a reset', async () => {
    const watcher = new Watcher();
    expect(await watcher.follow(head(), 3)).to.equal('WC C C');
    watcher.tracker.reset();
    expect(await watcher.follow(head(), 2)).to.equal('WC C');
    watcher.tracker.reset();
    expect(await watcher.follow(NOBODY)).to.equal('W');
  });

  it('should go on without crops where their network cannot be fetched, say so once, and try again after a reset', async () => {
    const watcher = new Watcher();
    watcher.cropFailure = new VirtualBackgroundError('model-load-failed', 'general.bin is not there');
    const { looks, mask } = await watcher.watch(head());
    expect(looks).to.have.length(2);
    expect(mask.rect).to.equal(undefined);
    expect(valueAt(mask, 320, 180)).to.be.above(0);
    expect(await watcher.follow(head(), 12)).to.equal(Array(12).fill('W').join(' '));
    expect(watcher.warnings.map(({ code, message }) => `${code}: ${message}`)).to.deep.equal(['model-variant-unavailable: closer looks at the person are left out: general.bin is not there']);
    watcher.cropFailure = null;
    watcher.tracker.reset();
    expect(await watcher.follow(head(), 2)).to.equal('WC C');
  });

  it('should leave every other failure to the caller', async () => {
    const watcher = new Watcher();
    watcher.cropFailure = new VirtualBackgroundError('segmentation-failed', 'not finite');
    await expectRejection(watcher.watch(head()), 'segmentation-failed', /not finite/);
    const failure = new VirtualBackgroundError('model-load-failed', 'no network at all');
    const find = (quality: Quality): Promise<Mask> => new MaskTracker().find({ spec: SELFIE, frame: FRAME, timeMs: 0, quality }, () => Promise.reject(failure));
    await expectRejection(find('medium'), 'model-load-failed', /no network at all/);
    expect(watcher.warnings).to.deep.equal([]);
  });
});
