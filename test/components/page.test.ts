import { expect } from 'chai';
import { en } from '../../src/components/messages';
import { VirtualBackgroundError, type CameraControls, type VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, itWithModel, part, previewOf, recordEvents, sampleStream, trackOf, waitForState, watchStream } from '../helpers/element';
import { BLUE, colorAt, countPixels, distance, fill, RED, solidCanvas } from '../helpers/pixels';
import { fakeCamera, spyOnCamera, spyOnWorkers } from '../helpers/spies';
import { defer, nextTask, waitFor } from '../helpers/wait';

/** Longer than the element waits before it takes a removal for one. */
const REMOVAL_MS = 1000;

describe('<virtual-background-camera> in the page', () => {
  afterEach(cleanUp);

  itWithModel('should turn the camera off within a second after its removal', async () => {
    const tracks = spyOnCamera();
    const workers = spyOnWorkers();
    const element = createElement({ source: 'camera', width: 320, height: 180 });
    const stream = await element.start();
    element.remove();
    // Timers keep their order, so that this doesn't depend on how busy the machine is.
    await nextTask(REMOVAL_MS);
    expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended']);
    expect(element).to.include({ state: 'idle', stream: null });
    expect(trackOf(stream).readyState).to.equal('ended');
    expect(workers.live.size).to.equal(0);
  });

  /** What only the element's own sheets make so. */
  function expectLook(element: VirtualBackgroundCamera, where: string): void {
    const view = element.ownerDocument.defaultView as Window & typeof globalThis;
    const bar = element.shadowRoot?.querySelector('vbc-controls')?.shadowRoot?.querySelector('[part=bar]') as Element;
    expect(view.getComputedStyle(element).display, `the element ${where}`).to.equal('grid');
    expect(view.getComputedStyle(previewOf(element)).position, `the preview ${where}`).to.equal('absolute');
    expect(view.getComputedStyle(bar).display, `the bar ${where}`).to.equal('flex');
  }

  it('should look the same in another document, and back in its own', async () => {
    await customElements.whenDefined('vbc-controls');
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inside = frame.contentDocument as Document;
    try {
      const element = createElement({ controls: true });
      await element.updateComplete;
      const bar = element.shadowRoot?.querySelector('vbc-controls') as CameraControls;
      await bar.updateComplete;
      expectLook(element, 'at first');
      inside.body.append(element);
      expectLook(element, 'in the frame');
      // What is drawn for the first time there comes from the first document, too.
      bar.shadowRoot?.querySelector<HTMLElement>('#backgrounds')?.showPopover();
      await waitFor('the gallery', () => bar.shadowRoot?.querySelector('vbc-background-gallery')?.shadowRoot?.querySelector('[part~=tile]'));
      expect(bar.shadowRoot?.querySelector('vbc-background-gallery')?.shadowRoot?.adoptedStyleSheets).to.have.lengthOf(2);
      document.body.append(element);
      expectLook(element, 'back again');
      const born = document.createElement('virtual-background-camera');
      born.controls = true;
      inside.body.append(born);
      await born.updateComplete;
      await (born.shadowRoot?.querySelector('vbc-controls') as CameraControls).updateComplete;
      expectLook(born, 'first shown in the frame');
    } finally {
      frame.remove();
    }
  });

  itWithModel('should run on through a move in the page', async () => {
    const element = createElement();
    const stream = await element.start();
    await element.updateComplete;
    const shown = previewOf(element).srcObject;
    const events = recordEvents(element);
    const container = document.createElement('div');
    document.body.append(container);
    container.append(element);
    await nextTask(REMOVAL_MS);
    expect(element).to.include({ state: 'running', stream });
    expect(events.states).to.deep.equal([]);
    expect(previewOf(element).srcObject).to.equal(shown).and.be.instanceOf(MediaStream);
    await waitFor('the preview', () => !previewOf(element).paused);
    container.remove();
  });

  it('should stop when it is removed while it waits for the camera', async () => {
    const prompt = defer<MediaStream>();
    const asked = fakeCamera(() => prompt.promise);
    const element = createElement({ source: 'camera' });
    const starting = element.start();
    starting.catch(() => undefined);
    await waitFor('the question for the camera', () => asked.length === 1);
    element.remove();
    await waitForState(element, 'idle');
    const late = sampleStream();
    prompt.resolve(late);
    await waitFor('the end of the late camera', () => trackOf(late).readyState === 'ended');
  });

  itWithModel('should start by itself with autostart', async () => {
    const element = createElement({ autostart: true });
    await element.ready;
    expect(element.state).to.equal('running');
    expect(element.stream).to.be.instanceOf(MediaStream);
  });

  itWithModel('should come back with autostart when it is put back, unless the page had stopped it', async () => {
    const element = createElement({ autostart: true });
    await element.ready;
    element.remove();
    await waitForState(element, 'idle');
    document.body.append(element);
    await waitForState(element, 'running');

    element.stop();
    element.remove();
    await nextTask(REMOVAL_MS);
    document.body.append(element);
    await element.updateComplete;
    expect(element.state).to.equal('idle');
  });

  it('should tell of a refused camera with autostart, without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listen = (event: PromiseRejectionEvent): void => {
      unhandled.push(event.reason);
    };
    window.addEventListener('unhandledrejection', listen);
    fakeCamera(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    const element = createElement({ source: 'camera', autostart: true });
    await waitForState(element, 'failed');
    await element.updateComplete;
    await nextTask();
    window.removeEventListener('unhandledrejection', listen);
    expect(unhandled).to.deep.equal([]);
    expect(part(element, 'error').textContent).to.match(/not allowed/);
  });

  itWithModel('should run outside of any document', async () => {
    const element = createElement();
    element.remove();
    const detached = document.createElement('virtual-background-camera');
    Object.assign(detached, { model: 'selfie', backend: 'wasm', background: '#00f', source: sampleStream() });
    const stream = await detached.start();
    expect(trackOf(stream).readyState).to.equal('live');
    await watchStream(stream, (picture) => distance(colorAt(picture, 0.03, 0.05), BLUE) < 30);
    // Never in a document, Lit would wait for one before it took over any change.
    detached.background = '#f00';
    await watchStream(stream, (picture) => distance(colorAt(picture, 0.03, 0.05), RED) < 30);
    detached.stop();
  });

  itWithModel('should mirror the preview and never the stream', async () => {
    // Red on the left of the room.
    const room = solidCanvas({ width: 160, height: 90 }, BLUE);
    fill(room, RED, [0, 0, 0.5, 1]);
    const ticker = setInterval(() => fill(room, RED, [0, 0, 0.1, 0.1]), 50);
    const element = createElement({ background: 'none', source: room.captureStream(), mirrored: true });
    try {
      const stream = await element.start();
      for (const mirrored of [true, false, true]) {
        element.mirrored = mirrored;
        await element.updateComplete;
        expect(element.stream).to.equal(stream);
        await watchStream(stream, (picture) => distance(colorAt(picture, 0.2, 0.5), RED) < 60 && distance(colorAt(picture, 0.8, 0.5), BLUE) < 60);
        expect(getComputedStyle(previewOf(element)).transform).to.equal(mirrored ? 'matrix(-1, 0, 0, 1, 0, 0)' : 'none');
      }
    } finally {
      clearInterval(ticker);
    }
  });

  itWithModel('should show in the preview what the stream carries, muted and by itself', async () => {
    const element = createElement();
    await element.start();
    const preview = previewOf(element);
    // Firefox has no property `playsInline`.
    expect([preview.muted, preview.autoplay, preview.hasAttribute('playsinline')]).to.deep.equal([true, true, true]);
    await waitFor('the preview to play', () => preview.currentTime > 0 && !preview.paused);
    expect([preview.videoWidth, preview.videoHeight]).to.deep.equal([320, 180]);
  });

  itWithModel('should keep two elements of one page apart', async () => {
    const [one, other] = [createElement({ background: '#0000ff' }), createElement({ background: '#ff0000' })];
    const [first, second] = await Promise.all([one.start(), other.start()]);
    expect(first).not.to.equal(second);
    await watchStream(first, (picture) => distance(colorAt(picture, 0.03, 0.05), BLUE) < 30);
    await watchStream(second, (picture) => distance(colorAt(picture, 0.03, 0.05), RED) < 30);
    one.stop();
    await watchStream(second, (picture) => countPixels(picture, (color) => distance(color, RED) < 30) > 1000);
    expect(other.state).to.equal('running');
  });

  it('should say what it does at each state, for people who cannot see it', async () => {
    const prompt = defer<MediaStream>();
    fakeCamera(() => prompt.promise);
    const element = createElement({ source: 'camera' });
    await element.updateComplete;
    const status = part(element, 'status');
    expect(status.closest('[role=status]'), 'read out politely').to.not.equal(null);
    expect(previewOf(element).getAttribute('aria-label')).to.match(/camera/i);
    element.start().catch(() => undefined);
    await element.updateComplete;
    expect(status.textContent).to.match(/^Waiting for the camera: allow it/);
    prompt.resolve(sampleStream());
    await waitForState(element, 'loading');
    await element.updateComplete;
    expect(status.textContent).to.match(/^(Loading the model|Preparing the virtual background)/);
    expect(status.dataset['state']).to.equal('loading');
    element.stop();
    await element.updateComplete;
    expect(status.textContent).to.equal('Camera off');
  });

  itWithModel('should say once that it runs, whatever comes over the picture, and leave no warning behind', async () => {
    const source = sampleStream();
    const element = createElement({ source });
    await element.start();
    await element.updateComplete;
    const status = part(element, 'status');
    const region = status.closest('[role=status]') as HTMLElement;
    expect(status.textContent).to.equal(en.statusRunning);
    const said: string[] = [];
    const observer = new MutationObserver(() => said.push(region.textContent?.trim() ?? ''));
    observer.observe(region, { subtree: true, childList: true, characterData: true });

    Object.assign(element, { warning: new VirtualBackgroundError('overloaded', 'too much') });
    await element.updateComplete;
    expect(part(element, 'warning').closest('[role=status]'), 'a region of its own').to.not.equal(region);

    trackOf(source).enabled = false;
    await waitForState(element, 'interrupted');
    await element.updateComplete;
    expect(status.textContent).to.equal(en.statusInterrupted);
    trackOf(source).enabled = true;
    await waitForState(element, 'running');
    await element.updateComplete;
    expect(status.textContent?.trim()).to.equal('');
    expect(said).to.not.include(en.statusRunning);
    expect(said).to.include(en.statusInterrupted);

    element.stop();
    await element.updateComplete;
    observer.disconnect();
    expect(status.textContent).to.equal(en.statusIdle);
    expect(element.shadowRoot?.querySelector('[part=warning]')).to.equal(null);
  });
});
