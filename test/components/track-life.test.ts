import { expect } from 'chai';
import type { VirtualBackgroundCamera } from '../../src/define';
import { ABANDON_MS } from '../../src/output/outgoing-stream';
import { tellsRate } from '../helpers/browser';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, previewOf, recordEvents, sampleStream, trackOf, waitForState, watchStream } from '../helpers/element';
import { BLUE, colorAt, distance, type Picture } from '../helpers/pixels';
import { fakeCamera, hurry, replace } from '../helpers/spies';
import { nextEvent, nextTask, waitFor } from '../helpers/wait';

const hasBackground = (picture: Picture): boolean => distance(colorAt(picture, 0.03, 0.05), BLUE) < 30;

/** What the Chime SDK looks at before it scales a track. */
function expectSettings(track: MediaStreamTrack, size: { width: number; height: number }): void {
  const settings = track.getSettings();
  expect(settings).to.include(size);
  if (tellsRate()) expect(settings.frameRate).to.be.within(1, 60);
}

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> track life`, () => {
    let camera: MediaStream;
    let calls: MediaStreamConstraints[];

    const createCamera = (properties: Partial<VirtualBackgroundCamera> = {}): VirtualBackgroundCamera => {
      camera = sampleStream();
      calls = fakeCamera(async () => camera);
      return createElement({ host, source: 'camera', ...properties });
    };

    afterEach(cleanUp);

    // Without a background nothing is waited for but the very first frame.
    for (const background of ['#0000ff', 'none']) {
      itWithModel(`should know width, height and frame rate when it is handed out, with background ${background}`, async () => {
        const element = createCamera({ background });
        const early: MediaTrackSettings[] = [];
        element.addEventListener('vbc-stream-change', ({ detail }) => {
          if (detail.stream) early.push(trackOf(detail.stream).getSettings());
        });
        const stream = await element.start();
        expectSettings(trackOf(stream), { width: 320, height: 180 });
        expect(early).to.have.lengthOf(1);
        expect(early[0]).to.include({ width: 320, height: 180 });
        if (tellsRate()) expect(early[0]).to.include.keys('frameRate');
      });
    }

    itWithModel('should be alive again when it is read after its holder stopped it, without another camera', async () => {
      const element = createCamera();
      const events = recordEvents(element);
      const stream = await element.start();
      for (let round = 0; round < 3; round += 1) {
        const stopped = trackOf(stream);
        stopped.stop();
        expect(element.stream, 'the same stream').to.equal(stream);
        expect(stream.getTracks()).to.have.lengthOf(1);
        expect(trackOf(stream)).to.include({ kind: 'video', readyState: 'live' }).and.not.equal(stopped);
        expectSettings(trackOf(stream), { width: 320, height: 180 });
        await watchStream(stream, hasBackground);
      }
      expect(calls, 'prompts').to.have.lengthOf(1);
      expect(trackOf(camera).readyState).to.equal('live');
      expect(events.states).to.deep.equal(['opening', 'loading', 'running']);
      expect(events.streams, 'no event that could turn a video on again').to.deep.equal([stream]);
      expect(element.stats.rawFrames).to.equal(0);
    });

    itWithModel('should stay disabled when its holder had disabled it, however it is renewed', async () => {
      const element = createCamera();
      const stream = await element.start();
      trackOf(stream).enabled = false;
      trackOf(stream).contentHint = 'motion';
      for (const renew of [() => element.stream, () => element.start(), () => {
        // The way by which the Chime SDK turns a video off and on.
        element.onOutputStreamDisconnect();
        return element.intrinsicDevice();
      }]) {
        const before = trackOf(stream);
        before.stop();
        await renew();
        expect(trackOf(stream)).to.include({ readyState: 'live', enabled: false, contentHint: 'motion' }).and.not.equal(before);
      }
      // The run ends by itself, and what was wanted of its track still counts.
      camera.getTracks()[0]?.stop();
      await waitForState(element, 'failed');
      camera = sampleStream();
      expect(trackOf(await element.start()).enabled).to.equal(false);
      element.stop();
      camera = sampleStream();
      expect(trackOf(await element.start()).enabled, 'after the page has stopped it').to.equal(true);
    });

    itWithModel('should say what its source says of the picture, and detail of a screen', async () => {
      const source = sampleStream();
      trackOf(source).contentHint = 'text';
      const element = createElement({ host, source });
      const stream = await element.start();
      const hint = (wanted: string): Promise<unknown> => waitFor(`the hint '${wanted}'`, () => trackOf(stream).contentHint === wanted);
      await hint('text');
      replace(navigator.mediaDevices, 'getDisplayMedia', async () => sampleStream());
      element.source = 'screen';
      await hint('detail');
      trackOf(stream).contentHint = 'motion';
      element.source = sampleStream();
      await nextEvent(element, 'vbc-source-change');
      await nextTask(300);
      expect(trackOf(stream).contentHint, 'what the holder set').to.equal('motion');
    });

    itWithModel('should be alive again when it is started after its holder stopped it', async () => {
      const element = createCamera();
      const stream = await element.start();
      trackOf(stream).stop();
      expect(await element.start()).to.equal(stream);
      expect(trackOf(stream).readyState).to.equal('live');
      expect(calls).to.have.lengthOf(1);
    });

    itWithModel('should not be put into a held stream before somebody asks for it', async () => {
      const element = createCamera();
      const stream = await element.start();
      const stopped = trackOf(stream);
      stopped.stop();
      await nextTask(1200);
      expect(stream.getTracks()).to.deep.equal([stopped]);
      expect(stream.active, 'a video that was turned off stays off').to.equal(false);
      expect(element.state).to.equal('running');
    });

    itWithModel('should turn the camera off when nobody asks for a stopped stream again', async () => {
      const element = createCamera();
      const events = recordEvents(element);
      const stream = await element.start();
      trackOf(stream).stop();
      hurry(20);
      await waitFor('the end', () => element.state === 'idle', 60 * ABANDON_MS);
      expect(trackOf(camera).readyState).to.equal('ended');
      expect(element.stream).to.equal(null);
      expect(events.streams).to.deep.equal([stream, null]);
      expect(events.errors).to.deep.equal([]);
    });

    itWithModel('should leave the camera on for a stream that was asked for again', async () => {
      const element = createCamera();
      const stream = await element.start();
      trackOf(stream).stop();
      await nextTask(1200);
      expect(element.stream).to.equal(stream);
      hurry(20);
      const start = performance.now();
      await waitFor('three times the grace', () => performance.now() - start > 3 * ABANDON_MS, 60 * ABANDON_MS);
      expect(element.state).to.be.oneOf(['running', 'interrupted']);
      expect(trackOf(camera).readyState).to.equal('live');
      expect(trackOf(stream).readyState).to.equal('live');
    });

    itWithModel('should tell the holder of the end, once, when it can be started again', async () => {
      const element = createElement({ host });
      const track = trackOf(await element.start());
      let ends = 0;
      let again: Promise<MediaStream> | undefined;
      track.addEventListener('ended', () => {
        ends += 1;
        again ??= element.start();
      });
      element.stop();
      expect(ends).to.equal(1);
      expect(trackOf((await again) as MediaStream)).to.include({ readyState: 'live' }).and.not.equal(track);
      element.stop();
      await nextTask(100);
      expect(ends).to.equal(1);
    });

    itWithModel('should not tell a holder who stopped the track himself', async () => {
      const element = createElement({ host });
      const track = trackOf(await element.start());
      let ends = 0;
      track.addEventListener('ended', () => (ends += 1));
      track.stop();
      element.stop();
      await nextTask(100);
      expect(ends).to.equal(0);
    });

    for (const [what, end] of [
      ['unplugged', (track: MediaStreamTrack) => {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }],
      ['stopped by the page, which fires no event', (track: MediaStreamTrack) => track.stop()],
    ] as const) {
      itWithModel(`should tell the holder when the source is ${what}`, async () => {
        const element = createCamera();
        const track = trackOf(await element.start());
        const ended = nextEvent(track, 'ended');
        const failed = nextEvent(element, 'vbc-error');
        end(trackOf(camera));
        expect((await failed).detail).to.deep.include({ code: 'source-ended' });
        await ended;
        expect(element).to.include({ state: 'failed', stream: null });
      });
    }

    for (const [what, choose] of [
      ['a device', (element: VirtualBackgroundCamera) => (element.deviceId = 'other')],
      ['a source', (element: VirtualBackgroundCamera) => (element.source = sampleStream({ width: 240, height: 136 }))],
      ['the same source', (element: VirtualBackgroundCamera) => (element.source = 'camera')],
      ['the next start', (element: VirtualBackgroundCamera) => void element.start()],
    ] as const) {
      itWithModel(`should go on in the same track with ${what} that a listener names when the source ended`, async () => {
        const element = createCamera();
        const events = recordEvents(element);
        const stream = await element.start();
        const track = trackOf(stream);
        let ends = 0;
        track.addEventListener('ended', () => (ends += 1));
        const ended = trackOf(camera);
        camera = sampleStream({ width: 240, height: 136 });
        element.addEventListener('vbc-error', () => {
          expect(track.readyState, 'when the page hears of it').to.equal('live');
          choose(element);
        });
        ended.stop();
        ended.dispatchEvent(new Event('ended'));
        await watchStream(stream, (picture) => picture.width === 240 && hasBackground(picture));
        await waitForState(element, 'running');
        expect(trackOf(element.stream)).to.equal(track);
        expect(events.errors.map(({ code }) => code)).to.deep.equal(['source-ended']);
        expect([ends, element.error]).to.deep.equal([0, null]);
      });
    }

    itWithModel('should survive a source that the page stops before it names the next', async () => {
      const first = sampleStream();
      const element = createElement({ host, source: first });
      const events = recordEvents(element);
      const stream = await element.start();
      let allow!: () => void;
      fakeCamera(async () => {
        await new Promise<void>((resolve) => (allow = resolve));
        return sampleStream({ width: 240, height: 136 });
      });
      element.source = 'camera';
      await element.updateComplete;
      trackOf(first).stop();
      // Long enough for the ended source to be noticed.
      await nextTask(1200);
      allow();
      await watchStream(stream, (picture) => picture.width === 240);
      expect(events.errors).to.deep.equal([]);
    });

    itWithModel('should show a preview of its own, whatever is done to the track that goes out', async () => {
      const element = createElement({ host });
      const stream = await element.start();
      await element.updateComplete;
      const shown = trackOf(previewOf(element).srcObject as MediaStream);
      // Firefox scales no canvas.
      if ('width' in trackOf(stream).getCapabilities()) {
        await trackOf(stream).applyConstraints({ width: { max: 160 }, height: { max: 90 } });
        await watchStream(stream, ({ width }) => width === 160);
      }
      expect(shown.getSettings()).to.include({ width: 320, height: 180 });
      trackOf(stream).stop();
      await waitFor('more frames', () => previewOf(element).videoWidth === 320 && !previewOf(element).ended);
      expect(shown.readyState).to.equal('live');
      const constraints = (): string => JSON.stringify(trackOf(stream).getConstraints());
      const before = constraints();
      expect(trackOf(element.stream).readyState).to.equal('live');
      await waitFor('the constraints of the last', () => constraints() === before);
      expect(shown.getSettings()).to.include({ width: 320, height: 180 });
    });

    if (host === 'worker') {
      itWithModel('should end the clones that others made of its track', async () => {
        const element = createElement({ host });
        const clone = trackOf(await element.start()).clone();
        const ended = nextEvent(clone, 'ended');
        element.stop();
        await ended;
        expect(clone.readyState).to.equal('ended');
      });
    }

    for (const [what, source, limit, goesOut] of [
      ['a larger picture smaller', [480, 270], [320, 180], [320, 180]],
      ['a larger portrait smaller, turned like it', [270, 480], [320, 180], [180, 320]],
      ['what is within the limits as it is', [320, 180], [1280, 720], [320, 180]],
    ] as const) {
      itWithModel(`should hand out ${what}`, async () => {
        const [width, height] = source;
        const element = createElement({ host, source: sampleStream({ width, height }), width: limit[0], height: limit[1] });
        const stream = await element.start();
        expectSettings(trackOf(stream), { width: goesOut[0], height: goesOut[1] });
        await watchStream(stream, (picture) => {
          expect([picture.width, picture.height]).to.deep.equal(goesOut);
          return hasBackground(picture);
        });
      });
    }

    itWithModel('should keep the limits when source and limits change, and a shared screen as it is', async () => {
      const element = createElement({ host, source: sampleStream(), width: 320, height: 180 });
      const stream = await element.start();
      const sizes: number[] = [];
      const until = (width: number): Promise<void> =>
        watchStream(stream, (picture) => {
          sizes.push(picture.width);
          return picture.width === width;
        });
      element.source = sampleStream({ width: 480, height: 270 });
      await until(320);
      element.width = 400;
      element.height = 225;
      await until(400);
      expect(Math.max(...sizes), 'the widest picture').to.equal(400);
      replace(navigator.mediaDevices, 'getDisplayMedia', async () => sampleStream({ width: 640, height: 360 }));
      element.source = 'screen';
      await until(640);
      await waitForState(element, 'running');
    });
  });
}
