import { loadMessages, messagesFor, type Messages } from '../../src/define.ts';
import { de } from './texts/de.ts';
import { en, type PageTexts } from './texts/en.ts';
import { es } from './texts/es.ts';
import { ja } from './texts/ja.ts';
import { zh } from './texts/zh.ts';

const TABLES: Readonly<Record<string, PageTexts>> = { en, de, es, ja, zh };
/** The languages that the elements come with, as they call themselves. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', ja: '日本語', zh: '中文' };

/** The page's own words and those of the elements, so that one thing has one name. */
export type Texts = Omit<Messages, keyof PageTexts> & PageTexts;

const listeners = new Set<() => void>();

/** In the page's language. */
export function texts(): Texts {
  const { lang } = document.documentElement;
  return { ...messagesFor(lang), ...(TABLES[lang] ?? en) };
}

/** Calls back now, and whenever the language changes or its words have arrived. @returns a function that ends it */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  listener();
  return () => listeners.delete(listener);
}

/** The whole page speaks it, and the elements with it. A language that no table has changes nothing. */
export function setLanguage(lang: string): void {
  if (!(lang in LANGUAGES)) return;
  document.documentElement.lang = lang;
  const tell = (): void => listeners.forEach((listener) => listener());
  tell();
  void loadMessages(lang).then(tell);
}

/** Where a text goes, by the data attribute that names its key. */
const PLACES: Readonly<Record<string, (element: Element, text: string) => void>> = {
  text: (element, text) => (element.textContent = text),
  label: (element, text) => element.setAttribute('aria-label', text),
  placeholder: (element, text) => element.setAttribute('placeholder', text),
};

/** Fills in the texts that the page's markup names: `data-text="join"`, `data-label="chat"`, `data-placeholder="message"`. */
export function translate(root: ParentNode = document): void {
  const known: Readonly<Record<string, unknown>> = { ...texts() };
  for (const [place, fill] of Object.entries(PLACES)) {
    for (const element of root.querySelectorAll<HTMLElement>(`[data-${place}]`)) {
      const text = known[element.dataset[place] ?? ''];
      if (typeof text !== 'string') throw new Error(`There is no text '${element.dataset[place]}'`);
      fill(element, text);
    }
  }
}
