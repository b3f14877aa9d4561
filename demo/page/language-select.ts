import { LANGUAGES, onLanguage, setLanguage } from './language.ts';

/** A choice of the page's language, which the control elements follow by the `lang` attribute. */
export function fillLanguageSelect(select: HTMLSelectElement, lang: string | null): void {
  for (const [code, name] of Object.entries(LANGUAGES)) {
    const option = new Option(name, code);
    option.lang = code;
    select.append(option);
  }
  select.addEventListener('change', () => setLanguage(select.value));
  if (lang !== null) setLanguage(lang);
  onLanguage(() => (select.value = document.documentElement.lang));
}
