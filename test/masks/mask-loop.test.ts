import { expect } from 'chai';
import { VirtualBackgroundError, createAbortError } from '../../src/errors';
import { MaskLoop, type MaskSettings } from '../../src/masks/mask-loop';
import type { FrameCopier, Look, MaskSource } from '../../src/masks/mask-source';
import { FULL_FRAME_GEOMETRY, type SegmenterSpec } from '../../src/segmentation/network-input';
import type { SegmentedPicture } from '../../src/segmentation/network-service';
import type { Mask } from '../../src/types';
import { FRAME, circle, drawMask, union, type Shape } from '../helpers/drawn-mask';
import { defer, nextTask, type Deferred } from '../helpers/wait';

const SIZE = { width: 128, height: 72 };
const SPEC: SegmenterSpec = { model: 'selfie', backend: 'wasm', variant: 'fake', inferenceMs: 1, input: { kind: 'fixed', sizes: [SIZE] } };
const WITH_CROP: SegmenterSpec = { ...SPEC, input: { kind: 'fixed', sizes: [SIZE], crop: { width: 96, height: 96 } } };
const head = circle(320, 180, 60);

interface Call {
  frame: FrameCopier;
  look: Look;
  answer: Deferred<SegmentedPicture>;
}

/** A source whose network is the test. */
class FakeSource implements MaskSource {
  onSpecChange: () => void = () => undefined;
  spec: SegmenterSpec | null = null;
  disposals = 0;
  readonly calls: Call[] = [];

  segment(frame: FrameCopier, look: Look): Promise<SegmentedPicture> {
    const answer = defer<SegmentedPicture>();
    this.calls.push({ frame, look, answer });
    return answer.promise;
  }

  dispose(): void {
    this.disposals += 1;
  }

  /** The request that came last. */
  get last(): Call {
    const call = this.calls[this.calls.length - 1];
    if (!call) throw new Error('The network was not asked');
    return call;
  }

  answer(shape: Shape = head, inferenceMs = 5): void {
    const { look, answer } = this.last;
    const { x, y, width, height } = look.rect ?? { x: 0, y: 0, width: 1, height: 1 };
    const geometry = { scaleX: 1 / width, scaleY: 1 / height, offsetX: -x / width, offsetY: -y / height };
    const mask = { ...drawMask({ name: 'fake', ...look.size, geometry, softness: 3 }, shape), geometry: FULL_FRAME_GEOMETRY };
    answer.resolve({ mask, inferenceMs });
  }
}

const frameAt = (timeMs: number): FrameCopier => ({ size: FRAME, timeMs, read: () => undefined, draw: () => ({}) });

/** Whether the person is at a pixel of the frame. */
const isAt = ({ data, width, height }: Mask, x: number, y: number): boolean =>
  (data[Math.floor((y / FRAME.height) * height) * width + Math.floor((x / FRAME.width) * width)] as number) > 0;

describe('<virtual-background-camera> MaskLoop', () => {
  let near: FakeSource;
  let far: FakeSource;
  let loop: MaskLoop;
  let warnings: VirtualBackgroundError[];
  let inferences: number[];
  let specChanges: number;

  beforeEach(() => {
    near = new FakeSource();
    far = new FakeSource();
    far.spec = SPEC;
    [warnings, inferences, specChanges] = [[], [], 0];
    loop = new MaskLoop({
      sources: [near, far],
      onSpecChange: () => (specChanges += 1),
      onInference: (durationMs) => inferences.push(durationMs),
      onWarning: (error) => warnings.push(error),
    });
  });

  const find = (timeMs: number, settings: Partial<MaskSettings> = {}): Promise<Mask | null> => loop.find(frameAt(timeMs), { quality: 'medium', ...settings });
  const messages = (): string[] => warnings.map(({ message }) => message);

  it('should make the mask of a frame, and say how long that took', async () => {
    const frame = frameAt(0);
    const found = loop.find(frame, { quality: 'medium' });
    expect(far.last.frame).to.equal(frame);
    expect(far.last.look).to.deep.equal({ size: SIZE, rect: null });
    far.answer(head, 17);
    const mask = await found;
    expect(mask).to.include({ ...SIZE, kind: 'logit' });
    expect(mask && isAt(mask, 320, 180)).to.equal(true);
    expect(mask && isAt(mask, 100, 180)).to.equal(false);
    expect(inferences).to.deep.equal([17]);
  });

  it('should take one frame at a time, and make no masks of those that come meanwhile', async () => {
    const first = find(0);
    expect(loop.isBusy).to.equal(true);
    expect(await find(40)).to.equal(null);
    expect(far.calls).to.have.length(1);
    far.answer();
    expect(await first).not.to.equal(null);
    expect(loop.isBusy).to.equal(false);
    const next = find(80);
    far.answer();
    expect(await next).not.to.equal(null);
  });

  it('should make none without a network', async () => {
    far.spec = null;
    expect(loop.spec).to.equal(null);
    expect(await find(0)).to.equal(null);
    expect(loop.isBusy).to.equal(false);
    expect([...near.calls, ...far.calls]).to.deep.equal([]);
  });

  it('should ask the first source that has a network', async () => {
    near.spec = WITH_CROP;
    expect(loop.spec).to.equal(WITH_CROP);
    const first = find(0);
    expect([near.calls.length, far.calls.length]).to.deep.equal([1, 0]);
    near.answer(() => -500);
    await first;
    near.spec = null;
    expect(loop.spec).to.equal(SPEC);
    const second = find(40);
    expect([near.calls.length, far.calls.length]).to.deep.equal([1, 1]);
    far.answer();
    await second;
    near.onSpecChange();
    far.onSpecChange();
    expect(specChanges, 'either tells').to.equal(2);
  });

  it('should drop the mask on its way when frames come from elsewhere, without a warning', async () => {
    const late = find(0);
    loop.reset();
    expect(loop.isBusy, 'the network still works').to.equal(true);
    expect(await find(40)).to.equal(null);
    far.answer();
    expect(await late).to.equal(null);
    const next = find(80);
    far.answer();
    expect(await next, 'the next').not.to.equal(null);
    expect(warnings).to.deep.equal([]);
    expect(inferences).to.have.length(1);
  });

  it('should look no closer at a frame that was dropped', async () => {
    far.spec = WITH_CROP;
    const late = find(0);
    loop.reset();
    far.answer();
    expect(await late).to.equal(null);
    expect(far.calls).to.have.length(1);
    const dropped = find(40);
    far.answer();
    await nextTask();
    expect(far.last.look.rect, 'a closer look').not.to.equal(null);
    loop.reset();
    far.answer();
    expect(await dropped).to.equal(null);
  });

  it('should know nobody of before when the network changes', async () => {
    far.spec = WITH_CROP;
    const looksAt = async (timeMs: number): Promise<boolean[]> => {
      const before = far.calls.length;
      const found = find(timeMs);
      let answered = before;
      // Each look is asked for after the answer to the one before.
      while (loop.isBusy) {
        if (far.calls.length > answered) {
          answered = far.calls.length;
          far.answer();
        }
        await nextTask();
      }
      await found;
      return far.calls.slice(before).map(({ look }) => look.rect !== null);
    };
    expect(await looksAt(0)).to.deep.equal([false, true]);
    expect(await looksAt(40)).to.deep.equal([true]);
    far.spec = { ...WITH_CROP, variant: 'another' };
    expect(await looksAt(80)).to.deep.equal([false, true]);
  });

  it('should warn of a failure once, not for every frame, and go on', async () => {
    const fail = async (timeMs: number, error: unknown): Promise<void> => {
      const found = find(timeMs);
      far.last.answer.reject(error);
      expect(await found).to.equal(null);
      expect(loop.isBusy).to.equal(false);
    };
    await fail(0, new VirtualBackgroundError('segmentation-failed', 'not finite'));
    await fail(40, new VirtualBackgroundError('segmentation-failed', 'not finite'));
    expect(messages()).to.deep.equal(['not finite']);
    await fail(80, new TypeError('other trouble'));
    expect(messages()).to.deep.equal(['not finite', 'The person could not be found: other trouble']);
    expect(warnings[1]?.code).to.equal('segmentation-failed');
    const next = find(120);
    far.answer();
    expect(await next).not.to.equal(null);
  });

  it('should not warn of what was called off', async () => {
    const found = find(0);
    far.last.answer.reject(createAbortError());
    expect(await found).to.equal(null);
    const late = find(40);
    loop.reset();
    far.last.answer.reject(new VirtualBackgroundError('segmentation-failed', 'not finite'));
    expect(await late).to.equal(null);
    expect(warnings).to.deep.equal([]);
  });

  it('should not warn of a network that failed because another took its place', async () => {
    const found = find(0);
    far.spec = { ...SPEC, variant: 'another' };
    far.last.answer.reject(new VirtualBackgroundError('segmentation-failed', 'No model is loaded'));
    expect(await found).to.equal(null);
    expect(warnings).to.deep.equal([]);
  });

  it('should refuse a mask whose values do not make up its size', async () => {
    for (const length of [100, SIZE.width * SIZE.height + 1]) {
      const found = find(0);
      const mask: Mask = { ...SIZE, data: new Float32Array(length).fill(9), kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
      far.last.answer.resolve({ mask, inferenceMs: 1 });
      expect(await found, `${length} values`).to.equal(null);
    }
    expect(messages()).to.deep.equal(['The mask has another number of values than its size says']);
    expect(inferences).to.deep.equal([]);
  });

  it('should go on without closer looks where their network cannot be fetched, with a warning', async () => {
    far.spec = WITH_CROP;
    const found = find(0);
    far.answer();
    await nextTask();
    expect(far.last.look.rect).not.to.equal(null);
    far.last.answer.reject(new VirtualBackgroundError('model-load-failed', 'general.bin is not there'));
    const mask = await found;
    expect(mask && isAt(mask, 320, 180)).to.equal(true);
    expect(messages()).to.deep.equal(['closer looks at the person are left out: general.bin is not there']);
    const next = find(40);
    far.answer();
    expect(await next).not.to.equal(null);
    expect(far.calls).to.have.length(3);
  });

  it('should cut out whom the settings say', async () => {
    const both = union(circle(180, 180, 80), circle(520, 180, 50));
    for (const people of ['all', 'main'] as const) {
      const found = find(0, { people });
      far.answer(both);
      const mask = await found;
      expect(mask && [isAt(mask, 180, 180), isAt(mask, 520, 180)], people).to.deep.equal([true, people === 'all']);
    }
  });

  it('should show the network the input size that the settings say', async () => {
    far.spec = { ...SPEC, model: 'body-pix', input: { kind: 'strided', longSide: 257, stride: 16 } };
    for (const [inputScale, width] of [[undefined, 257], [0.5, 129]] as const) {
      const found = find(0, { inputScale });
      expect(far.last.look.size.width).to.equal(width);
      far.last.answer.reject(createAbortError());
      await found;
    }
  });

  it('should let go of every source at the end, and of the mask on its way', async () => {
    const late = find(0);
    loop.dispose();
    expect([near.disposals, far.disposals]).to.deep.equal([1, 1]);
    far.answer();
    expect(await late).to.equal(null);
    expect(inferences).to.deep.equal([]);
  });
});
