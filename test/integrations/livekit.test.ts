import { expect } from 'chai';
import { LocalVideoTrack, Track } from 'livekit-client';
import type { VirtualBackgroundOptions } from '../../src/index';
import { VirtualBackgroundProcessor } from '../../src/integrations/livekit';
import { ONE_HOST } from '../helpers/backends';
import { cleanUp, describeOn, itWithModel, sampleStream, trackOf, watchFrames, watchStream } from '../helpers/element';
import { expectTyped } from '../helpers/errors';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { BLUE, colorAt, distance, GREEN, type Picture, type Rgb } from '../helpers/pixels';
import { fakeCamera, spyOnWorkers } from '../helpers/spies';
import { nextTask, rejectionOf, waitFor } from '../helpers/wait';

const shows = (color: Rgb) => (picture: Picture): boolean => distance(colorAt(picture, 0.05, 0.08), color) < 40;

for (const host of ONE_HOST) {
  describeOn(host, `VirtualBackgroundProcessor in the ${host}`, () => {
    const options: VirtualBackgroundOptions = { host, model: 'selfie', backend: 'wasm', quality: 'low', background: '#0000ff' };
    const tracks: LocalVideoTrack[] = [];
    let cameras: MediaStream[] = [];

    /** As LiveKit makes one when it opens the camera itself. */
    const createTrack = async (): Promise<LocalVideoTrack> => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      const track = new LocalVideoTrack(trackOf(stream), undefined, false);
      track.source = Track.Source.Camera;
      tracks.push(track);
      return track;
    };
    const watch = (track: LocalVideoTrack, takes: (picture: Picture) => boolean): Promise<void> => watchStream(new MediaStream([track.mediaStreamTrack]), takes);

    beforeEach(() => {
      cameras = [];
      fakeCamera(async () => {
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

    itWithModel('should leave nothing behind when it is destroyed while it starts', async () => {
      const workers = spyOnWorkers();
      const processor = new VirtualBackgroundProcessor(options);
      const starting = processor.init({ kind: Track.Kind.Video, track: trackOf(sampleStream()), element: document.createElement('video') });
      await waitFor('its workers', () => host === 'window' || workers.started.length > 0);
      await processor.destroy();
      expectTyped(await rejectionOf(starting), 'aborted', /./);
      expect(processor.background).to.equal(null);
      expect([...workers.live.values()]).to.deep.equal([]);
    });

    itWithModel('should put its background into the track that is published and shown', async () => {
      const track = await createTrack();
      const { sender, negotiate, received } = createLoopback();
      track.sender = sender.addTrack(track.mediaStreamTrack);
      await negotiate();
      const shown = track.attach() as HTMLVideoElement;
      shown.muted = true;
      const processor = new VirtualBackgroundProcessor(options);
      expect(processor.background).to.equal(null);
      await track.setProcessor(processor);
      expect(track.getProcessor()).to.equal(processor);
      expect(track.mediaStreamTrack).to.equal(processor.processedTrack);
      await watchFrames(shown, shows(BLUE));
      await watchStream(await received, (picture) => shows(BLUE)(picture) && distance(colorAt(picture, 0.5, 0.5), BLUE) > 60);

      processor.set({ background: '#00ff00' });
      await watchStream(await received, shows(GREEN));
      expect(processor.background?.stats.rawFrames).to.equal(0);
    });

    itWithModel('should go on after mute and unmute, which turn the camera off and on', async () => {
      const workers = spyOnWorkers();
      const errors: unknown[] = [];
      const track = await createTrack();
      const processor = new VirtualBackgroundProcessor({ ...options, onError: (error) => errors.push(error) });
      await track.setProcessor(processor);
      const started = workers.started.length;
      await track.mute();
      expect(trackOf(cameras[0] as MediaStream).readyState, 'the camera is off').to.equal('ended');
      await waitFor('the interruption', () => processor.background?.state === 'interrupted');
      await track.unmute();
      expect(cameras).to.have.lengthOf(2);
      await watch(track, (picture) => picture.width === 240 && shows(BLUE)(picture));
      expect(track.mediaStreamTrack).to.equal(processor.processedTrack).and.to.include({ readyState: 'live', enabled: true });
      expect(workers.started, 'nothing loaded again').to.have.lengthOf(started);
      expect(errors).to.deep.equal([]);
    });

    itWithModel('should go on with the camera that restartTrack() opens', async () => {
      const track = await createTrack();
      const processor = new VirtualBackgroundProcessor(options);
      await track.setProcessor(processor);
      await track.restartTrack({ facingMode: 'environment' });
      expect(cameras).to.have.lengthOf(2);
      await watch(track, (picture) => picture.width === 240 && shows(BLUE)(picture));
      expect(processor.background?.stats.rawFrames).to.equal(0);
    });

    itWithModel('should be taken off again and free everything', async () => {
      const workers = spyOnWorkers();
      const track = await createTrack();
      const processor = new VirtualBackgroundProcessor(options);
      await track.setProcessor(processor);
      const processed = processor.processedTrack;
      await track.stopProcessor();
      expect(processed?.readyState).to.equal('ended');
      expect(processor.processedTrack).to.equal(undefined);
      expect(processor.background).to.equal(null);
      expect(workers.live.size).to.equal(0);
      expect(track.mediaStreamTrack, "LiveKit's own again").to.equal(trackOf(cameras[0] as MediaStream));
      expect(track.mediaStreamTrack.readyState).to.equal('live');

      await track.setProcessor(processor);
      await watch(track, shows(BLUE));
    });

    itWithModel('should end with its track', async () => {
      const workers = spyOnWorkers();
      const track = await createTrack();
      const processor = new VirtualBackgroundProcessor(options);
      await track.setProcessor(processor);
      track.stop();
      await nextTask();
      expect(processor.background).to.equal(null);
      expect(workers.live.size).to.equal(0);
      expect(trackOf(cameras[0] as MediaStream).readyState).to.equal('ended');
    });

    itWithModel('should leave the track as it is when it cannot start', async () => {
      const track = await createTrack();
      const processor = new VirtualBackgroundProcessor({ ...options, model: 'body-pix', modelUrl: '/missing-model/', modelFallback: 'none' });
      expectTyped(await rejectionOf(track.setProcessor(processor)), 'model-load-failed', /missing-model/);
      expect(track.getProcessor()).to.equal(undefined);
      expect(track.mediaStreamTrack.readyState).to.equal('live');
    });
  });
}
