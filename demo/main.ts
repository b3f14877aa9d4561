import { VirtualBackgroundCamera } from '../src/define.ts';
import { installColour } from './page/colour.ts';
import { byId } from './page/dom.ts';
import { installIdle } from './page/idle.ts';
import { onLanguage, translate } from './page/language.ts';
import { fillLanguageSelect } from './page/language-select.ts';
import { SampleSource } from './page/sample-source.ts';
import { installSnippet } from './page/snippet.ts';
import { applyStartOptions, readStartOptions } from './page/start-options.ts';
import { StatsPanel } from './page/stats-panel.ts';
import { fillTuningForm } from './page/tuning-form.ts';

const camera = byId('camera', VirtualBackgroundCamera);
const others = byId('others', HTMLVideoElement);

function showStream(): void {
  const { stream } = camera;
  others.srcObject = stream;
  byId('nothing', HTMLElement).hidden = stream !== null;
}

/** A file that misses the places for it must not take the page's place. */
function refuseFile(event: DragEvent): void {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}

camera.addEventListener('vbc-stream-change', showStream);
for (const type of ['dragover', 'drop'] as const) document.addEventListener(type, refuseFile);

const start = readStartOptions(location.search);
applyStartOptions(camera, start);
fillLanguageSelect(byId('language', HTMLSelectElement), start.lang);
fillTuningForm(byId('tuning', HTMLFormElement), camera);
onLanguage(translate);
installColour(camera, byId('colour', HTMLInputElement));
installIdle(camera, { picture: byId('own', HTMLElement), idle: byId('idle', HTMLElement), focusNext: byId('stage', HTMLElement) });
installSnippet(camera, byId('snippet', HTMLElement), byId('copy', HTMLButtonElement));
const isOff = (): boolean => camera.state === 'idle' || camera.state === 'failed';
new StatsPanel(byId('stats', HTMLElement), () => (isOff() ? null : camera.stats));
const sample = new SampleSource(camera);
sample.set(start.pose, start.hair);
showStream();
if (start.source === 'sample') {
  sample.play();
} else {
  if (start.source) camera.source = start.source;
  // The element reports what goes wrong; without a camera the sample plays.
  camera.start().catch(() => undefined);
}
camera.requestUpdate();
