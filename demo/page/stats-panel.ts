import type { EngineStats } from '../../src/define.ts';

const RENEW_MS = 500;

const fps = (value: number): string => value.toFixed(1);
const milliseconds = (value: number): string => (value > 0 ? `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms` : '–');

/** What is shown, in order: label and the figure's text. */
const FIGURES: ReadonlyArray<readonly [label: string, read: (stats: EngineStats) => string]> = [
  ['Frames in', (stats) => `${fps(stats.inputFps)} /s`],
  ['Frames out', (stats) => `${fps(stats.outputFps)} /s`],
  ['Segmentation', (stats) => milliseconds(stats.segmentationMs)],
  ['Compositing', (stats) => milliseconds(stats.compositeMs)],
  ['Latency', (stats) => milliseconds(stats.latencyMs)],
  ['Dropped', (stats) => String(stats.droppedFrames)],
  ['Raw frames', (stats) => String(stats.rawFrames)],
  ['Picture', (stats) => (stats.width > 0 ? `${stats.width}×${stats.height}` : '–')],
  ['Model', (stats) => stats.model ?? '–'],
  ['Backend', (stats) => stats.backend ?? '–'],
  ['Quality', (stats) => stats.quality ?? '–'],
  ['Host', (stats) => stats.host ?? '–'],
];

/** Fills a `<dl>` with an element's figures and renews them twice a second. */
export class StatsPanel {
  readonly #values: HTMLElement[];

  constructor(list: HTMLElement, read: () => EngineStats) {
    this.#values = FIGURES.map(([label]) => {
      const pair = document.createElement('div');
      const term = document.createElement('dt');
      const value = document.createElement('dd');
      term.textContent = label;
      pair.append(term, value);
      list.append(pair);
      return value;
    });
    this.#show(read());
    setInterval(() => this.#show(read()), RENEW_MS);
  }

  #show(stats: EngineStats): void {
    FIGURES.forEach(([, text], index) => {
      const value = this.#values[index];
      const now = text(stats);
      if (value && value.textContent !== now) value.textContent = now;
    });
  }
}
