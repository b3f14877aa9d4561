import type { EngineStats } from '../../src/define.ts';
import { onLanguage, texts, type Texts } from './language.ts';

const RENEW_MS = 500;
const NOTHING = '–';

const fps = (value: number): string => `${value.toFixed(1)} /s`;
const milliseconds = (value: number): string => (value > 0 ? `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms` : NOTHING);

/** What is shown, in order: the label's text and the figure's. */
const FIGURES = [
  ['framesIn', (stats) => fps(stats.inputFps)],
  ['framesOut', (stats) => fps(stats.outputFps)],
  ['segmentation', (stats) => milliseconds(stats.segmentationMs)],
  ['compositing', (stats) => milliseconds(stats.compositeMs)],
  ['latency', (stats) => milliseconds(stats.latencyMs)],
  ['dropped', (stats) => String(stats.droppedFrames)],
  ['rawFrames', (stats) => String(stats.rawFrames)],
  ['picture', (stats) => (stats.width > 0 ? `${stats.width}×${stats.height}` : NOTHING)],
  ['model', (stats) => stats.model ?? NOTHING],
  ['backend', (stats) => stats.backend ?? NOTHING],
  ['qualityLabel', (stats) => stats.quality ?? NOTHING],
  ['host', (stats) => stats.host ?? NOTHING],
] as const satisfies readonly (readonly [label: keyof Texts, read: (stats: EngineStats) => string])[];

/** Fills a `<dl>` with an element's figures and renews them twice a second; dashes while it has none. */
export class StatsPanel {
  readonly #values: HTMLElement[];
  readonly #read: () => EngineStats | null;

  /** @param read null while nothing runs */
  constructor(list: HTMLElement, read: () => EngineStats | null) {
    this.#read = read;
    this.#values = FIGURES.map(([label]) => {
      const pair = document.createElement('div');
      const term = document.createElement('dt');
      const value = document.createElement('dd');
      onLanguage(() => (term.textContent = texts()[label]));
      pair.append(term, value);
      list.append(pair);
      return value;
    });
    this.renew();
    setInterval(() => this.renew(), RENEW_MS);
  }

  renew(): void {
    const stats = this.#read();
    FIGURES.forEach(([, text], index) => {
      const value = this.#values[index];
      const now = stats ? text(stats) : NOTHING;
      if (value && value.textContent !== now) value.textContent = now;
    });
  }
}
