import { DefaultVideoTransformDevice, isVideoTransformDevice } from 'amazon-chime-sdk-js';
import { expect } from 'chai';
import type { VirtualBackgroundOptions } from '../../src/index';
import { ChimeVideoTransformDevice } from '../../src/integrations/chime';
import { createDeviceController, destroyControllers } from '../helpers/chime';
import { cleanUp, describeOn, HOSTS, itWithModel, sampleStream, trackOf, watchStream } from '../helpers/element';
import { expectTyped } from '../helpers/errors';
import { BLUE, colorAt, distance, GREEN, type Picture, type Rgb } from '../helpers/pixels';
import { fakeCamera, spyOnWorkers } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const shows = (color: Rgb) => (picture: Picture): boolean => distance(colorAt(picture, 0.03, 0.05), color) < 30;

for (const host of HOSTS) {
  describeOn(host, `ChimeVideoTransformDevice in the ${host}`, () => {
    const options: VirtualBackgroundOptions = { host, model: 'selfie', backend: 'wasm', quality: 'low', background: '#0000ff' };
    const devices: ChimeVideoTransformDevice[] = [];
    let cameras: MediaStream[] = [];

    const create = (...args: ConstructorParameters<typeof ChimeVideoTransformDevice>): ChimeVideoTransformDevice => {
      const device = new ChimeVideoTransformDevice(args[0], { ...options, ...args[1] });
      devices.push(device);
      return device;
    };

    beforeEach(() => {
      cameras = [];
      fakeCamera(async () => {
        const camera = sampleStream(cameras.length % 2 ? { width: 240, height: 136 } : {});
        cameras.push(camera);
        return camera;
      });
    });

    afterEach(async () => {
      await destroyControllers();
      for (const device of devices.splice(0)) await device.stop();
      cleanUp();
    });

    itWithModel('should send the camera that the SDK opened, with its background', async () => {
      const { controller } = createDeviceController();
      const device = create('a camera');
      expect(isVideoTransformDevice(device)).to.equal(true);
      expect(device.outputMediaStream.getTracks(), 'before').to.deep.equal([]);
      expect(await controller.startVideoInput(device)).to.equal(device.outputMediaStream);
      const sent = await controller.acquireVideoInputStream();
      expect(sent).to.equal(device.outputMediaStream);
      await watchStream(sent, (picture) => shows(BLUE)(picture) && distance(colorAt(picture, 0.5, 0.5), BLUE) > 60);
      expect(trackOf(sent).getSettings()).to.include({ width: 320, height: 180 });
      device.set({ background: '#00ff00' });
      await watchStream(sent, shows(GREEN));
      expect(cameras).to.have.lengthOf(1);
      expect(device.background?.stats.rawFrames).to.equal(0);
    });

    itWithModel('should leave nothing behind when it is stopped while it starts', async () => {
      const workers = spyOnWorkers();
      const device = create('a camera');
      const starting = device.transformStream(sampleStream());
      await waitFor('its workers', () => host === 'window' || workers.started.length > 0);
      await device.stop();
      expectTyped(await rejectionOf(starting), 'aborted', /./);
      expect(device.background).to.equal(null);
      expect([...workers.live.values()]).to.deep.equal([]);
    });

    itWithModel('should turn the camera off with the video, and go on when it is turned on again', async () => {
      const devices = createDeviceController();
      const { controller } = devices;
      const device = create('a camera');
      await controller.startVideoInput(device);
      const first = trackOf(device.outputMediaStream);
      await controller.stopVideoInput();
      expect(trackOf(cameras[0] as MediaStream).readyState).to.equal('ended');
      expect(first.readyState).to.equal('ended');
      await controller.startVideoInput(device);
      expect(cameras).to.have.lengthOf(2);
      await watchStream(await controller.acquireVideoInputStream(), (picture) => picture.width === 240 && shows(BLUE)(picture));
      expect(devices.ends).to.equal(0);
    });

    itWithModel('should take another inner device without loading anything again', async () => {
      const workers = spyOnWorkers();
      const { controller } = createDeviceController();
      const device = create('a camera');
      await controller.startVideoInput(device);
      const started = workers.started.length;
      const other = device.chooseNewInnerDevice('another camera');
      expect(await other.intrinsicDevice()).to.equal('another camera');
      await controller.startVideoInput(other);
      expect(trackOf(cameras[0] as MediaStream).readyState).to.equal('ended');
      await watchStream(await controller.acquireVideoInputStream(), (picture) => picture.width === 240 && shows(BLUE)(picture));
      expect(workers.started).to.have.lengthOf(started);
      expect(other.background).to.equal(device.background);
    });

    itWithModel("should leave an app's own stream to the app", async () => {
      const { controller } = createDeviceController();
      const own = sampleStream();
      const device = create(own.clone());
      await controller.startVideoInput(device);
      await watchStream(device.outputMediaStream, shows(BLUE));
      device.onOutputStreamDisconnect();
      expect(trackOf((await device.intrinsicDevice()) as MediaStream).readyState).to.equal('live');
      expect(cameras).to.have.lengthOf(0);
    });

    itWithModel('should free everything when it is stopped, and start again', async () => {
      const workers = spyOnWorkers();
      const { controller } = createDeviceController();
      const device = create('a camera');
      await controller.startVideoInput(device);
      await controller.stopVideoInput();
      await device.stop();
      await device.stop();
      expect(device.background).to.equal(null);
      expect(workers.live.size).to.equal(0);
      await controller.startVideoInput(device);
      await watchStream(await controller.acquireVideoInputStream(), shows(BLUE));
    });

    itWithModel('should tell the SDK of the end: camera unplugged', async () => {
      const devices = createDeviceController();
      await devices.controller.startVideoInput(create('a camera'));
      const camera = trackOf(cameras[0] as MediaStream);
      camera.stop();
      camera.dispatchEvent(new Event('ended'));
      await waitFor('videoInputStreamEnded', () => devices.ends === 1);
    });

    itWithModel('should tell the SDK of a start that fails, turn the camera off and send nothing raw', async () => {
      const states: string[] = [];
      const devices = createDeviceController();
      const device = create('a camera', {
        model: 'body-pix',
        modelUrl: '/missing-model/',
        modelFallback: 'none',
        onStateChange: (state) => states.push(state),
      });
      expectTyped(await rejectionOf(devices.controller.startVideoInput(device)), 'model-load-failed', /missing-model/);
      expect(states).to.deep.equal(['opening', 'loading', 'failed']);
      expect(device.outputMediaStream.getTracks()).to.deep.equal([]);
      await waitFor('videoInputStreamEnded', () => devices.ends === 1);
      expect(trackOf(cameras[0] as MediaStream).readyState).to.equal('ended');
      await rejectionOf(devices.controller.acquireVideoInputStream());
    });

    it('should have what the SDK has in its own', () => {
      const known = ['intrinsicDevice', 'transformStream', 'onOutputStreamDisconnect', 'stop', 'chooseNewInnerDevice'];
      for (const name of known) {
        expect(DefaultVideoTransformDevice.prototype, 'the SDK').to.have.property(name);
        expect(ChimeVideoTransformDevice.prototype).to.have.property(name).that.is.a('function');
      }
    });
  });
}
