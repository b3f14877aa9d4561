import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { VirtualBackgroundCameraEventMap } from '../events';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import { hostOf } from '../movable-element';
import { CAMERA_TAG, isCamera, mayBecomeCamera } from './checks';

/** Every event of the camera that may change what a control shows. A missing one does not compile. */
const EVENTS = Object.keys({
  'vbc-state-change': true,
  'vbc-stream-change': true,
  'vbc-source-change': true,
  'vbc-quality-change': true,
  'vbc-progress': true,
  'vbc-system-blur-change': true,
  'vbc-warning': true,
  'vbc-error': true,
} satisfies Record<keyof VirtualBackgroundCameraEventMap, true>);

/** What a control has to offer a {@link CameraLink}. */
export interface LinkedControl extends ReactiveControllerHost, HTMLElement {
  /** Id of the camera, in the same document or shadow root. */
  for: string | null;
}

/**
 * Finds the `<virtual-background-camera>` that a control belongs to and updates the control whenever that camera tells of
 * something or is itself updated: {@link explicit}, else the id in the control's `for`, else the nearest ancestor, also
 * through shadow hosts.
 */
export class CameraLink implements ReactiveController {
  readonly #host: LinkedControl;
  readonly #onLink: (camera: VirtualBackgroundCamera | null) => void;
  #explicit: VirtualBackgroundCamera | null = null;
  #camera: VirtualBackgroundCamera | null = null;
  /** Looks out for a camera that comes into the page after its control. */
  #search: MutationObserver | null = null;

  /** @param onLink called with every other camera, and with null when there is none any more */
  constructor(host: LinkedControl, onLink: (camera: VirtualBackgroundCamera | null) => void = () => undefined) {
    this.#host = host;
    this.#onLink = onLink;
    host.addController(this);
  }

  /** The camera in the page, once it is upgraded; else null. */
  get camera(): VirtualBackgroundCamera | null {
    return this.#camera;
  }

  /** A camera that the page set; null = find it. */
  get explicit(): VirtualBackgroundCamera | null {
    return this.#explicit;
  }

  set explicit(camera: VirtualBackgroundCamera | null) {
    this.#explicit = camera;
    if (this.#host.isConnected) this.renew();
  }

  hostConnected(): void {
    this.renew();
  }

  hostUpdate(): void {
    // `for` may have changed.
    this.renew();
  }

  hostDisconnected(): void {
    this.#stopSearch();
    this.#link(null);
  }

  /** Looks again which camera it is. */
  renew(): void {
    if (!this.#host.isConnected) return;
    const found = this.#explicit ?? this.#find();
    if (found && isCamera(found)) {
      this.#stopSearch();
      this.#link(found);
      return;
    }
    this.#link(null);
    // Names that nobody can define are refused.
    if (found && mayBecomeCamera(found)) void customElements.whenDefined(found.localName).then(() => this.renew(), () => undefined);
    else if (this.#host.for) this.#startSearch();
  }

  #find(): Element | null {
    const id = this.#host.for;
    if (id) return (this.#host.getRootNode() as Document | ShadowRoot).querySelector(`#${CSS.escape(id)}`);
    for (let node: Node | null = this.#host; node; node = hostOf(node) ?? node.parentNode) {
      if (isElement(node) && node !== this.#host && (node.localName === CAMERA_TAG || isCamera(node))) return node;
    }
    return null;
  }

  #link(camera: VirtualBackgroundCamera | null): void {
    if (camera === this.#camera) return;
    if (this.#camera) this.#listen(this.#camera, false);
    this.#camera = camera;
    if (camera) this.#listen(camera, true);
    this.#onLink(camera);
    this.#host.requestUpdate();
  }

  #listen(camera: VirtualBackgroundCamera, on: boolean): void {
    for (const type of EVENTS) {
      if (on) camera.addEventListener(type, this.#handleEvent);
      else camera.removeEventListener(type, this.#handleEvent);
    }
    // The page sets properties without an event: with the camera's own update the control follows.
    if (on) camera.addController(this.#follower);
    else camera.removeController(this.#follower);
  }

  readonly #handleEvent = (): void => this.#host.requestUpdate();

  readonly #follower: ReactiveController = {
    hostUpdated: () => this.#host.requestUpdate(),
    // Another one with its id may stand in its place now.
    hostDisconnected: () => queueMicrotask(() => this.renew()),
  };

  #startSearch(): void {
    if (this.#search) return;
    this.#search = new MutationObserver(() => this.renew());
    this.#search.observe(this.#host.getRootNode(), { subtree: true, childList: true, attributes: true, attributeFilter: ['id'] });
  }

  #stopSearch(): void {
    this.#search?.disconnect();
    this.#search = null;
  }
}

const isElement = (node: Node): node is Element => node.nodeType === Node.ELEMENT_NODE;
