import { expect } from 'chai';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom } from '../support/raw-frame-detector';
import { createElement, recordEvents } from '../helpers/element';
import { BACKGROUND, runFault, type Stage } from './run-fault';

const codes = (problems: readonly { code: string }[]): string[] => problems.map(({ code }) => code);

const frames = (stage: Stage, count: number): Promise<unknown> => {
  const from = stage.detector.readings.length;
  return waitFor(`${count} frames`, () => stage.detector.readings.length >= from + count);
};

describe('<virtual-background-camera> faults of the page', () => {
  runFault({
    name: 'page: element moved',
    injected: 'the element is moved to another place of the document',
    expected: 'nothing is seen of it',
    inject: async (stage) => {
      const place = document.createElement('section');
      document.body.append(place);
      place.append(stage.element);
      await frames(stage, 10);
    },
    afterwards: ({ events, element }) => {
      expect(events.states).not.to.include('idle');
      element.parentElement?.remove();
      document.body.append(element);
    },
  });

  runFault({
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

  runFault({
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
      await frames(stage, 10);
      document.body.append(stage.element);
      frame.remove();
      await nextTask(300);
      await frames(stage, 5);
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
    runFault({
      name: `page: ${what} elements`,
      injected: `${count} more ${count === 1 ? 'starts' : 'start'} beside it, and ${count === 1 ? 'stops' : 'stop'}`,
      expected: 'each shows its own picture, none the room',
      inject: async (stage) => {
        const others = Array.from({ length: count }, () => {
          const room = new CodedRoom({ width: 160, height: 90, frameRate: 5 });
          const element = createElement({ host: stage.host, modelCache: 'none', background: `rgb(${BACKGROUND.join(' ')})`, source: room.stream });
          return { room, element, events: recordEvents(element) };
        });
        await Promise.all(others.map(({ element }) => element.start()));
        for (const { element } of others) stage.watch(element.stream);
        const from = stage.detector.readings.length;
        const seen = (): number => stage.detector.readings.slice(from).filter(({ width, person }) => width === 160 && person !== null).length;
        await waitFor('frames of the others', () => seen() >= 5 * count);
        await waitFor('frames of each', () => others.every(({ element }) => element.stats.outputFrames > 5));
        for (const { element, events, room } of others) {
          expect(element.stats.rawFrames).to.equal(0);
          expect(codes(events.errors)).to.deep.equal([]);
          expect(codes(events.warnings)).not.to.include('webgl-context-lost');
          element.stop();
          room.stop();
        }
        await frames(stage, 5);
      },
      afterwards: ({ events }) => {
        expect(codes(events.errors)).to.deep.equal([]);
        expect(codes(events.warnings)).to.deep.equal([]);
      },
    });
  }
});
