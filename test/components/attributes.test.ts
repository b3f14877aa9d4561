import { expect } from 'chai';
import { en } from '../../src/components/messages';
import { DEFAULT_SETTINGS, VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, part, recordEvents } from '../helpers/element';

/** Attribute, its text, the property and what it becomes. */
const ATTRIBUTES: [string, string, keyof VirtualBackgroundCamera, unknown][] = [
  ['background', 'blur:8', 'background', 'blur:8'],
  ['background-fit', 'contain', 'backgroundFit', 'contain'],
  ['people', 'main', 'people', 'main'],
  ['edge-softness', '0.2', 'edgeSoftness', 0.2],
  ['light-wrap', '0', 'lightWrap', 0],
  ['temporal-strength', '0.5', 'temporalStrength', 0.5],
  ['debug', 'matte', 'debug', 'matte'],
  ['quality', 'high', 'quality', 'high'],
  ['model', 'selfie', 'model', 'selfie'],
  ['model-url', '/weights/', 'modelUrl', '/weights/'],
  ['model-fallback', 'none', 'modelFallback', 'none'],
  ['source', 'screen', 'source', 'screen'],
  ['device-id', 'abc', 'deviceId', 'abc'],
  ['model-cache', 'none', 'modelCache', 'none'],
  ['model-integrity', 'sha256-abc', 'modelIntegrity', 'sha256-abc'],
  ['facing-mode', 'environment', 'facingMode', 'environment'],
  ['width', '640', 'width', 640],
  ['height', '360', 'height', 360],
  ['frame-rate', '15', 'frameRate', 15],
  ['asset-base', '/assets/', 'assetBase', '/assets/'],
  ['backend', 'webgl', 'backend', 'webgl'],
  ['power-preference', 'low-power', 'powerPreference', 'low-power'],
  ['host', 'window', 'host', 'window'],
  ['no-blob-workers', '', 'noBlobWorkers', true],
];

const WRONG: [string, string, RegExp][] = [
  ['background', 'blur:abc', /^background blur:<px> must be .*; got 'blur:abc'$/],
  ['background', '', /^background must be .*; got ''$/],
  ['background-fit', 'zoom', /^background-fit must be cover, contain or fill; got 'zoom'$/],
  ['people', 'two', /^people must be main or all; got 'two'$/],
  ['edge-softness', '2', /^edge-softness must be a number from 0 to 1; got 2$/],
  ['light-wrap', 'some', /^light-wrap must be a number from 0 to 1; got 'some'$/],
  ['temporal-strength', '-1', /^temporal-strength must be a number from 0 to 1; got -1$/],
  ['debug', 'room', /^debug must be mask, time, matte, blocks or colors; got 'room'$/],
  ['quality', 'best', /^quality must be .*; got 'best'$/],
  ['model', 'yolo', /^model must be .*; got 'yolo'$/],
  ['model-url', 'http://', /^model-url must be a URL; got 'http:\/\/'$/],
  ['model-fallback', 'maybe', /^model-fallback must be .*; got 'maybe'$/],
  ['model-cache', 'disk', /^model-cache must be storage or none; got 'disk'$/],
  ['source', '', /^source must be .*; got ''$/],
  ['facing-mode', 'back', /^facing-mode must be .*; got 'back'$/],
  ['width', 'wide', /^width must be a number from 16 to 7680; got 'wide'$/],
  ['height', '-1', /^height must be .*; got -1$/],
  ['frame-rate', '', /^frame-rate must be .*; got ''$/],
  ['asset-base', 'http://', /^asset-base must be a URL/],
  ['backend', 'cuda', /^backend must be .*; got 'cuda'$/],
  ['power-preference', 'fast', /^power-preference must be default, high-performance or low-power; got 'fast'$/],
  ['host', 'cloud', /^host must be .*; got 'cloud'$/],
];

function fromMarkup(markup: string): VirtualBackgroundCamera {
  const template = document.createElement('template');
  template.innerHTML = markup;
  const element = document.importNode(template.content, true).firstElementChild;
  if (!(element instanceof VirtualBackgroundCamera)) throw new Error('Not upgraded');
  document.body.append(element);
  return element;
}

describe('<virtual-background-camera>', () => {
  afterEach(cleanUp);

  it('should have defaults, be idle and hold nothing', async () => {
    const element = fromMarkup('<virtual-background-camera></virtual-background-camera>');
    await element.updateComplete;
    for (const [key, value] of Object.entries(DEFAULT_SETTINGS)) expect(element[key as keyof VirtualBackgroundCamera], key).to.equal(value);
    expect(element).to.include({ state: 'idle', stream: null, error: null, autostart: false, mirrored: false });
    expect(element.stats).to.include({ outputFrames: 0, rawFrames: 0, host: null, model: null });
    expect(element.attributes, 'attributes of its own').to.have.lengthOf(0);
    expect(part(element, 'status').textContent).to.equal('Camera off');
    element.remove();
  });

  it('should read every setting from its attribute, also while it is parsed', () => {
    const markup = ATTRIBUTES.map(([name, text]) => `${name}="${text}"`).join(' ');
    const element = fromMarkup(`<virtual-background-camera ${markup}></virtual-background-camera>`);
    for (const [, , property, value] of ATTRIBUTES) expect(element[property], String(property)).to.equal(value);
    expect(ATTRIBUTES.map(([, , property]) => property), 'every setting has its attribute').to.have.members(Object.keys(DEFAULT_SETTINGS));
    element.remove();
  });

  for (const [name, text, message] of WRONG) {
    it(`should tell what is wrong with ${name}="${text}", once`, async () => {
      const element = createElement();
      await element.updateComplete;
      const events = recordEvents(element);
      element.setAttribute(name, text);
      await element.updateComplete;
      element.mirrored = true;
      await element.updateComplete;
      expect(events.errors.map(({ code }) => code)).to.deep.equal(['attribute-invalid']);
      expect(events.errors[0]?.message).to.match(message);
      expect(element.error).to.equal(events.errors[0]);
      expect(part(element, 'error').textContent).to.include(en.errors['attribute-invalid']);
      expect(part(element, 'detail').textContent).to.match(message);
      expect(element.state).to.equal('idle');
    });
  }

  it('should tell of several wrong attributes one by one', async () => {
    const element = createElement();
    await element.updateComplete;
    const events = recordEvents(element);
    Object.assign(element, { quality: 'best', width: Number.NaN, backgroundFit: 'contain' });
    await element.updateComplete;
    expect(events.errors.map(({ message }) => message.split(' ')[0])).to.have.members(['quality', 'width']);
  });

  it('should go back to the default when an attribute is removed', async () => {
    const element = createElement();
    const events = recordEvents(element);
    for (const [name, text] of ATTRIBUTES) element.setAttribute(name, text);
    await element.updateComplete;
    for (const [name] of ATTRIBUTES) element.removeAttribute(name);
    await element.updateComplete;
    expect(events.errors).to.deep.equal([]);
  });

  it('should reflect mirrored alone, which CSS selects on', async () => {
    const element = createElement({ mirrored: true, quality: 'high', width: 640 });
    await element.updateComplete;
    expect(element.getAttributeNames().sort()).to.deep.equal(['mirrored', 'style']);
    expect(getComputedStyle(part(element, 'preview')).transform).to.equal('matrix(-1, 0, 0, 1, 0, 0)');
    element.mirrored = false;
    await element.updateComplete;
    expect(getComputedStyle(part(element, 'preview')).transform).to.equal('none');
  });

  it('should let its events through shadow roots', async () => {
    const outer = document.createElement('div');
    const element = createElement();
    outer.attachShadow({ mode: 'open' }).append(element);
    document.body.append(outer);
    const heard: string[] = [];
    outer.addEventListener('vbc-error', ({ detail }) => heard.push(detail.code));
    element.quality = 'best' as 'high';
    await element.updateComplete;
    expect(heard).to.deep.equal(['attribute-invalid']);
    outer.remove();
  });

  it('should show messages as text, never as markup', async () => {
    const element = createElement();
    await element.updateComplete;
    element.quality = '<img src=x onerror=alert(1)>' as 'high';
    await element.updateComplete;
    expect(part(element, 'error').textContent).to.include('<img src=x');
    expect(element.shadowRoot?.querySelector('img')).to.equal(null);
  });

  it('should be hidden by the hidden attribute', async () => {
    const element = createElement();
    await element.updateComplete;
    expect(getComputedStyle(element).display).to.equal('grid');
    element.hidden = true;
    expect(getComputedStyle(element).display).to.equal('none');
  });

  it('should be registered once, however often the module is asked for', async () => {
    const again = await import('../../src/define');
    expect(again.VirtualBackgroundCamera).to.equal(customElements.get('virtual-background-camera'));
  });
});
