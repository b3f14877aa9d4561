import { ownBackgrounds } from '../../../src/components/controls/background-gallery-own';
import type { BackgroundGallery, BackgroundSelection, VirtualBackgroundCamera } from '../../../src/define';
import '../../../src/define';
import '../../../src/define-controls';
import { pngOf } from '../../helpers/media';
import { RED, type Rgb } from '../../helpers/pixels';
import { restoreAll } from '../../helpers/spies';
import { waitFor } from '../../helpers/wait';

const added: Element[] = [];

/** Puts elements into the page; {@link cleanUpGallery} takes them out. */
export function show<Added extends Element>(element: Added): Added {
  document.body.append(element);
  added.push(element);
  return element;
}

/** A camera that is off, in the page. */
export function createCamera(background?: VirtualBackgroundCamera['background']): VirtualBackgroundCamera {
  const camera = document.createElement('virtual-background-camera');
  if (background !== undefined) camera.background = background;
  camera.style.inlineSize = '320px';
  return show(camera);
}

/** A gallery in the page, beside the camera or, with `inside`, in it. */
export async function createGallery(camera: VirtualBackgroundCamera | null, properties: Partial<BackgroundGallery> = {}, { inside = false } = {}): Promise<BackgroundGallery> {
  const gallery = document.createElement('vbc-background-gallery');
  gallery.style.inlineSize = '640px';
  if (camera && !inside) gallery.camera = camera;
  Object.assign(gallery, properties);
  if (camera && inside) camera.append(gallery);
  else show(gallery);
  await settle(gallery, camera);
  return gallery;
}

/** Until what the page set has been rendered. */
export async function settle(gallery: BackgroundGallery, camera: VirtualBackgroundCamera | null = gallery.camera): Promise<void> {
  await camera?.updateComplete;
  await gallery.updateComplete;
  await gallery.updateComplete;
}

export function cleanUpGallery(): void {
  for (const { id } of ownBackgrounds.items) ownBackgrounds.remove(id);
  for (const element of added.splice(0)) element.remove();
  restoreAll();
}

export const tiles = (gallery: BackgroundGallery): HTMLElement[] => [...(gallery.shadowRoot?.querySelectorAll<HTMLElement>('[role=radio]') ?? [])];
export const labelOf = (tile: Element | null | undefined): string => tile?.querySelector('.label')?.textContent?.trim() ?? '';
export const labels = (gallery: BackgroundGallery): string[] => tiles(gallery).map(labelOf);
/** Labels of what is shown as in use. */
export const inUse = (gallery: BackgroundGallery): string[] => tiles(gallery).filter((tile) => tile.ariaChecked === 'true').map(labelOf);

export function tile(gallery: BackgroundGallery, label: string): HTMLElement {
  const found = tiles(gallery).find((candidate) => labelOf(candidate) === label);
  if (!found) throw new Error(`No tile '${label}' among ${labels(gallery).join(', ')}`);
  return found;
}

export const waitForUse = (gallery: BackgroundGallery, label: string): Promise<unknown> =>
  waitFor(`'${label}' to be in use`, () => inUse(gallery).includes(label));

export const errorOf = (gallery: BackgroundGallery): string => gallery.shadowRoot?.querySelector('[part=error]')?.textContent ?? '';

/** What people chose, from now on. */
export function recordSelections(gallery: BackgroundGallery): BackgroundSelection[] {
  const selections: BackgroundSelection[] = [];
  gallery.addEventListener('vbc-background-select', ({ detail }) => selections.push(detail));
  return selections;
}

export const pngFile = async (name: string, color: Rgb = RED): Promise<File> =>
  new File([await pngOf({ width: 32, height: 18 }, color)], name, { type: 'image/png', lastModified: 1 });

export const brokenFile = (): File => new File(['no picture'], 'broken.png', { type: 'image/png' });

export function transferOf(...files: File[]): DataTransfer {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer;
}

/** As the browser tells it. @returns whether somebody took it */
export function drag(target: Element, type: string, dataTransfer: DataTransfer, relatedTarget: EventTarget | null = null): boolean {
  return !target.dispatchEvent(new DragEvent(type, { dataTransfer, relatedTarget, bubbles: true, cancelable: true, composed: true }));
}

export const drop = (target: Element, ...files: File[]): boolean => drag(target, 'drop', transferOf(...files));

/** @returns whether somebody took it */
export function paste(target: Element, ...files: File[]): boolean {
  const clipboardData = transferOf(...files);
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true });
  // Some browsers make the event with a clipboard of its own, which is empty.
  if (event.clipboardData?.files.length !== files.length) Object.defineProperty(event, 'clipboardData', { value: clipboardData });
  return !target.dispatchEvent(event);
}

export function pick(gallery: BackgroundGallery, ...files: File[]): void {
  const input = gallery.shadowRoot?.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('No file input');
  input.files = transferOf(...files).files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

export function press(target: Element, key: string): boolean {
  return !target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true }));
}
