import { expect } from 'chai';
import { BACKGROUND_PATIENCE_MS } from '../../src/engine/background/background-player';
import { BACKENDS } from '../helpers/backends';
import { pngOf, recordMovie } from '../helpers/media';
import { otherOrigin, PICTURE_PATH } from '../helpers/servers';
import { nextEvent, nextTask, waitFor } from '../helpers/wait';
import { BACKGROUND, OTHER_BACKGROUND, runFault, runFaultOnOneHost, type Stage } from './run-fault';

const BLACK = [0, 0, 0] as const;

const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);
/** Two pictures, 2 × 2 pixels, a tenth of a second each: {@link OTHER_BACKGROUND}, then blue. */
const GIF = 'R0lGODlhAgACAIAAAMiMPDyMyCH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAAAgACAAACAoRRACH5BAAKAAAALAAAAAACAAIAAAICjFMAOw==';
/** A little of everything that a picture file may be; no size. */
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="rgb(200 140 60)"/></svg>';

const fileOf = async (data: string, type: string): Promise<Blob> => (await fetch(`data:${type};base64,${data}`)).blob();

/** The colour is there, and stays. */
async function expectBehind(stage: Stage, colour: readonly [number, number, number]): Promise<void> {
  await stage.staysBehind(colour);
  expect(stage.events.errors).to.deep.equal([]);
}

/** A movie that plays to where its data ends, and then waits for more for ever; @returns `stalled` settles when it does */
async function playBeginning(movie: Blob): Promise<{ movie: HTMLVideoElement; stalled: Promise<unknown> }> {
  const source = new MediaSource();
  const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(source) });
  const stalled = nextEvent(video, 'waiting', () => video.currentTime > 0);
  await nextEvent(source, 'sourceopen');
  const buffer = source.addSourceBuffer('video/webm; codecs="vp8"');
  // Nobody says that this is all of it.
  buffer.appendBuffer(await movie.arrayBuffer());
  await nextEvent(buffer, 'updateend');
  await video.play();
  return { movie: video, stalled };
}

/** The picture before stays. */
function expectError(code: string): (stage: Stage) => Promise<void> {
  return async ({ events }) => {
    await waitFor('the error', () => events.errors.length > 0);
    expect(codes(events.errors)).to.deep.equal([code]);
  };
}

describe('<virtual-background-camera> faults of the background', () => {
  for (const [name, background, injected, code] of [
    ['missing', '/__faults/missing.png', 'a picture that is not there (404)', 'background-load-failed'],
    ['empty', '/__faults/empty.png', 'a picture of 0 bytes', 'background-load-failed'],
    ['without CORS', otherOrigin(PICTURE_PATH), "another origin's picture, sent without CORS", 'background-cross-origin'],
  ] as const) {
    runFaultOnOneHost({
      name: `background: ${name}`,
      injected,
      expected: `the error ${code}; the previous one stays`,
      inject: ({ element }) => void (element.background = background),
      meanwhile: expectError(code),
    });
  }

  runFaultOnOneHost({
    name: 'background: missing at the start',
    injected: 'a picture that is not there (404), from the start',
    expected: 'an error; a plain colour stands in',
    recovers: false,
    properties: { background: '/__faults/missing.png' },
    atStart: async ({ element, events, detector }) => {
      await element.start();
      expect(codes(events.errors)).to.deep.equal(['background-load-failed']);
      await waitFor('frames', () => detector.readings.length > 15);
    },
  });

  runFaultOnOneHost({
    name: 'background: a server that never answers',
    injected: 'the picture never comes, from the start',
    expected: `it starts over a plain colour after ${BACKGROUND_PATIENCE_MS / 1000} s`,
    recovers: false,
    properties: { background: '/__faults/stall.png' },
    atStart: async ({ element, detector }) => {
      await element.start();
      expect(element.state).to.be.oneOf(['running', 'interrupted']);
      await waitFor('frames', () => detector.readings.length > 10);
    },
  });

  runFaultOnOneHost({
    name: 'background: 20,000 × 20,000 pixels',
    injected: 'a PNG of 400 million pixels in 50 KB',
    expected: 'an error or the picture made smaller; the call goes on',
    recovers: false,
    inject: ({ element }) => void (element.background = '/__faults/black.png?side=20000'),
    meanwhile: async (stage) => {
      const { events, detector, element } = stage;
      await waitFor('the error, or the picture', () => events.errors.length > 0 || detector.hasBehind(detector.last, BLACK), 60_000);
      for (const code of codes(events.errors)) expect(code).to.equal('background-load-failed');
      element.background = `rgb(${BACKGROUND.join(' ')})`;
      await stage.behind(BACKGROUND);
      await stage.nextFrame('the person', (reading) => detector.showsPerson(reading));
    },
  });

  runFaultOnOneHost({
    name: 'background: an SVG without a size',
    injected: 'an SVG that has a view box only',
    expected: 'it is drawn',
    recovers: false,
    inject: ({ element }) => void (element.background = new Blob([SVG], { type: 'image/svg+xml' })),
    meanwhile: (stage) => expectBehind(stage, OTHER_BACKGROUND),
  });

  runFaultOnOneHost({
    name: 'background: an animated GIF',
    injected: 'a GIF of two pictures',
    expected: 'its first picture is drawn',
    recovers: false,
    inject: async ({ element }) => void (element.background = await fileOf(GIF, 'image/gif')),
    meanwhile: (stage) => expectBehind(stage, OTHER_BACKGROUND),
  });

  runFaultOnOneHost({
    name: 'background: a movie that stalls',
    injected: 'a movie of which nothing comes, while it runs',
    expected: 'the previous one stays',
    inject: async (stage) => {
      stage.element.background = '/__faults/stall.webm';
      await stage.element.updateComplete;
      await nextTask(700);
    },
    afterwards: ({ events }) => void expect(events.errors).to.deep.equal([]),
  });

  runFaultOnOneHost({
    name: 'background: a movie that stalls on its way',
    injected: "the page's own movie, of which the beginning comes, and then nothing",
    expected: 'its last picture stays',
    inject: async (stage) => {
      const { movie, stalled } = await playBeginning(await recordMovie({ width: 64, height: 36 }, OTHER_BACKGROUND));
      stage.element.background = movie;
      await stage.behind(OTHER_BACKGROUND);
      await stalled;
      await expectBehind(stage, OTHER_BACKGROUND);
      stage.element.background = `rgb(${BACKGROUND.join(' ')})`;
    },
  });

  runFaultOnOneHost({
    name: 'background: a movie that ends',
    injected: "the page's own movie ends",
    expected: 'its last picture stays',
    recovers: false,
    inject: async ({ element }) => {
      const movie = document.createElement('video');
      movie.muted = true;
      movie.src = URL.createObjectURL(await recordMovie({ width: 64, height: 36 }, OTHER_BACKGROUND));
      await movie.play();
      element.background = movie;
      await element.updateComplete;
      await waitFor('the end', () => movie.ended);
    },
    meanwhile: (stage) => expectBehind(stage, OTHER_BACKGROUND),
  });

  runFault({
    name: 'background: blur, and a new source',
    injected: 'another source while the room is blurred',
    expected: 'the curtain is a blur in which nothing is legible',
    counts: 'sharp',
    recovers: false,
    properties: { background: 'blur:6' },
    inject: async (stage) => {
      const frames = stage.detector.readings.length;
      stage.room.resize(240, 320);
      await stage.nextFrame('the new picture', ({ width }) => width === 240);
      await waitFor('frames', () => stage.detector.readings.length > frames + 30);
    },
  });

  runFaultOnOneHost({
    name: 'background: one after the other',
    backends: BACKENDS,
    injected: 'ten backgrounds faster than they load, some of them missing',
    expected: 'the last one counts',
    recovers: false,
    inject: async ({ element }) => {
      for (let round = 0; round < 5; round += 1) {
        element.background = `/__faults/missing-${round}.png`;
        await element.updateComplete;
        element.background = await pngOf({ width: 32, height: 18 }, round < 4 ? BACKGROUND : OTHER_BACKGROUND);
        await element.updateComplete;
      }
    },
    meanwhile: (stage) => stage.staysBehind(OTHER_BACKGROUND),
  });
});
