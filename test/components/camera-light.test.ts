import { expect } from 'chai';
import type { VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, sampleStream, trackOf, waitForState } from '../helpers/element';
import { fakeCamera, spyOnCamera } from '../helpers/spies';
import { defer, nextTask, waitFor } from '../helpers/wait';

/** The light is on as long as a track of the camera itself is live. */
const isLit = (tracks: readonly MediaStreamTrack[]): boolean => tracks.some(({ readyState }) => readyState === 'live');

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> the camera's light`, () => {
    let tracks: MediaStreamTrack[];

    beforeEach(() => {
      tracks = spyOnCamera();
    });

    afterEach(cleanUp);

    const create = (properties: Partial<VirtualBackgroundCamera> = {}): VirtualBackgroundCamera => createElement({ host, source: 'camera', width: 320, height: 180, ...properties });

    itWithModel('should go off in the moment of stop()', async () => {
      const element = create();
      await element.start();
      expect(isLit(tracks)).to.equal(true);
      element.stop();
      expect(isLit(tracks)).to.equal(false);
    });

    it('should go off in the moment of stop() while the model loads', async () => {
      const element = create();
      element.start().catch(() => undefined);
      await waitForState(element, 'loading');
      expect(isLit(tracks)).to.equal(true);
      element.stop();
      expect(isLit(tracks)).to.equal(false);
    });

    itWithModel('should go off after the element was taken out of the page', async () => {
      const element = create();
      const stream = await element.start();
      element.remove();
      await waitFor('the dark', () => !isLit(tracks));
      expect(trackOf(stream).readyState).to.equal('ended');
      expect(element.state).to.equal('idle');
    });

    itWithModel('should stay on, with the same track, when the element is moved', async () => {
      const element = create();
      const track = trackOf(await element.start());
      const place = document.createElement('div');
      document.body.append(place);
      element.remove();
      place.append(element);
      // Longer than the time that a move may take.
      await nextTask(600);
      expect(isLit(tracks)).to.equal(true);
      expect(tracks).to.have.lengthOf(1);
      expect(trackOf(element.stream)).to.equal(track);
      expect(element.state).to.equal('running');
      place.remove();
      await waitFor('the dark', () => !isLit(tracks));
    });

    it('should never come on for a start that was cancelled while the browser asked', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      const element = create();
      element.start().catch(() => undefined);
      element.remove();
      await waitForState(element, 'idle');
      const late = sampleStream();
      prompt.resolve(late);
      await waitFor('the dark', () => !isLit(late.getTracks()));
      expect(element.state).to.equal('idle');
    });

    itWithModel('should go off when the start fails for want of a model', async () => {
      const element = create({ model: 'body-pix', modelUrl: '/missing-model/', modelFallback: 'none' });
      await element.start().catch(() => undefined);
      expect(element.state).to.equal('failed');
      expect(isLit(tracks)).to.equal(false);
    });
  });
}
