import { expect } from 'chai';
import { markupOf } from '../../demo/page/snippet.ts';
import { readStartOptions } from '../../demo/page/start-options.ts';
import { onLanguage, setLanguage, texts, translate } from '../../demo/page/language.ts';
import { fillLanguageSelect } from '../../demo/page/language-select.ts';
import { StatsPanel } from '../../demo/page/stats-panel.ts';
import { de } from '../../demo/page/texts/de.ts';
import { fillTuningForm } from '../../demo/page/tuning-form.ts';
import { loadMessages, messagesFor, type VirtualBackgroundCamera } from '../../src/define.ts';
import { en } from '../../src/components/messages';
import { waitFor } from '../helpers/wait';

/** The element alone, without the scripts around it. */
const elementOf = (camera: VirtualBackgroundCamera): string => markupOf(camera).split('\n\n')[1] ?? '';
const added: Element[] = [];

function show<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, properties: Partial<HTMLElementTagNameMap[Tag]> = {}): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  document.body.append(element);
  added.push(element);
  return element;
}

describe("the demo's page", () => {
  afterEach(() => {
    for (const element of added.splice(0)) element.remove();
    document.documentElement.lang = 'en';
  });

  it('should read from the address what it starts with', () => {
    const { source, background, attributes, mirrored, pose, lang } = readStartOptions(
      '?source=sample&background=%23abc&edgeSoftness=0.2&model-url=/m&mirrored=0&pose=wave&lang=ja&onclick=x',
    );
    expect({ source, background, mirrored, pose, lang }).to.deep.equal({ source: 'sample', background: '#abc', mirrored: false, pose: 'wave', lang: 'ja' });
    expect([...attributes]).to.deep.equal([['model-url', '/m'], ['edge-softness', '0.2']]);
    expect(readStartOptions('').mirrored).to.equal(true);
    expect(readStartOptions('').source).to.equal(null);
  });

  it('should write the markup of the settings in use, without defaults', () => {
    const camera = show('virtual-background-camera');
    expect(elementOf(camera)).to.equal(`<virtual-background-camera id="camera"\n  autostart\n></virtual-background-camera>`);
    Object.assign(camera, { background: '/a.jpg?x="1"&y', edgeSoftness: 0.7, model: 'selfie', controls: true, mirrored: true } satisfies Partial<VirtualBackgroundCamera>);
    expect(elementOf(camera)).to.equal(
      `<virtual-background-camera id="camera"\n  background="/a.jpg?x=&quot;1&quot;&amp;y"\n  model="selfie"\n  edge-softness="0.7"\n  controls\n  mirrored\n  autostart\n></virtual-background-camera>`,
    );
  });

  it('should lead from the script to the stream', () => {
    const [loader, , use] = markupOf(show('virtual-background-camera')).split('\n\n');
    expect(loader).to.contain('type="module"').and.contain('virtual-background-camera.js');
    expect(use).to.contain("querySelector('#camera')").and.contain('await camera.ready').and.contain('stream');
  });

  it('should write files as addresses, and leave out what no attribute can say', () => {
    const camera = show('virtual-background-camera', { background: new File(['x'], 'my room.png', { type: 'image/png' }), source: new MediaStream() });
    expect(elementOf(camera)).to.contain('background="/backgrounds/my room.png"').and.not.contain('source');
    camera.source = 'blob:https://example.org/1';
    expect(elementOf(camera)).not.to.contain('source');
    camera.source = 'screen';
    expect(elementOf(camera)).to.contain('source="screen"');
  });

  it('should show and set what no control element is made for', async () => {
    const camera = show('virtual-background-camera', { people: 'main' });
    const form = show('form');
    fillTuningForm(form, camera);
    const field = (name: string): HTMLInputElement | HTMLSelectElement => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
    const change = async (name: string, value: string, type = 'change'): Promise<void> => {
      field(name).value = value;
      field(name).dispatchEvent(new Event(type));
      await camera.updateComplete;
    };
    await camera.updateComplete;
    expect(['people', 'model', 'edge-softness', 'debug', 'model-url'].map((name) => field(name).value)).to.deep.equal(['main', 'body-pix', '0.4', '', '']);
    await change('edge-softness', '0.9', 'input');
    expect(camera.edgeSoftness).to.equal(0.9);
    expect(field('edge-softness').closest('label')?.querySelector('output')?.textContent).to.equal('0.9');
    await change('debug', 'mask');
    expect(camera.debug).to.equal('mask');
    await change('debug', '');
    expect(camera.debug).to.equal(null);
    await change('model-url', ' /models/ ');
    expect(camera.modelUrl).to.equal('/models/');
    camera.people = 'all';
    await camera.updateComplete;
    expect(field('people').value).to.equal('all');
  });

  it('should let the controls speak the language that a person chose', async () => {
    const camera = show('virtual-background-camera');
    const button = show('vbc-start-button', { camera });
    const select = show('select');
    fillLanguageSelect(select, 'de');
    await loadMessages('de');
    expect([...select.options].map(({ value }) => value)).to.deep.equal(['en', 'de', 'es', 'ja', 'zh']);
    const isLabelled = (label: string): Promise<unknown> => waitFor(label, () => button.shadowRoot?.querySelector('button')?.ariaLabel === label);
    await isLabelled(messagesFor('de').startButton);
    select.value = 'es';
    select.dispatchEvent(new Event('change'));
    expect(document.documentElement.lang).to.equal('es');
    await loadMessages('es');
    expect(messagesFor('es').startButton).not.to.equal(en.startButton);
    await isLabelled(messagesFor('es').startButton);
  });

  it('should speak with one voice: the page its own words, and those of the elements', async () => {
    const place = show('section');
    for (const [key, text] of [['text', 'idle'], ['text', 'sourceLabel'], ['label', 'others'], ['placeholder', 'writeToEveryone']] as const) {
      const element = document.createElement('p');
      element.dataset[key] = text;
      place.append(element);
    }
    const read = (): (string | null)[] => [...place.children].map((element) => element.textContent || element.getAttribute('aria-label') || element.getAttribute('placeholder'));
    const end = onLanguage(() => translate(place));
    setLanguage('de');
    await loadMessages('de');
    await waitFor('German', () => read()[1] === messagesFor('de').sourceLabel);
    expect(read()).to.deep.equal([de.idle, messagesFor('de').sourceLabel, de.others, de.writeToEveryone]);
    setLanguage('xx');
    expect(document.documentElement.lang, 'a language that there is not').to.equal('de');
    setLanguage('en');
    expect(read()[0]).to.equal(texts().idle).and.not.equal(de.idle);
    end();
  });

  it('should show figures only of what runs', () => {
    const list = show('dl');
    const running = { ...show('virtual-background-camera').stats, inputFps: 24, model: 'selfie' as const, width: 640, height: 360 };
    let stats: typeof running | null = null;
    const panel = new StatsPanel(list, () => stats);
    const figures = (): (string | null)[] => [...list.querySelectorAll('dd')].map(({ textContent }) => textContent);
    expect(new Set(figures())).to.deep.equal(new Set(['–']));
    stats = running;
    panel.renew();
    expect(figures()).to.include.members(['24.0 /s', '640×360', 'selfie']);
    stats = null;
    panel.renew();
    expect(new Set(figures()), 'nothing of the run that ended').to.deep.equal(new Set(['–']));
  });
});
