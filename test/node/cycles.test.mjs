/**
 * Starts, stops and changes of the background, many times over, with everything real: workers, model, GPU context and
 * camera. `npm run soak -- --cycles` does a thousand and five thousand; here it is as many as CI has time for.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTS, describeRows, judge, unexplained } from '../../bench/soak-judge.mjs';
import { openSoakPage } from '../../bench/soak-page.mjs';
import { BACKGROUNDS, changeBackgrounds, settle, startAndStop } from '../../bench/soak-use.mjs';

const LIMIT = { timeout: 600_000 };
const PARTS = 5;
const STARTS = 20;
const CHANGES = 200;
const WARM_UP_STARTS = 5;

for (const host of ['worker', 'window']) {
  describe(`starts, stops and changes, ${host} host`, () => {
    let opened;
    before(async () => {
      opened = await openSoakPage({ host, width: 160, height: 96 });
    });
    after(() => opened?.close());

    /** What lives after each part of so many rounds. */
    async function measure(run, times, ...rest) {
      const samples = [];
      for (let part = 0; part < PARTS; part += 1) {
        await opened.page.evaluate(run, times / PARTS, ...rest);
        await opened.page.evaluate(settle);
        samples.push(await opened.sample());
      }
      return samples;
    }

    let starts = 0;

    function assertFlat(samples, context) {
      const rows = judge(samples);
      context.diagnostic(`\n${describeRows(rows)}`);
      assert.deepEqual(rows.filter(({ ok }) => !ok).map(({ name }) => name), [], JSON.stringify(samples.map(({ gl }) => gl)));
      assert.deepEqual(samples.at(-1).problems, []);
      assert.deepEqual(unexplained(opened.watched.messages, starts), []);
    }

    it(`should hold nothing after ${STARTS} starts and stops`, LIMIT, async (context) => {
      starts += WARM_UP_STARTS + STARTS;
      await opened.page.evaluate(startAndStop, WARM_UP_STARTS);
      const samples = await measure(startAndStop, STARTS);
      assertFlat(samples, context);
      for (const name of COUNTS) assert.equal(samples.at(-1)[name], 0, name);
    });

    it(`should hold what it held before after ${CHANGES} changes of the background`, LIMIT, async (context) => {
      starts += 1;
      await opened.page.evaluate(() => globalThis.camera.start().then(() => undefined));
      await opened.page.evaluate(changeBackgrounds, 60, BACKGROUNDS);
      assertFlat(await measure(changeBackgrounds, CHANGES, BACKGROUNDS), context);
      await opened.page.evaluate(() => globalThis.camera.stop());
      await opened.page.evaluate(settle);
      const end = await opened.sample();
      for (const name of COUNTS) assert.equal(end[name], 0, name);
    });
  });
}
