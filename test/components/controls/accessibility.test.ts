import { setViewport } from '@web/test-runner-commands';
import axe from 'axe-core';
import { expect } from 'chai';
import { VirtualBackgroundError } from '../../../src/errors';
import type { CameraControls, EngineState, VirtualBackgroundCamera } from '../../../src/define';
import { addElement, inside, removeControls, settle } from '../../helpers/controls';
import { cleanUp, createElement, itWithModel } from '../../helpers/element';
import { fakeCamera } from '../../helpers/spies';
import { defer, waitFor } from '../../helpers/wait';

const LOOKS = [
  { name: 'light', scheme: 'light', dir: 'ltr', width: 1200 },
  { name: 'dark, narrow', scheme: 'dark', dir: 'ltr', width: 240 },
  { name: 'right to left, narrow', scheme: 'light', dir: 'rtl', width: 240 },
  { name: 'dark, right to left', scheme: 'dark', dir: 'rtl', width: 1200 },
] as const;

/** States that a machine cannot be brought into at will: the element shows them as it would show real ones. */
function pretend(camera: VirtualBackgroundCamera, state: EngineState, error: VirtualBackgroundError | null = null): void {
  Object.defineProperties(camera, { state: { configurable: true, get: () => state }, error: { configurable: true, get: () => error } });
  camera.requestUpdate();
}

async function findViolations(stage: Element): Promise<string[]> {
  // Fading things are between two colours; what counts is where they arrive.
  for (const animation of stage.getAnimations({ subtree: true })) {
    if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish();
  }
  const { violations } = await axe.run(stage, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { region: { enabled: false } } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary ?? ''}`));
}

for (const { name, scheme, dir, width } of LOOKS) {
  describe(`the camera with its controls, ${name}`, () => {
    let stage: HTMLElement;
    let camera: VirtualBackgroundCamera;
    let controls: CameraControls;

    beforeEach(async () => {
      await setViewport({ width: Math.max(width + 40, 320), height: 900 });
      document.documentElement.lang = 'en';
      // Firefox' driver emulates no preference of the user's.
      document.documentElement.style.colorScheme = scheme;
      document.body.style.background = 'Canvas';
      stage = addElement(document.createElement('main'));
      stage.dir = dir;
      camera = createElement({ source: 'camera', controls: true });
      camera.style.inlineSize = `${width}px`;
      stage.append(camera);
      await camera.updateComplete;
      controls = inside<CameraControls>(camera, 'vbc-controls');
      await settle(controls, camera);
    });

    afterEach(async () => {
      removeControls();
      cleanUp();
      document.documentElement.style.colorScheme = '';
      document.body.style.background = '';
      await setViewport({ width: 1024, height: 768 });
    });

    it('should have nothing for axe to find at rest, and beside the camera', async () => {
      for (const tag of ['vbc-start-button', 'vbc-mirror-button', 'vbc-snapshot-button', 'vbc-camera-select', 'vbc-source-select', 'vbc-quality-select', 'vbc-controls'] as const) {
        const control = document.createElement(tag);
        control.camera = camera;
        stage.append(control);
        await settle(control, camera);
      }
      expect(await findViolations(stage)).to.deep.equal([]);
    });

    it('should have nothing for axe to find while it is being opened', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      camera.start().catch(() => undefined);
      await waitFor('the question', () => camera.state === 'opening');
      await settle(controls, camera);
      expect(await findViolations(stage)).to.deep.equal([]);
    });

    for (const state of ['loading', 'running', 'interrupted'] as const) {
      it(`should have nothing for axe to find while it is ${state}`, async () => {
        pretend(camera, state);
        await settle(controls, camera);
        expect(await findViolations(stage)).to.deep.equal([]);
      });
    }

    it('should have nothing for axe to find with an error, and with a warning', async () => {
      fakeCamera(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
      await camera.start().catch(() => undefined);
      await settle(controls, camera);
      expect(camera.state).to.equal('failed');
      expect(await findViolations(stage)).to.deep.equal([]);
      pretend(camera, 'running', new VirtualBackgroundError('background-load-failed', "background 'office.jpg' could not be loaded: the server answered 404"));
      await settle(controls, camera);
      expect(await findViolations(stage)).to.deep.equal([]);
    });

    for (const panel of ['backgrounds', 'settings'] as const) {
      it(`should have nothing for axe to find with the panel '${panel}' open`, async () => {
        inside(controls, `#${panel}-button`).click();
        await waitFor('the panel', () => inside(controls, `#${panel}`).matches(':popover-open'));
        await waitFor('its content', () => inside(controls, `#${panel} .content`).firstElementChild);
        await settle(controls, camera);
        expect(await findViolations(stage)).to.deep.equal([]);
      });
    }
  });
}

describe('the camera with its controls, running for real', () => {
  afterEach(() => {
    removeControls();
    cleanUp();
  });

  itWithModel('should have nothing for axe to find', async () => {
    document.documentElement.lang = 'en';
    const stage = addElement(document.createElement('main'));
    const camera = createElement({ controls: true });
    stage.append(camera);
    await camera.start();
    await settle(inside<CameraControls>(camera, 'vbc-controls'), camera);
    expect(await findViolations(stage)).to.deep.equal([]);
  });
});
