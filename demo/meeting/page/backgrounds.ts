import type { BackgroundInput, VirtualBackgroundCamera } from '../../../src/index.ts';
import { BackgroundPainter } from '../../drawn-backgrounds/background-painter.ts';
import { drawnBackgrounds, type DrawnBackground } from '../../drawn-backgrounds.ts';
import { byId, onFileChosen, press } from '../../page/dom.ts';

const THUMBNAIL = { width: 160, height: 90 };
const PICTURE = { width: 1280, height: 720 };

/** The choice of what is behind the person. A shared screen goes over it for as long as it lasts. */
export class Backgrounds {
  readonly #camera: VirtualBackgroundCamera;
  readonly #group = byId('backgrounds', HTMLElement);
  readonly #painter = new BackgroundPainter();
  /** What was last asked for; a picture painted later than that is not used. */
  #wanted = '';
  #chosen: BackgroundInput = 'blur';
  #screen: MediaStream | null = null;

  constructor(camera: VirtualBackgroundCamera) {
    this.#camera = camera;
    for (const background of drawnBackgrounds) this.#group.append(this.#createButton(background));
    this.#group.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-background]') : null;
      if (button?.dataset['background']) void this.choose(button.dataset['background']);
    });
    const file = byId('own-file', HTMLInputElement);
    byId('own', HTMLButtonElement).addEventListener('click', () => file.click());
    onFileChosen(file, (own) => {
      this.#wanted = own.name;
      press(this.#group, null);
      this.#use(own);
    });
  }

  /** Takes the id of a drawn background, or what the `background` attribute takes. */
  async choose(name: string): Promise<void> {
    this.#wanted = name;
    press(this.#group, this.#group.querySelector(`[data-background="${CSS.escape(name)}"]`));
    const drawn = drawnBackgrounds.find(({ id }) => id === name);
    const background = drawn ? await this.#painter.paint(drawn, PICTURE.width, PICTURE.height) : name;
    if (this.#wanted === name) this.#use(background);
  }

  /** Puts a screen behind the person; null takes it away again. */
  showScreen(screen: MediaStream | null): void {
    this.#screen = screen;
    this.#camera.backgroundFit = screen ? 'contain' : 'cover';
    this.#camera.background = screen ?? this.#chosen;
  }

  #use(background: BackgroundInput): void {
    this.#chosen = background;
    if (!this.#screen) this.#camera.background = background;
  }

  #createButton(background: DrawnBackground): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset['background'] = background.id;
    const art = document.createElement('canvas');
    art.className = 'thumb';
    Object.assign(art, THUMBNAIL);
    button.append(art, background.name);
    void this.#paint(background, art);
    return button;
  }

  async #paint(background: DrawnBackground, art: HTMLCanvasElement): Promise<void> {
    const picture = await createImageBitmap(await this.#painter.paint(background, THUMBNAIL.width, THUMBNAIL.height));
    art.getContext('2d')?.drawImage(picture, 0, 0);
    picture.close();
  }
}
