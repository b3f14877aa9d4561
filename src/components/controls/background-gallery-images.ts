import type { ReactiveController, ReactiveControllerHost } from 'lit';

const SELECTOR = ':scope > img[slot="backgrounds"]';
const WATCHED: MutationObserverInit = { childList: true, subtree: true, attributes: true, attributeFilter: ['src', 'alt', 'slot', 'data-background'] };

/** The page's `<img slot="backgrounds">` in the host and in its camera; the host is updated when they change. */
export class PageImages implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #observer = new MutationObserver(() => this.#host.requestUpdate());
  #camera: HTMLElement | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  get list(): HTMLImageElement[] {
    return [this.#host, this.#camera].flatMap((owner) => [...(owner?.querySelectorAll<HTMLImageElement>(SELECTOR) ?? [])]);
  }

  set camera(camera: HTMLElement | null) {
    this.#camera = camera;
    if (this.#host.isConnected) this.#observe();
  }

  hostConnected(): void {
    this.#observe();
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  #observe(): void {
    this.#observer.disconnect();
    this.#observer.observe(this.#host, WATCHED);
    if (this.#camera) this.#observer.observe(this.#camera, WATCHED);
  }
}
