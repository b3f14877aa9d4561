import { expect } from 'chai';
import { en } from '../../src/components/messages';
import type { VirtualBackgroundErrorCode } from '../../src/define';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, part, previewOf, recordEvents, sampleStream, SIZE, trackOf, waitForState } from '../helpers/element';
import { expectRejection, expectTyped } from '../helpers/errors';
import { audioTrack } from '../helpers/media';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { colorAt, countPixels, distance, ROOM, solidCanvas, type Rgb } from '../helpers/pixels';
import { fakeCamera, hurry, replace, spyOnWorkers } from '../helpers/spies';
import { nextEvent, rejectionOf, waitFor } from '../helpers/wait';
import { watchStream } from '../helpers/element';

const MISSING_MODEL = { model: 'body-pix', modelUrl: '/missing-model/' } as const;

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> failures`, () => {
    afterEach(cleanUp);

    for (const [name, code, message] of [
      ['NotAllowedError', 'camera-denied', /was not allowed/],
      ['NotFoundError', 'camera-not-found', /No camera was found/],
      ['NotReadableError', 'camera-in-use', /close other programs/],
    ] satisfies [string, VirtualBackgroundErrorCode, RegExp][]) {
      it(`should say what to do about ${name}`, async () => {
        fakeCamera(() => Promise.reject(new DOMException('no', name)));
        const workers = spyOnWorkers();
        const element = createElement({ host, source: 'camera' });
        const events = recordEvents(element);
        const ready = element.ready;
        const error = await expectRejection(element.start(), code, message);
        expect(element).to.include({ state: 'failed', stream: null, error });
        expect(events.errors).to.deep.equal([error]);
        expect(events.states).to.deep.equal(['opening', 'failed']);
        expect(await rejectionOf(ready)).to.equal(error);
        await element.updateComplete;
        const alert = part(element, 'error');
        expect(alert.closest('[role=alert]'), 'announced').to.not.equal(null);
        expect(alert.textContent).to.equal(en.errors[code]);
        expect(alert.getBoundingClientRect().height, 'visible').to.be.above(10);
        expect(workers.live.size).to.equal(0);
      });
    }

    itWithModel('should start after a failure, and forget it', async () => {
      let isAllowed = false;
      fakeCamera(() => (isAllowed ? Promise.resolve(sampleStream()) : Promise.reject(new DOMException('no', 'NotAllowedError'))));
      const element = createElement({ host, source: 'camera' });
      await expectRejection(element.start(), 'camera-denied', /allow/);
      isAllowed = true;
      const stream = await element.start();
      expect(element).to.include({ state: 'running', stream, error: null });
      await element.updateComplete;
      expect(element.shadowRoot?.querySelector('[part=error]')).to.equal(null);
    });

    it('should fail closed without the model and without a fallback', async () => {
      const element = createElement({ host, ...MISSING_MODEL, modelFallback: 'none' });
      const events = recordEvents(element);
      const error = await expectRejection(element.start(), 'model-load-failed', /body-pix.*\/missing-model\//);
      expect(element).to.include({ state: 'failed', stream: null, error });
      expect(events.states).to.deep.equal(['opening', 'loading', 'failed']);
      expect(events.streams).to.deep.equal([]);
      expect(events.warnings).to.deep.equal([]);
      expect(element.stats.rawFrames).to.equal(0);
      await element.updateComplete;
      expect(previewOf(element).srcObject, 'no picture at all').to.equal(null);
    });

    itWithModel('should carry on with the bundled model where BodyPix cannot be had', async () => {
      const element = createElement({ host, ...MISSING_MODEL });
      const events = recordEvents(element);
      const lines: string[] = [];
      replace(console, 'warn', (line: string) => lines.push(line));
      const warning = nextEvent(element, 'vbc-warning');
      await element.start();
      const { detail } = await warning;
      expectTyped(detail, 'model-fallback', /body-pix.*\/missing-model\/.*carrying on with the bundled model 'selfie'$/);
      expect(events.warnings).to.have.lengthOf(1);
      expect(events.errors).to.deep.equal([]);
      await element.updateComplete;
      expect(element.state).to.equal('running');
      expect(element.stats).to.include({ model: 'selfie', rawFrames: 0 });
      expect(element.shadowRoot?.querySelector('[part=warning]'), 'over the face').to.equal(null);
      expect(lines.filter((line) => line.includes((detail as Error).message)), 'for the developer').to.have.lengthOf(1);
    });

    it('should name the folder to serve where the bundled model is missing, too', async () => {
      const element = createElement({ host, assetBase: '/missing-assets/' });
      await expectRejection(element.start(), 'model-load-failed', /set asset-base \(docs\/bundlers\.md of the package\)$/);
      expect(element.state).to.equal('failed');
    });

    itWithModel('should fail when the camera is unplugged, and keep nothing', async () => {
      const camera = sampleStream();
      const workers = spyOnWorkers();
      const element = createElement({ host, source: camera });
      const events = recordEvents(element);
      const track = trackOf(await element.start());
      // A track that its owner stops tells nobody; one that ends by itself does.
      trackOf(camera).dispatchEvent(new Event('ended'));
      await waitForState(element, 'failed');
      expectTyped(element.error, 'source-ended', /start again$/);
      expect(events.errors).to.have.lengthOf(1);
      expect(element.stream).to.equal(null);
      expect(track.readyState).to.equal('ended');
      expect(workers.live.size).to.equal(0);
    });

    it('should refuse a source without video', async () => {
      const element = createElement({ host, source: audioTrack() });
      await expectRejection(element.start(), 'source-unsupported', /^source must carry a video track/);
      expect(element.state).to.equal('failed');
    });

    itWithModel('should say so when the source gives no picture', async () => {
      const { sender, negotiate, received } = createLoopback();
      sender.addTransceiver('video', { direction: 'sendonly' });
      await negotiate();
      const element = createElement({ host, source: await received });
      hurry(20);
      await expectRejection(element.start(), 'source-silent', /no picture for 8 seconds: its track is muted/);
      expect(element.state).to.equal('failed');
      closeLoopbacks();
    });

    it('should refuse a movie that is not there', async () => {
      const element = createElement({ host, source: '/missing.webm' });
      await expectRejection(element.start(), 'source-load-failed', /^source '\/missing\.webm' could not be played/);
    });

    itWithModel('should start over a plain colour when the background is missing, never over the room', async () => {
      const room = solidCanvas(SIZE, ROOM);
      const element = createElement({ host, source: room.captureStream(), background: '/missing.png' });
      const events = recordEvents(element);
      const ticker = setInterval(() => room.getContext('2d')?.fillRect(0, 0, 1, 1), 50);
      try {
        const stream = await element.start();
        expect(events.errors.map(({ code }) => code)).to.deep.equal(['background-load-failed']);
        let frames = 0;
        await watchStream(stream, (picture) => {
          expect(countPixels(picture, (color: Rgb) => distance(color, ROOM) < 40), 'pixels of the room').to.equal(0);
          return (frames += 1) >= 3;
        });
        expect(element.stats.rawFrames).to.equal(0);
      } finally {
        clearInterval(ticker);
      }
    });
  });
}

describe('<virtual-background-camera> without what it needs', () => {
  afterEach(cleanUp);

  it('should say how to get WebGL2', async () => {
    const original = HTMLCanvasElement.prototype.getContext;
    replace(HTMLCanvasElement.prototype, 'getContext', function getContext(this: HTMLCanvasElement, type: string, ...rest: unknown[]) {
      return type === 'webgl2' ? null : (original as (...args: unknown[]) => unknown).call(this, type, ...rest);
    });
    const element = createElement({ host: 'window' });
    const error = await expectRejection(element.start(), 'webgl2-unavailable', /^WebGL2 is not available: update the browser/);
    expect(element).to.include({ state: 'failed', stream: null, error });
    await element.updateComplete;
    expect(part(element, 'error').textContent).to.equal(en.errors['webgl2-unavailable']);
  });

  describe('WebGL2', () => {
    /** @returns what the camera was asked for */
    function withoutWebgl2(): MediaStreamConstraints[] {
      for (const { prototype } of [HTMLCanvasElement, ...(typeof OffscreenCanvas === 'function' ? [OffscreenCanvas] : [])]) {
        const original = prototype.getContext as (...args: unknown[]) => unknown;
        replace(prototype, 'getContext', function getContext(this: unknown, type: string, ...rest: unknown[]) {
          return type === 'webgl2' ? null : original.call(this, type, ...rest);
        });
      }
      return fakeCamera(() => Promise.resolve(sampleStream()));
    }

    // What this page knows of the machine's renderer, it knows of the default one.
    const unknown = { source: 'camera', powerPreference: 'low-power' } as const;

    it('should open no camera just to fail', async () => {
      const asked = withoutWebgl2();
      await expectRejection(createElement(unknown).start(), 'webgl2-unavailable', /^WebGL2 is not available: update the browser/);
      expect(asked).to.deep.equal([]);
    });

    it('should show the room all the same where it is wanted, and a plain colour where it is not any more', async () => {
      withoutWebgl2();
      const element = createElement({ ...unknown, background: 'none' });
      const events = recordEvents(element);
      const stream = await element.start();
      // The wall behind the drawn person.
      await watchStream(stream, (picture) => distance(colorAt(picture, 0.1, 0.1), [138, 143, 148]) < 40);
      expect(element).to.include({ state: 'running', error: null });
      expect(element.stats.host).to.equal('window');
      element.background = 'teal';
      await waitFor('the error', () => events.errors.length > 0);
      expectTyped(events.errors[0], 'webgl2-unavailable', /without it background must be none/);
      await waitForState(element, 'interrupted');
      await watchStream(stream, (picture) => countPixels(picture, (color: Rgb) => distance(color, [0, 128, 128]) < 40) === picture.width * picture.height);
      element.background = 'none';
      await waitForState(element, 'running');
      await watchStream(stream, (picture) => distance(colorAt(picture, 0.1, 0.1), [138, 143, 148]) < 40);
    });
  });

  const noise = (values: Uint8Array | Uint8ClampedArray): void => values.forEach((_value, index) => (values[index] = Math.floor(Math.random() * 256)));

  it('should open no camera where the browser lies about what is on a canvas', async () => {
    const asked = fakeCamera(() => Promise.resolve(sampleStream()));
    const { prototype } = CanvasRenderingContext2D;
    const original = prototype.getImageData;
    for (const lie of [(picture: ImageData) => noise(picture.data), (picture: ImageData) => picture.data.fill(255), () => { throw new DOMException('no', 'SecurityError'); }]) {
      replace(prototype, 'getImageData', function getImageData(this: CanvasRenderingContext2D, ...args: Parameters<typeof original>) {
        const picture = original.apply(this, args);
        lie(picture);
        return picture;
      });
      const element = createElement({ source: 'camera', host: 'window' });
      const error = await expectRejection(element.start(), 'canvas-read-blocked', /allow this site to read canvas data/);
      expect(element).to.include({ state: 'failed', stream: null, error });
      await element.updateComplete;
      expect(part(element, 'error').textContent).to.equal(en.errors['canvas-read-blocked']);
    }
    expect(asked).to.deep.equal([]);
  });

  for (const [call, at] of [['readPixels', 6], ['getBufferSubData', 2]] as const) {
    itWithModel(`should show nobody where the browser lies about what is on the GPU (${call})`, async () => {
      const { prototype } = WebGL2RenderingContext;
      const original = prototype[call] as (...args: unknown[]) => void;
      replace(prototype, call, function read(this: WebGL2RenderingContext, ...args: unknown[]) {
        original.apply(this, args);
        if (args[at] instanceof Uint8Array) noise(args[at]);
      });
      const element = createElement({ host: 'window' });
      await expectRejection(element.start(), 'canvas-read-blocked', /allow this site to read canvas data/);
      expect(element).to.include({ state: 'failed', stream: null });
    });
  }

  /** Refused as browsers do it where they do not throw: by an event. */
  function refuseWorkers(): void {
    const [NativeWorker] = [Worker];
    replace(globalThis, 'Worker', function FakeWorker(_url: URL, options: WorkerOptions) {
      return new NativeWorker('/missing-worker.js', options);
    });
  }

  for (const host of HOSTS) {
    describeOn(host, `host="${host}" with workers that are refused by an event`, () => {
      itWithModel("should run on the page's thread", async () => {
        refuseWorkers();
        const element = createElement({ host });
        const events = recordEvents(element);
        await element.start();
        await waitFor('figures', () => element.stats.model);
        expect(element.stats).to.include({ host: 'window', model: 'selfie', rawFrames: 0 });
        // The files are where they belong: the browser and the page's policy have their reasons.
        expect([...events.warnings, ...events.errors]).to.deep.equal([]);
      });

      itWithModel('should name the address, and what it answers, where the scripts are not there', async () => {
        refuseWorkers();
        const original = fetch;
        const answers = { engine: () => new Response('', { status: 404 }), segmentation: () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } }) };
        replace(globalThis, 'fetch', async (...args: Parameters<typeof fetch>) => {
          const [, name] = /\/(engine|segmentation)\.worker\.[jt]s/.exec(String(args[0])) ?? [];
          return name ? answers[name as keyof typeof answers]() : original(...args);
        });
        const element = createElement({ host });
        const events = recordEvents(element);
        await element.start();
        const expected = [
          ...(host === 'worker' ? [/^The worker 'engine' .*http.*engine\.worker\.ts answers 404\. /] : []),
          /^The worker 'segmentation' .*http.*segmentation\.worker\.ts answers with the type 'text\/html' in place of a script\. /,
        ];
        await waitFor('the warnings', () => events.warnings.length === expected.length);
        const messages = events.warnings.map(({ message }) => message).sort();
        for (const [index, message] of messages.entries()) expect(message).to.match(expected[index] as RegExp);
        for (const warning of events.warnings) expect(warning.code).to.equal('worker-unavailable');
        expect(element).to.include({ state: 'running', error: null });
        expect(element.stats.host).to.equal('window');
      });
    });
  }

  itWithModel('should run in the page where workers are forbidden', async () => {
    replace(globalThis, 'Worker', function FakeWorker() {
      throw new DOMException('no', 'SecurityError');
    });
    const element = createElement({ host: 'auto' });
    const stream = await element.start();
    expect(trackOf(stream).readyState).to.equal('live');
    await waitFor('figures', () => element.stats.model);
    expect(element.stats).to.include({ host: 'window', model: 'selfie', rawFrames: 0 });
  });

  itWithModel('should run in the window where tracks cannot be read in a worker', async () => {
    replace(globalThis, 'MediaStreamTrackProcessor', undefined);
    const element = createElement({ host: 'auto' });
    await element.start();
    await waitFor('figures', () => element.stats.model);
    expect(element.stats).to.include({ host: 'window', rawFrames: 0 });
  });
});
