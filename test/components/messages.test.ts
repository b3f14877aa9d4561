import { expect } from 'chai';
import { LitElement, html } from 'lit';
import '../../src/define';
import { en, langOf, loadMessages, Localized, messagesFor, setMessages, type Messages } from '../../src/components/messages';
import { de } from '../../src/components/messages/de';
import { es } from '../../src/components/messages/es';
import { ja } from '../../src/components/messages/ja';
import { zh } from '../../src/components/messages/zh';
import { waitFor } from '../helpers/wait';

const LANGUAGES: Record<string, Messages> = { de, es, ja, zh };
/** Words that are the same in both, by right: names of units, loanwords. */
const SAME: Record<string, readonly string[]> = {
  de: ['sceneStudio', 'galleryColorSand'],
  es: ['sceneStudio'],
  ja: [],
  zh: [],
};

/** Every text as a plain string; functions are called with values that can be found again. */
function flatten(table: object, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(table) as [string, unknown][]) {
    if (typeof value === 'string') texts.set(prefix + key, value);
    else if (typeof value === 'function') texts.set(prefix + key, (value as (values: object) => string)(MARKED));
    else for (const [inner, text] of flatten(value as object, `${prefix}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

/** Answers to every name with the name itself. */
const MARKED = new Proxy({}, { get: (_target, name) => `⟦${String(name)}⟧` });
const namesIn = (text: string): string[] => [...text.matchAll(/⟦(\w+)⟧/g)].map(([, name]) => name ?? '').sort();

class LocalizedProbe extends LitElement {
  readonly localized = new Localized(this);
  updates = 0;

  override render(): unknown {
    this.updates += 1;
    return html`${this.localized.text.startButton}`;
  }
}
customElements.define('test-localized-probe', LocalizedProbe);

const probes: Element[] = [];

function addProbe(container: ParentNode = document.body): LocalizedProbe {
  const probe = new LocalizedProbe();
  container.append(probe);
  probes.push(probe);
  return probe;
}

const shownBy = (probe: LocalizedProbe): string => probe.shadowRoot?.textContent?.trim() ?? '';
const waitForText = (probe: LocalizedProbe, text: string): Promise<unknown> => waitFor(`'${text}', not '${shownBy(probe)}'`, () => shownBy(probe) === text);

describe('messages', () => {
  const pageLang = document.documentElement.lang;

  afterEach(() => {
    for (const probe of probes.splice(0)) probe.remove();
    document.documentElement.lang = pageLang;
  });

  const english = flatten(en);

  for (const [lang, table] of Object.entries(LANGUAGES)) {
    it(`should be complete in '${lang}'`, () => {
      const texts = flatten(table);
      expect([...texts.keys()].sort()).to.deep.equal([...english.keys()].sort());
      for (const [key, text] of texts) {
        expect(text.trim(), key).to.not.equal('');
        expect(namesIn(text), `values in ${key}`).to.deep.equal(namesIn(english.get(key) ?? ''));
      }
    });

    it(`should have no English left in '${lang}'`, () => {
      const texts = flatten(table);
      const left = [...texts].filter(([key, text]) => {
        const words = text.replace(/⟦\w+⟧/g, '');
        return /\p{L}/u.test(words) && text === english.get(key) && !SAME[lang]?.includes(key) && !/^(MB|⟦)/.test(words.trim()) && words.trim() !== 'MB';
      });
      expect(left).to.deep.equal([]);
    });
  }

  it('should write Japanese and Chinese in their own scripts', () => {
    for (const table of [ja, zh]) {
      for (const [key, text] of flatten(table)) {
        if (!/^⟦\w+⟧ MB$/.test(text)) expect(text, key).to.match(/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|MB/u);
      }
    }
  });

  it('should end every error with a sentence, so that a next step can follow a cause', () => {
    for (const table of [en, de, es, ja, zh]) for (const text of Object.values(table.errors)) expect(text).to.match(/[.。]$/);
  });

  it('should fall back from a region to its language, and to English', async () => {
    await loadMessages('de');
    expect(messagesFor('de-AT').startButton).to.equal(de.startButton);
    expect(messagesFor('DE').startButton).to.equal(de.startButton);
    expect(messagesFor('tlh').startButton).to.equal(en.startButton);
    expect(messagesFor('').startButton).to.equal(en.startButton);
  });

  it('should take a page’s own texts, for a language, a region and a language of its own', async () => {
    await loadMessages('es');
    setMessages('es', { startButton: 'Arrancar', errors: { 'camera-denied': 'Pulsa el candado.' } });
    setMessages('es-MX', { startButton: 'Prender' });
    expect(messagesFor('es').startButton).to.equal('Arrancar');
    expect(messagesFor('es-ES').errors['camera-denied']).to.equal('Pulsa el candado.');
    expect(messagesFor('es').errors['camera-in-use'], 'what was not given').to.equal(es.errors['camera-in-use']);
    expect(messagesFor('es-MX').startButton).to.equal('Prender');
    expect(messagesFor('es-MX').errors['camera-denied']).to.equal('Pulsa el candado.');

    setMessages('tok', { startButton: 'o open' });
    expect(messagesFor('tok')).to.deep.include({ startButton: 'o open', cameraLabel: en.cameraLabel });
  });

  it('should keep a page’s own texts that came before the language’s table', async () => {
    setMessages('zh', { mirrorLabel: '镜子' });
    await loadMessages('zh');
    expect(messagesFor('zh')).to.deep.include({ mirrorLabel: '镜子', startButton: zh.startButton });
  });

  it('should find the nearest lang, across shadow roots', () => {
    const outer = document.createElement('div');
    outer.lang = 'ja';
    const host = document.createElement('div');
    outer.append(host);
    const inner = document.createElement('p');
    host.attachShadow({ mode: 'open' }).append(inner);
    expect(langOf(inner)).to.equal('ja');
    host.lang = 'de';
    expect(langOf(inner)).to.equal('de');
    inner.lang = 'es';
    expect(langOf(inner)).to.equal('es');
  });

  it('should follow the page’s language, that of a part of it, and that around a shadow root', async () => {
    document.documentElement.lang = 'en';
    const section = document.createElement('section');
    const host = document.createElement('div');
    document.body.append(section, host);
    probes.push(section, host);
    const [plain, inSection, inShadow] = [addProbe(), addProbe(section), addProbe(host.attachShadow({ mode: 'open' }))];
    await waitForText(plain, en.startButton);
    section.lang = 'de';
    await waitForText(inSection, de.startButton);
    expect(shownBy(plain)).to.equal(en.startButton);
    document.documentElement.lang = 'ja';
    await Promise.all([waitForText(plain, ja.startButton), waitForText(inShadow, ja.startButton)]);
    expect(shownBy(inSection)).to.equal(de.startButton);
    host.lang = 'de-CH';
    await waitForText(inShadow, de.startButton);
    section.removeAttribute('lang');
    await waitForText(inSection, ja.startButton);
  });

  it('should follow setMessages, and leave what was taken out of the page alone', async () => {
    document.documentElement.lang = 'x-test';
    const [stays, leaves] = [addProbe(), addProbe()];
    await Promise.all([stays.updateComplete, leaves.updateComplete]);
    leaves.remove();
    const { updates } = leaves;
    setMessages('x-test', { startButton: 'Hello' });
    await waitForText(stays, 'Hello');
    expect(leaves.updates).to.equal(updates);
    document.body.append(leaves);
    await waitForText(leaves, 'Hello');
  });
});
