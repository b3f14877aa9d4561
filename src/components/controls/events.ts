import type { QualitySetting } from '../../types';

/** What the controls tell of a person's doings, by the event's name. All bubble and are composed. */
export interface ControlEventMap {
  'vbc-camera-select': CustomEvent<{ deviceId: string | null }>;
  'vbc-source-select': CustomEvent<{ source: 'camera' | 'screen' | 'file'; file: File | null }>;
  'vbc-quality-select': CustomEvent<{ quality: QualitySetting }>;
  'vbc-mirror-toggle': CustomEvent<{ mirrored: boolean }>;
  'vbc-snapshot': CustomEvent<{ blob: Blob }>;
  'vbc-notice': CustomEvent<{ message: string }>;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it has no members of its own to add
  interface HTMLElementEventMap extends ControlEventMap {}
}
