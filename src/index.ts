export { VirtualBackgroundCamera } from './components/virtual-background-camera';
export { Engine, type EngineCallbacks } from './engine/engine';
export { DEFAULT_SETTINGS, type EngineSettings } from './engine/settings';
export type { BackgroundInput } from './engine/background';
export type { SourceInput } from './capture/frame-source';
export { VirtualBackgroundError, type VirtualBackgroundErrorCode } from './errors';
export * from './types';
