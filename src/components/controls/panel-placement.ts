import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Between a panel, its button and the edges of the window, CSS pixels. */
const MARGIN = 8;

/**
 * Keeps an open popover at its button: above it where there is room, else on the larger side. (CSS anchors do that too, but
 * not in every browser yet.) The place is given as custom properties; small windows' sheets do without them.
 */
export class PanelPlacement implements ReactiveController {
  readonly #host: HTMLElement;
  #panel: HTMLElement | null = null;
  #anchor: HTMLElement | null = null;
  #size: ResizeObserver | null = null;
  /** The window that the host stands in, while a panel is open. */
  #view: (Window & typeof globalThis) | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  open(panel: HTMLElement, anchor: HTMLElement): void {
    this.close();
    this.#panel = panel;
    this.#anchor = anchor;
    this.#view = this.#host.ownerDocument.defaultView;
    // Emulated pages, in which apps test themselves, have none.
    this.#size = this.#view?.ResizeObserver ? new this.#view.ResizeObserver(this.#place) : null;
    this.#size?.observe(panel);
    this.#view?.addEventListener('resize', this.#place);
    this.#view?.addEventListener('scroll', this.#place, { capture: true, passive: true });
    this.#place();
  }

  /** @param panel if that is the open one; left out: whichever is */
  close(panel: HTMLElement | null = this.#panel): void {
    if (panel !== this.#panel) return;
    this.#panel = null;
    this.#size?.disconnect();
    this.#view?.removeEventListener('resize', this.#place);
    this.#view?.removeEventListener('scroll', this.#place, { capture: true });
  }

  hostDisconnected(): void {
    this.close();
  }

  readonly #place = (): void => {
    const [panel, anchor] = [this.#panel, this.#anchor];
    if (!panel || !anchor) return;
    const { clientWidth, clientHeight } = this.#host.ownerDocument.documentElement;
    const box = anchor.getBoundingClientRect();
    const above = box.top - 2 * MARGIN;
    const below = clientHeight - box.bottom - 2 * MARGIN;
    const isAbove = above >= Math.min(panel.scrollHeight, below);
    // A button at one end of its bar has the panel over that bar.
    const bar = this.#host.getBoundingClientRect();
    const isRight = box.left + box.right > bar.left + bar.right;
    const wanted = isRight ? box.right - panel.offsetWidth : box.left;
    const left = Math.max(MARGIN, Math.min(wanted, clientWidth - panel.offsetWidth - MARGIN));
    panel.style.setProperty('--_left', `${left}px`);
    panel.style.setProperty('--_top', isAbove ? 'auto' : `${box.bottom + MARGIN}px`);
    panel.style.setProperty('--_bottom', isAbove ? `${clientHeight - box.top + MARGIN}px` : 'auto');
    panel.style.setProperty('--_room', `${Math.max(0, isAbove ? above : below)}px`);
  };
}
