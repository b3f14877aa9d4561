/** Runs the very code of docs/chime.md in the local meeting. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bundleDocs } from '../chime/docs-code.mjs';
import { readPersonRanges } from '../chime/clip.mjs';
import { MAX_ROOM_SHARE, describeMeasured, judge, showsPerson } from '../chime/judge.mjs';
import { GREEN, Participant } from '../chime/participant.mjs';
import { Stage } from '../chime/stage.mjs';

const TIME_LIMIT_MS = 240_000;
/** `#204060`, the colour of the page's examples. */
const NIGHT = { ...GREEN, color: [32, 64, 96] };
const PAGE = `<!doctype html><title>docs</title><link rel="icon" href="data:,">
<virtual-background-camera id="camera" model="selfie" quality="low" width="640" height="360"></virtual-background-camera>
<audio></audio>
<script type="module" src="/chime/watch-page.mjs"></script>
<script type="module" src="/docs.js"></script>
<script type="module">
  globalThis.client = {
    names: {},
    async run(block, given) {
      Object.assign(client.names, given, await docs[block]({ ...client.names, ...given }));
      globalThis.camera = client.names.camera;
    },
    // Not the page's own: the statistics of the sender.
    async sent() {
      const report = [...(await client.names.audioVideo.getRTCPeerConnectionStats()).values()];
      return { frames: report.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')?.framesSent ?? 0 };
    },
  };
</script>`;

describe('the code of docs/chime.md', { timeout: 2 * TIME_LIMIT_MS }, () => {
  let stage;
  let participant;
  let ranges;

  before(async () => {
    stage = await Stage.open();
    ranges = await readPersonRanges(stage);
    stage.files.set('/docs.html', PAGE);
    stage.files.set('/docs.js', await bundleDocs());
    participant = await Participant.open(stage, { path: 'docs.html' });
  });

  after(() => stage?.close());

  const run = (block, given = {}) => participant.page.evaluate((...args) => globalThis.client.run(...args), block, given);
  const isNight = (frame) => frame.off <= MAX_ROOM_SHARE && showsPerson(frame, ranges);

  async function sees(test, label) {
    await participant.expect(NIGHT);
    await participant.waitForFrames(isNight);
    const measured = await participant.measure(1000);
    test.diagnostic(`${label}: ${describeMeasured(measured, ranges)}`);
    const { person, room } = judge(measured, ranges);
    assert.ok(room <= MAX_ROOM_SHARE, 'the room is never seen');
    assert.ok(person > 0.5, 'the person is there');
  }

  it('should join and send', { timeout: TIME_LIMIT_MS }, async () => {
    stage.files.set('/join', JSON.stringify(participant.info));
    await run(0);
    await participant.watch([NIGHT]);
  });

  it('should change the background', { timeout: TIME_LIMIT_MS }, async (test) => {
    await run(1);
    await sees(test, 'background changed');
  });

  it('should turn the video off and on', { timeout: TIME_LIMIT_MS }, async (test) => {
    await run(2);
    await participant.watch([NIGHT]);
    await sees(test, 'on again');
  });

  it('should share the screen behind the person', { timeout: TIME_LIMIT_MS }, async () => {
    await run(3);
    await run(4);
    await participant.watch([NIGHT], `${participant.id}#content`);
    const gone = new Promise((resolve) => stage.meeting.once('gone', resolve));
    await run(5);
    assert.equal((await gone).attendeeId, `${participant.id}#content`);
    assert.equal(await participant.page.evaluate(() => globalThis.camera.stream.getVideoTracks()[0].readyState), 'live');
  });

  it('should send a transformed device', { timeout: TIME_LIMIT_MS }, async (test) => {
    await participant.page.evaluate(() => globalThis.camera.stop());
    await run(6);
    await participant.watch([NIGHT]);
    await sees(test, 'transformed');
    assert.equal(await participant.page.evaluate(() => globalThis.docs.length), 7);
    assert.deepEqual(stage.problems, []);
  });
});
