import type { QualityStep } from '../engine/quality/quality-controller';
import type { VirtualBackgroundError } from '../errors';
import type { EngineState, ProgressDetail, SourceInput } from '../types';

/** What `<virtual-background-camera>` tells, by the event's name. All bubble and are composed. */
export interface VirtualBackgroundCameraEventMap {
  'vbc-state-change': CustomEvent<{ state: EngineState }>;
  'vbc-stream-change': CustomEvent<{ stream: MediaStream | null }>;
  'vbc-source-change': CustomEvent<{ source: SourceInput }>;
  'vbc-quality-change': CustomEvent<QualityStep>;
  'vbc-progress': CustomEvent<ProgressDetail | null>;
  'vbc-system-blur-change': CustomEvent<{ systemBlur: boolean }>;
  'vbc-warning': CustomEvent<VirtualBackgroundError>;
  'vbc-error': CustomEvent<VirtualBackgroundError>;
}

type AllEvents = HTMLElementEventMap & VirtualBackgroundCameraEventMap;

declare global {
  // For listeners on what surrounds the element.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it has no members of its own to add
  interface HTMLElementEventMap extends VirtualBackgroundCameraEventMap {}
}

declare module './virtual-background-camera' {
  // Here and not in the class, which would need bodies for them.
  interface VirtualBackgroundCamera {
    addEventListener<Name extends keyof AllEvents>(
      type: Name,
      listener: (this: VirtualBackgroundCamera, event: AllEvents[Name]) => unknown,
      options?: boolean | AddEventListenerOptions,
    ): void;
    addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
    removeEventListener<Name extends keyof AllEvents>(
      type: Name,
      listener: (this: VirtualBackgroundCamera, event: AllEvents[Name]) => unknown,
      options?: boolean | EventListenerOptions,
    ): void;
    removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
  }
}
