import { SCENES, paintScene, type SceneName, type VirtualBackgroundCamera } from '../../src/index.ts';
import { byId, onFileChosen, press } from './dom.ts';

const THUMBNAIL = { width: 320, height: 180 };
const NAMES: Record<SceneName, string> = {
  office: 'Office', studio: 'Living room', bookshelf: 'Bookshelf', lake: 'Mountain lake', forest: 'Morning forest',
  beach: 'Beach at dusk', city: 'City at night', waves: 'Colour waves', gradient: 'Soft colours',
};

/** The choice of backgrounds: effects, built-in scenes, a colour, an own file. */
export class BackgroundGallery {
  readonly #camera: VirtualBackgroundCamera;
  readonly #group = byId('gallery', HTMLElement);
  readonly #colour = byId('colour', HTMLInputElement);
  readonly #own = byId('own', HTMLButtonElement);
  readonly #onChange: () => void;
  /** What was last asked for. */
  #wanted = '';

  constructor(camera: VirtualBackgroundCamera, onChange: () => void) {
    this.#camera = camera;
    this.#onChange = onChange;
    for (const scene of SCENES) this.#group.append(createTile(scene));
    this.#group.addEventListener('click', (event) => {
      const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-background]') : null;
      if (tile?.dataset['background']) this.choose(tile.dataset['background']);
    });
    this.#colour.addEventListener('input', () => this.choose(this.#colour.value));
    const file = byId('own-file', HTMLInputElement);
    this.#own.addEventListener('click', () => file.click());
    onFileChosen(file, (chosen) => this.useFile(chosen));
  }

  /** As the `background` attribute would be written, for the snippet. */
  get text(): string {
    return this.#wanted;
  }

  /** Takes whatever the `background` attribute takes. */
  choose(background: string): void {
    this.#want(background, this.#group.querySelector(`[data-background="${CSS.escape(background)}"]`));
    this.#camera.background = background;
  }

  /** Takes a picture or a movie of the user. */
  useFile(file: File): void {
    this.#want(file.name, null);
    this.#own.textContent = file.name;
    this.#own.setAttribute('aria-pressed', 'true');
    this.#camera.background = file;
  }

  #want(background: string, tile: Element | null): void {
    this.#wanted = background;
    press(this.#group, tile);
    this.#own.textContent = 'Choose a file …';
    this.#own.setAttribute('aria-pressed', 'false');
    this.#colour.classList.toggle('chosen', background === this.#colour.value);
    this.#onChange();
  }
}

function createTile(scene: SceneName): HTMLButtonElement {
  const tile = document.createElement('button');
  tile.type = 'button';
  tile.className = 'tile';
  tile.dataset['background'] = `scene:${scene}`;
  const canvas = document.createElement('canvas');
  canvas.className = 'art';
  canvas.width = THUMBNAIL.width;
  canvas.height = THUMBNAIL.height;
  const label = document.createElement('span');
  label.className = 'label';
  label.textContent = NAMES[scene];
  tile.append(canvas, label);
  void showThumbnail(scene, canvas);
  return tile;
}

async function showThumbnail(scene: SceneName, canvas: HTMLCanvasElement): Promise<void> {
  const picture = await createImageBitmap(await paintScene(scene, THUMBNAIL));
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
  canvas.classList.add('drawn');
}
