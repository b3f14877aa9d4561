import { BackgroundGallery } from './components/controls/background-gallery';
import { CameraSelect } from './components/controls/camera-select';
import { CameraControls } from './components/controls/controls';
import { MirrorButton } from './components/controls/mirror-button';
import { CameraProgress } from './components/controls/progress';
import { QualitySelect } from './components/controls/quality-select';
import { SnapshotButton } from './components/controls/snapshot-button';
import { SourceSelect } from './components/controls/source-select';
import { StartButton } from './components/controls/start-button';
import { VirtualBackgroundCamera } from './components/virtual-background-camera';

/** The camera first, so that its controls find it upgraded; the bar last, after what it is made of. */
const ELEMENTS = {
  'virtual-background-camera': VirtualBackgroundCamera,
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

if (typeof customElements !== 'undefined') {
  for (const [tag, element] of Object.entries(ELEMENTS)) {
    if (!customElements.get(tag)) customElements.define(tag, element);
  }
}

export * from './index';

declare global {
  interface HTMLElementTagNameMap {
    'virtual-background-camera': VirtualBackgroundCamera;
    'vbc-start-button': StartButton;
    'vbc-camera-select': CameraSelect;
    'vbc-source-select': SourceSelect;
    'vbc-background-gallery': BackgroundGallery;
    'vbc-quality-select': QualitySelect;
    'vbc-mirror-button': MirrorButton;
    'vbc-snapshot-button': SnapshotButton;
    'vbc-progress': CameraProgress;
    'vbc-controls': CameraControls;
  }
}
