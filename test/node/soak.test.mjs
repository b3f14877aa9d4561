/** The soak's short form: two minutes of use in which counts stay and heaps don't grow. `npm run soak` is the long one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeRows, judge, slopeOf, unexplained } from '../../bench/soak-judge.mjs';
import { openSoakPage } from '../../bench/soak-page.mjs';
import { BACKGROUNDS, changeBackgrounds, settle } from '../../bench/soak-use.mjs';

/** Both hosts together: two minutes. */
const LOOKS = 15;
const LOOK_MS = 2000;
/** Each background once: what its passes make, they keep. */
const WARM_UP_LOOKS = BACKGROUNDS.length;

const sleep = (ms) => new Promise((later) => setTimeout(later, ms));
/** What a page looks like that leaks nothing. */
const flat = (index) => ({ timeMs: index * 1000, pageHeapMb: 5 + (index % 2) * 0.3, workerHeapMb: 9, browserMb: 300, nodes: 40, listeners: 12, glObjects: 60 + (index % 2), tensors: 100 + (index % 3), tracks: 3, bitmaps: 1, workers: 2, rawFrames: 0 });

describe('the soak itself', () => {
  const brokenIn = (change) => judge(Array.from({ length: 12 }, (_value, index) => ({ ...flat(index), ...change(index) }))).filter(({ ok }) => !ok).map(({ name }) => name);

  it('should take noise for what it is', () => assert.deepEqual(brokenIn(() => ({})), []));
  it('should see a slow leak of the heap', () => assert.deepEqual(brokenIn((index) => ({ pageHeapMb: 5 + index * 0.2 })), ['pageHeapMb']));
  it('should see objects that gather', () => assert.deepEqual(brokenIn((index) => ({ glObjects: 60 + index, tracks: index > 8 ? 4 : 3 })), ['glObjects', 'tracks']));
  it('should see the room', () => assert.deepEqual(brokenIn((index) => ({ rawFrames: index === 11 ? 1 : 0 })), ['rawFrames']));
  it('should let a start lose a frame on its way, and nothing else', () => {
    const lost = 'page: A VideoFrame was garbage collected without being closed.';
    assert.deepEqual(unexplained([lost, 'page: other', lost, lost], 2), ['page: other', lost]);
  });
  it('should measure slopes in spite of one outlier', () => {
    assert.equal(slopeOf([0, 1, 2, 3, 4, 5, 6].map((x) => ({ x, y: x === 3 ? 500 : 2 * x }))), 2);
  });
});

for (const host of ['worker', 'window']) {
  describe(`a long visit, ${host} host`, () => {
    let opened;
    before(async () => {
      opened = await openSoakPage({ host });
    });
    after(() => opened?.close());

    it('should hold no more at its end than at its start', { timeout: 600_000 }, async (context) => {
      const { page } = opened;
      await page.evaluate(() => globalThis.camera.start().then(() => undefined));
      const samples = [];
      for (let look = 0; look < LOOKS + WARM_UP_LOOKS; look += 1) {
        await page.evaluate((background) => void (globalThis.camera.background = background), BACKGROUNDS[look % BACKGROUNDS.length]);
        await sleep(LOOK_MS);
        await page.evaluate(changeBackgrounds, 1, ['teal']);
        const sample = await opened.sample();
        if (look >= WARM_UP_LOOKS) samples.push(sample);
      }
      const rows = judge(samples);
      context.diagnostic(`\n${describeRows(rows)}`);
      assert.ok(samples.at(-1).frames > samples[0].frames, 'frames went out');
      assert.ok(samples[0].glObjects > 10 && samples[0].tensors > 10 && samples[0].tracks > 0 && samples[0].workers > 0, 'it is counted');
      assert.deepEqual(rows.filter(({ ok }) => !ok).map(({ name }) => name), [], JSON.stringify([samples[0].gl, samples.at(-1).gl]));
      assert.deepEqual(samples.at(-1).problems, []);

      await page.evaluate(() => globalThis.camera.stop());
      await page.evaluate(settle);
      const { state, workers, tracks, glObjects, bitmaps } = await opened.sample();
      assert.deepEqual({ state, workers, tracks, glObjects, bitmaps }, { state: 'idle', workers: 0, tracks: 0, glObjects: 0, bitmaps: 0 });
      assert.deepEqual(unexplained(opened.watched.messages, 1), []);
    });
  });
}
