import { expect } from 'chai';
import { FALLBACK_COLOR } from '../../src/gl/fallback-color';
import { BACKENDS } from '../helpers/backends';
import { createElement, describeOn, HOSTS, itWithModel, recordEvents, trackOf } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { pngOf } from '../helpers/media';
import { solidCanvas } from '../helpers/pixels';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom, RawFrameDetector } from '../support/raw-frame-detector';
import { BACKGROUND, OTHER_BACKGROUND, runFault, runFaultOnOneHost, type Stage } from './run-fault';

const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);
const FALLBACK = FALLBACK_COLOR.map((channel) => Math.round(255 * channel)) as [number, number, number];
const CSS_BACKGROUND = `rgb(${BACKGROUND.join(' ')})`;

/** Networks in the context are made again each time, which takes seconds where there is no GPU. */
const roundsOf = ({ backend }: Stage): number => (backend === 'webgl' ? 2 : 3);

async function loseContext(stage: Stage): Promise<void> {
  const { length } = stage.events.warnings;
  stage.orderGl('lose');
  await stage.state('interrupted');
  await waitFor('the warning', () => stage.events.warnings.length > length);
}

/** Without a mask of its own the new context draws the curtain first. */
async function restoreContext(stage: Stage): Promise<void> {
  const curtain = stage.curtain();
  stage.orderGl('restore');
  await curtain;
}

describe('<virtual-background-camera> faults of the GPU', () => {
  runFault({
    name: 'gpu: context lost',
    injected: 'WebGL context lost and given back',
    expected: 'a warning, the last safe picture, then the picture again',
    inject: loseContext,
    meanwhile: async (stage) => {
      await expectRejection(stage.element.snapshot(), 'snapshot-unavailable', /./);
      await restoreContext(stage);
    },
    afterwards: ({ events }) => {
      expect(codes(events.warnings)).to.deep.equal(['webgl-context-lost']);
      expect(events.errors).to.deep.equal([]);
    },
  });

  runFaultOnOneHost({
    name: 'gpu: context lost again and again',
    backends: BACKENDS,
    injected: 'context lost again, two or three times, as soon as the picture is back',
    expected: 'the picture again',
    inject: async (stage) => {
      for (let round = 0; round < roundsOf(stage); round += 1) {
        await loseContext(stage);
        stage.orderGl('restore');
        await stage.state('running');
      }
    },
    afterwards: (stage) => {
      expect(codes(stage.events.warnings)).to.deep.equal(Array(roundsOf(stage)).fill('webgl-context-lost'));
    },
  });

  runFaultOnOneHost({
    name: 'gpu: context lost for good',
    injected: 'WebGL context lost and never given back',
    expected: 'the last safe picture; after two seconds the curtain, also for those who join; the track lives; a new start helps',
    recovers: false,
    inject: loseContext,
    meanwhile: async (stage) => {
      const { element, detector } = stage;
      expect(element.stream?.getTracks()[0]?.readyState).to.equal('live');
      // Frames of the start may still be on their way to the detector.
      await nextTask(500);
      await stage.curtain();
      const late = new RawFrameDetector({ background: BACKGROUND });
      late.watch(trackOf(element.stream));
      await waitFor('a picture for a late viewer', () => late.last);
      await nextTask(1000);
      late.stop();
      expect(late.readings.filter((reading) => detector.showsPerson(reading)), 'frames with the person').to.deep.equal([]);
      expect(element.state).to.equal('interrupted');
      element.stop();
      await element.start();
      await stage.nextFrame('the person', (reading) => detector.showsPerson(reading));
    },
  });

  for (const order of ['before', 'after'] as const) {
    runFault({
      name: `gpu: context lost just ${order} the room is covered`,
      backends: order === 'after' ? BACKENDS : ['wasm'],
      injected: `the background changes from none to a colour; the context is lost just ${order} that`,
      expected: 'who watches and who joins sees a plain colour, then the picture',
      properties: { background: 'none' },
      showsRoomBefore: true,
      inject: async (stage) => {
        // The next frame would be drawn in between, and a camera that stands still for longer is drawn again at once.
        stage.room.play(0);
        await nextTask(100);
        const early = new RawFrameDetector({ background: BACKGROUND });
        early.watch(trackOf(stage.element.stream));
        if (order === 'before') await loseContext(stage);
        stage.element.background = CSS_BACKGROUND;
        await stage.element.updateComplete;
        if (order === 'after') await loseContext(stage);
        await waitFor('the cover', () => early.showsBackground(early.last));
        early.stop();
      },
      meanwhile: async (stage) => {
        await stage.curtain();
        stage.room.play(20);
        await nextTask(1500);
        stage.orderGl('restore');
      },
    });
  }

  runFaultOnOneHost({
    name: 'gpu: a still canvas as background, context lost',
    injected: 'a canvas that is never drawn again is the background; context lost and given back',
    expected: 'the background is there again, too',
    inject: async (stage) => {
      // A canvas that stands still gives one picture.
      stage.element.background = solidCanvas({ width: 64, height: 36 }, OTHER_BACKGROUND);
      await stage.behind(OTHER_BACKGROUND);
      await loseContext(stage);
      stage.orderGl('restore');
    },
    recovers: false,
    meanwhile: async (stage) => {
      await stage.state('running');
      await stage.staysBehind(OTHER_BACKGROUND);
    },
  });

  runFaultOnOneHost({
    name: 'gpu: shaders that do not compile',
    injected: 'a change of background whose shader the driver refuses',
    expected: 'an error that names the pass; the track ends',
    recovers: false,
    inject: async (stage) => {
      stage.orderGl('break-shaders');
      // It goes another way than the change does, and has to be there first.
      await nextTask(500);
      stage.element.background = 'blur';
    },
    meanwhile: async (stage) => {
      await stage.state('failed');
      expect(stage.element.error?.code).to.equal('shader-failed');
      expect(stage.element.error?.message).to.match(/^Pass '/);
      stage.orderGl('mend-shaders');
      stage.element.background = CSS_BACKGROUND;
      await stage.element.start();
      await stage.nextFrame('the person', (reading) => stage.detector.showsPerson(reading));
    },
  });

  runFaultOnOneHost({
    name: 'gpu: out of memory',
    injected: 'no texture gets its picture any more',
    expected: 'no room in any picture, whatever else they show',
    recovers: false,
    inject: async (stage) => {
      stage.orderGl('out-of-memory');
      const frames = stage.detector.readings.length;
      await waitFor('frames, or the end', () => stage.detector.readings.length > frames + 20 || stage.element.state === 'failed');
    },
    meanwhile: async (stage) => {
      stage.element.quality = 'medium';
      const frames = stage.detector.readings.length;
      await waitFor('frames, or the end', () => stage.detector.readings.length > frames + 20 || stage.element.state === 'failed');
      stage.orderGl('enough-memory');
    },
  });

  runFaultOnOneHost({
    name: 'gpu: no memory for a background of 4K',
    injected: 'the GPU has no memory for a picture of 3840 × 2160 as background; then a colour again',
    expected: 'the warning background-load-failed, and a plain colour in its place',
    inject: async (stage) => {
      stage.orderGl('no-large-textures');
      // It goes another way than the change does, and has to be there first.
      await nextTask(500);
      stage.element.background = await pngOf({ width: 3840, height: 2160 }, OTHER_BACKGROUND);
      await waitFor('the warning', () => codes(stage.events.warnings).includes('background-load-failed'));
      await stage.behind(FALLBACK);
      expect(stage.element.state).to.equal('running');
    },
    meanwhile: (stage) => void (stage.element.background = CSS_BACKGROUND),
    afterwards: ({ events }) => {
      expect(codes(events.warnings)).to.deep.equal(['background-load-failed']);
      expect(events.errors).to.deep.equal([]);
    },
  });

  runFaultOnOneHost({
    name: 'gpu: a background too large for a texture',
    injected: 'a canvas of 9000 × 5000 as background, then a colour again',
    expected: 'no room, and the picture stays or comes back',
    inject: async (stage) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 9000, height: 5000 });
      canvas.getContext('2d')?.fillRect(0, 0, 9000, 5000);
      stage.element.background = canvas;
      await stage.element.updateComplete;
      const frames = stage.detector.readings.length;
      await waitFor('frames', () => stage.detector.readings.length > frames + 10);
    },
    meanwhile: async (stage) => {
      stage.element.background = CSS_BACKGROUND;
      await stage.element.updateComplete;
    },
  });
});

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> and the browser's limit of GPU contexts`, () => {
    const rooms: CodedRoom[] = [];
    const createWithRoom = (): ReturnType<typeof createElement> => {
      const room = new CodedRoom({ width: 160, height: 90, frameRate: 5 });
      rooms.push(room);
      return createElement({ host, source: room.stream, modelCache: 'none', background: CSS_BACKGROUND });
    };

    afterEach(async () => {
      for (const room of rooms.splice(0)) room.stop();
      const { cleanUp } = await import('../helpers/element');
      cleanUp();
    });

    itWithModel('should not take a running one its context when another is started and stopped twenty times', async () => {
      const lasting = createWithRoom();
      await lasting.start();
      const events = recordEvents(lasting);
      const other = createWithRoom();
      other.background = 'none';
      for (let round = 0; round < 20; round += 1) {
        await other.start();
        other.stop();
      }
      await nextTask(300);
      expect(codes(events.warnings)).not.to.include('webgl-context-lost');
      expect(lasting.state).to.be.oneOf(['running', 'interrupted']);
    });
  });
}
