import { expect } from 'chai';
import { createVirtualBackground, type VirtualBackgroundCamera } from '../../src/define';
import { BLUE_BACKGROUND, cleanUp, createElement, itWithModel, sampleStream, trackOf } from '../helpers/element';
import { fakeCamera } from '../helpers/spies';
import { nextEvent, waitFor } from '../helpers/wait';

/** A camera whose system blurs, which no test machine has: the members of a track that tell so. */
class BlurringCamera {
  readonly stream = sampleStream();
  readonly track = trackOf(this.stream);
  readonly applied: unknown[] = [];
  #isBlurred: boolean;

  constructor(isBlurred: boolean, choices: boolean[]) {
    this.#isBlurred = isBlurred;
    const { track } = this;
    const [settings, capabilities] = [track.getSettings.bind(track), track.getCapabilities.bind(track)];
    track.getSettings = () => ({ ...settings(), backgroundBlur: this.#isBlurred });
    track.getCapabilities = () => ({ ...capabilities(), backgroundBlur: choices });
    track.applyConstraints = async (constraints) => {
      this.applied.push(constraints);
      const { backgroundBlur } = constraints as { backgroundBlur?: { exact: boolean } };
      if (backgroundBlur) this.switch(backgroundBlur.exact);
    };
    fakeCamera(() => Promise.resolve(this.stream));
  }

  /** As a person does in the system's menu. */
  switch(isBlurred: boolean): void {
    this.#isBlurred = isBlurred;
    this.track.dispatchEvent(new Event('configurationchange'));
  }
}

const noteOf = (element: VirtualBackgroundCamera): HTMLElement | null => element.shadowRoot?.querySelector('[part=system-blur]') ?? null;

describe("<virtual-background-camera> the system's own blur", () => {
  afterEach(cleanUp);

  itWithModel('should be told of, and not be when there is none', async () => {
    const camera = new BlurringCamera(false, [true, false]);
    const element = createElement({ source: 'camera' });
    const told: boolean[] = [];
    element.addEventListener('vbc-system-blur-change', ({ detail }) => told.push(detail.systemBlur));
    await element.start();
    expect(element.systemBlur).to.equal(false);
    await element.updateComplete;
    expect(noteOf(element)).to.equal(null);
    camera.switch(true);
    expect(element.systemBlur).to.equal(true);
    camera.switch(true);
    camera.switch(false);
    expect(element.systemBlur).to.equal(false);
    camera.switch(true);
    element.stop();
    expect(element.systemBlur).to.equal(false);
    expect(told).to.deep.equal([true, false, true, false]);
    camera.switch(false);
    camera.switch(true);
    expect(element.systemBlur, 'of a camera that is off').to.equal(false);
  });

  itWithModel('should be switched off by a button, where that can be', async () => {
    const camera = new BlurringCamera(true, [true, false]);
    const element = createElement({ source: 'camera' });
    await element.start();
    const note = await waitFor('the note', () => noteOf(element));
    expect(note.closest('[role=status]'), 'read out politely').to.not.equal(null);
    const change = nextEvent(element, 'vbc-system-blur-change');
    note.querySelector('button')?.click();
    await change;
    expect(element).to.include({ systemBlur: false, background: BLUE_BACKGROUND });
    expect(camera.applied[0]).to.deep.include({ backgroundBlur: { exact: false } });
    await waitFor('the end of the note', () => !noteOf(element));
    // Another size must not bring the blur back: constraints replace each other as a whole.
    element.width = 160;
    await waitFor('the other size', () => camera.applied.length > 1);
  });

  itWithModel('should leave ours off where only it can be had, until it ends', async () => {
    const camera = new BlurringCamera(true, [true]);
    const element = createElement({ source: 'camera' });
    await element.start();
    const note = await waitFor('the note', () => noteOf(element));
    note.querySelector('button')?.click();
    expect(element.background).to.equal('none');
    await waitFor('the end of the note', () => !noteOf(element));
    camera.switch(false);
    expect(element.background, 'nobody asked for the bare room').to.equal(BLUE_BACKGROUND);
  });

  itWithModel('should not be spoken of again once a person keeps both', async () => {
    new BlurringCamera(true, [true]);
    const element = createElement({ source: 'camera' });
    await element.start();
    const note = await waitFor('the note', () => noteOf(element));
    note.querySelectorAll('button')[1]?.click();
    await waitFor('the end of the note', () => !noteOf(element));
    expect(element).to.include({ systemBlur: true, background: BLUE_BACKGROUND });
  });

  itWithModel("should not be switched off on a page's own track", async () => {
    const camera = new BlurringCamera(true, [true, false]);
    const element = createElement({ source: camera.stream });
    await element.start();
    const note = await waitFor('the note', () => noteOf(element));
    expect(note.querySelector('button')?.textContent).to.equal('Use the system’s blur only');
    expect(camera.applied).to.deep.equal([]);
  });

  itWithModel('should be told without the element, too', async () => {
    const camera = new BlurringCamera(false, [true]);
    const told: boolean[] = [];
    const background = await createVirtualBackground('camera', {
      model: 'selfie', modelCache: 'none', backend: 'wasm', quality: 'low', background: BLUE_BACKGROUND,
      onSystemBlurChange: (systemBlur) => told.push(systemBlur),
    });
    try {
      camera.switch(true);
      expect(background.systemBlur).to.equal(true);
    } finally {
      background.stop();
    }
    expect(told).to.deep.equal([true, false]);
  });
});
