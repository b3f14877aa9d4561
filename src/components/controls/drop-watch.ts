import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isNode } from '../movable-element';
import { isAround } from './background-gallery-intake';

type Host = ReactiveControllerHost & HTMLElement & { readonly camera: HTMLElement | null };

/** Sees files that are held over the camera around its host; who takes them is the gallery's business. */
export class DropWatch implements ReactiveController {
  readonly #host: Host;
  #camera: HTMLElement | null = null;
  #over = false;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  get isOver(): boolean {
    return this.#over;
  }

  hostUpdate(): void {
    const { camera } = this.#host;
    this.#watch(camera && isAround(camera, this.#host) ? camera : null);
  }

  hostDisconnected(): void {
    this.#watch(null);
  }

  #watch(camera: HTMLElement | null): void {
    if (camera === this.#camera) return;
    this.#camera?.removeEventListener('dragenter', this.#handleEnter);
    this.#camera?.removeEventListener('dragleave', this.#handleLeave);
    this.#camera?.removeEventListener('drop', this.#handleDrop, true);
    this.#camera = camera;
    this.#over = false;
    camera?.addEventListener('dragenter', this.#handleEnter);
    camera?.addEventListener('dragleave', this.#handleLeave);
    // Also what one of the controls takes for itself.
    camera?.addEventListener('drop', this.#handleDrop, true);
  }

  readonly #handleEnter = ({ dataTransfer }: DragEvent): void => {
    if (dataTransfer?.types.includes('Files')) this.#setOver(true);
  };

  readonly #handleLeave = ({ relatedTarget }: DragEvent): void => {
    const inside = isNode(relatedTarget) && this.#camera !== null && isAround(this.#camera, relatedTarget);
    if (!inside) this.#setOver(false);
  };

  readonly #handleDrop = (): void => this.#setOver(false);

  #setOver(over: boolean): void {
    if (this.#over === over) return;
    this.#over = over;
    this.#host.requestUpdate();
  }
}
