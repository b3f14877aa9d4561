import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { hostOf } from '../movable-element';
import type { Messages } from './en';
import { isMessagesPending, loadMessages, messagesFor, onMessagesChange } from './table';

/** The nearest `lang` around an element, also outside of the shadow root it stands in; empty where there is none. */
export function langOf(element: Element): string {
  for (let node: Element | null = element; node; ) {
    const closest: Element | null = node.closest('[lang]');
    if (closest) return closest.getAttribute('lang') ?? '';
    const root: Node = node.getRootNode();
    node = hostOf(root);
  }
  return '';
}

const connected = new Set<Localized>();
/** One for all: a `lang` anywhere above a host may change. */
let observer: MutationObserver | null = null;

function watch(host: Element): void {
  observer ??= new MutationObserver(() => connected.forEach((localized) => localized.renew()));
  for (let around: Element | null = host; around; ) {
    const root = around.getRootNode();
    observer.observe(root, { subtree: true, attributes: true, attributeFilter: ['lang'] });
    around = hostOf(root);
  }
}

/**
 * The texts in the language of the place where the host stands: the nearest `lang` attribute, across shadow roots. The
 * host is updated when that or the texts change.
 */
export class Localized implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  #lang = '';
  #ready: Promise<void> = Promise.resolve();
  #unlisten: (() => void) | null = null;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  /** As the page wrote it; empty where the page names no language. */
  get lang(): string {
    return this.#lang;
  }

  get text(): Messages {
    return messagesFor(this.#lang);
  }

  /** Resolves once the language's table has arrived or turned out to be missing; undefined when there is nothing to wait for. */
  get pending(): Promise<void> | undefined {
    return isMessagesPending(this.#lang) ? this.#ready : undefined;
  }

  hostConnected(): void {
    connected.add(this);
    this.#unlisten = onMessagesChange(() => this.#host.requestUpdate());
    watch(this.#host);
    this.renew();
    // Texts may have changed while it was out of the page.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    connected.delete(this);
    this.#unlisten?.();
    this.#unlisten = null;
    if (connected.size > 0) return;
    observer?.disconnect();
    observer = null;
  }

  /** Looks again which language is spoken where the host stands. */
  renew(): void {
    const lang = langOf(this.#host);
    if (lang === this.#lang) return;
    this.#lang = lang;
    this.#ready = loadMessages(lang);
    this.#host.requestUpdate();
  }
}
