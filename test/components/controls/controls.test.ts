import { expect } from 'chai';
import { sendKeys, setViewport } from '@web/test-runner-commands';
import { en } from '../../../src/components/messages';
import type { CameraControls, VirtualBackgroundCamera } from '../../../src/define';
import { addControl, addElement, buttonOf, choose, focused, inside, removeControls, selectOf, settle, waitForFocus } from '../../helpers/controls';
import { cleanUp, createElement, itWithModel, part, waitForState } from '../../helpers/element';
import { fakeCamera } from '../../helpers/spies';
import { defer, waitFor } from '../../helpers/wait';
import { cleanUpGallery, drag, drop, pngFile, transferOf } from './background-gallery-helpers';

const labelOf = (element: Element): string | null => element.getAttribute('aria-label');
const panelOf = (controls: Element, name: string): HTMLElement => inside(controls, `#${name}`);
const isOpen = (panel: Element): boolean => panel.matches(':popover-open');

async function barOf(camera: VirtualBackgroundCamera): Promise<CameraControls> {
  camera.controls = true;
  await camera.updateComplete;
  const controls = inside<CameraControls>(camera, 'vbc-controls');
  await settle(controls, camera);
  return controls;
}

describe('<vbc-controls>', () => {
  afterEach(async () => {
    removeControls();
    cleanUpGallery();
    cleanUp();
    await setViewport({ width: 1024, height: 768 });
  });

  it('should be in the camera with `controls`, and only then', async () => {
    const camera = createElement();
    await camera.updateComplete;
    expect(camera.controls).to.equal(false);
    expect(camera.shadowRoot?.querySelector('vbc-controls')).to.equal(null);
    camera.setAttribute('controls', '');
    await camera.updateComplete;
    expect(inside<CameraControls>(camera, 'vbc-controls').camera).to.equal(camera);
    camera.controls = false;
    await camera.updateComplete;
    expect(camera.shadowRoot?.querySelector('vbc-controls')).to.equal(null);
    expect(camera.hasAttribute('controls')).to.equal(false);
  });

  it('should make room for the page’s own controls', async () => {
    const camera = createElement({ controls: true });
    const own = addElement(document.createElement('vbc-start-button'), camera);
    own.slot = 'controls';
    await settle(own, camera);
    expect(own.camera).to.equal(camera);
    expect(own.assignedSlot?.name).to.equal('controls');
    expect(inside(camera, 'vbc-controls').getBoundingClientRect().height, 'the package’s own').to.equal(0);
    expect(own.getBoundingClientRect().bottom).to.be.closeTo(camera.getBoundingClientRect().bottom, 24);
  });

  it('should take backgrounds from the page to the gallery', async () => {
    const camera = createElement({ backgrounds: [{ src: '#123456', label: 'Ink' }] });
    const image = new Image();
    image.slot = 'backgrounds';
    image.alt = 'Our office';
    image.src = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>';
    camera.append(image);
    const controls = await barOf(camera);
    expect(controls.shadowRoot?.querySelector('vbc-background-gallery'), 'before anybody asks for it').to.equal(null);
    inside(controls, '#backgrounds-button').click();
    const gallery = await waitFor('the gallery', () => controls.shadowRoot?.querySelector('vbc-background-gallery'));
    await waitFor('the page’s backgrounds', () => ['Ink', 'Our office'].every((name) => gallery.shadowRoot?.textContent?.includes(name)));
    expect(gallery.camera).to.equal(camera);
  });

  it('should take what is dropped on the camera before the gallery was opened', async () => {
    const camera = createElement({ source: 'camera' });
    const controls = await barOf(camera);
    const file = await pngFile('dropped.png');
    const sign = (): boolean => [...(controls.shadowRoot?.querySelectorAll('.notice') ?? [])].some(({ textContent }) => textContent === en.galleryDrop);
    drag(camera, 'dragenter', transferOf(file));
    await settle(controls, camera);
    expect(sign()).to.equal(true);
    drag(camera, 'dragleave', transferOf(file));
    await settle(controls, camera);
    expect(sign(), 'when it was taken away').to.equal(false);
    drag(camera, 'dragenter', transferOf(file));
    await settle(controls, camera);
    expect(drop(camera, file)).to.equal(true);
    await waitFor('the background', () => camera.background === file);
    await settle(controls, camera);
    expect(sign(), 'when it was dropped').to.equal(false);
    expect(isOpen(panelOf(controls, 'backgrounds'))).to.equal(false);
  });

  it('should leave what is dropped to the page where nobody may add backgrounds', async () => {
    const camera = createElement({ source: 'camera' });
    const controls = addControl('vbc-controls', camera, { slot: 'controls', noUpload: true });
    camera.append(controls);
    await settle(controls, camera);
    const file = await pngFile('dropped.png');
    drag(camera, 'dragenter', transferOf(file));
    await settle(controls, camera);
    expect(controls.shadowRoot?.textContent).not.to.contain(en.galleryDrop);
    expect(drop(camera, file)).to.equal(false);
  });

  it('should pass on to its gallery what is offered', async () => {
    const camera = createElement();
    const controls = document.createElement('vbc-controls');
    for (const name of ['no-none', 'no-blur', 'no-scenes', 'no-colors', 'no-upload']) controls.setAttribute(name, '');
    addElement(controls, camera);
    await settle(controls, camera);
    inside(controls, '#backgrounds-button').click();
    const gallery = await waitFor('the gallery', () => controls.shadowRoot?.querySelector('vbc-background-gallery'));
    await settle(gallery, camera);
    const { noNone, noBlur, noScenes, noColors, noUpload, remember } = gallery;
    expect({ noNone, noBlur, noScenes, noColors, noUpload, remember }).to.deep.equal({ noNone: true, noBlur: true, noScenes: true, noColors: true, noUpload: true, remember: false });
    controls.toggleAttribute('no-none');
    controls.remember = true;
    await settle(controls, camera);
    expect([gallery.noNone, gallery.remember]).to.deep.equal([false, true]);
  });

  it('should be walked through with the keyboard, and close its panel on Escape', async () => {
    const before = addElement(document.createElement('button'));
    before.textContent = 'before';
    const camera = createElement({ source: 'camera' });
    const controls = await barOf(camera);
    before.focus();
    for (const label of [en.startButton, en.controlsBackgrounds, en.mirrorLabel, en.controlsSettings]) {
      await sendKeys({ press: 'Tab' });
      await waitForFocus(label, (element) => labelOf(element) === label);
    }
    await sendKeys({ press: 'Enter' });
    const panel = panelOf(controls, 'settings');
    await waitFor('the open panel', () => isOpen(panel));
    await waitFor('its content', () => panel.querySelector('vbc-source-select'));
    await sendKeys({ press: 'Tab' });
    await waitForFocus(en.controlsClose, (element) => labelOf(element) === en.controlsClose);
    await sendKeys({ press: 'Tab' });
    await waitForFocus('the first setting', (element) => element.matches('[data-source=camera]'));
    await sendKeys({ press: 'Escape' });
    await waitFor('the closed panel', () => !isOpen(panel));
    await waitForFocus(en.controlsSettings, (element) => labelOf(element) === en.controlsSettings);
  });

  it('should have one panel open at a time, and close it with its own button', async () => {
    const controls = await barOf(createElement());
    const [backgrounds, settings] = [panelOf(controls, 'backgrounds'), panelOf(controls, 'settings')];
    inside(controls, '#backgrounds-button').click();
    await waitFor('the first panel', () => isOpen(backgrounds));
    inside(controls, '#settings-button').click();
    await waitFor('the second panel alone', () => isOpen(settings) && !isOpen(backgrounds));
    settings.querySelector<HTMLElement>('[part=close]')?.click();
    await waitFor('no panel', () => !isOpen(settings));
  });

  it('should keep its panels in the window, at their button, or as a sheet where it is small', async () => {
    const controls = await barOf(createElement());
    const panel = panelOf(controls, 'settings');
    const button = inside(controls, '#settings-button');
    button.click();
    await waitFor('the panel at its button', () => {
      const [box, anchor] = [panel.getBoundingClientRect(), button.getBoundingClientRect()];
      const gap = box.top >= anchor.bottom ? box.top - anchor.bottom : anchor.top - box.bottom;
      return isOpen(panel) && gap >= 0 && gap < 20 && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight + 1;
    });
    await setViewport({ width: 375, height: 600 });
    await waitFor('the sheet', () => {
      const box = panel.getBoundingClientRect();
      return Math.abs(box.left) < 1 && Math.abs(box.right - document.documentElement.clientWidth) < 1 && Math.abs(box.bottom - innerHeight) < 1;
    });
  });

  it('should fit into 240 px with targets of 40 px, in every language and both directions', async () => {
    const camera = createElement();
    camera.style.inlineSize = '240px';
    const controls = await barOf(camera);
    for (const [lang, dir] of [['en', 'ltr'], ['de', 'ltr'], ['es', 'ltr'], ['ja', 'ltr'], ['zh', 'ltr'], ['en', 'rtl']] as const) {
      Object.assign(camera, { lang, dir });
      await waitFor(`the language '${lang}'`, () => settle(controls, camera).then(() => labelOf(inside(controls, '#settings-button')) !== (lang === 'en' ? '' : en.controlsSettings)));
      const box = camera.getBoundingClientRect();
      const buttons = [...controls.renderRoot.querySelectorAll('.bar > :not(.space, slot)')].map((element) => element.shadowRoot?.querySelector('button') ?? element);
      expect(buttons).to.have.lengthOf(5);
      for (const button of buttons) {
        const { left, right, width, height } = button.getBoundingClientRect();
        expect(left, `${lang} ${dir} ${labelOf(button)}`).to.be.at.least(box.left);
        expect(right, `${lang} ${dir} ${labelOf(button)}`).to.be.at.most(box.right);
        expect(Math.min(width, height), `${lang} ${dir} ${labelOf(button)}`).to.be.at.least(40);
      }
    }
  });

  it('should show words where there is room for them', async () => {
    const camera = createElement();
    camera.style.inlineSize = '900px';
    const controls = await barOf(camera);
    const isWordShown = (): boolean => getComputedStyle(inside(inside(controls, 'vbc-start-button'), '.label')).display !== 'none';
    await waitFor('words', isWordShown);
    camera.style.inlineSize = '300px';
    await waitFor('icons alone', () => !isWordShown());
    expect(labelOf(buttonOf(inside(controls, 'vbc-start-button'))), 'its name stays').to.equal(en.startButton);
  });

  it('should stand by itself with `for`, for one of several cameras', async () => {
    const [one, other] = [createElement({ source: 'camera' }), createElement({ source: 'camera' })];
    other.id = 'other';
    const controls = addControl('vbc-controls', null, { for: 'other' });
    await waitFor('its camera', () => controls.camera === other);
    await settle(controls, other);
    inside(controls, '#settings-button').click();
    const quality = await waitFor('the settings', () => controls.shadowRoot?.querySelector('vbc-quality-select'));
    await settle(quality, other);
    choose(selectOf(quality), 'high');
    expect([one.quality, other.quality]).to.deep.equal(['low', 'high']);
  });

  it('should say what its controls have to say, also while their panel is closed', async () => {
    const controls = addControl('vbc-controls', createElement());
    await settle(controls);
    const outside: Event[] = [];
    document.addEventListener('vbc-notice', (event) => outside.push(event), { once: true });
    inside(controls, 'vbc-mirror-button').dispatchEvent(new CustomEvent('vbc-notice', { detail: { message: 'Hear, hear' }, bubbles: true, composed: true, cancelable: true }));
    await settle(controls);
    expect(inside(controls, '.box > [role=status]').textContent).to.equal('Hear, hear');
    expect(outside.map(({ defaultPrevented }) => defaultPrevented)).to.deep.equal([true]);
  });

  itWithModel('should take a camera from its start to its end', async () => {
    const camera = createElement();
    const controls = await barOf(camera);
    const start = inside(controls, 'vbc-start-button');
    buttonOf(start).click();
    await camera.ready;
    await waitFor('a picture to take', () => !buttonOf(inside(controls, 'vbc-snapshot-button')).disabled);
    buttonOf(inside(controls, 'vbc-mirror-button')).click();
    expect(camera.mirrored).to.equal(true);
    buttonOf(start).click();
    await waitForState(camera, 'idle');
  });

  it('should announce politely but for errors, and each thing once', async () => {
    const prompt = defer<MediaStream>();
    fakeCamera(() => prompt.promise);
    const camera = createElement({ source: 'camera' });
    await barOf(camera);
    const status = part(camera, 'status');
    const [polite, assertive] = [status.closest('[role=status]'), camera.shadowRoot?.querySelector('[role=alert]')];
    expect(polite).to.not.equal(null);
    expect(assertive?.textContent?.trim()).to.equal('');
    const said: string[] = [];
    const observer = new MutationObserver(() => {
      const text = status.textContent ?? '';
      if (said.at(-1) !== text) said.push(text);
    });
    observer.observe(polite as Element, { subtree: true, childList: true, characterData: true });
    camera.start().catch(() => undefined);
    await waitFor('the question', () => said.includes(en.statusOpeningCamera));
    prompt.reject(new DOMException('no', 'NotAllowedError'));
    await waitFor('the error', () => assertive?.textContent?.trim());
    observer.disconnect();
    expect(said).to.deep.equal([en.statusOpeningCamera, en.statusFailed]);
    expect(assertive?.textContent).to.contain(camera.error ? en.errors[camera.error.code] : '');
  });
});

describe('focus in the controls', () => {
  afterEach(() => {
    removeControls();
    cleanUp();
  });

  it('should be seen, and go to the inner target', async () => {
    const camera = createElement();
    for (const tag of ['vbc-start-button', 'vbc-mirror-button', 'vbc-quality-select', 'vbc-source-select', 'vbc-camera-select'] as const) {
      const control = addControl(tag, camera, tag === 'vbc-camera-select' ? {} : {});
      camera.source = 'camera';
      await settle(control);
      const before = addElement(document.createElement('button'));
      control.before(before);
      before.focus();
      await sendKeys({ press: 'Tab' });
      const element = focused();
      if (tag === 'vbc-camera-select' && selectOf(control).disabled) continue;
      expect(element?.getRootNode(), tag).to.equal(control.shadowRoot);
      expect(getComputedStyle(element as Element).outlineStyle, tag).to.equal('solid');
      expect(parseFloat(getComputedStyle(element as Element).outlineWidth), tag).to.be.at.least(2);
    }
  });
});
