import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The machine's cameras, kept up to date while the host is in the page. */
export class CameraDevices implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #onLost: (deviceIds: ReadonlySet<string>) => void;
  #cameras: readonly MediaDeviceInfo[] = [];
  #isKnown = false;
  #renewals = 0;

  /** @param onLost called with the ids of cameras that are no longer there */
  constructor(host: ReactiveControllerHost, onLost: (deviceIds: ReadonlySet<string>) => void) {
    this.#host = host;
    this.#onLost = onLost;
    host.addController(this);
  }

  /** Whether the machine has a camera, as far as the browser tells; true until it has told. */
  get hasCamera(): boolean {
    return !this.#isKnown || this.#cameras.length > 0;
  }

  /** Cameras that can be asked for by id: none before the page was allowed to use one. */
  get cameras(): readonly MediaDeviceInfo[] {
    return this.#cameras.filter(({ deviceId }) => deviceId !== '');
  }

  hostConnected(): void {
    devices()?.addEventListener('devicechange', this.renew);
    void this.renew();
  }

  hostDisconnected(): void {
    devices()?.removeEventListener('devicechange', this.renew);
    this.#renewals += 1;
  }

  /** Asks the browser again. */
  readonly renew = async (): Promise<void> => {
    const renewal = (this.#renewals += 1);
    const found = await listCameras();
    if (renewal !== this.#renewals) return;
    const before = this.cameras;
    this.#cameras = found;
    this.#isKnown = true;
    const lost = before.map(({ deviceId }) => deviceId).filter((id) => found.every(({ deviceId }) => deviceId !== id));
    if (lost.length > 0 && found.every(({ deviceId }) => deviceId !== '')) this.#onLost(new Set(lost));
    this.#host.requestUpdate();
  };
}

// Missing in pages that are not secure.
const devices = (): MediaDevices | undefined => navigator.mediaDevices;

async function listCameras(): Promise<MediaDeviceInfo[]> {
  try {
    return ((await devices()?.enumerateDevices()) ?? []).filter(({ kind }) => kind === 'videoinput');
  } catch {
    // Forbidden by the page's permissions policy: as if there were none.
    return [];
  }
}
