import { withFit, type BackgroundKind } from './background/background';
import type { Effort } from './quality/effort';
import type { PipelineSettings } from '../pipeline/messages';
import type { EngineSettings } from './settings';

/** What the pipeline is told of the settings, beside the background that is loaded and the effort that is affordable. */
export function toPipelineSettings(settings: EngineSettings, background: BackgroundKind, effort: Effort['settings']): PipelineSettings {
  const { source, width, height, frameRate, backgroundFit, people, edgeSoftness, lightWrap, temporalStrength, debug, powerPreference } = settings;
  // A screen made smaller cannot be read any more.
  const size = source === 'screen' ? { width: Infinity, height: Infinity } : { width, height };
  const look = { people, edgeSoftness, lightWrap, temporalStrength, debug };
  return { background: withFit(background, backgroundFit), ...look, ...effort, limit: { ...size, frameRate }, powerPreference };
}
