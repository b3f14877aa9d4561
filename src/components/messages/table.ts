import { en, type Messages } from './en';

/** Texts that a page puts in place of the package's, or that it adds in a language of its own. */
export type MessageOverrides = Partial<Omit<Messages, 'errors'>> & { errors?: Partial<Messages['errors']> };

/** What a page does not speak, it does not load. */
const LOADERS: Readonly<Record<string, () => Promise<Messages>>> = {
  de: () => import('./de').then(({ de }) => de),
  es: () => import('./es').then(({ es }) => es),
  ja: () => import('./ja').then(({ ja }) => ja),
  zh: () => import('./zh').then(({ zh }) => zh),
};

const tables = new Map<string, Messages>();
const overrides = new Map<string, MessageOverrides>();
const loads = new Map<string, Promise<void>>();
const listeners = new Set<() => void>();
let merged = new Map<string, Messages>();

const normalize = (lang: string): string => lang.trim().toLowerCase().replaceAll('_', '-');
const baseOf = (lang: string): string => lang.split('-', 1)[0] ?? '';

function merge(under: Messages, over: MessageOverrides | undefined): Messages {
  return over ? { ...under, ...over, errors: { ...under.errors, ...over.errors } } : under;
}

function handleChange(): void {
  merged = new Map();
  for (const listener of [...listeners]) listener();
}

/**
 * Replaces texts of a language, or adds a language; elements on the page follow at once. What is not given stays, and
 * what a language lacks is English. A page's own texts win over the package's, whichever comes first.
 *
 * @param lang a BCP 47 tag such as `de` or `pt-BR`; `pt` serves `pt-BR`, too
 */
export function setMessages(lang: string, messages: MessageOverrides): void {
  const key = normalize(lang);
  const known = overrides.get(key);
  overrides.set(key, { ...known, ...messages, errors: { ...known?.errors, ...messages.errors } });
  handleChange();
}

/**
 * The texts for a language: its own, else its base language's (`de` for `de-AT`), else English. The package's tables other
 * than English arrive with {@link loadMessages}.
 */
export function messagesFor(lang: string): Messages {
  const key = normalize(lang);
  const known = merged.get(key);
  if (known) return known;
  const base = baseOf(key);
  // Another language in a page's own English would be odd, but still better than a hole.
  const english = merge(en, overrides.get('en'));
  const messages = merge(merge(tables.get(base) ?? english, overrides.get(base)), overrides.get(key));
  merged.set(key, messages);
  return messages;
}

/** Whether the package has a table for the language that has not arrived yet. */
export function isMessagesPending(lang: string): boolean {
  const base = baseOf(normalize(lang));
  return base in LOADERS && !tables.has(base);
}

/**
 * Fetches the package's table for a language, if there is one. Elements do that by themselves. It never rejects: without
 * its table a language stays English, and the next call tries again.
 */
export function loadMessages(lang: string): Promise<void> {
  const base = baseOf(normalize(lang));
  const loader = LOADERS[base];
  if (!loader || tables.has(base)) return Promise.resolve();
  const loading = loads.get(base) ?? loader().then(
    (table) => {
      tables.set(base, table);
      handleChange();
    },
    () => void loads.delete(base),
  );
  loads.set(base, loading);
  return loading;
}

/** Calls back when any language's texts have changed. @returns a function that ends it */
export function onMessagesChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
