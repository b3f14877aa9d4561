import { expect } from 'chai';
import type { VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, delayModel, describeOn, HOSTS, itWithModel, part, previewOf, recordEvents, sampleStream, SIZE, trackOf, waitForState } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { fakeCamera, restoreAll, spyOnCamera, spyOnWorkers } from '../helpers/spies';
import { defer, nextEvent, waitFor } from '../helpers/wait';

/** What a stopped element is. */
function expectStopped(element: VirtualBackgroundCamera): void {
  expect(element).to.include({ state: 'idle', stream: null });
}

describe('<virtual-background-camera> without WebGL2 for a moment', () => {
  afterEach(cleanUp);

  itWithModel('should start once it is there', async () => {
    const element = createElement({ host: 'window' });
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = () => null;
    try {
      await expectRejection(element.start(), 'webgl2-unavailable', /WebGL2/);
    } finally {
      HTMLCanvasElement.prototype.getContext = getContext;
    }
    expect(trackOf(await element.start()).readyState).to.equal('live');
  });
});

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> start and stop`, () => {
    afterEach(cleanUp);

    itWithModel('should hand out a stream of one video track when the first composited frame went out', async () => {
      const model = delayModel();
      const element = createElement({ host });
      const events = recordEvents(element);
      const starting = element.start();
      await waitForState(element, 'loading');
      expect(element.stream, 'before the model').to.equal(null);
      model.resolve();
      const stream = await starting;
      expect(element.stream).to.equal(stream);
      expect(stream.getTracks()).to.have.lengthOf(1);
      expect(trackOf(stream)).to.include({ kind: 'video', readyState: 'live' });
      expect(events.states).to.deep.equal(['opening', 'loading', 'running']);
      expect(events.streams).to.deep.equal([stream]);
      await element.ready;
      await waitFor('figures', () => element.stats.model && element.stats.outputFrames > 0);
      expect(element.stats).to.include({ host, model: 'selfie', backend: 'wasm', quality: 'low', rawFrames: 0, ...SIZE });
      expect(element.error).to.equal(null);
      expect(part(element, 'status').textContent).to.equal('Running');
      const shown = trackOf(previewOf(element).srcObject as MediaStream);
      expect(shown, 'the preview, which nobody else can stop').to.include({ readyState: 'live' }).and.not.equal(trackOf(stream));

      element.stop();
      expectStopped(element);
      expect(trackOf(stream).readyState).to.equal('ended');
      expect(shown.readyState).to.equal('ended');
      expect(events.states).to.deep.equal(['opening', 'loading', 'running', 'idle']);
      expect(events.streams).to.deep.equal([stream, null]);
      await element.updateComplete;
      expect(previewOf(element).srcObject).to.equal(null);
      element.stop();
      expect(events.states, 'stopped twice').to.have.lengthOf(4);
    });

    itWithModel('should tell the holder of the track that it ended', async () => {
      const element = createElement({ host });
      const track = trackOf(await element.start());
      const ended = nextEvent(track, 'ended');
      element.stop();
      await ended;
    });

    itWithModel('should start again with another stream', async () => {
      const element = createElement({ host });
      const first = await element.start();
      element.stop();
      const ready = element.ready;
      const second = await element.start();
      expect(second).not.to.equal(first);
      expect(trackOf(second).readyState).to.equal('live');
      await ready;
    });

    it('should return the same promise while it starts and while it runs', async () => {
      const element = createElement({ host });
      const starting = element.start();
      expect(element.start()).to.equal(starting);
      await waitForState(element, 'loading');
      expect(element.start()).to.equal(starting);
      element.stop();
      await expectRejection(starting, 'aborted', /stopped or superseded/);
      const again = element.start();
      expect(again).not.to.equal(starting);
      element.stop();
      await expectRejection(again, 'aborted', /stopped/);
    });

    it('should stop while it waits for the camera, and turn off a camera that comes late', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      const element = createElement({ host, source: 'camera' });
      const events = recordEvents(element);
      const starting = element.start();
      expect(element.state).to.equal('opening');
      element.stop();
      await expectRejection(starting, 'aborted', /stopped/);
      expectStopped(element);
      const late = sampleStream();
      prompt.resolve(late);
      await waitFor('the end of the late camera', () => trackOf(late).readyState === 'ended');
      expectStopped(element);
      expect(events.states).to.deep.equal(['opening', 'idle']);
      expect(events.errors).to.deep.equal([]);
    });

    it('should not let a camera that comes late into the next run', async () => {
      const prompts = [defer<MediaStream>(), defer<MediaStream>()];
      let calls = 0;
      fakeCamera(() => (prompts[calls++] as (typeof prompts)[0]).promise);
      const element = createElement({ host, source: 'camera' });
      element.start().catch(() => undefined);
      element.stop();
      const second = element.start();
      second.catch(() => undefined);
      const [late, wanted] = [sampleStream(), sampleStream()];
      prompts[0]?.resolve(late);
      prompts[1]?.resolve(wanted);
      await waitForState(element, 'loading');
      expect(trackOf(late).readyState).to.equal('ended');
      expect(trackOf(wanted).readyState).to.equal('live');
      element.stop();
      expect(trackOf(wanted).readyState).to.equal('ended');
    });

    it('should stop while the model loads', async () => {
      const workers = spyOnWorkers();
      const element = createElement({ host });
      const starting = element.start();
      await waitForState(element, 'loading');
      element.stop();
      await expectRejection(starting, 'aborted', /stopped/);
      expectStopped(element);
      expect(workers.live.size).to.equal(0);
    });

    itWithModel('should run on when it is stopped and started at once', async () => {
      const element = createElement({ host });
      const events = recordEvents(element);
      element.start().catch(() => undefined);
      element.stop();
      const stream = await element.start();
      expect(element.stream).to.equal(stream);
      expect(events.states).to.deep.equal(['opening', 'idle', 'opening', 'loading', 'running']);
      expect(events.errors).to.deep.equal([]);
    });

    itWithModel('should stop when a listener of the stream says so', async () => {
      const workers = spyOnWorkers();
      const element = createElement({ host });
      const events = recordEvents(element);
      element.addEventListener('vbc-stream-change', () => element.stop());
      await element.start().catch(() => undefined);
      await waitFor('the end of every worker', () => workers.live.size === 0);
      expectStopped(element);
      expect(events.errors).to.deep.equal([]);
      expect(events.states).to.include.members(['loading', 'idle']).and.to.not.include('failed');
    });

    for (const state of ['opening', 'loading', 'running'] as const) {
      itWithModel(`should stop when a listener of the state '${state}' says so`, async () => {
        const workers = spyOnWorkers();
        const element = createElement({ host });
        const events = recordEvents(element);
        element.addEventListener('vbc-state-change', ({ detail }) => {
          if (detail.state === state) element.stop();
        });
        await element.start().catch(() => undefined);
        await waitFor('the end of every worker', () => workers.live.size === 0);
        expectStopped(element);
        expect(events.errors).to.deep.equal([]);
        expect(events.states.slice(-2)).to.deep.equal([state, 'idle']);
      });
    }

    itWithModel('should start again when a listener of the end says so', async () => {
      const element = createElement({ host });
      const first = await element.start();
      let second: Promise<MediaStream> | undefined;
      element.addEventListener('vbc-stream-change', ({ detail }) => {
        if (!detail.stream) second ??= element.start();
      });
      element.stop();
      expect(await second).to.be.instanceOf(MediaStream).and.not.equal(first);
      expect(element.state).to.equal('running');
    });

    itWithModel('should start after a start that a listener stopped at once', async () => {
      const element = createElement({ host });
      element.addEventListener('vbc-state-change', () => element.stop(), { once: true });
      await expectRejection(element.start(), 'aborted', /./);
      expect(element.state).to.equal('idle');
      expect(trackOf(await element.start()).readyState).to.equal('live');
    });

    itWithModel('should be started again by a listener that stopped it', async () => {
      const element = createElement({ host });
      let second!: Promise<MediaStream>;
      element.addEventListener('vbc-state-change', () => {
        element.stop();
        second = element.start();
      }, { once: true });
      await expectRejection(element.start(), 'aborted', /./);
      expect(element.start(), 'the one that counts').to.equal(second);
      expect(await second).to.equal(element.stream).and.not.equal(null);
    });

    it('should leave no camera, worker or track behind after 20 starts and stops', async () => {
      const tracks = spyOnCamera();
      const workers = spyOnWorkers();
      const element = createElement({ host, source: 'camera', width: 320, height: 180 });
      const streams = new Set<MediaStream | null>();
      for (let run = 0; run < 20; run += 1) {
        const starting = element.start();
        starting.catch(() => undefined);
        // Stopped at another point each time: at once, while opening, and while loading.
        if (run % 3 === 1) await element.updateComplete;
        if (run % 3 === 2) await waitForState(element, 'loading');
        streams.add((element.shadowRoot?.querySelector('video')?.srcObject ?? null) as MediaStream | null);
        element.stop();
      }
      await waitFor('every camera', () => tracks.length === 20);
      await waitFor('the end of every track', () => tracks.every(({ readyState }) => readyState === 'ended'));
      expect(workers.live.size).to.equal(0);
      for (const stream of streams) if (stream) expect(trackOf(stream).readyState).to.equal('ended');
    });

    itWithModel('should leave no worker or live track behind after running', async () => {
      const tracks = spyOnCamera();
      const workers = spyOnWorkers();
      const element = createElement({ host, source: 'camera', width: 320, height: 180 });
      for (let run = 0; run < 3; run += 1) {
        await element.start();
        expect(workers.live.size).to.be.above(0);
        element.stop();
        expect(workers.live.size).to.equal(0);
      }
      expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended', 'ended', 'ended']);
      restoreAll();
    });
  });
}
