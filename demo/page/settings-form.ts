import type { VirtualBackgroundCamera } from '../../src/index.ts';
import { byId } from './dom.ts';

/** Form fields by the attribute of the element that they set. */
const FIELDS = { quality: 'quality', model: 'model', fit: 'background-fit', 'model-url': 'model-url' } as const;

/** Quality, model, its address, the background's fit and the mirror. */
export class SettingsForm {
  readonly #camera: VirtualBackgroundCamera;
  readonly #mirrored = byId('mirrored', HTMLInputElement);

  constructor(camera: VirtualBackgroundCamera, onChange: () => void) {
    this.#camera = camera;
    for (const [id, attribute] of Object.entries(FIELDS)) {
      const field = document.getElementById(id) as HTMLInputElement | HTMLSelectElement;
      field.addEventListener('change', () => {
        this.#set(attribute, field.value.trim());
        onChange();
      });
    }
    this.#mirrored.addEventListener('change', () => {
      this.#mirror(this.#mirrored.checked);
      onChange();
    });
  }

  /** Shows and sets the start state. */
  start(attributes: ReadonlyMap<string, string>, mirrored: boolean): void {
    for (const [attribute, value] of attributes) this.#set(attribute, value);
    for (const [id, attribute] of Object.entries(FIELDS)) {
      const value = attributes.get(attribute);
      if (value) (document.getElementById(id) as HTMLInputElement | HTMLSelectElement).value = value;
    }
    this.#mirrored.checked = mirrored;
    this.#mirror(mirrored);
  }

  #set(attribute: string, value: string): void {
    if (value) this.#camera.setAttribute(attribute, value);
    else this.#camera.removeAttribute(attribute);
  }

  #mirror(mirrored: boolean): void {
    this.#camera.mirrored = mirrored;
    byId('mirror-note', HTMLElement).hidden = !mirrored;
  }
}
