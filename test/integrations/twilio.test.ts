import { expect } from 'chai';
import { createLocalVideoTrack, LocalVideoTrack } from 'twilio-video';
import { createVirtualBackground } from '../../src/index';
import { withVirtualBackground } from '../../src/integrations/twilio';
import { ONE_HOST } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, sampleStream, trackOf, watchFrames, watchStream } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { BLUE, colorAt, distance, GREEN, type Picture, type Rgb } from '../helpers/pixels';
import { fakeCamera } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const shows = (color: Rgb) => (picture: Picture): boolean => distance(colorAt(picture, 0.05, 0.08), color) < 40;

for (const host of ONE_HOST) {
  describeOn(host, `withVirtualBackground() for Twilio, host ${host}`, () => {
    const tracks: LocalVideoTrack[] = [];
    let cameras: MediaStream[] = [];
    let calls: MediaStreamConstraints[] = [];

    const keep = (track: LocalVideoTrack): LocalVideoTrack => {
      tracks.push(track);
      return track;
    };

    beforeEach(() => {
      cameras = [];
      calls = fakeCamera(async () => {
        const camera = sampleStream(cameras.length % 2 ? { width: 240, height: 136 } : {});
        cameras.push(camera);
        return camera;
      });
    });

    afterEach(() => {
      for (const track of tracks.splice(0)) track.stop();
      closeLoopbacks();
      cleanUp();
    });

    itWithModel('should make a LocalVideoTrack that shows and sends the background', async () => {
      const element = createElement({ host, source: 'camera' });
      const track = keep(await createLocalVideoTrack(withVirtualBackground(element, { name: 'me' })));
      expect(track).to.be.instanceOf(LocalVideoTrack);
      expect(track).to.include({ name: 'me', kind: 'video', isStopped: false });
      expect(track.mediaStreamTrack).to.equal(trackOf(element.stream));
      const shown = track.attach() as HTMLVideoElement;
      shown.muted = true;
      await watchFrames(shown, shows(BLUE));

      // Twilio sends a clone.
      const { sender, negotiate, received } = createLoopback();
      sender.addTrack(track.mediaStreamTrack.clone());
      await negotiate();
      await watchStream(await received, (picture) => shows(BLUE)(picture) && distance(colorAt(picture, 0.5, 0.5), BLUE) > 60);
      element.background = '#00ff00';
      await watchStream(await received, shows(GREEN));
      expect(calls, 'opened by the element alone').to.have.lengthOf(1);
    });

    itWithModel('should restart with the background, on the same camera or another', async () => {
      const element = createElement({ host, source: 'camera' });
      const track = keep(await createLocalVideoTrack(withVirtualBackground(element)));
      const first = track.mediaStreamTrack;
      await track.restart();
      expect(first.readyState).to.equal('ended');
      expect(track.mediaStreamTrack).to.include({ readyState: 'live' }).and.equal(trackOf(element.stream));
      expect(calls, 'no other camera').to.have.lengthOf(1);
      await watchStream(new MediaStream([track.mediaStreamTrack]), shows(BLUE));

      await track.restart({ facingMode: 'environment', deviceId: { exact: 'abc' } });
      await waitFor('the other camera', () => calls.length === 2);
      expect(calls[1]?.video).to.deep.include({ deviceId: { exact: 'abc' }, facingMode: { ideal: 'environment' } });
      await watchStream(new MediaStream([track.mediaStreamTrack]), (picture) => picture.width === 240 && shows(BLUE)(picture));
      expect(element.stats.rawFrames).to.equal(0);
    });

    itWithModel('should start again after the track was stopped and the element too', async () => {
      const element = createElement({ host, source: 'camera' });
      const track = keep(await createLocalVideoTrack(withVirtualBackground(element)));
      track.stop();
      expect(track.isStopped).to.equal(true);
      element.stop();
      await track.restart();
      expect(track.isStopped).to.equal(false);
      await watchStream(new MediaStream([track.mediaStreamTrack]), shows(BLUE));
    });

    itWithModel('should do the same without the element', async () => {
      const background = await createVirtualBackground(sampleStream(), { host, model: 'selfie', backend: 'wasm', quality: 'low', background: '#0000ff' });
      const track = keep(await createLocalVideoTrack(withVirtualBackground(background)));
      await watchStream(new MediaStream([track.mediaStreamTrack]), shows(BLUE));
      await track.restart();
      expect(track.mediaStreamTrack).to.equal(trackOf(background.stream));
      expect(calls).to.have.lengthOf(0);
      background.stop();
    });

    itWithModel('should pass on why the camera cannot be opened', async () => {
      fakeCamera(async () => {
        throw new DOMException('no', 'NotAllowedError');
      });
      const element = createElement({ host, source: 'camera' });
      await expectRejection(createLocalVideoTrack(withVirtualBackground(element)), 'camera-denied', /not allowed/);
    });

    itWithModel('should be needed: a bare LocalVideoTrack cannot restart', async () => {
      const element = createElement({ host });
      const track = keep(new LocalVideoTrack(trackOf(await element.start())));
      expect(String(await rejectionOf(track.restart()))).to.match(/createLocalVideoTrack/);
    });
  });
}
