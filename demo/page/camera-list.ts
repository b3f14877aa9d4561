import type { VirtualBackgroundCamera } from '../../src/index.ts';

/** The `<select>` of the machine's cameras; their names are known once the page may use one. */
export class CameraList {
  readonly #select: HTMLSelectElement;

  constructor(select: HTMLSelectElement, camera: VirtualBackgroundCamera) {
    this.#select = select;
    select.addEventListener('change', () => (camera.deviceId = select.value || null));
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.renew());
  }

  /** Whether there is any camera, as far as the browser tells. */
  async hasCamera(): Promise<boolean> {
    return (await this.#find()).length > 0;
  }

  /** Fills the list anew and keeps the choice. */
  async renew(): Promise<void> {
    const cameras = (await this.#find()).filter(({ deviceId }) => deviceId);
    const chosen = this.#select.value;
    const standard = new Option('Standard camera', '');
    const options = cameras.map(({ label, deviceId }, index) => new Option(label || `Camera ${index + 1}`, deviceId));
    this.#select.replaceChildren(standard, ...options);
    this.#select.value = cameras.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
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
