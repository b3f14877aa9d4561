/** The languages that the elements come with, as they call themselves. */
const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', ja: '日本語', zh: '中文' };

/** A choice of the page's language, which the control elements follow by the `lang` attribute. */
export function fillLanguageSelect(select: HTMLSelectElement, lang: string | null): void {
  for (const [code, name] of Object.entries(LANGUAGES)) {
    const option = new Option(name, code);
    option.lang = code;
    select.append(option);
  }
  if (lang !== null && lang in LANGUAGES) document.documentElement.lang = lang;
  select.value = document.documentElement.lang;
  select.addEventListener('change', () => (document.documentElement.lang = select.value));
}
