import { BACKGROUND_FITS, DEBUG_VIEWS, MODEL_NAMES, PEOPLE, type EngineSettings, type VirtualBackgroundCamera } from '../../src/define.ts';
import { translate } from './language.ts';

type Label = 'model' | 'weights' | 'people' | 'fit' | 'softness' | 'light' | 'steadiness' | 'stageShown';

interface Field {
  readonly label: Label;
  readonly attribute: string;
  readonly property: keyof EngineSettings;
  /** Values to choose from, the empty one for no attribute; a range from 0 to 1; or any text. */
  readonly kind: readonly string[] | 'range' | 'text';
}

const FIELDS: readonly Field[] = [
  { label: 'model', attribute: 'model', property: 'model', kind: MODEL_NAMES },
  { label: 'weights', attribute: 'model-url', property: 'modelUrl', kind: 'text' },
  { label: 'people', attribute: 'people', property: 'people', kind: PEOPLE },
  { label: 'fit', attribute: 'background-fit', property: 'backgroundFit', kind: BACKGROUND_FITS },
  { label: 'softness', attribute: 'edge-softness', property: 'edgeSoftness', kind: 'range' },
  { label: 'light', attribute: 'light-wrap', property: 'lightWrap', kind: 'range' },
  { label: 'steadiness', attribute: 'temporal-strength', property: 'temporalStrength', kind: 'range' },
  { label: 'stageShown', attribute: 'debug', property: 'debug', kind: ['', ...DEBUG_VIEWS] },
];

const STEP = 0.02;

/** Fills a form with fields for what no control element is made for, each named by the attribute that it sets. */
export function fillTuningForm(form: HTMLFormElement, camera: VirtualBackgroundCamera): void {
  form.addEventListener('submit', (event) => event.preventDefault());
  const renewals = FIELDS.map((field) => addField(form, field, camera));
  translate(form);
  camera.addController({ hostUpdated: () => renewals.forEach((renew) => renew()) });
}

/** @returns what shows the element's value */
function addField(form: HTMLFormElement, { label, attribute, property, kind }: Field, camera: VirtualBackgroundCamera): () => void {
  const box = document.createElement('label');
  box.className = 'field';
  const name = document.createElement('span');
  const code = document.createElement('code');
  const figure = document.createElement('output');
  code.textContent = attribute;
  const words = document.createElement('span');
  words.dataset['text'] = label;
  name.append(words, ' ', code);
  if (kind === 'range') name.append(figure);
  const input = createInput(kind);
  input.name = attribute;
  input.addEventListener(kind === 'range' ? 'input' : 'change', () => {
    const value = input.value.trim();
    if (value) camera.setAttribute(attribute, value);
    else camera.removeAttribute(attribute);
  });
  box.append(name, kind === 'range' || kind === 'text' ? input : pickOf(input));
  form.append(box);
  return () => {
    const value = camera[property];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    figure.textContent = text;
    // Not while somebody writes.
    if (kind !== 'text' || document.activeElement !== input) input.value = text;
  };
}

/** Carries the arrow of a select. */
function pickOf(select: HTMLElement): HTMLElement {
  const pick = document.createElement('span');
  pick.className = 'pick';
  pick.append(select);
  return pick;
}

function createInput(kind: Field['kind']): HTMLInputElement | HTMLSelectElement {
  if (typeof kind === 'object') {
    const select = document.createElement('select');
    for (const value of kind) {
      const option = new Option(value, value);
      if (!value) option.dataset['text'] = 'galleryNone';
      select.append(option);
    }
    return select;
  }
  const input = document.createElement('input');
  input.type = kind;
  if (kind === 'range') {
    Object.assign(input, { min: '0', max: '1', step: String(STEP) });
  } else {
    Object.assign(input, { inputMode: 'url', autocomplete: 'off', spellcheck: false, dir: 'ltr' });
    input.dataset['placeholder'] = 'googlesOwn';
  }
  return input;
}
