import { BackgroundGallery } from './components/controls/background-gallery';
import { CameraSelect } from './components/controls/camera-select';
import { CameraControls } from './components/controls/controls';
import { MirrorButton } from './components/controls/mirror-button';
import { CameraProgress } from './components/controls/progress';
import { QualitySelect } from './components/controls/quality-select';
import { SnapshotButton } from './components/controls/snapshot-button';
import { SourceSelect } from './components/controls/source-select';
import { StartButton } from './components/controls/start-button';

/** The bar last, after what it is made of. */
const CONTROLS = {
  'vbc-start-button': StartButton,
  'vbc-camera-select': CameraSelect,
  'vbc-source-select': SourceSelect,
  'vbc-background-gallery': BackgroundGallery,
  'vbc-quality-select': QualitySelect,
  'vbc-mirror-button': MirrorButton,
  'vbc-snapshot-button': SnapshotButton,
  'vbc-progress': CameraProgress,
  'vbc-controls': CameraControls,
};

for (const [tag, control] of Object.entries(CONTROLS)) {
  if (!customElements.get(tag)) customElements.define(tag, control);
}
