import type { VirtualBackgroundCamera } from '../../src/index.ts';

/** The `<select>` of the machine's cameras; their names are known once the page may use one. */
export class CameraList {
  readonly #select: HTMLSelectElement;

  constructor(select: HTMLSelectElement, camera: VirtualBackgroundCamera) {
    this.#select = select;
    select.addEventListener('change', () => (camera.deviceId = select.value || null));
    select.addEventListener('focus', () => void this.renew());
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.renew());
    void this.#watchPermission();
  }

  /** Whether there is any camera, as far as the browser tells. */
  async hasCamera(): Promise<boolean> {
    return (await this.#find()).length > 0;
  }

  /** Fills the list again and keeps the choice. */
  async renew(): Promise<void> {
    const cameras = (await this.#find()).filter(({ deviceId }) => deviceId);
    const chosen = this.#select.value;
    const standard = new Option('Standard camera', '');
    const options = cameras.map(({ label, deviceId }, index) => new Option(label || `Camera ${index + 1}`, deviceId));
    this.#select.replaceChildren(standard, ...options);
    this.#select.value = cameras.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  }

  /** The moment the camera is allowed, names appear; some browsers do not tell of it. */
  async #watchPermission(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: 'camera' });
      permission.addEventListener('change', () => void this.renew());
    } catch {
      // The list is renewed when it gets the focus, too.
    }
  }

  async #find(): Promise<MediaDeviceInfo[]> {
    try {
      const devices = await navigator.mediaDevices.enumerateDevices();
      return devices.filter(({ kind }) => kind === 'videoinput');
    } catch {
      return [];
    }
  }
}
