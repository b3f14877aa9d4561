export { VirtualBackgroundCamera } from './components/virtual-background-camera';
export { VirtualBackground, createVirtualBackground, type VirtualBackgroundOptions } from './create-virtual-background';
export { Engine, type EngineCallbacks, type EngineOptions } from './engine/engine';
export { DEFAULT_SETTINGS, type EngineSettings } from './engine/settings';
export type { EffortLevel } from './engine/quality-ladder';
export type { QualityStep } from './engine/quality-controller';
export { VirtualBackgroundError, type VirtualBackgroundErrorCode } from './errors';
export * from './types';
