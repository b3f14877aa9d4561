import { DefaultVideoTransformDevice, NoOpLogger, isVideoTransformDevice, type Device, type VideoInputDevice } from 'amazon-chime-sdk-js';
import { expect } from 'chai';
import { createDeviceController, destroyControllers } from '../helpers/chime';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, recordEvents, sampleStream, trackOf, watchStream } from '../helpers/element';
import { expectTyped } from '../helpers/errors';
import { BLUE, colorAt, distance, type Picture } from '../helpers/pixels';
import { fakeCamera, spyOnCamera } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const hasBackground = (picture: Picture): boolean => distance(colorAt(picture, 0.03, 0.05), BLUE) < 30;

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> and the Chime SDK's device controller`, () => {
    afterEach(async () => {
      await destroyControllers();
      cleanUp();
    });

    itWithModel('should be used as it is, stopped, and used again without another camera', async () => {
      const camera = sampleStream();
      const calls = fakeCamera(async () => camera);
      const element = createElement({ host, source: 'camera' });
      const { controller } = createDeviceController();
      const stream = await element.start();
      for (let round = 0; round < 3; round += 1) {
        const track = trackOf(element.stream);
        expect(await controller.startVideoInput(element.stream as MediaStream)).to.equal(stream);
        expect(await controller.acquireVideoInputStream()).to.equal(stream);
        await watchStream(await controller.acquireVideoInputStream(), hasBackground);
        await controller.stopVideoInput();
        expect(track.readyState, 'stopped by the SDK').to.equal('ended');
      }
      expect(calls).to.have.lengthOf(1);
      expect(trackOf(camera).readyState).to.equal('live');
    });

    itWithModel('should tell it of the end: stop()', async () => {
      const element = createElement({ host });
      const devices = createDeviceController();
      await devices.controller.startVideoInput(await element.start());
      element.stop();
      await waitFor('videoInputStreamEnded', () => devices.ends === 1);
      await rejectionOf(devices.controller.acquireVideoInputStream());
    });

    itWithModel('should tell it of the end: camera unplugged', async () => {
      const camera = sampleStream();
      fakeCamera(async () => camera);
      const element = createElement({ host, source: 'camera' });
      const devices = createDeviceController();
      await devices.controller.startVideoInput(await element.start());
      trackOf(camera).stop();
      trackOf(camera).dispatchEvent(new Event('ended'));
      await waitFor('videoInputStreamEnded', () => devices.ends === 1);
      expect(element.state).to.equal('failed');
    });

    for (const id of ['', 'camera']) {
      const name = id ? `with the id '${id}'` : 'without an id';
      itWithModel(`should send its stream when it is passed itself, ${name}, and never open a raw camera for the SDK`, async () => {
        const camera = sampleStream();
        const calls = fakeCamera(async () => camera);
        const element = createElement({ host, source: 'camera', id });
        const events = recordEvents(element);
        const devices = createDeviceController();
        const { controller } = devices;
        const device = element as unknown as VideoInputDevice;
        expect(isVideoTransformDevice(device)).to.equal(true);

        // Not started yet: it starts.
        const sent = await controller.startVideoInput(device);
        expect(sent).to.equal(element.stream);
        expect(await controller.acquireVideoInputStream()).to.equal(element.stream);
        await watchStream(await controller.acquireVideoInputStream(), hasBackground);
        const track = trackOf(element.stream);
        await controller.startVideoInput(device);
        expect(track.readyState, 'chosen again').to.equal('live');

        await controller.stopVideoInput();
        expect(track.readyState).to.equal('ended');
        await controller.startVideoInput(device);
        await watchStream(await controller.acquireVideoInputStream(), hasBackground);

        // Another input lets it go.
        const last = trackOf(element.stream);
        await controller.startVideoInput(sampleStream());
        expect(last.readyState).to.equal('ended');
        expect(devices.ends).to.equal(0);

        await controller.startVideoInput(device);
        element.stop();
        await waitFor('videoInputStreamEnded', () => devices.ends === 1);
        expect(calls.map(({ video }) => typeof video === 'object' && 'width' in video), 'asked for by the element alone').to.deep.equal([true]);
        expect(events.errors).to.deep.equal([]);
      });
    }

    itWithModel('should let the SDK know why it cannot start', async () => {
      fakeCamera(async () => {
        throw new DOMException('no', 'NotAllowedError');
      });
      const element = createElement({ host, source: 'camera' });
      const { controller } = createDeviceController();
      expectTyped(await rejectionOf(controller.startVideoInput(element as unknown as VideoInputDevice)), 'camera-denied', /not allowed/);
      await rejectionOf(controller.acquireVideoInputStream());
    });
  });
}

describe('<virtual-background-camera> taken for constraints', () => {
  const message = /stream of <virtual-background-camera>, not the element/;

  afterEach(async () => {
    await destroyControllers();
    cleanUp();
  });

  it('should open no raw camera when it is passed to getUserMedia', async () => {
    const element = createElement();
    const error = await rejectionOf(navigator.mediaDevices.getUserMedia({ video: element as unknown as MediaTrackConstraints }));
    expectTyped(error, 'source-unsupported', message);
  });

  it("should open no raw camera as the inner device of the SDK's own transform device", async () => {
    const opened = spyOnCamera();
    const element = createElement();
    const { controller } = createDeviceController();
    const device = new DefaultVideoTransformDevice(new NoOpLogger(), element as unknown as Device, []);
    // The SDK writes it to its log first, where it fails already.
    await rejectionOf(controller.startVideoInput(device));
    expect(opened).to.deep.equal([]);
  });

  it('should not get in the way of who looks at its properties', () => {
    const element = createElement();
    const seen: string[] = [];
    for (const key in element) {
      void (element as unknown as Record<string, unknown>)[key];
      seen.push(key);
    }
    expect(seen).to.include('textContent').and.not.include('advanced');
    expect({ ...element }).to.not.have.property('advanced');
    expect(() => element.cloneNode(true)).to.not.throw();
  });
});
