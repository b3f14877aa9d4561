import { VirtualBackgroundCamera } from './components/virtual-background-camera';
import type { QualityStep } from './engine/quality-controller';
import type { VirtualBackgroundError } from './errors';
import type { EngineState, SourceInput } from './types';

if (typeof customElements !== 'undefined' && !customElements.get('virtual-background-camera')) {
  customElements.define('virtual-background-camera', VirtualBackgroundCamera);
}

export { VirtualBackgroundCamera };
export * from './index';

declare global {
  interface HTMLElementTagNameMap {
    'virtual-background-camera': VirtualBackgroundCamera;
  }

  interface HTMLElementEventMap {
    'vbc-state-change': CustomEvent<{ state: EngineState }>;
    'vbc-stream-change': CustomEvent<{ stream: MediaStream | null }>;
    'vbc-source-change': CustomEvent<{ source: SourceInput }>;
    'vbc-quality-change': CustomEvent<QualityStep>;
    'vbc-warning': CustomEvent<VirtualBackgroundError>;
    'vbc-error': CustomEvent<VirtualBackgroundError>;
  }
}
