import { VirtualBackgroundCamera, type EngineState, type VirtualBackgroundError } from '../src/define.ts';
import { BackgroundGallery } from './page/background-gallery.ts';
import { Banners } from './page/banners.ts';
import { byId } from './page/dom.ts';
import { installDropZone } from './page/drop-zone.ts';
import { SettingsForm } from './page/settings-form.ts';
import { markupOf } from './page/snippet.ts';
import { SourcePicker } from './page/source-picker.ts';
import { readStartOptions } from './page/start-options.ts';
import { StatsPanel } from './page/stats-panel.ts';

const STATES: Record<EngineState, string> = {
  idle: 'Off',
  opening: 'Opening',
  loading: 'Getting ready',
  running: 'Live',
  interrupted: 'Hidden',
  failed: 'Stopped',
};

const camera = byId('camera', VirtualBackgroundCamera);
const others = byId('others', HTMLVideoElement);
const toggle = byId('toggle', HTMLButtonElement);
const banners = new Banners(byId('banners', HTMLElement));

const settings = new SettingsForm(camera, showSnippet);
const sources = new SourcePicker(camera, banners, showSnippet);
const gallery = new BackgroundGallery(camera, showSnippet);
new StatsPanel(byId('stats', HTMLElement), () => camera.stats);

function showSnippet(): void {
  // Called by the parts while they are being made, too.
  queueMicrotask(() => {
    byId('snippet', HTMLElement).textContent = markupOf(camera, gallery.text, camera.background instanceof File);
  });
}

/** What a message is about, its code and the attribute it begins with: a newer one takes the older one's place. */
function topicOf({ code, message }: VirtualBackgroundError): string {
  return `${code} ${message.split(' ', 1)[0]}`;
}

function showState(): void {
  const { state } = camera;
  byId('state', HTMLElement).dataset['state'] = state;
  byId('state-text', HTMLElement).textContent = STATES[state];
  toggle.textContent = state === 'idle' || state === 'failed' ? 'Start' : 'Stop';
}

function showStream(): void {
  const { stream } = camera;
  others.srcObject = stream;
  byId('nothing', HTMLElement).hidden = stream !== null;
}

camera.addEventListener('vbc-state-change', showState);
camera.addEventListener('vbc-stream-change', showStream);
camera.addEventListener('vbc-warning', ({ detail }) => banners.show('warning', topicOf(detail), detail.message));
// Added after the picker, whose listener has put a missing camera into plainer words by now.
camera.addEventListener('vbc-error', ({ detail }) => {
  if (!sources.explains(detail.code)) banners.show('error', topicOf(detail), detail.message);
});

toggle.addEventListener('click', () => {
  banners.clear();
  if (camera.state === 'idle' || camera.state === 'failed') sources.restart();
  else camera.stop();
});

installDropZone(byId('drop', HTMLElement), {
  onFile: (file) => gallery.useFile(file),
  onOther: (file) => banners.show('error', 'drop', `“${file.name}” is neither a picture nor a movie`),
});

const start = readStartOptions(location.search);
settings.start(start.attributes, start.mirrored);
gallery.choose(start.background);
sources.setSample(start.pose, start.hair);
if (start.source) sources.choose(start.source);
else void sources.chooseFirst();
showState();
showStream();
