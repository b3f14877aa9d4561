import { expect } from 'chai';
import type { VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, delayModel, describeOn, HOSTS, itWithModel, part, recordEvents, sampleStream, trackOf, waitForState, watchStream } from '../helpers/element';
import { audioTrack, pngOf } from '../helpers/media';
import { BLUE, colorAt, distance, GREEN, RED, type Rgb } from '../helpers/pixels';
import { fakeCamera } from '../helpers/spies';
import { nextEvent, waitFor } from '../helpers/wait';

/** Waits until the top left corner, where nobody sits, has a colour. */
const waitForCorner = (stream: MediaStream, color: Rgb): Promise<void> =>
  watchStream(stream, (picture) => distance(colorAt(picture, 0.03, 0.05), color) < 30);

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> changes while running`, () => {
    afterEach(cleanUp);

    itWithModel('should keep the stream and its track whatever changes', async () => {
      const cameras = [sampleStream(), sampleStream({ width: 180, height: 320 })];
      const calls = fakeCamera(async () => cameras[calls.length - 1] as MediaStream);
      const element = createElement({ host, source: 'camera' });
      const events = recordEvents(element);
      const stream = await element.start();
      const track = trackOf(stream);
      const expectSame = (what: string): void => {
        expect(element.stream, what).to.equal(stream);
        expect(stream.getTracks(), what).to.deep.equal([track]);
        expect(track.readyState, what).to.equal('live');
      };
      await waitForCorner(stream, BLUE);

      element.background = await pngOf({ width: 32, height: 18 }, RED);
      await waitForCorner(stream, RED);
      expectSame('background');

      element.backgroundFit = 'contain';
      element.quality = 'high';
      await waitFor("quality 'high'", () => element.stats.quality === 'high');
      expectSame('quality');

      element.model = 'body-pix';
      element.modelUrl = '/missing-model/';
      await nextEvent(element, 'vbc-warning');
      await waitFor('the fallback', () => element.stats.model === 'selfie');
      expectSame('model');

      element.deviceId = 'another';
      await waitFor('the other camera', () => element.stats.height === 320);
      expect(calls[1]).to.deep.include({ video: { deviceId: { exact: 'another' }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
      expect(cameras.map((camera) => trackOf(camera).readyState)).to.deep.equal(['ended', 'live']);
      expectSame('device-id');

      element.source = sampleStream();
      await waitFor('the other source', () => element.stats.width === 320);
      expect(trackOf(cameras[1] as MediaStream).readyState, 'the camera is off').to.equal('ended');
      await waitForState(element, 'running');
      expectSame('source');
      expect(events.errors).to.deep.equal([]);
      expect(events.streams).to.deep.equal([stream]);
      expect(element.stats.rawFrames).to.equal(0);
    });

    itWithModel('should report a wrong value and run on with the right one', async () => {
      const element = createElement({ host, background: '#00ff00' });
      const stream = await element.start();
      const events = recordEvents(element);
      element.setAttribute('background', 'blur:abc');
      element.setAttribute('quality', 'best');
      element.setAttribute('source', '');
      await element.updateComplete;
      expect(events.errors.map(({ code }) => code)).to.deep.equal(['attribute-invalid', 'attribute-invalid', 'attribute-invalid']);
      await waitForCorner(stream, GREEN);
      expect(element.state).to.equal('running');
      expect(element.stream).to.equal(stream);
      element.setAttribute('background', '#f00');
      await waitForCorner(stream, RED);
    });

    itWithModel('should keep the background when the next one is not there', async () => {
      const element = createElement({ host });
      const stream = await element.start();
      for (const background of ['/missing.png', '/missing.webm', new Blob(['x'])]) {
        const failed = nextEvent(element, 'vbc-error');
        element.background = background;
        expect((await failed).detail).to.deep.include({ code: 'background-load-failed' });
        await element.updateComplete;
        expect(part(element, 'error').textContent).to.include('background');
        await waitForCorner(stream, BLUE);
      }
      expect(element.state).to.equal('running');
      expect(element.stats.rawFrames).to.equal(0);
    });

    itWithModel('should show the last of several backgrounds', async () => {
      const element = createElement({ host });
      const stream = await element.start();
      const events = recordEvents(element);
      const [red, green] = [await pngOf({ width: 16, height: 9 }, RED), await pngOf({ width: 16, height: 9 }, GREEN)];
      for (const background of [green, red, '/missing.png', green, red, '/missing.webm', green]) {
        element.background = background;
        await element.updateComplete;
      }
      await waitForCorner(stream, GREEN);
      expect(events.errors, 'the superseded one that is not there').to.deep.equal([]);
    });

    itWithModel('should show a canvas live behind the person', async () => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const paint = (color: string): void => {
        context.fillStyle = color;
        context.fillRect(0, 0, canvas.width, canvas.height);
      };
      paint('#f00');
      const element = createElement({ host, background: canvas });
      const stream = await element.start();
      await waitForCorner(stream, RED);
      paint('#0f0');
      await waitForCorner(stream, GREEN);
    });

    itWithModel('should keep the source when the next one fails', async () => {
      const element = createElement({ host });
      const stream = await element.start();
      for (const [source, code] of [['/missing.webm', 'source-load-failed'], [audioTrack(), 'source-unsupported']] as const) {
        const failed = nextEvent(element, 'vbc-error');
        element.source = source;
        expect((await failed).detail).to.deep.include({ code });
        const before = element.stats.outputFrames;
        await waitFor('more frames of the old source', () => element.stats.outputFrames > before);
      }
      expect(element.state).to.equal('running');
      expect(element.stream).to.equal(stream);
    });

    for (const [what, change] of [
      ['the model', { quality: 'high' }],
      ['the background', { background: '#f00' }],
      ['the source', { source: null }],
    ] as const) {
      itWithModel(`should start all the same when ${what} changes meanwhile`, async () => {
        const model = delayModel();
        const element = createElement({ host });
        const events = recordEvents(element);
        const starting = element.start();
        await waitForState(element, 'loading');
        Object.assign(element, what === 'the source' ? { source: sampleStream() } : change);
        await element.updateComplete;
        model.resolve();
        const stream = await starting;
        expect(element).to.include({ state: 'running', stream });
        expect(events.errors).to.deep.equal([]);
      });
    }

    itWithModel('should start with another source while the camera is not allowed yet', async () => {
      fakeCamera(() => new Promise(() => undefined));
      const element = createElement({ host, source: 'camera' });
      const starting = element.start();
      await element.updateComplete;
      element.source = sampleStream();
      expect(await starting).to.equal(element.stream);
    });

    itWithModel('should tell of a source that fails while the model loads, and start with the one it has', async () => {
      const model = delayModel();
      const element = createElement({ host });
      const starting = element.start();
      await waitForState(element, 'loading');
      const failed = nextEvent(element, 'vbc-error');
      element.source = '/missing.webm';
      expect((await failed).detail).to.deep.include({ code: 'source-load-failed' });
      model.resolve();
      expect(await starting).to.equal(element.stream);
      expect(element.state).to.equal('running');
    });

    itWithModel("should not open a page's stream again when the camera's wishes change", async () => {
      const element = createElement({ host });
      await element.start();
      const events = recordEvents(element);
      Object.assign(element, { width: 640, height: 360, frameRate: 10, deviceId: 'abc' } satisfies Partial<VirtualBackgroundCamera>);
      await element.updateComplete;
      const frames = element.stats.outputFrames;
      await waitFor('more frames', () => element.stats.outputFrames > frames + 5);
      expect(events.states, 'no interruption').to.deep.equal([]);
    });

    itWithModel('should ask the running camera for another size instead of opening it again', async () => {
      const calls = fakeCamera(async () => sampleStream());
      const element = createElement({ host, source: 'camera' });
      await element.start();
      element.width = 160;
      element.height = 90;
      await waitFor('the smaller picture', () => element.stats.width === 160);
      expect(calls).to.have.lengthOf(1);
      expect(element.state).to.be.oneOf(['running', 'interrupted']);
    });
  });
}
