import { DEFAULT_SETTINGS, type EngineSettings, type VirtualBackgroundCamera } from '../../src/define.ts';
import { onLanguage, texts } from './language.ts';

/** Attributes and the properties that they set, in the order in which they are written. */
const ATTRIBUTES = {
  background: 'background', 'background-fit': 'backgroundFit', source: 'source', model: 'model', 'model-url': 'modelUrl', 'model-fallback': 'modelFallback',
  quality: 'quality', people: 'people', 'edge-softness': 'edgeSoftness', 'light-wrap': 'lightWrap', 'temporal-strength': 'temporalStrength',
  debug: 'debug', width: 'width', height: 'height', 'frame-rate': 'frameRate', backend: 'backend', 'power-preference': 'powerPreference', host: 'host',
} as const satisfies Record<string, keyof EngineSettings>;

const LOADER = `<script type="module"
  src="/camera/virtual-background-camera.js"></script>`;
const USE = `<script type="module">
  const camera = document.querySelector('#camera');
  await camera.ready;
  const { stream } = camera; // for your call
</script>`;

/** The markup of an element with the settings in use, without those that are the default. Files appear as an address to replace. */
export function markupOf(camera: VirtualBackgroundCamera): string {
  const lines = Object.entries(ATTRIBUTES).flatMap(([attribute, property]) => {
    const value = camera[property];
    const text = value === DEFAULT_SETTINGS[property] ? null : textOf(value);
    return text === null ? [] : [`${attribute}="${escape(text)}"`];
  });
  for (const name of ['controls', 'mirrored'] as const) if (camera[name]) lines.push(name);
  return `${LOADER}\n\n${['<virtual-background-camera id="camera"', ...lines.map((line) => `  ${line}`), '  autostart', '></virtual-background-camera>'].join('\n')}\n\n${USE}`;
}

/** As an attribute says it; null for what no attribute can say. */
function textOf(value: unknown): string | null {
  if (value instanceof File) return `/backgrounds/${value.name}`;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && !value.startsWith('blob:') ? value : null;
}

/** How long the button says what it did. */
const SAID_MS = 2000;

const escape = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** Keeps a piece of code up to date with the element, and copies it. */
export function installSnippet(camera: VirtualBackgroundCamera, code: HTMLElement, copy: HTMLButtonElement): void {
  let said: 'copy' | 'copied' | 'selected' = 'copy';
  let timer: ReturnType<typeof setTimeout> | undefined;
  camera.addController({
    hostUpdated: () => {
      const markup = markupOf(camera);
      if (code.textContent !== markup) code.textContent = markup;
    },
  });
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(code.textContent ?? '').then(
      () => say('copied'),
      // Not allowed here: Ctrl+C does it then.
      () => {
        getSelection()?.selectAllChildren(code);
        say('selected');
      },
    );
  });

  onLanguage(show);

  function show(): void {
    copy.textContent = texts()[said];
  }

  function say(next: typeof said): void {
    said = next;
    show();
    clearTimeout(timer);
    if (next !== 'copy') timer = setTimeout(() => say('copy'), SAID_MS);
  }
}
