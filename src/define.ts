import type { BackgroundGallery } from './components/controls/background-gallery';
import type { CameraSelect } from './components/controls/camera-select';
import type { CameraControls } from './components/controls/controls';
import type { MirrorButton } from './components/controls/mirror-button';
import type { CameraProgress } from './components/controls/progress';
import type { QualitySelect } from './components/controls/quality-select';
import type { SnapshotButton } from './components/controls/snapshot-button';
import type { SourceSelect } from './components/controls/source-select';
import type { StartButton } from './components/controls/start-button';
import { VirtualBackgroundCamera } from './components/virtual-background-camera';

// Missing without a DOM, null in content scripts.
if (globalThis.customElements) {
  if (!customElements.get('virtual-background-camera')) customElements.define('virtual-background-camera', VirtualBackgroundCamera);
  // A moment later, in a chunk of their own: a page that shows the camera alone does not wait for them.
  void import('./define-controls');
}

export * from './core';
export type { BackgroundGallery } from './components/controls/background-gallery';
export type { BackgroundSelection, PageBackground } from './components/controls/background-gallery-choices';
export type { CameraSelect } from './components/controls/camera-select';
export type { ControlElement } from './components/controls/control-element';
export type { CameraControls } from './components/controls/controls';
export type { ControlEventMap } from './components/controls/events';
export type { MirrorButton } from './components/controls/mirror-button';
export type { CameraProgress } from './components/controls/progress';
export type { QualitySelect } from './components/controls/quality-select';
export type { SnapshotButton } from './components/controls/snapshot-button';
export type { SourceSelect } from './components/controls/source-select';
export type { StartButton } from './components/controls/start-button';

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
