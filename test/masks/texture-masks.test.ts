import { expect } from 'chai';
import { TextureMasks } from '../../src/masks/texture-masks';
import type { Compositor } from '../../src/gl/compositor';
import type { LoadRequest } from '../../src/segmentation/messages';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import type { TextureSegmenter } from '../../src/segmentation/texture-segmenter';
import { createCompositor, disposeCompositors } from '../helpers/gl';
import { defer } from '../helpers/wait';

const SPEC: SegmenterSpec = { model: 'selfie', backend: 'webgl', variant: 'fake', input: { kind: 'fixed', sizes: [{ width: 256, height: 144 }] }, inferenceMs: 5 };
const CALLBACKS = { onProgress: () => undefined, onWarning: () => undefined };
const REQUEST = { model: 'selfie' } as LoadRequest;

/** Stands in for the network's end: loading on a GPU takes seconds here and is tested elsewhere. */
class FakeSegmenter {
  disposals = 0;
  load = (): Promise<SegmenterSpec> => Promise.resolve(SPEC);

  dispose(): void {
    this.disposals += 1;
  }
}

describe('<virtual-background-camera> TextureMasks', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  function createMasks(): { masks: TextureMasks; made: ReturnType<typeof defer<TextureSegmenter>>; fake: FakeSegmenter; makes: () => number } {
    const made = defer<TextureSegmenter>();
    const fake = new FakeSegmenter();
    let count = 0;
    const create = (): Promise<TextureSegmenter> => {
      count += 1;
      return made.promise;
    };
    return { masks: new TextureMasks(compositor, create, () => undefined), made, fake, makes: () => count };
  }

  it('should make one segmenter for two loads, of which the newer counts', async () => {
    const { masks, made, fake, makes } = createMasks();
    const loads = [masks.load(REQUEST, CALLBACKS), masks.load(REQUEST, CALLBACKS)];
    made.resolve(fake as unknown as TextureSegmenter);
    expect(await Promise.all(loads)).to.deep.equal([null, SPEC]);
    expect(makes()).to.equal(1);
    expect(masks.spec).to.equal(SPEC);
    expect(fake.disposals).to.equal(0);
  });

  it('should free a segmenter that comes after it was no longer wanted', async () => {
    const { masks, made, fake } = createMasks();
    const load = masks.load(REQUEST, CALLBACKS);
    masks.unload();
    made.resolve(fake as unknown as TextureSegmenter);
    expect(await load).to.equal(null);
    expect(masks.spec).to.equal(null);
    expect(fake.disposals).to.equal(1);
  });

  it('should free the segmenter once when it is unloaded', async () => {
    const { masks, made, fake } = createMasks();
    made.resolve(fake as unknown as TextureSegmenter);
    await masks.load(REQUEST, CALLBACKS);
    masks.unload();
    masks.unload();
    expect(fake.disposals).to.equal(1);
    expect(masks.update({ width: 320, height: 180 }, 0)).to.equal(false);
  });
});
