import { SCENES, paintScene, type BackgroundInput, type SceneName, type VirtualBackgroundCamera } from '../../../src/index.ts';
import { byId, onFileChosen, press } from '../../page/dom.ts';

const THUMBNAIL = { width: 160, height: 90 };
const NAMES: Record<SceneName, string> = {
  office: 'Office', studio: 'Living room', bookshelf: 'Bookshelf', lake: 'Mountain lake', forest: 'Morning forest',
  beach: 'Beach at dusk', city: 'City at night', waves: 'Colour waves', gradient: 'Soft colours',
};

/** The choice of what is behind the person. A shared screen goes over it for as long as it lasts. */
export class Backgrounds {
  readonly #camera: VirtualBackgroundCamera;
  readonly #group = byId('backgrounds', HTMLElement);
  #chosen: BackgroundInput = 'blur';
  #screen: MediaStream | null = null;

  constructor(camera: VirtualBackgroundCamera) {
    this.#camera = camera;
    for (const scene of SCENES) this.#group.append(createButton(scene));
    this.#group.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-background]') : null;
      if (button?.dataset['background']) this.choose(button.dataset['background']);
    });
    const file = byId('own-file', HTMLInputElement);
    byId('own', HTMLButtonElement).addEventListener('click', () => file.click());
    onFileChosen(file, (own) => {
      press(this.#group, null);
      this.#use(own);
    });
  }

  /** Takes what the `background` attribute takes. */
  choose(background: string): void {
    press(this.#group, this.#group.querySelector(`[data-background="${CSS.escape(background)}"]`));
    this.#use(background);
  }

  /** Puts a screen behind the person; null takes it away again. */
  showScreen(screen: MediaStream | null): void {
    if (screen === this.#screen) return;
    this.#screen = screen;
    this.#camera.backgroundFit = screen ? 'contain' : 'cover';
    this.#camera.background = screen ?? this.#chosen;
  }

  #use(background: BackgroundInput): void {
    this.#chosen = background;
    if (!this.#screen) this.#camera.background = background;
  }
}

function createButton(scene: SceneName): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset['background'] = `scene:${scene}`;
  const art = document.createElement('canvas');
  art.className = 'thumb';
  Object.assign(art, THUMBNAIL);
  button.append(art, NAMES[scene]);
  void showThumbnail(scene, art);
  return button;
}

async function showThumbnail(scene: SceneName, art: HTMLCanvasElement): Promise<void> {
  const picture = await createImageBitmap(await paintScene(scene, THUMBNAIL));
  art.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
}
