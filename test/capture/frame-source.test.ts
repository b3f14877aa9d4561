import { expect } from 'chai';
import { contentOf, hasSteadyFrames, openSource, settingsOf, type CameraOptions } from '../../src/capture/frame-source';
import type { SourceInput } from '../../src/types';
import { expectRejection, expectTyped } from '../helpers/errors';
import { audioTrack, playMovie, recordMovie } from '../helpers/media';
import { colorAt, createCanvas, expectColor, GREEN, readPicture, solidCanvas } from '../helpers/pixels';
import { environment, otherOrigin } from '../helpers/servers';
import { fakeCamera, hurry, replace, restoreAll, spyOnCamera } from '../helpers/spies';
import { defer, rejectionOf, waitFor } from '../helpers/wait';

const CAMERA: CameraOptions = { deviceId: null, facingMode: null, width: 640, height: 360, frameRate: 24 };
const SIZE = { width: 64, height: 36 };

const open = (input: SourceInput, options: Partial<CameraOptions> = {}, signal = new AbortController().signal) =>
  openSource(input, { ...CAMERA, ...options }, signal);

const canvasStream = (): MediaStream => solidCanvas(SIZE, GREEN).captureStream();

describe('<virtual-background-camera> source', () => {
  afterEach(restoreAll);

  describe('camera', () => {
    it('should open it in the wanted size and turn it off', async () => {
      const tracks = spyOnCamera();
      const source = await open('camera');
      expect(source.element).to.equal(null);
      expect(source.track).to.equal(tracks[0]);
      expect(source.track?.getSettings()).to.include({ width: 640, height: 360 });
      source.release();
      source.release();
      expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended']);
    });

    it('should ask for video alone, ideally as wanted, and for exactly the chosen device', async () => {
      const calls = fakeCamera(async () => canvasStream());
      (await open('camera')).release();
      (await open('camera', { deviceId: 'abc', facingMode: 'environment' })).release();
      const ideal = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24 } };
      expect(calls).to.deep.equal([
        { video: ideal },
        { video: { ...ideal, deviceId: { exact: 'abc' }, facingMode: { ideal: 'environment' } } },
      ]);
    });

    for (const [name, code, message] of [
      ['NotAllowedError', 'camera-denied', /not allowed: allow it in the address bar/],
      ['SecurityError', 'camera-denied', /not allowed/],
      ['NotFoundError', 'camera-not-found', /No camera was found: plug one in/],
      ['NotReadableError', 'camera-in-use', /close other programs that use it/],
      ['AbortError', 'camera-in-use', /close other programs/],
      ['OverconstrainedError', 'camera-constraints', /width, height and frame-rate/],
      ['TypeError', 'camera-not-found', /could not be opened/],
    ] as const) {
      it(`should explain ${name} as ${code}`, async () => {
        const cause = new DOMException('no', name);
        fakeCamera(() => Promise.reject(cause));
        const error = await expectRejection(open('camera'), code, message);
        expect(error.cause).to.equal(cause);
      });
    }

    it('should name the device that is not there', async () => {
      await expectRejection(open('camera', { deviceId: 'f00' }), 'camera-constraints', /^device-id 'f00' names no camera/);
    });

    it('should be the default one, with a warning, where the wanted one is not there and no other runs', async () => {
      const wanted: (string | undefined)[] = [];
      fakeCamera(async ({ video }) => {
        const { deviceId } = video as { deviceId?: { exact: string } };
        wanted.push(deviceId?.exact);
        if (deviceId) throw new DOMException('no', 'OverconstrainedError');
        return canvasStream();
      });
      const source = await open('camera', { deviceId: 'gone', acceptsOther: true });
      expect(wanted).to.deep.equal(['gone', undefined]);
      expectTyped(source.warning, 'camera-replaced', /^device-id 'gone' names no camera .* default camera is used/);
      source.release();
    });

    it('should be told apart from what gives a frame only when something changes', async () => {
      const camera = await open('camera');
      expect(hasSteadyFrames(camera)).to.equal(true);
      expect(hasSteadyFrames(await open(canvasStream()))).to.equal(false);
      const { deviceId, label, width } = settingsOf(camera);
      const [device] = (await navigator.mediaDevices.enumerateDevices()).filter((found) => found.deviceId === deviceId);
      expect({ label, width }).to.deep.equal({ label: device?.label, width: 640 });
      camera.release();
    });

    it('should say that the page must be secure', async () => {
      replace(navigator, 'mediaDevices', undefined);
      await expectRejection(open('camera'), 'insecure-context', /https:/);
      await expectRejection(open('screen'), 'insecure-context', /localhost/);
    });

    it('should stop a camera that was allowed too late', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      const controller = new AbortController();
      const opening = open('camera', {}, controller.signal);
      const reason = new Error('stopped');
      controller.abort(reason);
      expect(await rejectionOf(opening), 'while the prompt is open').to.equal(reason);
      const stream = canvasStream();
      prompt.resolve(stream);
      await waitFor('the end of the late camera', () => stream.getVideoTracks()[0]?.readyState === 'ended');
    });

    it('should stop a camera that was allowed in the moment of the abort', async () => {
      const stream = canvasStream();
      fakeCamera(async () => stream);
      const controller = new AbortController();
      const opening = open('camera', {}, controller.signal);
      controller.abort(new Error('stopped'));
      await rejectionOf(opening);
      await waitFor('the end of the camera', () => stream.getVideoTracks()[0]?.readyState === 'ended');
    });

    it('should not report a camera that was refused too late', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      const controller = new AbortController();
      const opening = open('camera', {}, controller.signal);
      const reason = new Error('stopped');
      controller.abort(reason);
      prompt.reject(new DOMException('no', 'NotAllowedError'));
      expect(await rejectionOf(opening)).to.equal(reason);
    });
  });

  describe('screen', () => {
    it('should be opened by getDisplayMedia and released', async () => {
      const stream = canvasStream();
      const calls: unknown[] = [];
      replace(navigator.mediaDevices, 'getDisplayMedia', async (options: unknown) => {
        calls.push(options);
        return stream;
      });
      const source = await open('screen');
      expect(calls).to.deep.equal([{ video: { frameRate: { ideal: 24 } } }]);
      source.release();
      expect(stream.getVideoTracks()[0]?.readyState).to.equal('ended');
    });

    it('should say that it was not shared', async () => {
      replace(navigator.mediaDevices, 'getDisplayMedia', () => Promise.reject(new DOMException('no', 'NotAllowedError')));
      await expectRejection(open('screen'), 'screen-denied', /choose a window or a screen/);
    });
  });

  describe('stream and track of the page', () => {
    it('should be used and left live', async () => {
      const stream = canvasStream();
      const track = stream.getVideoTracks()[0] as MediaStreamTrack;
      for (const input of [stream, track]) {
        const source = await open(input);
        expect(source.track).to.equal(track);
        source.release();
        expect(track.readyState).to.equal('live');
      }
      track.stop();
    });

    it('should be waited for in a stream and an element that are still empty', async () => {
      const stream = new MediaStream();
      const video = document.createElement('video');
      video.srcObject = stream;
      const openings = [stream, video].map((input) => open(input));
      expect(contentOf(stream)).to.equal(null);
      stream.addTrack(canvasStream().getVideoTracks()[0] as MediaStreamTrack);
      for (const opening of openings) expect((await opening).track).to.equal(stream.getVideoTracks()[0]);
    });

    it('should be the live one where a stream has several', () => {
      const [ended, live] = [canvasStream(), canvasStream()].map((stream) => stream.getVideoTracks()[0] as MediaStreamTrack);
      ended?.stop();
      expect(contentOf(new MediaStream([ended as MediaStreamTrack, live as MediaStreamTrack]))).to.equal(live);
    });

    it('should be refused without video', async () => {
      hurry(100);
      await expectRejection(open(new MediaStream()), 'source-unsupported', /^source must carry a video track/);
      await expectRejection(open(audioTrack()), 'source-unsupported', /^source must carry a video track/);
    });

    it('should be refused when it has ended', async () => {
      const stream = createCanvas(SIZE).captureStream();
      stream.getVideoTracks()[0]?.stop();
      await expectRejection(open(stream), 'source-ended', /^source must be a live track/);
    });
  });

  describe('movie', () => {
    let url: string;

    before(async () => {
      url = URL.createObjectURL(await recordMovie(SIZE, GREEN));
    });

    after(() => URL.revokeObjectURL(url));

    it('should play by its address, muted and looped, until it is released', async () => {
      const { element, track, release } = await open(url);
      if (!element) throw new Error('No element');
      expect(track).to.equal(null);
      expect(element).to.include({ paused: false, muted: true, loop: true });
      expectColor(colorAt(readPicture(element, SIZE), 0.5, 0.5), GREEN, 40);
      release();
      release();
      expect(element.paused).to.equal(true);
      expect(element.getAttribute('src')).to.equal(null);
    });

    it('should be named when it is not there', async () => {
      await expectRejection(open('/missing.webm'), 'source-load-failed', /^source '\/missing\.webm' could not be played as a movie/);
    });

    it('should be let go when it is superseded', async () => {
      const controller = new AbortController();
      const opening = open(url, {}, controller.signal);
      const reason = new Error('superseded');
      controller.abort(reason);
      expect(await rejectionOf(opening)).to.equal(reason);
    });

    it("should be the page's own player, which plays on", async () => {
      const player = await playMovie(url);
      const source = await open(player);
      expect(source.element).to.equal(player);
      source.release();
      expect(player.paused).to.equal(false);
      player.removeAttribute('src');
      player.load();
    });

    (environment.shared ? it : it.skip)(`should not be a player of another origin without CORS (${environment.sharedReason})`, async () => {
      const player = await playMovie(otherOrigin('/shared/testdata/dev/clips/lab_woman.webm'));
      await expectRejection(open(player), 'source-unsupported', /lab_woman\.webm' is on another origin, .* crossorigin$/);
      player.removeAttribute('src');
      player.load();
    });
  });
});
