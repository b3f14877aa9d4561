import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { DEFAULT_SETTINGS } from '../../engine/settings';
import { toVirtualBackgroundError } from '../../errors';
import type { BackgroundInput } from '../../types';
import { errorText } from '../messages';
import { isNode } from '../movable-element';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import { checkBackground } from './background-gallery-check';
import {
  builtInChoices, isSameBackground, nameOf, ownChoices, pageChoices, pageSetChoice,
  type BackgroundSelection, type Choice, type ChoiceFilter, type PageBackground,
} from './background-gallery-choices';
import { addIcon, checkIcon, removeIcon, roomArt } from './background-gallery-icons';
import { PageImages } from './background-gallery-images';
import { FileIntake } from './background-gallery-intake';
import { nextTile } from './background-gallery-keys';
import { MAX_OWN, ownBackgrounds } from './background-gallery-own';
import { THUMBNAIL_SIZE, Thumbnails } from './background-gallery-thumbnails';
import { galleryStyles } from './background-gallery.styles';
import { checkBackgrounds, checked } from './checks';
import { ControlElement } from './control-element';
import { controlStyles } from './control.styles';

/** Stands for the tile that adds files. */
const ADD = 'add';
/** Where the camera goes when the picture in use is removed: never to the open room. */
const SAFE_BACKGROUND = 'blur';

/**
 * The backgrounds to choose from: none, blur, the built-in scenes, plain colours, the page's own, and the person's own
 * pictures and movies, by file picker, drop or paste. Uploads stay on the device. Arrow keys move, Space or Enter
 * chooses: on the way past "none" the room must not show.
 *
 * @summary Tiles to choose the background.
 * @tag vbc-background-gallery
 *
 * @slot backgrounds - `<img>` elements of the page that are offered too: `src` the picture (or a small picture of it, where `data-background` names the background), `alt` its name. Children of the camera element with this slot count, too.
 *
 * @fires {CustomEvent<BackgroundSelection>} vbc-background-select - A person chose a background, or removed the own one in use, which gives way to blur; `preventDefault()` keeps the old one.
 *
 * @csspart tile - A tile; also `tile-checked` when it is in use.
 * @csspart thumbnail - A tile's picture.
 * @csspart label - A tile's name.
 * @csspart add - The tile that adds files.
 * @csspart remove - The button that removes an own background.
 * @csspart error - Why a background could not be used.
 *
 * @cssprop [--vbc-gallery-tile-size=6rem] - Least width of a tile.
 * @cssprop [--vbc-gallery-tile-ratio=16 / 9] - Proportions of the pictures.
 * @cssprop [--vbc-gallery-tile-radius=0.625rem] - Corners of the pictures.
 * @cssprop [--vbc-gallery-gap=0.75rem 0.625rem] - Between the tiles.
 */
export class BackgroundGallery extends ControlElement implements ChoiceFilter {
  static override readonly styles = [controlStyles, galleryStyles];

  /** The page's own: addresses, or what `background` takes with a name and the address of a small picture. */
  @property({ attribute: false }) @checked(checkBackgrounds) backgrounds: readonly (string | PageBackground)[] = [];

  /** Does not offer to show the room. */
  @property({ type: Boolean, attribute: 'no-none' }) noNone = false;

  /** Does not offer blur. */
  @property({ type: Boolean, attribute: 'no-blur' }) noBlur = false;

  /** Does not offer the built-in scenes. */
  @property({ type: Boolean, attribute: 'no-scenes' }) noScenes = false;

  /** Does not offer plain colours. */
  @property({ type: Boolean, attribute: 'no-colors' }) noColors = false;

  /** Does not let people add their own. */
  @property({ type: Boolean, attribute: 'no-upload' }) noUpload = false;

  /** Keeps what people add in the browser's storage (IndexedDB) for their next visit: the last 8 files of at most 16 MB. */
  @property({ type: Boolean }) remember = false;

  @state() private loading: string | null = null;
  @state() private error = '';
  @state() private note = '';
  @query('.choices') private readonly group!: HTMLElement;
  @query('input') private readonly picker!: HTMLInputElement;

  #choices: readonly Choice[] = [];
  /** Without a camera: what was chosen last. */
  #chosen: BackgroundInput | null = null;
  /** Set by script and in no tile. */
  #pageSet: BackgroundInput | null = null;
  /** What the camera could not load: it shows something else. */
  #refused: BackgroundInput | null = null;
  #work: { abort: AbortController; before: BackgroundInput | null } | null = null;
  /** Where the arrow keys are; null = at what is in use. */
  #cursor: string | null = null;
  #unlisten: (() => void) | null = null;
  #listened: VirtualBackgroundCamera | null = null;
  readonly #images = new PageImages(this);
  readonly #intake = new FileIntake(this, {
    camera: () => this.camera,
    isOpen: () => !this.noUpload,
    onFiles: (files) => void this.#addFiles(files),
  });

  constructor() {
    super();
    new Thumbnails(this, (key) => this.#choices.find(({ id }) => id === key)?.value);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unlisten = ownBackgrounds.onChange(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.();
    this.#unlisten = null;
    this.#endWork();
  }

  override render(): TemplateResult {
    const stop = this.#choices.find(({ id }) => id === this.#cursor) ?? this.#inUse ?? this.#choices[0];
    return html`
      <div class="grid">
        <div class="choices" role="radiogroup" aria-label=${this.text.galleryLabel} aria-busy=${this.loading !== null}
          @keydown=${this.#handleKey} @focusout=${this.#handleFocusOut}>
          ${repeat(this.#choices, ({ id }) => id, (choice) => this.#tile(choice, choice === stop))}
        </div>
        ${this.noUpload ? nothing : this.#addTile()}
      </div>
      <div role="alert">${this.error ? html`<p class="error" part="error">${this.error}</p>` : nothing}</div>
      <p class="visually-hidden" role="status">${this.note}</p>
      ${this.#intake.isOver ? html`<div class="drop" aria-hidden="true">${this.text.galleryDrop}</div>` : nothing}
      <slot name="backgrounds" hidden></slot>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('remember') && this.remember) void ownBackgrounds.recall();
    // Somebody else chose while a choice was still loading.
    if (this.#work && !isSameBackground(this.#work.before, this.#background)) this.#endWork();
    this.#choices = this.#listChoices();
  }

  protected override cameraChanged(camera: VirtualBackgroundCamera | null): void {
    this.#listened?.removeEventListener('vbc-error', this.#handleCameraError);
    this.#listened = camera;
    camera?.addEventListener('vbc-error', this.#handleCameraError);
    this.#refused = null;
    this.#endWork();
    this.#images.camera = camera;
  }

  /** What is behind the person, as far as it is known. */
  get #background(): BackgroundInput | null {
    return this.camera ? (this.camera.background ?? DEFAULT_SETTINGS.background) : this.#chosen;
  }

  get #inUse(): Choice | undefined {
    const background = this.#background;
    if (background === null || isSameBackground(background, this.#refused)) return undefined;
    return this.#choices.find(({ value }) => isSameBackground(value, background));
  }

  #listChoices(): Choice[] {
    const { text } = this;
    const builtIn = builtInChoices(text, this);
    const [effects, others] = [builtIn.filter(isEffect), builtIn.filter((choice) => !isEffect(choice))];
    const own = this.noUpload ? [] : ownChoices(text, ownBackgrounds.items);
    const choices = [...effects, ...pageChoices(text, this.#images.list, this.backgrounds), ...others, ...own];
    const hasTile = (background: BackgroundInput): boolean => choices.some(({ value }) => isSameBackground(value, background));
    const background = this.#background;
    if (background !== null && !isSameBackground(background, this.#refused) && !hasTile(background)) this.#pageSet = background;
    if (this.#pageSet === null || hasTile(this.#pageSet)) return choices;
    const pageSet = pageSetChoice(text, this.#pageSet);
    // What the page leaves out stays out, also after it was in use for a while.
    const isLeftOut = (this.noNone && pageSet.kind === 'none') || (this.noBlur && pageSet.kind === 'blur');
    return isLeftOut ? choices : [...choices, pageSet];
  }

  #tile(choice: Choice, isStop: boolean): TemplateResult {
    const { id, kind, label } = choice;
    const checked = choice === this.#inUse;
    const tabIndex = isStop ? 0 : -1;
    return html`
      <div class="tile">
        <button type="button" class="choice" role="radio" part=${checked ? 'tile tile-checked' : 'tile'} data-id=${id}
          aria-checked=${checked} aria-keyshortcuts=${kind === 'own' ? 'Delete' : nothing} tabindex=${tabIndex} title=${label}
          @click=${() => void this.#choose(choice)}>
          <span class="frame" data-blur=${kind === 'blur' ? (choice.value === SAFE_BACKGROUND ? 'strong' : 'light') : nothing}>
            ${this.#art(choice)} ${checked ? checkIcon : nothing} ${this.loading === id ? html`<span class="spinner"></span>` : nothing}
          </span>
          <span class="label" part="label">${label}</span>
        </button>
        ${kind === 'own'
          ? html`<button type="button" class="remove" part="remove" tabindex=${tabIndex} title=${this.text.galleryRemove({ name: label })}
              aria-label=${this.text.galleryRemove({ name: label })} @click=${() => this.#remove(choice)}>${removeIcon}</button>`
          : nothing}
      </div>
    `;
  }

  #art({ id, kind, thumbnail }: Choice): TemplateResult {
    if (kind === 'none' || kind === 'blur') return roomArt;
    if (thumbnail) return html`<img class="art" part="thumbnail" src=${thumbnail} alt="" loading="lazy" decoding="async" @error=${handleBrokenImage} />`;
    return html`<canvas class="art" part="thumbnail" data-thumbnail=${id} width=${THUMBNAIL_SIZE.width} height=${THUMBNAIL_SIZE.height}></canvas>`;
  }

  #addTile(): TemplateResult {
    return html`
      <div class="tile">
        <button type="button" class="add" part="add" title=${this.text.galleryDrop} @click=${() => this.picker.click()}>
          <span class="frame">${addIcon} ${this.loading === ADD ? html`<span class="spinner"></span>` : nothing}</span>
          <span class="label" part="label">${this.text.galleryAdd}</span>
        </button>
        <input type="file" accept="image/*,video/*" multiple hidden @change=${this.#handlePicked} />
      </div>
    `;
  }

  /** @param isChecked it was loaded a moment ago */
  async #choose(choice: Choice, isChecked = false): Promise<void> {
    this.#endWork();
    if (choice.id === this.#inUse?.id) return;
    const { value: background, kind, label } = choice;
    if (!this.tell('vbc-background-select', { background, kind, label } satisfies BackgroundSelection, { cancelable: true })) return;
    const signal = this.#beginWork(choice.id, label);
    try {
      if (!isChecked) await checkBackground(background, signal);
      if (signal.aborted) return;
      this.#endWork();
      this.#use(background);
      this.note = this.text.galleryInUse({ name: label });
    } catch (error) {
      if (signal.aborted) return;
      this.#endWork();
      const typed = toVirtualBackgroundError(error, 'background-load-failed', 'background could not be loaded');
      this.error = kind === 'own' ? this.text.galleryUnusable({ name: label }) : errorText(this.text, typed);
    }
  }

  #use(background: BackgroundInput): void {
    if (isSameBackground(background, this.#refused)) this.#refused = null;
    this.#chosen = background;
    if (this.camera) this.camera.background = background;
    this.requestUpdate();
  }

  /** Takes those that can be shown; the first of them is put behind the person. */
  async #addFiles(files: readonly File[]): Promise<void> {
    const added: string[] = [];
    let problem = '';
    for (const file of files.slice(0, MAX_OWN)) {
      const name = nameOf(this.text, file);
      const signal = this.#beginWork(ADD, name);
      const failed = await checkBackground(file, signal).then(() => false, () => true);
      if (signal.aborted) return;
      if (failed) problem = this.text.galleryUnusable({ name: file.name || name });
      else added.push(ownBackgrounds.add(file, this.remember).id);
    }
    this.#endWork();
    this.note = '';
    const choice = ownChoices(this.text, ownBackgrounds.items).find(({ id }) => id === added[0]);
    if (choice) await this.#choose(choice, true);
    this.error = problem;
  }

  /** Takes an own background away; one in use gives way to blur, unless the page prevents that. */
  #remove({ id, label }: Choice): void {
    const index = this.#choices.findIndex((choice) => choice.id === id);
    if (this.#inUse?.id === id) {
      const next: BackgroundSelection = { background: SAFE_BACKGROUND, kind: 'blur', label: this.text.galleryBlurStrong };
      if (!this.tell('vbc-background-select', next, { cancelable: true })) return;
      this.#use(SAFE_BACKGROUND);
    }
    ownBackgrounds.remove(id);
    this.error = '';
    this.note = this.text.galleryRemoved({ name: label });
    void this.updateComplete.then(() => this.#focusTile(Math.min(index, this.#choices.length - 1)));
  }

  #beginWork(id: string, name: string): AbortSignal {
    this.#endWork();
    this.#work = { abort: new AbortController(), before: this.#background };
    this.loading = id;
    this.error = '';
    this.note = this.text.galleryLoading({ name });
    return this.#work.abort.signal;
  }

  #endWork(): void {
    this.#work?.abort.abort();
    this.#work = null;
    this.loading = null;
  }

  #focusTile(index: number): void {
    this.#cursor = this.#choices[index]?.id ?? null;
    this.requestUpdate();
    this.group.querySelectorAll<HTMLElement>('[role=radio]')[index]?.focus();
  }

  readonly #handleKey = (event: KeyboardEvent): void => {
    const tiles = [...this.group.querySelectorAll<HTMLElement>('[role=radio]')];
    const at = tiles.findIndex((tile) => tile === event.target);
    const choice = this.#choices[at];
    if (!choice || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      if (choice.kind !== 'own') return;
      event.preventDefault();
      this.#remove(choice);
      return;
    }
    const next = nextTile(event.key, tiles, at, getComputedStyle(this).direction === 'rtl');
    if (next === null) return;
    event.preventDefault();
    this.#focusTile(next);
  };

  /** Coming back by Tab leads to what is in use. */
  readonly #handleFocusOut = (event: FocusEvent): void => {
    if (isNode(event.relatedTarget) && this.group.contains(event.relatedTarget)) return;
    this.#cursor = null;
    this.requestUpdate();
  };

  readonly #handlePicked = (): void => {
    const files = [...(this.picker.files ?? [])];
    // The same file may be chosen again.
    this.picker.value = '';
    if (files.length > 0) void this.#addFiles(files);
  };

  readonly #handleCameraError: (event: HTMLElementEventMap['vbc-error']) => void = ({ detail: { message } }) => {
    if (/^background\s/.test(message)) this.#refused = this.#background;
  };
}

const isEffect = ({ kind }: Choice): boolean => kind === 'none' || kind === 'blur';

function handleBrokenImage(event: Event): void {
  (event.target as HTMLImageElement).dataset['failed'] = '';
}
