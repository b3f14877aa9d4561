import type { VirtualBackgroundCamera } from '../../src/index.ts';
import { BackgroundPainter } from '../drawn-backgrounds/background-painter.ts';
import { drawnBackgrounds, type DrawnBackground } from '../drawn-backgrounds.ts';
import { byId, onFileChosen, press } from './dom.ts';

const THUMBNAIL = { width: 320, height: 180 };
const PICTURE = { width: 1920, height: 1080 };

/** The choice of backgrounds: effects, drawn pictures, a colour, an own file. */
export class BackgroundGallery {
  readonly #camera: VirtualBackgroundCamera;
  readonly #painter = new BackgroundPainter();
  readonly #group = byId('gallery', HTMLElement);
  readonly #colour = byId('colour', HTMLInputElement);
  readonly #own = byId('own', HTMLButtonElement);
  readonly #onChange: () => void;
  /** What was last asked for; a picture that is painted later than that is not used. */
  #wanted = '';

  constructor(camera: VirtualBackgroundCamera, onChange: () => void) {
    this.#camera = camera;
    this.#onChange = onChange;
    for (const background of drawnBackgrounds) this.#group.append(this.#createTile(background));
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

  /** Takes the id of a drawn background, or whatever the `background` attribute takes. */
  choose(background: string): void {
    const drawn = drawnBackgrounds.find(({ id }) => id === background);
    this.#want(background, this.#group.querySelector(`[data-background="${CSS.escape(background)}"]`));
    if (drawn) void this.#paint(drawn);
    else this.#camera.background = background;
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

  async #paint(drawn: DrawnBackground): Promise<void> {
    const picture = await this.#painter.paint(drawn, PICTURE.width, PICTURE.height);
    if (this.#wanted === drawn.id) this.#camera.background = picture;
  }

  #createTile(background: DrawnBackground): HTMLButtonElement {
    const tile = document.createElement('button');
    tile.type = 'button';
    tile.className = 'tile';
    tile.dataset['background'] = background.id;
    const canvas = document.createElement('canvas');
    canvas.className = 'art';
    canvas.width = THUMBNAIL.width;
    canvas.height = THUMBNAIL.height;
    const label = document.createElement('span');
    label.className = 'label';
    label.textContent = background.name;
    tile.append(canvas, label);
    void this.#showThumbnail(background, canvas);
    return tile;
  }

  async #showThumbnail(background: DrawnBackground, canvas: HTMLCanvasElement): Promise<void> {
    const picture = await createImageBitmap(await this.#painter.paint(background, THUMBNAIL.width, THUMBNAIL.height));
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    picture.close();
    canvas.classList.add('drawn');
  }
}
