import { expect } from 'chai';
import { ONE_HOST } from '../helpers/backends';
import { trackOf } from '../helpers/element';
import { fakeCamera, replace } from '../helpers/spies';
import { nextEvent, nextTask, waitFor } from '../helpers/wait';
import { CodedRoom } from '../support/raw-frame-detector';
import { codes, runFault, showsBackgroundAlone, type Stage } from './run-fault';

const nameFault = (stage: Stage): number => (stage.faultMs = performance.timeOrigin + performance.now());

describe('<virtual-background-camera> faults of what the page has in its hands', () => {
  runFault({
    name: 'camera: disabled',
    injected: 'the page disables the source, from the start and later: it gives black frames',
    expected: 'the background alone, no black silhouette',
    atStart: async (stage) => {
      stage.room.track.enabled = false;
      await stage.element.start();
      await showsBackgroundAlone(stage);
      stage.room.track.enabled = true;
      await stage.nextFrame('the person', (reading) => stage.detector.showsPerson(reading));
      stage.room.track.enabled = false;
      await showsBackgroundAlone(stage);
      nameFault(stage);
      stage.room.track.enabled = true;
    },
  });

  for (const [what, exchange] of [
    ['stopped first', (stream: MediaStream, next: MediaStreamTrack) => {
      const [old] = stream.getVideoTracks();
      old?.stop();
      stream.removeTrack(old as MediaStreamTrack);
      setTimeout(() => stream.addTrack(next), 1000);
    }],
    ['left running', (stream: MediaStream, next: MediaStreamTrack) => {
      stream.removeTrack(stream.getVideoTracks()[0] as MediaStreamTrack);
      stream.addTrack(next);
    }],
  ] as const) {
    for (const holder of ['stream', 'video element'] as const) {
      // The look at what a source holds is the same for both hosts.
      runFault({
        name: `camera: another track in the ${holder}, the old one ${what}`,
        injected: `the page exchanges the track of the ${holder} that is the source, which fires no event`,
        expected: 'it goes on with the new one',
        hosts: ONE_HOST,
        atStart: async (stage) => {
          const empty = new CodedRoom({ person: false });
          try {
            const stream = new MediaStream([empty.track]);
            const video = document.createElement('video');
            Object.assign(video, { muted: true, srcObject: stream });
            await video.play();
            stage.element.source = holder === 'stream' ? stream : video;
            // Nobody is in that room.
            void stage.element.start();
            await stage.curtain();
            nameFault(stage);
            exchange(stream, stage.room.track);
            await stage.nextFrame('the person', (reading) => stage.detector.showsPerson(reading));
            expect(codes(stage.events.errors)).to.deep.equal([]);
          } finally {
            empty.stop();
          }
        },
      });
    }
  }

  runFault({
    name: 'camera: stopped by the page, without an event',
    injected: "the page stops the source's track and puts nothing in its place",
    expected: 'the background alone, then the error source-ended; the outgoing track ends after it',
    hosts: ONE_HOST,
    recovers: false,
    inject: ({ room }) => room.track.stop(),
    meanwhile: async (stage) => {
      const track = trackOf(stage.element.stream);
      await showsBackgroundAlone(stage);
      await waitFor('the error', () => stage.events.errors.length > 0);
      expect(track.readyState, 'when the page hears of it').to.equal('live');
      await stage.state('failed');
      expect(codes(stage.events.errors)).to.deep.equal(['source-ended']);
    },
  });

  for (const [what, isFree] of [['is free then', true], ['is in use all the same', false]] as const) {
    runFault({
      name: `camera: one at a time, and the next ${what}`,
      injected: 'another camera is refused as in use while one is open, as on most phones',
      expected: isFree ? 'the one is let go, the other opened: the same track goes on' : 'the error camera-in-use; the old one is taken back in the same track',
      hosts: ONE_HOST,
      properties: { source: 'camera' },
      atStart: async (stage) => {
        const first = new CodedRoom();
        const given: CodedRoom[] = [];
        fakeCamera(async ({ video }) => {
          const isNext = Boolean((video as MediaTrackConstraints).deviceId);
          const isBusy = given.some(({ track }) => track.readyState === 'live');
          if (isBusy || (isNext && !isFree)) throw new DOMException('Could not start video source', 'NotReadableError');
          const room = given.length === 0 ? first : stage.room;
          given.push(room);
          return room.stream;
        });
        const track = trackOf(await stage.element.start());
        nameFault(stage);
        stage.element.deviceId = 'other';
        await nextEvent(stage.element, 'vbc-source-change');
        expect(first.track.readyState).to.equal('ended');
        expect(trackOf(stage.element.stream)).to.equal(track);
        await waitFor('the outcome', () => stage.events.errors.length > 0 || isFree);
        expect(codes(stage.events.errors)).to.deep.equal(isFree ? [] : ['camera-in-use']);
        first.stop();
      },
    });
  }

  runFault({
    name: 'camera: a remembered one that is gone',
    injected: 'device-id names a camera that is no longer there',
    expected: 'the warning camera-replaced; the default camera',
    hosts: ONE_HOST,
    properties: { source: 'camera', deviceId: 'gone' },
    atStart: async (stage) => {
      fakeCamera(async ({ video }) => {
        if ((video as MediaTrackConstraints).deviceId) throw new DOMException('no', 'OverconstrainedError');
        return stage.room.stream;
      });
      await stage.element.start();
      expect(codes(stage.events.warnings)).to.deep.equal(['camera-replaced']);
    },
  });

  runFault({
    name: 'camera: not to be played without a gesture',
    injected: 'the browser refuses to play the source by itself',
    expected: 'the warning autoplay-refused; it starts with the next gesture',
    hosts: ['window'],
    atStart: async (stage) => {
      const play = HTMLMediaElement.prototype.play;
      let isAllowed = false;
      replace(HTMLMediaElement.prototype, 'play', function (this: HTMLMediaElement) {
        return isAllowed || this.isConnected ? play.call(this) : Promise.reject(new DOMException('no', 'NotAllowedError'));
      });
      const starting = stage.element.start();
      await waitFor('the warning', () => stage.events.warnings.length > 0);
      expect(codes(stage.events.warnings)).to.deep.equal(['autoplay-refused']);
      await nextTask(1000);
      expect(stage.element.state).to.equal('loading');
      isAllowed = true;
      window.dispatchEvent(new Event('pointerdown'));
      await starting;
    },
  });
});
