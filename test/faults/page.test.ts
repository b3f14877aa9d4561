import { expect } from 'chai';
import { BACKENDS } from '../helpers/backends';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom, RawFrameDetector } from '../support/raw-frame-detector';
import { createElement, recordEvents, trackOf } from '../helpers/element';
import { runFault, runFaultOnOneHost, type Stage } from './run-fault';

const codes = (problems: readonly { code: string }[]): string[] => problems.map(({ code }) => code);

/** Of elements that run beside each other: channels between the room's, which are 0 and 255. */
const COLOURS = [
  [200, 140, 60], [140, 130, 60], [120, 60, 200], [130, 130, 200], [200, 130, 130],
  [130, 200, 130], [130, 60, 60], [60, 130, 60], [125, 125, 125],
] as const;

/** Another element beside the stage's, with a room, a background and a detector of its own. */
function createOther({ host, backend }: Stage, colour: (typeof COLOURS)[number]) {
  const room = new CodedRoom({ width: 160, height: 90, frameRate: 5 });
  const element = createElement({ host, backend, modelCache: 'none', background: `rgb(${colour.join(' ')})`, source: room.stream });
  const events = recordEvents(element);
  const detector = new RawFrameDetector({ background: colour });
  return {
    element,
    async start(): Promise<void> {
      await element.start();
      detector.watch(trackOf(element.stream));
    },
    async expectPicture(): Promise<void> {
      await waitFor('the person before the own background', () => detector.readings.filter((reading) => detector.showsPerson(reading) && detector.hasBehind(reading, colour)).length > 3);
      expect(detector.count(), 'frames with the room').to.include({ raw: 0 });
      expect(element.stats.rawFrames).to.equal(0);
      expect(codes(events.errors)).to.deep.equal([]);
      expect(codes(events.warnings)).not.to.include('webgl-context-lost');
    },
    stop(): void {
      element.stop();
      detector.stop();
      room.stop();
    },
  };
}

describe('<virtual-background-camera> faults of the page', () => {
  runFault({
    name: 'page: element moved',
    backends: BACKENDS,
    injected: 'the element is moved to another place of the document',
    expected: 'nothing is seen of it',
    inject: async (stage) => {
      const place = document.createElement('section');
      document.body.append(place);
      place.append(stage.element);
      await stage.frames(10);
    },
    afterwards: ({ events, element }) => {
      expect(events.states).not.to.include('idle');
      element.parentElement?.remove();
      document.body.append(element);
    },
  });

  runFaultOnOneHost({
    name: 'page: element removed and put back',
    injected: 'the element is away for half a second, with autostart',
    expected: 'the stream ends with it, and another begins when it is back',
    recovers: false,
    properties: { autostart: true },
    inject: async (stage) => {
      const { element } = stage;
      element.remove();
      await stage.state('idle');
      expect(element.stream).to.equal(null);
      document.body.append(element);
      await waitFor('the next stream', () => element.stream);
      await stage.nextFrame('the person', (reading) => stage.detector.showsPerson(reading));
    },
  });

  runFaultOnOneHost({
    name: 'page: element in another document',
    injected: 'the element is taken over by the document of a frame, and comes back',
    expected: 'nothing is seen of it',
    inject: async (stage) => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const inside = frame.contentDocument;
      if (!inside) throw new Error('No document in the frame');
      inside.body.append(stage.element);
      expect(stage.element.ownerDocument).to.equal(inside);
      await stage.frames(10);
      document.body.append(stage.element);
      frame.remove();
      await nextTask(300);
      await stage.frames(5);
    },
    afterwards: ({ events }) => {
      expect(events.states).not.to.include('idle');
      expect(events.errors).to.deep.equal([]);
    },
  });

  for (const [count, what] of [
    [1, 'two'],
    [9, 'ten'],
  ] as const) {
    runFaultOnOneHost({
      name: `page: ${what} elements`,
      injected: `${count} more ${count === 1 ? 'starts' : 'start'} beside it, and ${count === 1 ? 'stops' : 'stop'}`,
      expected: 'each shows its own person before its own background, none the room',
      inject: async (stage) => {
        const others = COLOURS.slice(0, count).map((colour) => createOther(stage, colour));
        try {
          await Promise.all(others.map((other) => other.start()));
          for (const other of others) await other.expectPicture();
          await stage.frames(5);
        } finally {
          for (const other of others) other.stop();
        }
        await stage.frames(5);
      },
      afterwards: ({ events }) => {
        expect(codes(events.errors)).to.deep.equal([]);
        expect(codes(events.warnings)).to.deep.equal([]);
      },
    });
  }
});
