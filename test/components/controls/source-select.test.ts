import { expect } from 'chai';
import { sendKeys } from '@web/test-runner-commands';
import { en } from '../../../src/components/messages';
import type { SourceSelect } from '../../../src/define';
import { addControl, inside, removeControls, settle } from '../../helpers/controls';
import { cleanUp, createElement, itWithModel, recordEvents, sampleStream } from '../../helpers/element';
import { replace, spyOnObjectUrls } from '../../helpers/spies';
import { waitFor } from '../../helpers/wait';

const video = (name = 'clip.webm'): File => new File(['not a real one'], name, { type: 'video/webm' });
const buttonFor = (control: SourceSelect, source: string): HTMLButtonElement => inside<HTMLButtonElement>(control, `button[data-source=${source}]`);
const pressed = (control: SourceSelect): (string | undefined)[] =>
  [...(control.shadowRoot?.querySelectorAll<HTMLElement>('button[aria-pressed=true]') ?? [])].map(({ dataset }) => dataset['source']);

function pick(control: SourceSelect, file: File): void {
  const input = inside<HTMLInputElement>(control, 'input');
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** @returns whether the page's own handling was prevented */
function drag(target: Element, type: string, file: File): boolean {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  return !target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
}

describe('<vbc-source-select>', () => {
  afterEach(() => {
    removeControls();
    cleanUp();
  });

  it('should set the source that a person chose, by keyboard too, and tell of it', async () => {
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-source-select', element);
    await settle(control);
    expect(pressed(control)).to.deep.equal(['camera']);
    const told: unknown[] = [];
    control.addEventListener('vbc-source-select', ({ detail }) => told.push(detail));
    buttonFor(control, 'screen').focus();
    await sendKeys({ press: ' ' });
    await settle(control);
    expect(element.source).to.equal('screen');
    expect(pressed(control)).to.deep.equal(['screen']);
    element.source = 'camera';
    await settle(control);
    expect(pressed(control)).to.deep.equal(['camera']);
    expect(told).to.deep.equal([{ source: 'screen', file: null }]);
    expect(element.state, 'choosing does not start').to.equal('idle');
  });

  it('should press none of them for what only a page can set', async () => {
    const control = addControl('vbc-source-select', createElement({ source: sampleStream() }));
    await settle(control);
    expect(pressed(control)).to.deep.equal([]);
  });

  it('should keep the old source where the page prevents the new one', async () => {
    const urls = spyOnObjectUrls();
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-source-select', element);
    await settle(control);
    control.addEventListener('vbc-source-select', (event) => event.preventDefault());
    buttonFor(control, 'screen').click();
    pick(control, video());
    expect(element.source).to.equal('camera');
    expect(urls.size).to.equal(0);
  });

  it('should take a file from the picker, with its name', async () => {
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-source-select', element);
    await settle(control);
    pick(control, video('holiday.webm'));
    await settle(control);
    expect(element.source).to.match(/^blob:/);
    expect(pressed(control)).to.deep.equal(['file']);
    expect(buttonFor(control, 'file').textContent?.trim()).to.equal(en.sourceFileNamed({ name: 'holiday.webm' }));
  });

  it('should show sources of the page beside its own', async () => {
    const control = addControl('vbc-source-select', createElement({ source: 'camera' }));
    const own = document.createElement('button');
    control.append(own);
    await settle(control);
    expect(own.assignedSlot?.parentElement).to.equal(inside(control, '[part=segments]'));
    expect(own.getBoundingClientRect().top).to.equal(buttonFor(control, 'file').getBoundingClientRect().top);
  });

  it('should take a video that is dropped on it, before it becomes a background', async () => {
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-source-select', element);
    await settle(control);
    const segments = inside(control, '[part=segments]');
    const seen: string[] = [];
    for (const type of ['dragover', 'drop']) control.addEventListener(type, () => seen.push(type));
    expect(drag(segments, 'dragover', video())).to.equal(true);
    await settle(control);
    expect(inside(control, '[part=label]').textContent).to.equal(en.sourceDrop);
    expect(drag(segments, 'drop', video('dropped.webm'))).to.equal(true);
    await settle(control);
    expect(inside(control, '[part=label]').textContent).to.equal(en.sourceLabel);
    expect(buttonFor(control, 'file').title).to.equal(en.sourceFileNamed({ name: 'dropped.webm' }));
    expect(seen, 'kept from what lies around').to.deep.equal([]);
  });

  it('should say that a dropped picture is no video', async () => {
    const element = createElement({ source: 'camera' });
    const control = addControl('vbc-source-select', element);
    await settle(control);
    drag(inside(control, '[part=segments]'), 'drop', new File(['x'], 'cat.png', { type: 'image/png' }));
    await settle(control);
    expect(inside(control, '[role=status]').textContent).to.equal(en.sourceNoVideo({ name: 'cat.png' }));
    expect(element.source).to.equal('camera');
  });

  it('should not offer a screen where the browser has none to share', async () => {
    replace(navigator.mediaDevices, 'getDisplayMedia', undefined);
    const control = addControl('vbc-source-select', createElement());
    await settle(control);
    expect(control.shadowRoot?.querySelector('[data-source=screen]')).to.equal(null);
  });

  itWithModel('should come back to what ran when the chosen one cannot be had, and let go of files', async () => {
    const urls = spyOnObjectUrls();
    replace(navigator.mediaDevices, 'getDisplayMedia', () => Promise.reject(new DOMException('no', 'NotAllowedError')));
    const running = sampleStream();
    const element = createElement({ source: running });
    const control = addControl('vbc-source-select', element);
    const events = recordEvents(element);
    await element.start();
    await settle(control);

    buttonFor(control, 'screen').click();
    await waitFor('the refusal', () => events.errors.some(({ code }) => code.startsWith('screen-')));
    await waitFor('the old source', () => element.source === running);

    pick(control, video('broken.webm'));
    await waitFor('the error', () => events.errors.some(({ code }) => code === 'source-load-failed'));
    await waitFor('the old source', () => element.source === running);
    await waitFor('the file to be let go', () => urls.size === 0);
    expect(element.state).to.be.oneOf(['running', 'interrupted']);
  });
});
