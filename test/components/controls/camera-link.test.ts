import { expect } from 'chai';
import { StartButton } from '../../../src/components/controls/start-button';
import { VirtualBackgroundError, type ControlElement } from '../../../src/define';
import { addControl, addElement, buttonOf, removeControls, settle } from '../../helpers/controls';
import { cleanUp, createElement } from '../../helpers/element';
import { replace } from '../../helpers/spies';
import { nextTask, waitFor } from '../../helpers/wait';

function createButton(id: string | null = null): StartButton {
  const button = document.createElement('vbc-start-button');
  if (id) button.setAttribute('for', id);
  return button;
}

describe('a control and its camera', () => {
  afterEach(() => {
    removeControls();
    cleanUp();
  });

  it('should find the camera that its `for` names, before the one around it', async () => {
    const [around, named] = [createElement(), createElement()];
    named.id = 'named';
    const button = createButton('named');
    addElement(button, around);
    expect(button.camera).to.equal(named);
    button.removeAttribute('for');
    await button.updateComplete;
    expect(button.camera).to.equal(around);
  });

  it('should take the one that the page set, before all others, and find its own again', async () => {
    const [around, set] = [createElement(), createElement()];
    const button = addElement(createButton(), around);
    button.camera = set;
    expect(button.camera).to.equal(set);
    button.camera = null;
    expect(button.camera).to.equal(around);
  });

  it('should refuse what is no camera and no id, and keep the camera that it has', async () => {
    const camera = createElement();
    const button = addElement(createButton(), camera);
    await button.updateComplete;
    for (const value of [5, {}, document.createElement('p'), document.createElement('vbc-progress'), 'camera']) {
      expect(() => Object.assign(button, { camera: value })).to.throw(VirtualBackgroundError, /^camera must be a <virtual-background-camera>; got /);
    }
    expect(() => Object.assign(button, { for: 5 })).to.throw(VirtualBackgroundError, 'for must be the id of a <virtual-background-camera>; got 5');
    expect(button.camera).to.equal(camera);
  });

  it('should be told of what was wrongly set before it was defined, and draw all the same', async () => {
    const reported: unknown[] = [];
    replace(globalThis, 'reportError', (error: unknown) => void reported.push(error));
    class Late extends StartButton {}
    const late = addElement(document.createElement('late-start-button'), createElement()) as StartButton;
    Object.assign(late, { camera: 5, for: Symbol('id') });
    customElements.define('late-start-button', Late);
    await late.updateComplete;
    expect(reported.map((error) => (error as Error).message)).to.have.members([
      'camera must be a <virtual-background-camera>; got 5',
      'for must be the id of a <virtual-background-camera>; got Symbol(id)',
    ]);
    expect(late.camera).to.equal(late.parentElement);
    expect(buttonOf(late).disabled).to.equal(false);
  });

  for (const tag of ['p', 'vbc-progress', 'font-face']) {
    it(`should have no camera while its \`for\` names a <${tag}>, which never becomes one`, async () => {
      const other = addElement(document.createElement(tag));
      other.id = 'other';
      const rejections: unknown[] = [];
      const note = (event: PromiseRejectionEvent): void => void rejections.push(event.reason);
      window.addEventListener('unhandledrejection', note);
      const button = addElement(createButton('other'));
      await nextTask(50);
      window.removeEventListener('unhandledrejection', note);
      expect(button.camera).to.equal(null);
      expect(rejections).to.deep.equal([]);
    });
  }

  it('should find the camera through shadow roots', () => {
    const camera = createElement();
    const host = addElement(document.createElement('div'), camera);
    const inner = document.createElement('div');
    host.attachShadow({ mode: 'open' }).append(inner);
    const button = createButton();
    inner.attachShadow({ mode: 'open' }).append(button);
    expect(button.camera).to.equal(camera);
  });

  it('should look for `for` in its own shadow root', () => {
    const outside = createElement();
    outside.id = 'twin';
    const host = addElement(document.createElement('div'));
    const inside = createElement();
    inside.id = 'twin';
    const button = createButton('twin');
    host.attachShadow({ mode: 'open' }).append(inside, button);
    expect(button.camera).to.equal(inside);
  });

  it('should wait for a camera that comes later, and let go of one that leaves', async () => {
    const button = addElement(createButton('late'));
    await button.updateComplete;
    expect(button.camera).to.equal(null);
    expect(buttonOf(button).disabled).to.equal(true);

    const camera = createElement();
    camera.id = 'late';
    await waitFor('the camera', () => button.camera === camera);
    await settle(button);
    expect(buttonOf(button).disabled).to.equal(false);

    camera.remove();
    await waitFor('no camera', () => button.camera === null);
    const next = createElement();
    next.id = 'late';
    await waitFor('the next camera', () => button.camera === next);
  });

  it('should take a camera that was set before the control was upgraded', async () => {
    const camera = createElement();
    const late = class extends (customElements.get('vbc-mirror-button') as CustomElementConstructor) {};
    const element = document.createElement('test-late-control') as ControlElement;
    // As a framework does that knows nothing of the class yet.
    element.camera = camera;
    customElements.define('test-late-control', late);
    addElement(element);
    await element.updateComplete;
    expect(element.camera).to.equal(camera);
    expect(Object.hasOwn(element, 'camera'), 'the accessor is not hidden').to.equal(false);
  });

  it('should follow what the page sets by script, without an event', async () => {
    const camera = createElement();
    const mirror = addControl('vbc-mirror-button', camera);
    const heard: string[] = [];
    addEventListener('vbc-mirror-toggle', () => heard.push('toggle'), { once: true });
    camera.mirrored = true;
    await settle(mirror);
    expect(buttonOf(mirror).getAttribute('aria-pressed')).to.equal('true');
    expect(heard).to.deep.equal([]);
  });

  it('should keep the controls of two cameras apart', async () => {
    const [one, other] = [createElement(), createElement()];
    const [first, second] = [addControl('vbc-mirror-button', one), addControl('vbc-mirror-button', other)];
    buttonOf(await settled(first)).click();
    await Promise.all([settle(first), settle(second)]);
    expect([one.mirrored, other.mirrored]).to.deep.equal([true, false]);
    expect([first, second].map((control) => buttonOf(control).getAttribute('aria-pressed'))).to.deep.equal(['true', 'false']);
  });
});

async function settled<Control extends Parameters<typeof settle>[0]>(control: Control): Promise<Control> {
  await settle(control);
  return control;
}
