import { expect } from 'chai';
import { en } from '../../../src/components/messages';
import { addControl, choose, inside, removeControls, selectOf, settle } from '../../helpers/controls';
import { cleanUp, createElement, itWithModel, recordEvents, sampleStream, trackOf, waitForState } from '../../helpers/element';
import { fakeCamera, replace } from '../../helpers/spies';
import { nextEvent, waitFor } from '../../helpers/wait';

type Device = Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label' | 'groupId'>;

const camera = (deviceId: string, label = ''): Device => ({ kind: 'videoinput', deviceId, label, groupId: '' });
const FRONT = camera('front', 'Front camera');
const DESK = camera('desk', 'Desk camera');
const MICROPHONE: Device = { kind: 'audioinput', deviceId: 'mic', label: 'Microphone', groupId: '' };

/** Cameras cannot be plugged in and out here. @returns changes them */
function fakeDevices(devices: readonly Device[]): (next: readonly Device[]) => void {
  let now = devices;
  replace(navigator.mediaDevices, 'enumerateDevices', () => Promise.resolve(now));
  return (next) => {
    now = next;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  };
}

const namesOf = (control: Element): string[] => [...(control.shadowRoot?.querySelectorAll('option') ?? [])].map(({ text }) => text);
const waitForNames = (control: Element, ...names: string[]): Promise<unknown> => waitFor(`the cameras ${names.join()}`, () => namesOf(control).join() === names.join());

describe('<vbc-camera-select>', () => {
  afterEach(() => {
    removeControls();
    cleanUp();
  });

  it('should list cameras, set the one that a person chose, and tell of it', async () => {
    fakeDevices([FRONT, MICROPHONE, DESK]);
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    const told: (string | null)[] = [];
    control.addEventListener('vbc-camera-select', ({ detail }) => told.push(detail.deviceId));
    choose(selectOf(control), 'desk');
    expect(element.deviceId).to.equal('desk');
    choose(selectOf(control), '');
    expect(element.deviceId).to.equal(null);
    element.deviceId = 'front';
    await settle(control);
    expect(selectOf(control).value).to.equal('front');
    expect(told).to.deep.equal(['desk', null]);
  });

  it('should show the camera in use where the wanted one is not there, and let a person choose', async () => {
    fakeDevices([FRONT, DESK]);
    const stream = sampleStream();
    const [track] = stream.getVideoTracks();
    replace(track as MediaStreamTrack, 'getSettings', () => ({ deviceId: 'desk', groupId: 'a', width: 320, height: 180 }));
    fakeCamera(async ({ video }) => {
      if ((video as MediaTrackConstraints).deviceId) throw new DOMException('no', 'OverconstrainedError');
      return stream;
    });
    const element = createElement({ source: 'camera', deviceId: 'gone' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    const changed = nextEvent(element, 'vbc-source-change');
    element.start().catch(() => undefined);
    await changed;
    await settle(control);
    expect(element.sourceSettings).to.include({ deviceId: 'desk', width: 320, height: 180 });
    expect(selectOf(control).value).to.equal('desk');
    choose(selectOf(control), 'front');
    expect(element.deviceId).to.equal('front');
  });

  it('should keep the old camera where the page prevents the new one', async () => {
    fakeDevices([FRONT, DESK]);
    const element = createElement({ source: 'camera', deviceId: 'front' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    control.addEventListener('vbc-camera-select', (event) => event.preventDefault());
    choose(selectOf(control), 'desk');
    await settle(control);
    expect([element.deviceId, selectOf(control).value]).to.deep.equal(['front', 'front']);
  });

  it('should follow cameras that come and go', async () => {
    const change = fakeDevices([FRONT]);
    const control = addControl('vbc-camera-select', createElement({ source: 'camera' }));
    await waitForNames(control, en.cameraDefault, 'Front camera');
    change([FRONT, camera('unnamed')]);
    await waitForNames(control, en.cameraDefault, 'Front camera', en.cameraNumbered({ number: 2 }));
    change([]);
    await waitForNames(control, en.cameraNone);
    expect(selectOf(control).disabled).to.equal(true);
  });

  itWithModel('should show names once the page may use a camera', async () => {
    // As browsers answer before they have asked the person.
    const change = fakeDevices([camera('')]);
    fakeCamera(() => Promise.resolve(sampleStream()));
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault);
    expect(selectOf(control).disabled).to.equal(false);
    await element.start();
    // Told by nobody: the control asks when the camera runs.
    replace(navigator.mediaDevices, 'enumerateDevices', () => Promise.resolve([FRONT, DESK]));
    element.stop();
    await element.start();
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    expect(change).to.be.a('function');
  });

  itWithModel('should go on with another camera when the one in use is unplugged, and say so', async () => {
    const change = fakeDevices([FRONT, DESK]);
    const opened: unknown[] = [];
    const streams: MediaStream[] = [];
    fakeCamera((constraints) => {
      opened.push((constraints?.video as MediaTrackConstraints).deviceId);
      streams.push(sampleStream());
      return Promise.resolve(streams.at(-1) as MediaStream);
    });
    const element = createElement({ source: 'camera', deviceId: 'desk' });
    const control = addControl('vbc-camera-select', element);
    const events = recordEvents(element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    await element.start();

    trackOf(streams[0] ?? null).stop();
    trackOf(streams[0] ?? null).dispatchEvent(new Event('ended'));
    change([FRONT]);
    await waitFor('the other camera', () => element.state === 'running' && element.deviceId === 'front');
    expect(opened).to.deep.equal([{ exact: 'desk' }, { exact: 'front' }]);
    expect(events.errors.map(({ code }) => code)).to.deep.equal(['source-ended']);
    await waitFor('the message', () => inside(control, '[role=status]').textContent === en.cameraReplaced({ camera: 'Front camera' }));
    await settle(control);
    expect(selectOf(control).value).to.equal('front');
  });

  itWithModel('should stay off when a person took the permission back', async () => {
    fakeDevices([FRONT, DESK]);
    const streams: MediaStream[] = [];
    fakeCamera(() => {
      streams.push(sampleStream());
      return Promise.resolve(streams.at(-1) as MediaStream);
    });
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    await element.start();
    trackOf(streams[0] ?? null).stop();
    trackOf(streams[0] ?? null).dispatchEvent(new Event('ended'));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await waitForState(element, 'failed');
    await settle(control);
    expect(streams).to.have.lengthOf(1);
    expect(element.state).to.equal('failed');
  });

  it('should go back to the default while the camera is off and the chosen one is unplugged', async () => {
    const change = fakeDevices([FRONT, DESK]);
    const element = createElement({ source: 'camera', deviceId: 'desk' });
    const control = addControl('vbc-camera-select', element);
    await waitForNames(control, en.cameraDefault, 'Front camera', 'Desk camera');
    change([FRONT]);
    await waitFor('the default', () => element.deviceId === null);
    await settle(control);
    expect(selectOf(control).value).to.equal('');
    expect(element.state).to.equal('idle');
  });

  it('should leave a page without cameras, permission or a secure address in one piece', async () => {
    replace(navigator.mediaDevices, 'enumerateDevices', () => Promise.reject(new DOMException('no', 'NotAllowedError')));
    const control = addControl('vbc-camera-select', createElement({ source: 'camera' }));
    await waitForNames(control, en.cameraNone);
  });
});
