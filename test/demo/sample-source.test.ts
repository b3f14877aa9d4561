import { expect } from 'chai';
import { SampleSource } from '../../demo/page/sample-source.ts';
import type { VirtualBackgroundCamera } from '../../src/define.ts';
import { cleanUp, createElement, itWithModel, recordEvents, waitForState } from '../helpers/element';
import { fakeCamera } from '../helpers/spies';
import { waitFor } from '../helpers/wait';

let page: HTMLElement;

function addTo<Tag extends keyof HTMLElementTagNameMap>(parent: Element, tag: Tag, id: string): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), { id });
  parent.append(element);
  return element;
}

/** What of the page belongs to the drawn person, with the camera as the source. */
function build(): { camera: VirtualBackgroundCamera; sample: SampleSource; button: HTMLElement; note: HTMLElement; fields: HTMLElement; hair: HTMLSelectElement } {
  page = addTo(document.body, 'div', 'page');
  const [button, note, fields] = [addTo(page, 'button', 'sample'), addTo(page, 'p', 'note'), addTo(page, 'div', 'sample-fields')];
  const [pose, hair] = [addTo(fields, 'select', 'pose'), addTo(fields, 'select', 'hair')];
  pose.append(new Option('sway', 'sway'), new Option('still', 'still'));
  hair.append(new Option('short', 'short'), new Option('long', 'long'));
  const camera = createElement({ source: 'camera', width: 320, height: 180 });
  return { camera, sample: new SampleSource(camera), button, note, fields, hair };
}

const trackOf = ({ source }: VirtualBackgroundCamera): MediaStreamTrack | undefined => (source instanceof MediaStream ? source.getVideoTracks()[0] : undefined);

describe('the drawn person as a source', () => {
  afterEach(() => {
    cleanUp();
    page.remove();
  });

  it('should show whether it is the source, and take options that it knows', async () => {
    const { camera, sample, button, fields, hair } = build();
    await camera.updateComplete;
    expect([button.ariaPressed, fields.hidden]).to.deep.equal(['false', true]);
    sample.set('lean', 'long');
    expect(hair.value).to.equal('long');
    button.click();
    await camera.updateComplete;
    expect([button.ariaPressed, fields.hidden]).to.deep.equal(['true', false]);
    expect(trackOf(camera)?.readyState).to.equal('live');
    camera.source = 'screen';
    await camera.updateComplete;
    expect([button.ariaPressed, fields.hidden]).to.deep.equal(['false', true]);
  });

  itWithModel('should play where there is no camera, say why, and end when another source has come', async () => {
    fakeCamera(() => Promise.reject(new DOMException('none', 'NotFoundError')));
    const { camera, note, hair } = build();
    await camera.start().catch(() => undefined);
    await waitForState(camera, 'running');
    const first = trackOf(camera);
    expect(first?.readyState).to.equal('live');
    expect(note.textContent).to.contain('No camera').and.contain('drawn person');
    const { states } = recordEvents(camera);
    hair.value = 'long';
    hair.dispatchEvent(new Event('change'));
    await waitFor('the end of the first', () => first?.readyState === 'ended');
    expect(trackOf(camera)?.readyState).to.equal('live');
    // The curtain is seen until the new source has a mask.
    await waitForState(camera, 'running');
    expect(states.filter((state) => state !== 'running' && state !== 'interrupted'), 'neither ended nor began again').to.deep.equal([]);
  });

  it('should leave the choice to the person while something else plays or the page is at fault', async () => {
    const { camera, note } = build();
    camera.source = '/no/such/movie.webm';
    await camera.start().catch(() => undefined);
    await waitForState(camera, 'failed');
    expect(camera.source).to.equal('/no/such/movie.webm');
    expect(note.textContent).to.equal('');
  });
});
