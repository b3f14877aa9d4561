/**
 * The element's stream through a real media server: Debian's Janus, two encodings of it (simulcast), two browsers. The
 * test reads every frame that the second one decodes. The camera sees a coded room, which must never arrive.
 * `npm run janus` does the same for longer, and measures it beside plain WebRTC.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Call, OLIVE, VIOLET, cssOf } from '../media-server/call.mjs';
import { isJanusMissing } from '../media-server/janus.mjs';

const TIME_LIMIT_MS = 180_000;
/** While a page is hidden, a source without new pictures would repeat its last one every two seconds or so. */
const HIDDEN_FRAMES = 10;
const DARK = 40;
const SMALL = { width: 480, height: 270 };

const isColour = ({ corner }, colour) => corner.every((value, channel) => Math.abs(value - colour[channel]) < 45);
const isDark = ({ corner }) => corner.every((value) => value < DARK);

describe('a call by a media server', { timeout: 3 * TIME_LIMIT_MS, skip: isJanusMissing() }, () => {
  let call;
  let sender;

  before(async () => {
    call = await Call.open();
    await call.start();
  });

  after(() => call?.close());

  const see = () => call.run(call.receiver, 'seen');

  /** Nothing of the room so far, and still the same track in the same streams. */
  async function assertSafe() {
    const { frames, raw, mostCells } = await see();
    assert.ok(frames > 0);
    assert.equal(raw, 0, `frames with the room, of ${frames}; at most ${mostCells} cells of it`);
    assert.deepEqual(await call.run(call.sender, 'sender'), sender);
  }

  it('should arrive in its large and its small size, with the background from the first frame on', { timeout: TIME_LIMIT_MS }, async (test) => {
    test.diagnostic(`the first frame after ${Math.round(await call.connectByJanus())} ms`);
    await call.untilLast('the large size', (last) => last.width === 640 && last.showsBackground && isColour(last, VIOLET));
    sender = await call.run(call.sender, 'sender');
    assert.equal(sender.ssrcs.length, 2);
    assert.equal(sender.live, 'live');
    await call.run(call.receiver, 'chooseLayer', 0);
    await call.untilLast('the small size', (last) => last.width === 320 && isColour(last, VIOLET));
    await call.run(call.receiver, 'chooseLayer', 1);
    await call.untilLast('the large size again', (last) => last.width === 640);
    await assertSafe();
  });

  it('should go on when the background changes', { timeout: TIME_LIMIT_MS }, async () => {
    await call.run(call.sender, 'setBackground', cssOf(OLIVE));
    await call.untilLast('the new background', (last) => isColour(last, OLIVE));
    await call.run(call.sender, 'setBackground', cssOf(VIOLET));
    await call.untilLast('the first background again', (last) => isColour(last, VIOLET));
    await assertSafe();
  });

  it('should go on when the camera changes, to one with a person and another size', { timeout: TIME_LIMIT_MS }, async () => {
    await call.run(call.sender, 'changeCamera', { ...SMALL, frameRate: 15 });
    await call.untilLast('the person', (last) => last.width === SMALL.width && last.showsPerson && isColour(last, VIOLET));
    await call.untilFrames(5);
    await call.run(call.sender, 'changeCamera', null);
    await call.untilLast('the first camera', (last) => last.width === 640 && last.showsBackground);
    await assertSafe();
  });

  it('should be dark while the track is muted, and come back', { timeout: TIME_LIMIT_MS }, async () => {
    await call.run(call.sender, 'setMuted', true);
    await call.untilLast('darkness', isDark);
    await call.run(call.sender, 'setMuted', false);
    await call.untilLast('the picture again', (last) => isColour(last, VIOLET));
    await assertSafe();
  });

  for (const side of ['sender', 'receiver']) {
    it(`should go on while the ${side}'s page is hidden`, { timeout: TIME_LIMIT_MS }, async () => {
      await call.whileHidden(call[side], () => call.untilFrames(HIDDEN_FRAMES));
      await call.untilLast('the picture', (last) => isColour(last, VIOLET));
      await assertSafe();
    });
  }

  it('should show the room in both sizes when the app wants it, so that the checks above could have seen it', { timeout: TIME_LIMIT_MS }, async () => {
    await call.run(call.sender, 'setBackground', 'none');
    await call.untilLast('the room, large', (last) => last.width === 640 && last.legible > 100);
    await call.run(call.receiver, 'chooseLayer', 0);
    await call.untilLast('the room, small', (last) => last.width === 320 && last.legible > 100);
    assert.deepEqual(call.problems, []);
  });
});
