import { expect } from 'chai';
import { BACKENDS } from '../helpers/backends';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { fakeCamera, replace } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom } from '../support/raw-frame-detector';
import { codes, runFault, runFaultOnOneHost, showsBackgroundAlone } from './run-fault';

const HOUR_US = 3_600_000_000;

describe('<virtual-background-camera> faults of the camera', () => {
  runFaultOnOneHost({
    name: 'camera: unplugged',
    injected: 'the track ends',
    expected: 'the error source-ended; the outgoing track ends, too',
    recovers: false,
    inject: ({ room }) => {
      room.stop();
      room.track.dispatchEvent(new Event('ended'));
    },
    meanwhile: async (stage) => {
      await stage.state('failed');
      expect(stage.element.error?.code).to.equal('source-ended');
      expect(stage.element.stream).to.equal(null);
    },
  });

  runFault({
    name: 'camera: stalled',
    backends: BACKENDS,
    injected: 'no frames, for a while, from a track that has not ended',
    expected: 'interrupted; after two seconds the background alone, also for those who join',
    inject: ({ room }) => room.play(0),
    meanwhile: async (stage) => {
      await showsBackgroundAlone(stage);
      stage.faultMs = performance.timeOrigin + performance.now();
      stage.room.play(20);
    },
  });

  runFaultOnOneHost({
    name: "camera: the page's video gets another stream",
    backends: BACKENDS,
    injected: 'the video element that is the source is given the stream of an empty room, then the first one again',
    expected: 'the curtain: the empty room is not cut out with the mask of who sat there',
    atStart: async (stage) => {
      const video = document.createElement('video');
      const empty = new CodedRoom({ person: false });
      Object.assign(video, { muted: true, srcObject: stage.room.stream });
      await video.play();
      stage.element.source = video;
      try {
        await stage.element.start();
        await stage.frames(10);
        video.srcObject = empty.stream;
        await video.play();
        await stage.frames(20);
        stage.faultMs = performance.timeOrigin + performance.now();
        video.srcObject = stage.room.stream;
        await video.play();
      } finally {
        empty.stop();
      }
    },
  });

  runFaultOnOneHost({
    name: 'camera: opened and silent',
    injected: 'the camera that was opened gives no frame at all; opened again, it does',
    expected: 'it is opened again, and the start goes on',
    properties: { source: 'camera' },
    atStart: async (stage) => {
      const silent = new CodedRoom({ frameRate: 0 });
      const cameras = [silent, stage.room];
      const calls = fakeCamera(async () => (cameras.shift() as CodedRoom).stream);
      await stage.element.start();
      expect(calls).to.have.lengthOf(2);
      expect(silent.track.readyState, 'the silent one').to.equal('ended');
    },
  });

  runFault({
    name: 'camera: not to be read',
    injected: "the browser reads no frame from the camera's track, though it shows it",
    expected: 'its frames are taken from a video element',
    hosts: ['worker'],
    atStart: async (stage) => {
      const Processor = MediaStreamTrackProcessor;
      let unread = 0;
      replace(
        globalThis,
        'MediaStreamTrackProcessor',
        class {
          readonly readable: ReadableStream<VideoFrame>;
          constructor(options: MediaStreamTrackProcessorInit) {
            const isRoom = options.track === stage.room.track;
            if (isRoom) unread += 1;
            this.readable = isRoom ? new ReadableStream<VideoFrame>() : new Processor(options).readable;
          }
        },
      );
      await stage.element.start();
      expect(unread).to.equal(1);
      expect(stage.element.stats.host).to.equal('worker');
      await stage.frames(20);
    },
    afterwards: ({ events }) => void expect(events.errors).to.deep.equal([]),
  });

  runFaultOnOneHost({
    name: 'camera: muted',
    injected: 'what comes over a call is paused by its sender, and goes on',
    expected: 'interrupted while it is muted; after two seconds the background alone, also for those who join',
    properties: { source: undefined as never },
    atStart: async (stage) => {
      const { sender, negotiate, received } = createLoopback();
      sender.addTrack(stage.room.track, stage.room.stream);
      await negotiate();
      stage.element.source = await received;
      await stage.element.start();
      const [transceiver] = sender.getTransceivers();
      if (!transceiver) throw new Error('Nothing is sent');
      transceiver.direction = 'inactive';
      await negotiate();
      await showsBackgroundAlone(stage);
      stage.faultMs = performance.timeOrigin + performance.now();
      transceiver.direction = 'sendrecv';
      await negotiate();
    },
    afterwards: () => closeLoopbacks(),
  });

  for (const [width, height, what] of [
    [180, 320, 'turned to a portrait'],
    [641, 361, 'another size, and an odd one'],
  ] as const) {
    runFaultOnOneHost({
      name: `camera: ${what}`,
      backends: width < height ? BACKENDS : ['wasm'],
      injected: `${width} × ${height} pixels in the middle of a run`,
      expected: 'at most the curtain, then the picture in the new size',
      inject: ({ room }) => room.resize(width, height),
      meanwhile: async (stage) => {
        await stage.nextFrame('the new size', (reading) => reading.width === Math.round(width / 2) * 2 || reading.width === width);
      },
    });
  }

  runFaultOnOneHost({
    name: 'camera: 1 × 1 pixel',
    injected: 'one pixel, for a while',
    expected: 'no failure',
    inject: async (stage) => {
      stage.room.resize(1, 1);
      await stage.frames(10);
      stage.room.resize(320, 180);
    },
    afterwards: ({ events }) => void expect(events.errors).to.deep.equal([]),
  });

  runFaultOnOneHost({
    name: 'camera: 3840 × 2160 pixels',
    injected: 'a picture of 4K, twice a second',
    expected: 'it goes out within the limits',
    properties: { width: 640, height: 360 },
    inject: async (stage) => {
      stage.room.resize(3840, 2160);
      stage.room.play(2);
      await stage.nextFrame('640 pixels', ({ width }) => width === 640);
      await stage.frames(3);
      stage.room.resize(320, 180);
      stage.room.play(20);
    },
  });

  for (const frameRate of [1, 5, 60]) {
    runFaultOnOneHost({
      name: `camera: ${frameRate} frames a second`,
      injected: `${frameRate} frames a second`,
      expected: 'the person is seen, state running',
      inject: async (stage) => {
        stage.room.play(frameRate);
        await stage.frames(Math.min(30, 4 * frameRate));
      },
    });
  }

  for (const [what, jumpUs] of [
    ['forward', HOUR_US],
    ['back', -HOUR_US],
  ] as const) {
    runFault({
      name: `camera: clock set ${what}`,
      injected: `timestamps jump ${what} by an hour`,
      expected: 'the picture, with times that rise as the clock does',
      // Elsewhere the browser sets the times of the room's frames.
      hosts: typeof MediaStreamTrackGenerator === 'function' ? ['worker', 'window'] : ['worker'],
      inject: async (stage) => {
        stage.room.clockOffsetUs = jumpUs;
        const from = stage.detector.readings.length;
        await stage.frames(40);
        const seen = stage.detector.readings.slice(from);
        const [first, last] = [seen[0], seen.at(-1)];
        if (!first || !last) throw new Error('No frames');
        const [sentMs, wallMs] = [(last.timestamp - first.timestamp) / 1000, last.atMs - first.atMs];
        expect(sentMs, 'time between the first and the last frame').to.be.within(0.3 * wallMs, 3 * wallMs);
      },
    });
  }

  runFault({
    name: "camera: the page's clock set forward",
    injected: 'performance.now() jumps by an hour',
    expected: 'the curtain at most, then the picture',
    hosts: ['window'],
    // Of no time that could be told: it is the clock that jumps.
    recovers: false,
    inject: () => {
      const now = performance.now.bind(performance);
      replace(performance, 'now', () => now() + 3_600_000);
    },
    meanwhile: async (stage) => {
      await stage.frames(20);
      await stage.nextFrame('the person', (reading) => stage.detector.showsPerson(reading));
      await stage.state('running');
    },
  });

  runFaultOnOneHost({
    name: 'camera: asked for again after it was refused',
    injected: 'a change to a camera that is refused; then the same once more, allowed',
    expected: 'an error; what ran goes on; the second time the camera comes',
    inject: async (stage) => {
      let isAllowed = false;
      const camera = new CodedRoom();
      fakeCamera(() => (isAllowed ? Promise.resolve(camera.stream) : Promise.reject(new DOMException('no', 'NotAllowedError'))));
      stage.element.source = 'camera';
      await waitFor('the error', () => stage.events.errors.length > 0);
      expect(codes(stage.events.errors)).to.deep.equal(['camera-denied']);
      await stage.frames(5);
      isAllowed = true;
      let isChanged = false;
      stage.element.addEventListener('vbc-source-change', () => (isChanged = true));
      stage.element.source = 'camera';
      await waitFor('the camera', () => isChanged);
      await nextTask();
    },
  });
});
