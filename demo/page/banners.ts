import { texts } from './language.ts';

export type BannerLevel = 'note' | 'warning' | 'error';

/** Messages above the pictures: one for each topic, closed by hand or by {@link clear}. */
export class Banners {
  readonly #list: HTMLElement;
  readonly #byTopic = new Map<string, HTMLElement>();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Shows a message; another one on the same topic takes its place. */
  show(level: BannerLevel, topic: string, message: string): void {
    this.clear(topic);
    const banner = document.createElement('div');
    banner.className = `banner banner-${level}`;
    banner.setAttribute('role', level === 'error' ? 'alert' : 'status');
    const text = document.createElement('p');
    text.textContent = message;
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', texts().controlsClose);
    close.addEventListener('click', () => this.clear(topic));
    banner.append(text, close);
    this.#byTopic.set(topic, banner);
    this.#list.append(banner);
  }

  /** Takes away the message on this topic, or all of them. */
  clear(topic?: string): void {
    for (const [known, banner] of this.#byTopic) {
      if (topic !== undefined && topic !== known) continue;
      banner.remove();
      this.#byTopic.delete(known);
    }
  }
}
