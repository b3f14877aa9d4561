import { byId } from '../../page/dom.ts';
import { onLanguage, texts } from '../../page/language.ts';
import type { Person } from './call.ts';
import { withLinks } from './links.ts';

export const STAMPS = ['👍', '👏', '❤️', '😂', '🎉', '😮'] as const;
/** Others may send anything as a stamp; more than this is no emoji. */
const STAMP_LENGTH_MAX = 16;

/** Text for everyone, and stamps. */
export class Chat {
  readonly #list = byId('messages', HTMLElement);
  readonly #message = byId('message', HTMLInputElement);
  readonly #stamps = byId('stamps', HTMLElement);

  constructor({ onText, onStamp }: { onText: (text: string) => void; onStamp: (emoji: string) => void }) {
    byId('chat-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#message.value.trim();
      this.#message.value = '';
      if (text) onText(text);
    });
    for (const emoji of STAMPS) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = emoji;
      button.disabled = true;
      onLanguage(() => button.setAttribute('aria-label', texts().sendStamp({ stamp: emoji })));
      button.addEventListener('click', () => onStamp(emoji));
      this.#stamps.append(button);
    }
  }

  setEnabled(enabled: boolean): void {
    byId('chat', HTMLElement).hidden = !enabled;
    for (const button of this.#stamps.querySelectorAll('button')) button.disabled = !enabled;
    if (!enabled) this.#list.replaceChildren();
  }

  static isStamp(text: string): boolean {
    return text.length > 0 && text.length <= STAMP_LENGTH_MAX;
  }

  show(text: string, from: Person, own: boolean, sentMs: number): void {
    const item = document.createElement('li');
    item.className = own ? 'own' : '';
    const name = document.createElement('strong');
    name.textContent = own ? texts().you : from.name;
    const time = document.createElement('time');
    const sent = new Date(sentMs);
    time.dateTime = sent.toISOString();
    time.textContent = sent.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    const body = document.createElement('p');
    body.append(...withLinks(text));
    item.append(name, ' ', time, body);
    this.#list.append(item);
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}
