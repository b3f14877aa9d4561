import { expect } from 'chai';
import { createVirtualBackground, type VirtualBackground, type VirtualBackgroundError, type VirtualBackgroundOptions } from '../src/index';
import { tellsRate } from './helpers/browser';
import { cleanUp, delayModel, describeOn, HOSTS, itWithModel, sampleStream, trackOf, watchStream } from './helpers/element';
import { expectRejection, expectThrow } from './helpers/errors';
import { audioTrack } from './helpers/media';
import { BLUE, colorAt, distance, GREEN, type Picture, type Rgb } from './helpers/pixels';
import { fakeCamera, spyOnWorkers } from './helpers/spies';
import { defer, nextTask, waitFor } from './helpers/wait';

const shows = (color: Rgb) => (picture: Picture): boolean => distance(colorAt(picture, 0.03, 0.05), color) < 30;

for (const host of HOSTS) {
  describeOn(host, `createVirtualBackground() in the ${host}`, () => {
    const made: VirtualBackground[] = [];
    const options: VirtualBackgroundOptions = { host, model: 'selfie', backend: 'wasm', quality: 'low', background: '#0000ff' };

    const create: typeof createVirtualBackground = async (source, more) => {
      const background = await createVirtualBackground(source, { ...options, ...more });
      made.push(background);
      return background;
    };

    afterEach(() => {
      for (const background of made.splice(0)) background.stop();
      cleanUp();
    });

    itWithModel('should give a live stream with the background behind the person', async () => {
      const states: string[] = [];
      const input = sampleStream();
      const background = await create(input, { onStateChange: (state) => states.push(state) });
      expect(background.state).to.equal('running');
      expect(trackOf(background.stream).getSettings()).to.include({ width: 320, height: 180 });
      if (tellsRate()) expect(trackOf(background.stream).getSettings()).to.include.keys('frameRate');
      await watchStream(background.stream, (picture) => {
        // The person sits in the middle, the room is gone.
        return shows(BLUE)(picture) && distance(colorAt(picture, 0.5, 0.5), BLUE) > 60;
      });
      await waitFor('figures', () => background.stats.outputFrames > 0);
      expect(background.stats).to.include({ host, model: 'selfie', rawFrames: 0 });
      const { stream } = background;
      background.stop();
      background.stop();
      expect(background.state).to.equal('idle');
      expect(background.stream, 'the same, ended').to.equal(stream);
      expect(trackOf(stream).readyState).to.equal('ended');
      expect(trackOf(input).readyState, "the page's own").to.equal('live');
      expect(states).to.deep.equal(['opening', 'loading', 'running', 'idle']);
    });

    itWithModel('should take a track, and change its settings and its source on the same track', async () => {
      const background = await create(trackOf(sampleStream()));
      const { stream } = background;
      const track = trackOf(stream);
      background.set({ background: '#00ff00', quality: 'medium' });
      await watchStream(stream, shows(GREEN));
      background.set({ source: sampleStream({ width: 240, height: 136 }) });
      await watchStream(stream, (picture) => picture.width === 240 && shows(GREEN)(picture));
      expect(background.stream).to.equal(stream);
      expect(stream.getTracks()).to.deep.equal([track]);
      expectThrow(() => background.set({ quality: 'best' as 'high' }), 'attribute-invalid', /quality/);
      expect(background.settings).to.include({ quality: 'medium', background: '#00ff00' });
    });

    itWithModel('should open and release a camera when asked to', async () => {
      const camera = sampleStream();
      const calls = fakeCamera(async () => camera);
      const background = await create('camera', { width: 640, height: 360, deviceId: 'abc' });
      expect(calls).to.deep.equal([{ video: { deviceId: { exact: 'abc' }, width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30 } } }]);
      background.stop();
      expect(trackOf(camera).readyState).to.equal('ended');
    });

    itWithModel('should hand out a larger track at the size asked for', async () => {
      const background = await create(sampleStream({ width: 480, height: 270 }), { width: 320, height: 180 });
      expect(trackOf(background.stream).getSettings()).to.include({ width: 320, height: 180 });
    });

    itWithModel('should be stopped by its signal, at any time', async () => {
      const workers = spyOnWorkers();
      const early = new AbortController();
      const model = delayModel();
      const starting = create(sampleStream(), { signal: early.signal, onStateChange: (state) => state === 'loading' && early.abort() });
      await expectRejection(starting, 'aborted', /stopped/);
      model.resolve();
      expect(workers.live.size).to.equal(0);
      await expectRejection(create(sampleStream(), { signal: early.signal }), 'aborted', /stopped/);

      const late = new AbortController();
      const background = await create(sampleStream(), { signal: late.signal });
      const track = trackOf(background.stream);
      late.abort();
      expect(background.state).to.equal('idle');
      expect(track.readyState).to.equal('ended');
    });

    itWithModel('should say what is wrong, and hold nothing afterwards', async () => {
      const workers = spyOnWorkers();
      await expectRejection(create(sampleStream(), { quality: 'best' as 'high' }), 'attribute-invalid', /quality must be/);
      await expectRejection(create(sampleStream(), { backgroud: 'blur' } as object), 'attribute-invalid', /no option 'backgroud'/);
      await expectRejection(create(audioTrack()), 'source-unsupported', /video track/);
      const ended = sampleStream();
      trackOf(ended).stop();
      await expectRejection(create(ended), 'source-ended', /live track/);
      expect(workers.live.size).to.equal(0);
    });

    itWithModel('should tell of changes that fail, and go on', async () => {
      const failed = defer<VirtualBackgroundError>();
      const background = await create(sampleStream(), { onError: (error) => failed.resolve(error) });
      background.set({ background: '/missing.png' });
      expect(await failed.promise).to.include({ code: 'background-load-failed' });
      expect(background.state).to.equal('running');
      await watchStream(background.stream, shows(BLUE));
    });

    itWithModel('should fail when its source ends', async () => {
      const failed = defer<VirtualBackgroundError>();
      const input = sampleStream();
      const background = await create(input, { onError: (error) => failed.resolve(error) });
      const { stream } = background;
      let ends = 0;
      trackOf(stream).addEventListener('ended', () => (ends += 1));
      trackOf(input).stop();
      expect(await failed.promise).to.include({ code: 'source-ended' });
      expect([background.state, ends], 'when the app hears of it').to.deep.equal(['interrupted', 0]);
      await waitFor('the end', () => background.state === 'failed');
      expect(background.error).to.include({ code: 'source-ended' });
      expect(ends).to.equal(1);

      // It can be started again.
      background.set({ source: sampleStream() });
      const again = await background.start();
      expect(again).to.equal(background.stream).and.not.equal(stream);
      expect(background.error).to.equal(null);
      await watchStream(again, shows(BLUE));
    });

    for (const behind of ['#0000ff', 'none']) {
      itWithModel(`should wait for another source where it is told to, with background ${behind}`, async () => {
        const errors: unknown[] = [];
        const input = sampleStream();
        const background = await create(input, { background: behind, keepAlive: true, onError: (error) => errors.push(error) });
        const { stream } = background;
        const track = trackOf(stream);
        trackOf(input).stop();
        await waitFor('the interruption', () => background.state === 'interrupted');
        background.set({ source: sampleStream({ width: 240, height: 136 }) });
        await watchStream(stream, (picture) => picture.width === 240);
        await waitFor('going on', () => background.state === 'running');
        expect(background.stream).to.equal(stream);
        expect(trackOf(stream)).to.equal(track);
        expect(errors).to.deep.equal([]);
      });
    }

    itWithModel('should have a live track again after its holder stopped it', async () => {
      const background = await create(sampleStream());
      const { stream } = background;
      trackOf(stream).stop();
      expect(background.stream).to.equal(stream);
      expect(trackOf(stream).readyState).to.equal('live');
      trackOf(stream).stop();
      expect(await background.start()).to.equal(stream);
      expect(trackOf(stream).readyState).to.equal('live');
      await nextTask();
      expect(background.state).to.equal('running');
    });
  });
}
