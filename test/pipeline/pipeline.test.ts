import { expect } from 'chai';
import type { PipelineSettings } from '../../src/pipeline/messages';
import { LONGEST_INTERVAL_MS } from '../../src/masks/pacer';
import { MASK_MAX_AGE_MS } from '../../src/pipeline/pipeline';
import { PipelineBench } from '../helpers/pipeline';
import { BLUE, colorAt, expectAll, expectColor, fill, GREEN, RED, ROOM, solidCanvas } from '../helpers/pixels';
import { expectNoGlError } from '../helpers/gl';
import { waitFor } from '../helpers/wait';
import type { Compositor } from '../../src/gl/compositor';

const SIZE = { width: 160, height: 90 };
const GREEN_BACKGROUND: PipelineSettings['background'] = { kind: 'color', color: [0, 1, 0] };
const room = solidCanvas(SIZE, ROOM);

describe('<virtual-background-camera> pipeline', () => {
  let bench: PipelineBench;

  beforeEach(() => {
    bench = new PipelineBench(GREEN_BACKGROUND);
  });

  afterEach(() => {
    if (bench.pipeline.compositor) expectNoGlError(bench.pipeline.compositor);
    bench.dispose();
  });

  /** The first mask is in use. */
  async function findPerson(timeMs: number, frame = room): Promise<void> {
    await bench.connect(frame, timeMs);
    await bench.untilPerson(frame, timeMs);
  }

  it('should show the curtain until the first mask', async () => {
    expect(bench.show(room, 0)).to.equal('curtain');
    expectAll(bench.read(), GREEN);
    const request = await bench.connect(room, 40);
    expect(bench.show(room, 80), 'asked, not answered').to.equal('curtain');
    expectAll(bench.read(), GREEN);
    bench.answer(request, 1);
    await waitFor('the person', () => bench.show(room, 120) === 'person');
    expectAll(bench.read(), ROOM);
    expect(bench.drawn).to.deep.equal(['curtain', 'person']);
  });

  it('should show the curtain again when the mask is too old, and the person with a fresh one', async () => {
    await findPerson(0);
    expect(bench.show(room, MASK_MAX_AGE_MS), 'as old as allowed').to.equal('person');
    expect(bench.show(room, MASK_MAX_AGE_MS + 1)).to.equal('curtain');
    expectAll(bench.read(), GREEN);
    await bench.untilPerson(room, MASK_MAX_AGE_MS + 40);
    expect(bench.drawn).to.deep.equal(['curtain', 'person', 'curtain', 'person']);
  });

  it('should keep the limit on the age of a mask below three seconds', () => {
    expect(MASK_MAX_AGE_MS).to.be.within(200, 3000);
  });

  it('should not cut out one source with the mask of another', async () => {
    await findPerson(0);
    // By then the next mask is due, however busy the machine is.
    const later = LONGEST_INTERVAL_MS + 40;
    const late = await bench.nextRequest(() => bench.show(room, later));
    bench.pipeline.resetSource();
    expect(bench.show(room, later + 40), 'after the change').to.equal('curtain');
    bench.answer(late, 1);
    // The network is asked again only after the late answer has come.
    const fresh = await bench.nextRequest(() => expect(bench.show(room, later + 80)).to.equal('curtain'));
    bench.answer(fresh, 1);
    await waitFor('the person', () => bench.show(room, later + 120) === 'person');
  });

  it('should wait for a new mask when the picture changes its shape, but not its size alone', async () => {
    await findPerson(0);
    expect(bench.show(solidCanvas({ width: 320, height: 180 }, ROOM), 40), 'twice the size').to.equal('person');
    expect(bench.show(solidCanvas({ width: 90, height: 160 }, ROOM), 80), 'turned').to.equal('curtain');
    expect([bench.canvas.width, bench.canvas.height]).to.deep.equal([90, 160]);
    expectAll(bench.read(), GREEN);
  });

  it('should ask for one mask at a time, of the frame just drawn', async () => {
    const red = solidCanvas(SIZE, RED);
    fill(red, BLUE, [0, 0, 0.5, 0.5]);
    const request = await bench.connect(red, 0);
    for (let timeMs = 40; timeMs < 400; timeMs += 40) bench.show(room, timeMs);
    expect(bench.requests).to.have.lengthOf(1);
    expect(request).to.include({ type: 'segment', width: 64, height: 36 });
    const picture = { width: 64, height: 36, data: new Uint8Array(request.buffer) };
    expectColor(colorAt(picture, 0.2, 0.2), BLUE);
    expectColor(colorAt(picture, 0.8, 0.8), RED);
  });

  it('should tell of an inference that failed, and try again', async () => {
    const { id, buffer } = await bench.connect(room, 0);
    bench.send({ type: 'segment-failed', id, buffer, error: { code: 'segmentation-failed', message: 'not finite' } });
    await bench.nextRequest(() => expect(bench.show(room, 40)).to.equal('curtain'));
    expect(bench.events).to.deep.include({ type: 'warning', error: { code: 'segmentation-failed', message: 'not finite' } });
  });

  it('should never use a mask whose values do not make up its size', async () => {
    const { id, buffer } = await bench.connect(room, 0);
    const geometry = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
    const mask = { width: 64, height: 36, data: new Float32Array(100).fill(1), kind: 'probability', geometry } as const;
    bench.send({ type: 'mask', id, mask, buffer, inferenceMs: 0 });
    await bench.nextRequest(() => expect(bench.show(room, 40)).to.equal('curtain'));
    expectAll(bench.read(), GREEN);
  });

  it('should ask for no mask and count raw frames while the background is none', async () => {
    bench.pipeline.configure({ background: { kind: 'none' }, quality: 'medium' });
    bench.send({ type: 'spec', spec: { model: 'selfie', backend: 'wasm', variant: 'fake', input: { kind: 'fixed', sizes: [SIZE] }, inferenceMs: 1 } });
    await waitFor('some frames', () => bench.show(room, performance.now()) === 'raw' && bench.events.filter(({ type }) => type === 'stats').length > 1);
    expect(bench.requests).to.have.lengthOf(0);
    expectAll(bench.read(), ROOM);
    const stats = bench.events.flatMap((event) => (event.type === 'stats' ? [event.stats] : []));
    expect(stats[stats.length - 1]?.rawFrames).to.equal(stats[stats.length - 1]?.outputFrames).and.to.be.above(0);
  });

  it('should never count a raw frame with a background, and count the curtain', async () => {
    for (let timeMs = 0; timeMs < 5; timeMs += 1) bench.show(room, timeMs);
    await waitFor('another report', () => {
      bench.show(room, performance.now());
      return bench.events.filter(({ type }) => type === 'stats').length > 1;
    });
    const reports = bench.events.flatMap((event) => (event.type === 'stats' ? [event.stats] : []));
    const last = reports[reports.length - 1];
    expect(last?.rawFrames).to.equal(0);
    expect(last?.curtainFrames).to.equal(last?.outputFrames).and.to.be.above(5);
    expect(last).to.include(SIZE);
  });

  it('should draw the same frame again after a change of settings', async () => {
    await findPerson(0);
    bench.pipeline.configure({ background: { kind: 'color', color: [0, 0, 1] }, quality: 'high' });
    expect(bench.pipeline.redraw()).to.equal('person');
    bench.pipeline.resetSource();
    expect(bench.pipeline.redraw()).to.equal('curtain');
    expectAll(bench.read(), BLUE);
  });

  it('should close the background bitmap when another comes, and at the end', async () => {
    const [first, second] = [await createImageBitmap(room), await createImageBitmap(room)];
    bench.pipeline.setPicture(first);
    bench.pipeline.setPicture(second);
    expect([first.width, second.width]).to.deep.equal([0, SIZE.width]);
    bench.pipeline.configure({ background: GREEN_BACKGROUND, quality: 'low' });
    expect(second.width, 'no picture is wanted any more').to.equal(0);
    const third = await createImageBitmap(room);
    bench.pipeline.setPicture(third);
    bench.pipeline.dispose();
    expect(third.width).to.equal(0);
  });

  it('should leave no GL object behind', async () => {
    await findPerson(0);
    const { counts } = bench.pipeline.compositor as Compositor;
    bench.pipeline.dispose();
    bench.pipeline.dispose();
    expect(counts).to.deep.equal({ textures: 0, framebuffers: 0, programs: 0, buffers: 0 });
    expect(bench.show(room, 40), 'a late frame').to.equal('not-drawn');
  });
});

describe('<virtual-background-camera> pipeline with a lost GPU context', () => {
  it('should draw nothing while it is lost, and the curtain and the picture when it is back', async () => {
    const bench = new PipelineBench({ kind: 'picture', fit: 'fill' });
    bench.pipeline.setPicture(await createImageBitmap(solidCanvas(SIZE, BLUE)));
    await bench.connect(room, 0);
    await bench.untilPerson(room, 0);
    const extension = bench.pipeline.compositor?.context.gl.getExtension('WEBGL_lose_context');
    extension?.loseContext();
    await waitFor('the loss', () => bench.events.some(({ type }) => type === 'context-lost'));
    expect(bench.show(room, 40)).to.equal('not-drawn');
    expect(bench.pipeline.redraw()).to.equal('not-drawn');
    extension?.restoreContext();
    await waitFor('the return', () => bench.events.some(({ type }) => type === 'context-restored'));
    expect(bench.show(room, 80), 'the old mask went with the context').to.equal('curtain');
    expectAll(bench.read(), BLUE);
    await bench.untilPerson(room, 120);
    expectAll(bench.read(), ROOM);
    if (bench.pipeline.compositor) expectNoGlError(bench.pipeline.compositor);
    bench.dispose();
  });
});
