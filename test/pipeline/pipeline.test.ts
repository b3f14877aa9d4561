import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import { FALLBACK_COLOR } from '../../src/gl/fallback-color';
import type { PipelineSettings } from '../../src/pipeline/messages';
import { HOLD_MS } from '../../src/pipeline/picture-age';
import type { DataRequest } from '../../src/segmentation/messages';
import { FULL_FRAME_GEOMETRY } from '../../src/segmentation/network-input';
import { createNoise } from '../helpers/drawn-mask';
import { expectNoGlError } from '../helpers/gl';
import { PipelineBench, SPEC, type Handed } from '../helpers/pipeline';
import { BLUE, colorAt, distance, expectAll, expectColor, fill, GREEN, RED, ROOM, solidCanvas, type Rgb } from '../helpers/pixels';
import { replace, restoreAll } from '../helpers/spies';
import { defer, nextTask, waitFor } from '../helpers/wait';

const SIZE = { width: 160, height: 90 };
const GREEN_BACKGROUND: PipelineSettings['background'] = { kind: 'color', color: [0, 1, 0] };
const BLUE_BACKGROUND: PipelineSettings['background'] = { kind: 'color', color: [0, 0, 1] };
const NONE: PipelineSettings['background'] = { kind: 'none' };
const room = solidCanvas(SIZE, ROOM);
const red = solidCanvas(SIZE, RED);
const FAR_AWAY_MS = 100 * HOLD_MS;

const statsOf = (bench: PipelineBench) => bench.events.flatMap((event) => (event.type === 'stats' ? [event.stats] : []));

describe('<virtual-background-camera> pipeline', () => {
  let bench: PipelineBench;

  beforeEach(() => {
    bench = new PipelineBench(GREEN_BACKGROUND);
  });

  afterEach(() => {
    restoreAll();
    if (bench.pipeline.compositor) expectNoGlError(bench.pipeline.compositor);
    bench.dispose();
  });

  const configure = (background: PipelineSettings['background']): void => bench.pipeline.configure({ background, quality: 'medium' });
  /** What went out since a number of pictures, as `person 40` (milliseconds on the source's clock) or `curtain -` (shown before). */
  const handedSince = (before: number): string[] =>
    bench.handed.slice(before).map(({ drawn, timestamp }) => `${drawn} ${timestamp === null ? '-' : timestamp / 1000}`);

  it('should show the curtain until the first mask, and the frame of that mask then', async () => {
    bench.offer(room, 0);
    expect(bench.last).to.include({ drawn: 'curtain', timestamp: 0 });
    expectAll(bench.last.picture, GREEN);
    await bench.connect();
    const request = await bench.request(0);
    bench.offer(room, 40);
    expect(handedSince(0), 'asked, not answered').to.deep.equal(['curtain 0']);
    await bench.answer(request, 1);
    const [, second] = bench.handed;
    expect(second).to.include({ drawn: 'person', timestamp: null });
    expectAll((second as Handed).picture, ROOM);
    expect(bench.drawn.slice(0, 2)).to.deep.equal(['curtain', 'person']);
  });

  it('should hold each frame until its mask is there, and hand it out with its own time', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    for (const [index, timeMs] of [40, 80, 120].entries()) {
      bench.offer(index % 2 ? room : red, timeMs);
      const request = await bench.request(1 + index);
      expect(handedSince(before), 'while its mask is made').to.have.length(index);
      await bench.answer(request, 1);
      expectAll(bench.last.picture, index % 2 ? ROOM : RED);
    }
    expect(handedSince(before)).to.deep.equal(['person 40', 'person 80', 'person 120']);
  });

  it('should ask for one mask at a time; of the frames that come meanwhile the newest waits, and the others are left out', async () => {
    await bench.showPerson(room, 0);
    const marked = solidCanvas(SIZE, RED);
    fill(marked, BLUE, [0, 0, 0.5, 0.5]);
    const frames = [room, red, red, marked].map((frame, index) => bench.offer(frame, 40 + 40 * index));
    const request = await bench.request(1);
    expect(await bench.hasAskedOnly(2)).to.equal(true);
    expect(frames.map(({ closes }) => closes), 'at the network, left out, left out, waiting').to.deep.equal([1, 1, 1, 0]);
    await bench.answer(request, 1);
    const next = await bench.request(2);
    expect(frames.map(({ closes }) => closes)).to.deep.equal([1, 1, 1, 1]);
    expect(next).to.include({ type: 'segment', width: 64, height: 36 });
    const picture = { width: 64, height: 36, data: new Uint8Array(next.buffer) };
    expectColor(colorAt(picture, 0.2, 0.2), BLUE);
    expectColor(colorAt(picture, 0.8, 0.8), RED);
    await bench.answer(next, 1);
    expect(handedSince(bench.handed.length - 2)).to.deep.equal(['person 40', 'person 160']);
    await waitFor('a report', () => {
      bench.pipeline.redraw();
      return (statsOf(bench).at(-1)?.outputFrames ?? 0) > 2;
    });
    expect(statsOf(bench).at(-1)?.droppedFrames).to.equal(2);
  });

  it('should send the next frame to the network before it waits for the last to be handed out', async () => {
    await bench.showPerson(room, 0);
    const handedOut = defer();
    bench.onPicture = () => handedOut.promise;
    const before = bench.handed.length;
    bench.offer(red, 40);
    bench.offer(room, 80);
    await bench.answer(await bench.request(1), 1);
    expect(handedSince(before)).to.deep.equal(['person 40']);
    await bench.answer(await bench.request(2), 1);
    bench.offer(red, 120);
    await nextTask(20);
    expect(handedSince(before), 'whoever takes the pictures is still busy').to.deep.equal(['person 40']);
    expect(await bench.hasAskedOnly(3)).to.equal(true);
    bench.onPicture = () => undefined;
    handedOut.resolve();
    await bench.request(3);
    expect(handedSince(before)).to.deep.equal(['person 40', 'person 80']);
    expectAll(bench.last.picture, ROOM);
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`should never draw a frame with the mask of another, nor out of order, whatever comes when: ${seed}`, async () => {
      const noise = createNoise(seed);
      const chance = (share: number): boolean => noise() * 0.5 + 0.5 < share;
      // A frame says by its colour which it is; its mask ends at a place of its own.
      const colorOf = (index: number): Rgb => [60 + 45 * (index % 5), 0, 60 + 45 * (Math.floor(index / 5) % 5)];
      const indexOf = (color: Rgb): number => {
        const candidates = Array.from({ length: 25 }, (_value, index) => index);
        return candidates.reduce((best, index) => (distance(color, colorOf(index)) < distance(color, colorOf(best)) ? index : best));
      };
      const edgeOf = (index: number): number => (2 + (index % 25)) / 32;
      let [source, persons] = [0, 0];
      const sources: number[] = [];
      let lastIndex = -1;
      bench.onPicture = ({ drawn, timestamp, picture }) => {
        if (drawn !== 'person') return expectAll(picture, GREEN, 0);
        const index = indexOf(colorAt(picture, 0.01, 0.5));
        const edge = edgeOf(index);
        for (const y of [0.05, 0.5, 0.95]) {
          for (const x of [0.01, edge - 0.03]) expectColor(colorAt(picture, x, y), colorOf(index), 2, `frame ${index} at ${x}`);
          for (const x of [edge + 0.03, 0.99]) expectColor(colorAt(picture, x, y), GREEN, 2, `frame ${index} at ${x}`);
        }
        persons += 1;
        if (timestamp === null) return;
        const offered = timestamp / 40_000;
        expect(offered % 25, 'the frame that it says').to.equal(index);
        expect(sources[offered], 'of the source on show').to.equal(source);
        expect(offered, 'in order').to.be.above(lastIndex);
        lastIndex = offered;
      };
      await bench.connect();
      let answered = 0;
      const answer = async (request: DataRequest): Promise<void> => {
        const seen = indexOf(colorAt({ width: 64, height: 36, data: new Uint8Array(request.buffer) }, 0.5, 0.5));
        await bench.answer(request, (share) => (share < edgeOf(seen) ? 1 : 0));
      };
      for (let index = 0; index < 60; index += 1) {
        if (chance(0.15)) {
          bench.pipeline.resetSource();
          source += 1;
        }
        sources.push(source);
        bench.offer(solidCanvas(SIZE, colorOf(index % 25)), index * 40);
        // A late answer of long ago, and one that nobody asked for.
        if (chance(0.2) && answered > 0) await bench.answer(bench.requests[answered - 1] as DataRequest, 1);
        if (chance(0.1)) await bench.answer({ ...((bench.requests[0] ?? { type: 'segment', buffer: new ArrayBuffer(0), width: 64, height: 36 }) as DataRequest), id: 10_000 }, 1);
        if (chance(0.7)) {
          const request = await bench.request(answered);
          answered += 1;
          await answer(request);
        }
      }
      while (bench.requests.length > answered) {
        await answer(bench.requests[answered++] as DataRequest);
        await nextTask(10);
      }
      expect(bench.events.filter(({ type }) => type === 'warning' || type === 'failed')).to.deep.equal([]);
      expect(persons, 'frames with a person').to.be.above(20);
      bench.dispose();
      expect(bench.offered.every(({ closes }) => closes === 1), 'every frame was closed once').to.equal(true);
    });
  }

  it('should show the curtain when the picture on show has fallen too far behind, and the person again with the next mask', async () => {
    // The mask takes no time at all, however slow the machine is, and the machine does not sleep.
    const [date, now] = [Date.now(), performance.now()];
    replace(Date, 'now', () => date);
    replace(performance, 'now', () => now);
    // The first pictures are waited for longer.
    for (const timeMs of [0, 1, 2]) await bench.showPerson(room, timeMs);
    restoreAll();
    // By the frames' own times alone.
    const start = setTimeout;
    replace(globalThis, 'setTimeout', (call: () => void, delayMs = 0) => (delayMs === HOLD_MS ? 0 : start(call, delayMs)));
    const before = bench.handed.length;
    // The source was still for a while: nothing is owed.
    bench.offer(room, FAR_AWAY_MS);
    await bench.request(3);
    bench.offer(room, FAR_AWAY_MS + HOLD_MS);
    expect(handedSince(before), 'as old as allowed').to.deep.equal([]);
    bench.offer(room, FAR_AWAY_MS + HOLD_MS + 1);
    expect(handedSince(before)).to.deep.equal([`curtain ${FAR_AWAY_MS + HOLD_MS + 1}`]);
    expectAll(bench.last.picture, GREEN);
    bench.offer(room, FAR_AWAY_MS + HOLD_MS + 40);
    expect(handedSince(before), 'one curtain is enough').to.have.length(1);
    await bench.answer(await bench.request(3), 1);
    await bench.answer(await bench.request(4), 1);
    expect(bench.last).to.include({ drawn: 'person', timestamp: (FAR_AWAY_MS + HOLD_MS + 40) * 1000 });
    expect(bench.drawn).to.deep.equal(['curtain', 'person', 'curtain', 'person']);
  });

  it('should show the curtain when no mask comes for a frame and no other frame either', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    const startMs = performance.now();
    bench.offer(red, 40);
    await waitFor('the curtain', () => bench.handed.length > before, 10 * HOLD_MS);
    expect(performance.now() - startMs).to.be.at.least(HOLD_MS - 20);
    expect(handedSince(before)).to.deep.equal(['curtain -']);
    expectAll(bench.last.picture, GREEN);
    await bench.answer(await bench.request(1), 1);
    expect(handedSince(before)).to.deep.equal(['curtain -', 'person 40']);
    expectAll(bench.last.picture, RED);
  });

  it('should keep the time that a picture may fall behind within a blink or two', () => {
    expect(HOLD_MS).to.be.within(200, 1000);
  });

  it('should wait longer where every mask takes long, so that the curtain does not rise and fall with each', async () => {
    await bench.connect();
    bench.offer(room, 0);
    const slow = await bench.request(0);
    const takesMs = 0.8 * HOLD_MS;
    await nextTask(takesMs);
    await bench.answer(slow, 1);
    expect(bench.last.drawn).to.equal('person');
    const before = bench.handed.length;
    bench.offer(room, 1000);
    bench.offer(room, 1000 + 2 * takesMs);
    expect(handedSince(before), 'two masks late').to.deep.equal([]);
    bench.offer(room, 1000 + 2001);
    expect(handedSince(before), 'two seconds, however slow masks are').to.deep.equal(['curtain 3001']);
  });

  it('should not cut out one source with the mask of another', async () => {
    await bench.showPerson(room, 0);
    bench.offer(room, 40);
    const late = await bench.request(1);
    bench.pipeline.resetSource();
    const before = bench.handed.length;
    bench.offer(red, 80);
    expect(handedSince(before), 'after the change').to.deep.equal(['curtain 80']);
    await bench.answer(late, 1);
    expect(handedSince(before), 'the late mask').to.deep.equal(['curtain 80']);
    await bench.answer(await bench.request(2), 1);
    expect(handedSince(before)).to.deep.equal(['curtain 80', 'person 80']);
    expectAll(bench.last.picture, RED);
  });

  it('should leave the old source alone once another is on its way, whatever is set meanwhile', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    bench.pipeline.resetSource();
    configure(BLUE_BACKGROUND);
    expect(await bench.hasAskedOnly(1), 'no mask for its last frame').to.equal(true);
    expect(bench.pipeline.redraw(), 'as for a still').to.equal('curtain');
    bench.offer(red, 80);
    expect(handedSince(before), 'the curtain goes out all the same').to.deep.equal(['curtain 80']);
    await bench.answer(await bench.request(1), 1);
    expect(handedSince(before)).to.deep.equal(['curtain 80', 'person 80']);
    expectAll(bench.last.picture, RED);
  });

  it('should show the background alone while its source is hidden, whatever was on its way or is set meanwhile', async () => {
    await bench.showPerson(room, 0);
    bench.offer(room, 40);
    const late = await bench.request(1);
    const before = bench.handed.length;
    bench.pipeline.hideSource(true);
    expect(handedSince(before), 'at once').to.deep.equal(['curtain -']);
    await bench.answer(late, 1);
    bench.offer(red, 80);
    configure(BLUE_BACKGROUND);
    expect(bench.pipeline.redraw()).to.equal('curtain');
    expect(handedSince(before), 'nothing else').to.deep.equal(['curtain -']);
    bench.pipeline.hideSource(false);
    bench.offer(room, 120);
    await bench.answer(await bench.request(2), 1);
    expect(handedSince(before).at(-1)).to.equal('person 120');
  });

  it('should hide the open room as well', () => {
    configure({ kind: 'none' });
    bench.offer(room, 0);
    expect(bench.last.drawn).to.equal('raw');
    bench.pipeline.hideSource(true);
    bench.offer(room, 40);
    expect(bench.last.drawn).to.equal('curtain');
    expectAll(bench.last.picture, FALLBACK_COLOR.map((channel) => Math.round(255 * channel)) as unknown as Rgb);
    bench.pipeline.hideSource(false);
    bench.offer(room, 80);
    expect(bench.last.drawn).to.equal('raw');
  });

  it('should wait for a new mask when the picture changes its shape, but not its size alone', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    bench.offer(solidCanvas({ width: 320, height: 180 }, ROOM), 40);
    expect(handedSince(before), 'twice the size: the last picture stays').to.deep.equal([]);
    await bench.answer(await bench.request(1), 1);
    expect(handedSince(before)).to.deep.equal(['person 40']);
    expect([bench.canvas.width, bench.canvas.height]).to.deep.equal([320, 180]);
    bench.offer(solidCanvas({ width: 90, height: 160 }, ROOM), 80);
    expect(handedSince(before), 'turned').to.deep.equal(['person 40', 'curtain 80']);
    expect([bench.canvas.width, bench.canvas.height]).to.deep.equal([90, 160]);
    expectAll(bench.last.picture, GREEN);
  });

  it('should tell of an inference that failed, show nothing of its frame, and try again with the next', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    bench.offer(red, 40);
    const { id, buffer } = await bench.request(1);
    await bench.send({ type: 'segment-failed', id, buffer, error: { code: 'segmentation-failed', message: 'not finite' } });
    expect(bench.events).to.deep.include({ type: 'warning', error: { code: 'segmentation-failed', message: 'not finite' } });
    expect(handedSince(before)).to.deep.equal([]);
    bench.offer(room, 80);
    await bench.answer(await bench.request(2), 1);
    expect(handedSince(before)).to.deep.equal(['person 80']);
  });

  it('should never use a mask whose values do not make up its size', async () => {
    await bench.connect();
    bench.offer(room, 0);
    const { id, buffer } = await bench.request(0);
    const mask = { width: 64, height: 36, data: new Float32Array(100).fill(1), kind: 'probability', geometry: FULL_FRAME_GEOMETRY } as const;
    await bench.send({ type: 'mask', id, mask, buffer, inferenceMs: 0 });
    bench.offer(room, 40);
    await bench.request(1);
    expect(bench.drawn).to.deep.equal(['curtain']);
    expectAll(bench.read(), GREEN);
    expect(bench.events.some((event) => event.type === 'warning' && /number of values/.test(event.error.message))).to.equal(true);
  });

  it('should show the room at once, ask for no mask and count raw frames while the background is none', async () => {
    configure(NONE);
    await bench.connect();
    await waitFor('some frames', () => {
      bench.offer(room, performance.now());
      expect(bench.last).to.include({ drawn: 'raw', timestamp: bench.offered.at(-1)?.timestamp });
      return statsOf(bench).length > 1;
    });
    expect(bench.offered.every(({ closes }) => closes === 1)).to.equal(true);
    expect(bench.requests).to.have.lengthOf(0);
    expectAll(bench.read(), ROOM);
    const stats = statsOf(bench).at(-1);
    expect(stats?.rawFrames).to.equal(stats?.outputFrames).and.to.be.above(0);
  });

  it('should never count a raw frame with a background, and count the curtain', async () => {
    for (let timeMs = 0; timeMs < 5; timeMs += 1) bench.offer(room, timeMs);
    await waitFor('another report', () => {
      bench.offer(room, performance.now());
      return statsOf(bench).length > 1;
    });
    const last = statsOf(bench).at(-1);
    expect(last?.rawFrames).to.equal(0);
    expect(last?.curtainFrames).to.equal(last?.outputFrames).and.to.be.above(5);
    expect(last).to.include(SIZE);
  });

  it('should tell how late frames go out, and that none has the mask of an older one', async () => {
    await bench.connect();
    for (let index = 0; statsOf(bench).length < 2 || (statsOf(bench).at(-1)?.latencyMs ?? 0) === 0; index += 1) {
      bench.offer(room, performance.now());
      const request = await bench.request(index);
      await nextTask(30);
      await bench.answer(request, 1);
    }
    const last = statsOf(bench).at(-1);
    expect(last?.maskAgeMs).to.equal(0);
    expect(last?.latencyMs).to.be.within(25, 5000);
  });

  it('should draw the frame on show again after a change of settings', async () => {
    await bench.showPerson(room, 0);
    const before = bench.handed.length;
    bench.pipeline.configure({ background: BLUE_BACKGROUND, quality: 'high' });
    expect(bench.pipeline.redraw()).to.equal('person');
    expectAll(bench.read(), ROOM);
    bench.pipeline.resetSource();
    expect(bench.pipeline.redraw()).to.equal('curtain');
    expectAll(bench.read(), BLUE);
    expect(handedSince(before), 'the host hands it out').to.deep.equal([]);
  });

  it('should have nothing to draw again before the first frame', () => {
    expect(bench.pipeline.redraw()).to.equal('not-drawn');
    expect(bench.handed).to.deep.equal([]);
  });

  it('should cut out a source that is still once there is a network', async () => {
    bench.offer(red, 0);
    await bench.connect();
    const request = await bench.request(0);
    expectColor(colorAt({ width: 64, height: 36, data: new Uint8Array(request.buffer) }, 0.5, 0.5), RED);
    await bench.answer(request, 1);
    expect(handedSince(0)).to.deep.equal(['curtain 0', 'person -']);
    expectAll(bench.last.picture, RED);
    configure(BLUE_BACKGROUND);
    expect(await bench.hasAskedOnly(1), 'it has its mask already').to.equal(true);
  });

  it('should cut out a source that is still once a background is wanted', async () => {
    configure(NONE);
    await bench.connect();
    bench.offer(red, 0);
    configure(GREEN_BACKGROUND);
    expect(bench.pipeline.redraw(), 'at once').to.equal('curtain');
    await bench.answer(await bench.request(0), (share) => (share < 0.5 ? 1 : 0));
    expect(handedSince(0)).to.deep.equal(['raw 0', 'person -']);
    expectColor(colorAt(bench.last.picture, 0.2, 0.5), RED);
    expectColor(colorAt(bench.last.picture, 0.8, 0.5), GREEN);
  });

  it('should not show the person of a frame whose room is wanted by the time its mask is there', async () => {
    await bench.showPerson(room, 0);
    bench.offer(red, 40);
    const request = await bench.request(1);
    configure(NONE);
    const before = bench.handed.length;
    bench.offer(room, 80);
    await bench.answer(request, 1);
    bench.offer(room, 120);
    expect(handedSince(before)).to.deep.equal(['raw 80', 'raw 120']);
  });

  it('should never cover the room with the curtain of an older frame that is still held', async () => {
    await bench.showPerson(room, 0);
    bench.offer(red, 40);
    const request = await bench.request(1);
    configure(NONE);
    bench.offer(solidCanvas(SIZE, BLUE), 80);
    const before = bench.handed.length;
    // Longer than any hold, with a margin for a slow machine.
    await nextTask(5 * HOLD_MS);
    expect(handedSince(before), 'whatever the hold timer does').to.deep.equal([]);
    expectAll(bench.read(), BLUE);
    await bench.answer(request, 1);
    expect(handedSince(before), 'nor with its late mask').to.deep.equal([]);
    expectAll(bench.read(), BLUE);
  });

  it('should hand out no frame that is older than one before it when the room is wanted for a while', async () => {
    await bench.showPerson(room, 0);
    bench.offer(red, 40);
    bench.offer(red, 80);
    const held = await bench.request(1);
    configure(NONE);
    const before = bench.handed.length;
    bench.offer(solidCanvas(SIZE, BLUE), 120);
    expect(bench.offered.map(({ closes }) => closes), 'what waited is closed').to.deep.equal([1, 1, 1, 1]);
    configure(GREEN_BACKGROUND);
    await bench.answer(held, 1);
    bench.offer(red, 160);
    let answered = 2;
    await waitFor('the frame after it', async () => {
      while (bench.requests.length > answered) await bench.answer(bench.requests[answered++] as DataRequest, 1);
      return handedSince(before).includes('person 160');
    });
    await nextTask(20);
    const went = handedSince(before);
    const times = bench.handed.flatMap(({ timestamp }) => (timestamp === null ? [] : [timestamp]));
    expect(times, 'in order').to.deep.equal([...times].sort((a, b) => a - b));
    expect(went[0]).to.equal('raw 120');
    expect(went).to.not.include('person 40');
    expect(went).to.not.include('person 80');
    expectAll(bench.last.picture, RED);
  });

  it('should draw the curtain once the network is gone', async () => {
    await bench.showPerson(room, 0);
    await bench.send({ type: 'spec', spec: null });
    bench.offer(room, 40);
    expect(bench.last).to.include({ drawn: 'curtain', timestamp: 40_000 });
    expectAll(bench.last.picture, GREEN);
    await bench.connect({ ...SPEC, variant: 'another' });
    await bench.answer(await bench.request(1), 1);
    expect(bench.last.drawn).to.equal('person');
  });

  it('should close the background bitmap when another comes, and at the end', async () => {
    const [first, second] = [await createImageBitmap(room), await createImageBitmap(room)];
    bench.pipeline.setPicture(first);
    bench.pipeline.setPicture(second);
    expect([first.width, second.width]).to.deep.equal([0, SIZE.width]);
    bench.pipeline.configure({ background: GREEN_BACKGROUND, quality: 'low' });
    expect(second.width, 'it came before the settings that want it').to.equal(SIZE.width);
    configure({ kind: 'picture', fit: 'cover' });
    configure(GREEN_BACKGROUND);
    expect(second.width, 'no picture is wanted any more').to.equal(0);
    const third = await createImageBitmap(room);
    bench.pipeline.setPicture(third);
    bench.pipeline.dispose();
    expect(third.width).to.equal(0);
  });

  it('should leave no GL object behind', async () => {
    await bench.showPerson(room, 0);
    const { counts } = bench.pipeline.compositor as Compositor;
    bench.pipeline.dispose();
    bench.pipeline.dispose();
    expect(counts).to.deep.equal({ textures: 0, framebuffers: 0, programs: 0, buffers: 0 });
    const before = bench.handed.length;
    const late = bench.offer(room, 40);
    expect(late.closes, 'a late frame').to.equal(1);
    expect(bench.blanks).to.equal(1);
    expect(handedSince(before)).to.deep.equal([]);
  });

  it('should not gather textures, however many frames it holds one after the other', async () => {
    await bench.showPerson(room, 0);
    const { counts } = bench.pipeline.compositor as Compositor;
    const step = async (index: number): Promise<void> => {
      bench.offer(room, 40 * index);
      if (index % 3 === 0) bench.offer(red, 40 * index + 20);
      if (index % 5 === 0) bench.pipeline.resetSource();
      while (bench.requests.length > answered) {
        await bench.answer(bench.requests[answered++] as DataRequest, 1);
        await nextTask(5);
      }
    };
    let answered = 1;
    for (let index = 1; index < 16; index += 1) await step(index);
    const before = counts.textures;
    for (let index = 16; index < 46; index += 1) await step(index);
    expect(counts.textures).to.equal(before);
  });
});

describe('<virtual-background-camera> frames that a pipeline was offered', () => {
  for (const kind of ['canvas', 'VideoFrame'] as const) {
    const make = (timeMs: number): HTMLCanvasElement | VideoFrame => (kind === 'canvas' ? red : new VideoFrame(red, { timestamp: timeMs * 1000 }));

    /** Offers three frames: one to be at the network, one to be left out, one to wait. */
    async function fillUp(bench: PipelineBench): Promise<void> {
      await bench.connect();
      bench.offer(make(0), 0);
      await bench.request(0);
      bench.offer(make(40), 40);
      bench.offer(make(80), 80);
      expect(bench.offered[2]?.closes, 'it waits').to.equal(0);
    }

    const ends: Record<string, (bench: PipelineBench) => Promise<void> | void> = {
      'when they were drawn': async (bench) => {
        await bench.answer(await bench.request(0), 1);
        await bench.answer(await bench.request(1), 1);
        expect(bench.last.timestamp).to.equal(80_000);
      },
      'when the source changes': async (bench) => {
        bench.pipeline.resetSource();
        await bench.answer(await bench.request(0), 1);
      },
      'when the mask fails': async (bench) => {
        const { id, buffer } = await bench.request(0);
        await bench.send({ type: 'segment-failed', id, buffer, error: { code: 'segmentation-failed', message: 'not finite' } });
        await bench.answer(await bench.request(1), 1);
      },
      'when another background is none': async (bench) => {
        bench.pipeline.configure({ background: NONE, quality: 'medium' });
        await bench.answer(await bench.request(0), 1);
        bench.offer(make(120), 120);
        await nextTask(20);
        if (bench.requests.length > 1) await bench.answer(bench.requests[1] as DataRequest, 1);
      },
      'at the end': (bench) => bench.pipeline.dispose(),
      'at the end, while frames are still on their way into memory': (bench) => {
        bench.pipeline.resetSource();
        bench.offer(make(120), 120);
        bench.pipeline.dispose();
      },
      'when the GPU context is lost': async (bench) => {
        bench.pipeline.compositor?.context.gl.getExtension('WEBGL_lose_context')?.loseContext();
        await waitFor('the loss', () => bench.events.some(({ type }) => type === 'context-lost'));
        bench.offer(make(120), 120);
        expect(bench.blanks).to.equal(1);
        bench.pipeline.dispose();
      },
    };

    for (const [when, end] of Object.entries(ends)) {
      it(`should be closed once each ${when}: ${kind}`, async () => {
        const bench = new PipelineBench(GREEN_BACKGROUND);
        try {
          await fillUp(bench);
          await end(bench);
          await waitFor('the last frame to be closed', () => bench.offered.every(({ closes }) => closes > 0));
          await nextTask(20);
          expect(bench.offered.map(({ closes }) => closes)).to.deep.equal(bench.offered.map(() => 1));
        } finally {
          bench.dispose();
        }
      });
    }
  }
});

describe('<virtual-background-camera> pipeline with a lost GPU context', () => {
  it('should draw nothing while it is lost, and the curtain and the picture when it is back', async () => {
    const bench = new PipelineBench({ kind: 'picture', fit: 'fill' });
    bench.pipeline.setPicture(await createImageBitmap(solidCanvas(SIZE, BLUE)));
    await bench.showPerson(room, 0);
    bench.offer(room, 40);
    const late = await bench.request(1);
    const extension = bench.pipeline.compositor?.context.gl.getExtension('WEBGL_lose_context');
    extension?.loseContext();
    await waitFor('the loss', () => bench.events.some(({ type }) => type === 'context-lost'));
    const before = bench.handed.length;
    bench.offer(room, 80);
    expect(bench.blanks).to.equal(1);
    expect(bench.pipeline.redraw()).to.equal('not-drawn');
    await bench.answer(late, 1);
    expect(bench.handed, 'nothing goes out').to.have.length(before);
    extension?.restoreContext();
    await waitFor('the return', () => bench.events.some(({ type }) => type === 'context-restored'));
    bench.offer(room, 120);
    expect(bench.last, 'the old mask went with the context').to.include({ drawn: 'curtain', timestamp: 120_000 });
    expectAll(bench.last.picture, BLUE);
    await bench.answer(await bench.request(2), 1);
    const person: Handed = bench.last;
    expect(person).to.include({ drawn: 'person', timestamp: 120_000 });
    expectAll(person.picture, ROOM);
    if (bench.pipeline.compositor) expectNoGlError(bench.pipeline.compositor);
    bench.dispose();
  });
});
