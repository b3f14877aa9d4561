/**
 * The real, unmodified Amazon Chime SDK in a local meeting: what the element gives it is judged where it arrives,
 * on decoded pixels. A person's clip is the camera.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hasShared } from '../../scripts/paths.mjs';
import { readPersonRanges } from '../chime/clip.mjs';
import { ATTEMPTS, MAX_ROOM_SHARE, describeMeasured, isSmooth, judge } from '../chime/judge.mjs';
import { BLUE, GREEN, Participant, cssOf } from '../chime/participant.mjs';
import { Stage } from '../chime/stage.mjs';

const TIME_LIMIT_MS = 240_000;
const WINDOW_MS = 1500;
const CHANGE_MS = 2500;
const HIDDEN_MS = 10_000;
/** What is left of a 16:9 picture's width when a 9:16 picture is cut out of its middle. */
const PORTRAIT_SHARE = (9 / 16) ** 2;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a meeting of the Amazon Chime SDK', { timeout: 3 * TIME_LIMIT_MS }, () => {
  let stage;
  /** The person's colours in the clip. */
  let ranges;
  const open = [];

  before(async () => {
    stage = await Stage.open();
    ranges = await readPersonRanges(stage);
  });

  after(() => stage?.close());

  async function openParticipant(options) {
    const participant = await Participant.open(stage, options);
    open.push(participant);
    return participant;
  }

  async function closeAll() {
    for (const participant of open.splice(0)) await participant.close();
  }

  /** A case, whose pages are closed after it. */
  function meet(title, run, options = {}) {
    it(title, { timeout: TIME_LIMIT_MS, ...options }, async (test) => {
      stage.problems.length = 0;
      try {
        await run(test);
      } finally {
        await closeAll();
      }
      assert.deepEqual(stage.problems, []);
    });
  }

  /** In the meeting, sending, and the person arrived. */
  async function openSending(test, options) {
    const participant = await openParticipant(options);
    await participant.startElement(options?.attributes);
    const joinMs = await participant.join();
    await participant.sendVideo();
    await participant.watch();
    test.diagnostic(`joined in ${Math.round(joinMs)} ms`);
    return participant;
  }

  /** Measures, again while the machine was too busy to tell; then asserts what has to be. */
  async function check(test, participant, { label = 'steady', durationMs = WINDOW_MS, act = () => undefined } = {}) {
    let measured;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const measuring = participant.measure(durationMs);
      await act(attempt);
      measured = await measuring;
      test.diagnostic(`${label}: ${describeMeasured(measured, ranges)}`);
      assert.ok(judge(measured, ranges).room <= MAX_ROOM_SHARE, 'the room is never seen');
      if (isSmooth(measured, ranges)) break;
    }
    assert.ok(isSmooth(measured, ranges), describeMeasured(measured, ranges));
    return measured;
  }

  meet('should show the person, not the room, when joined with the element running', async (test) => {
    const participant = await openSending(test);
    const { decoded, sent } = await check(test, participant);
    assert.ok(decoded > 0 && sent > 0);
    assert.equal((await participant.stats()).rawFrames, 0);
  });

  meet('should do so when the element starts after joining', async (test) => {
    const participant = await openParticipant();
    test.diagnostic(`joined in ${Math.round(await participant.join())} ms`);
    await participant.startElement();
    await participant.sendVideo();
    await participant.watch();
    await check(test, participant);
  });

  meet('should send the stream when an app passes the element itself', async (test) => {
    const participant = await openParticipant();
    await participant.join();
    await participant.startElement();
    await participant.page.evaluate(() => globalThis.client.sendVideo(globalThis.camera));
    await participant.watch();
    await check(test, participant);
  });

  describe('in the middle of a call', () => {
    let participant;

    before(async () => {
      participant = await Participant.open(stage);
      await participant.startElement({ 'model-url': '/shared/models/bodypix/' });
      await participant.join();
      await participant.sendVideo();
      await participant.watch();
      await participant.expect(GREEN, BLUE);
    });

    after(() => participant?.close());

    /** Names and values to change between; the last is the one it starts with. */
    const changes = [
      ['background', [cssOf(BLUE), cssOf(GREEN)]],
      ['quality', ['medium', 'low']],
      ['source', ['own', 'camera']],
      ['model', ['body-pix', 'selfie'], hasShared() ? false : 'BodyPix has no weights here: ../shared is missing'],
    ];
    for (const [name, values, skip = false] of changes) {
      it(`should change the ${name} with the same sender, without renegotiation and without a frozen second`, { skip, timeout: TIME_LIMIT_MS }, async (test) => {
        const start = { ...(await participant.sender()), subscribes: participant.subscribes };
        await check(test, participant, {
          label: `the ${name} changes`,
          durationMs: CHANGE_MS,
          act: (attempt) => participant.page.evaluate(changeElement, name, values[attempt % 2]),
        });
        const end = { ...(await participant.sender()), subscribes: participant.subscribes };
        for (const key of ['ssrc', 'track', 'subscribes']) assert.equal(end[key], start[key], key);
        await participant.page.evaluate(changeElement, name, values[1]);
      });
    }
  });

  meet('should send again after the SDK stopped the video input, without asking for the camera again', async (test) => {
    const participant = await openSending(test);
    await participant.page.evaluate(countCameraRequests);
    await participant.page.evaluate(async () => {
      const { audioVideo } = globalThis.client;
      audioVideo.stopLocalVideoTile();
      await audioVideo.stopVideoInput();
    });
    await sleep(500);
    await participant.sendVideo();
    await participant.watch();
    await check(test, participant);
    assert.equal(await participant.page.evaluate(() => globalThis.cameraRequests), 0);
  });

  meet('should go on with the same track when the line breaks (1006) and the SDK joins again', async (test) => {
    const participant = await openSending(test);
    const { track } = await participant.sender();
    const gone = new Promise((resolve) => stage.meeting.once('gone', resolve));
    const start = performance.now();
    stage.meeting.connectionOf(participant.id).drop();
    assert.equal((await gone).code, 1006);
    await participant.page.evaluate(() => globalThis.client.told('started', 2));
    test.diagnostic(`joined again after ${Math.round(performance.now() - start)} ms`);
    await participant.watch();
    await check(test, participant);
    assert.equal((await participant.sender()).track, track);
  });

  meet('should share the stream as content', async (test) => {
    const participant = await openParticipant();
    await participant.startElement();
    await participant.join();
    await participant.page.evaluate(() => globalThis.client.audioVideo.startContentShare(globalThis.camera.stream.clone()));
    await participant.watch([GREEN], `${participant.id}#content`);
    const measured = await participant.measure(WINDOW_MS);
    // The SDK's statistics are those of the person's own connection.
    test.diagnostic(`content: ${describeMeasured(measured, ranges)}`);
    assert.ok(judge(measured, ranges).room <= MAX_ROOM_SHARE);
    assert.ok(judge(measured, ranges).person > 0.5);
    await participant.page.evaluate(async () => {
      globalThis.client.audioVideo.stopContentShare();
      await globalThis.client.told('content-stopped');
    });
    assert.equal((await participant.stats()).state, 'running');
    assert.equal(await participant.page.evaluate(() => globalThis.camera.stream.getVideoTracks()[0].readyState), 'live');
  });

  meet('should send a portrait camera as it is', async (test) => {
    const participant = await openSending(test, { share: PORTRAIT_SHARE, attributes: { width: 202, height: 360 } });
    assert.equal(participant.regions.person.length, ranges.length);
    const { frames } = await check(test, participant);
    const { width, height } = frames.at(-1);
    assert.ok(Math.abs(width / height - 9 / 16) < 0.02, `${width}x${height}`);
  });

  meet('should tell the SDK when the camera is gone', async () => {
    const participant = await openSending({ diagnostic: () => undefined });
    await participant.page.evaluate(async () => {
      const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
      const { readable } = new MediaStreamTrackProcessor({ track: camera.getVideoTracks()[0] });
      const generator = new MediaStreamTrackGenerator({ kind: 'video' });
      const unplugged = new AbortController();
      readable.pipeTo(generator.writable, { signal: unplugged.signal }).catch(() => undefined);
      const opened = new Promise((resolve) => globalThis.camera.addEventListener('vbc-source-change', resolve, { once: true }));
      globalThis.camera.source = new MediaStream([generator]);
      await opened;
      unplugged.abort();
      await globalThis.client.told('video-input-ended');
    });
    assert.equal((await participant.stats()).state, 'failed');
    assert.equal(await participant.page.evaluate(() => globalThis.camera.error.code), 'source-ended');
  });

  meet('should keep sending while its page is hidden', async (test) => {
    const participant = await openSending(test);
    await check(test, participant, { label: 'visible' });
    await stage.cover.bringToFront();
    await sleep(500);
    assert.equal(await participant.page.evaluate(() => document.visibilityState), 'hidden');
    const { fps } = await check(test, participant, { label: 'hidden', durationMs: HIDDEN_MS });
    assert.ok(fps > 5, `${fps} frames a second`);
  });

  meet('should be seen by another person in the meeting, who gets messages, too', async (test) => {
    const other = await openParticipant();
    await other.join();
    const participant = await openSending(test);
    const { boundAttendeeId } = await other.page.evaluate(async () => (await globalThis.client.told('tile'))[0]);
    assert.equal(boundAttendeeId, participant.id);
    // A page that nobody sees paints no video.
    await other.page.bringToFront();
    const seen = await other.page.evaluate(watchTile, participant.regions, [GREEN]);
    test.diagnostic(`in the other's tile: ${seen.frames.length} frames; ${JSON.stringify(judge(seen, ranges))}`);
    assert.ok(seen.frames.length > 3);
    assert.ok(judge(seen, ranges).room <= MAX_ROOM_SHARE);
    assert.ok(judge(seen, ranges).person > 0.5);

    await participant.page.evaluate(() => globalThis.client.audioVideo.realtimeSendDataMessage('chat', 'good morning', 1000));
    const [message] = await other.page.evaluate(() => globalThis.client.told('chat'));
    assert.deepEqual(message, { text: 'good morning', from: participant.info.Attendee.ExternalUserId });

    await participant.page.evaluate(() => globalThis.client.leave());
    await other.page.evaluate(() => globalThis.client.told('tile-removed'));
    const present = await other.page.evaluate(async () => (await globalThis.client.told('presence', 3))[0]);
    assert.deepEqual(present, { attendeeId: participant.id, present: false });
  });
});

/** Runs in the page. A source of the page's own is the camera again, in another size. */
async function changeElement(name, value) {
  const { camera } = globalThis;
  if (name !== 'source') {
    camera.setAttribute(name, value);
    return;
  }
  const source = value === 'own' ? await navigator.mediaDevices.getUserMedia({ video: { width: 480, height: 270 } }) : 'camera';
  if (source === camera.source) return;
  camera.source = source;
  await new Promise((resolve) => camera.addEventListener('vbc-source-change', resolve, { once: true }));
}

/** Runs in the page: counts how often the camera is asked for from now on. */
function countCameraRequests() {
  const { mediaDevices } = navigator;
  const original = mediaDevices.getUserMedia.bind(mediaDevices);
  globalThis.cameraRequests = 0;
  mediaDevices.getUserMedia = (constraints) => {
    globalThis.cameraRequests += 1;
    return original(constraints);
  };
}

/** Runs in the page of somebody else: looks at what the SDK puts into the tile of a video element. */
async function watchTile(regions, flats) {
  const [{ tileId }] = await globalThis.client.told('tile');
  const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
  document.body.append(video);
  globalThis.client.audioVideo.bindVideoElement(tileId, video);
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  const watch = globalThis.watchTrack(video.srcObject.getVideoTracks()[0], regions, flats);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return globalThis.takeWatched(watch);
}
