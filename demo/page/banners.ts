export type BannerLevel = 'note' | 'warning' | 'error';

const TITLES: Record<BannerLevel, string> = { note: 'Note', warning: 'Warning', error: 'Error' };

/** Messages above the pictures: one for each code, closed by hand or by {@link clear}. */
export class Banners {
  readonly #list: HTMLElement;
  readonly #byCode = new Map<string, HTMLElement>();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Shows a message; another one with the same code takes its place. */
  show(level: BannerLevel, code: string, message: string): void {
    this.clear(code);
    const banner = document.createElement('div');
    banner.className = `banner banner-${level}`;
    banner.setAttribute('role', level === 'error' ? 'alert' : 'status');
    const text = document.createElement('p');
    const title = document.createElement('strong');
    title.textContent = `${TITLES[level]}: `;
    text.append(title, message);
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', `Close this ${TITLES[level].toLowerCase()}`);
    close.addEventListener('click', () => this.clear(code));
    banner.append(text, close);
    this.#byCode.set(code, banner);
    this.#list.append(banner);
  }

  /** Takes away the message with this code, or all of them. */
  clear(code?: string): void {
    for (const [known, banner] of this.#byCode) {
      if (code !== undefined && code !== known) continue;
      banner.remove();
      this.#byCode.delete(known);
    }
  }
}
