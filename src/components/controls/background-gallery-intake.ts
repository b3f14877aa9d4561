import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { hostOf, isNode } from '../movable-element';

export interface IntakeOptions {
  /** The camera that the host belongs to. */
  camera(): HTMLElement | null;
  /** Whether anything is taken at all. */
  isOpen(): boolean;
  onFiles(files: File[]): void;
}

/** Files that are dropped on the host, or on the camera around it; files that are pasted while either is in use. */
export class FileIntake implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: IntakeOptions;
  #document: Document | null = null;
  #target: HTMLElement | null = null;
  #over = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: IntakeOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** A file is held over the place where it can be dropped. */
  get isOver(): boolean {
    return this.#over;
  }

  hostConnected(): void {
    this.#document = this.#host.ownerDocument;
    this.#document.addEventListener('paste', this.#handlePaste);
    this.#listen();
  }

  hostUpdate(): void {
    this.#listen();
  }

  hostDisconnected(): void {
    this.#document?.removeEventListener('paste', this.#handlePaste);
    this.#unlisten();
    this.#over = false;
  }

  /** Inside of the camera, the whole camera takes what is dropped. */
  #listen(): void {
    const camera = this.#options.camera();
    const target = camera && isAround(camera, this.#host) ? camera : this.#host;
    if (target === this.#target || !this.#host.isConnected) return;
    this.#unlisten();
    this.#target = target;
    target.addEventListener('dragenter', this.#handleDrag);
    target.addEventListener('dragover', this.#handleDrag);
    target.addEventListener('dragleave', this.#handleLeave);
    target.addEventListener('drop', this.#handleDrop);
  }

  #unlisten(): void {
    this.#target?.removeEventListener('dragenter', this.#handleDrag);
    this.#target?.removeEventListener('dragover', this.#handleDrag);
    this.#target?.removeEventListener('dragleave', this.#handleLeave);
    this.#target?.removeEventListener('drop', this.#handleDrop);
    this.#target = null;
  }

  readonly #handleDrag = (event: DragEvent): void => {
    if (!this.#takes(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    this.#setOver(true);
  };

  readonly #handleLeave = (event: DragEvent): void => {
    // On the way from one part to another the pointer has not left.
    const inside = isNode(event.relatedTarget) && this.#target !== null && isAround(this.#target, event.relatedTarget);
    if (!inside) this.#setOver(false);
  };

  readonly #handleDrop = (event: DragEvent): void => {
    this.#setOver(false);
    if (!this.#takes(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) this.#options.onFiles(files);
  };

  readonly #handlePaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => /^(image|video)\//.test(type));
    if (files.length === 0 || event.defaultPrevented || !this.#options.isOpen() || !this.#isMeant(event)) return;
    event.preventDefault();
    this.#options.onFiles(files);
  };

  #takes(event: DragEvent): boolean {
    return this.#options.isOpen() && !event.defaultPrevented && (event.dataTransfer?.types.includes('Files') ?? false);
  }

  /** Focus or pointer are on the gallery or its camera, and nobody is writing somewhere else. */
  #isMeant(event: ClipboardEvent): boolean {
    const camera = this.#options.camera();
    const places = camera ? [this.#host, camera] : [this.#host];
    const path = event.composedPath();
    if (places.some((place) => path.includes(place))) return true;
    const [target] = path;
    if (isNode(target) && ((target as HTMLElement).isContentEditable || (target as HTMLElement).matches?.('input, textarea, select'))) return false;
    return places.some((place) => place.matches(':hover'));
  }

  #setOver(over: boolean): void {
    if (this.#over === over) return;
    this.#over = over;
    this.#host.requestUpdate();
  }
}

/** As `contains`, across shadow roots. */
export function isAround(outer: Node, inner: Node): boolean {
  for (let node: Node | null = inner; node; node = node.parentNode ?? hostOf(node)) {
    if (node === outer) return true;
  }
  return false;
}
