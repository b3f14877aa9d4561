import type { VirtualBackgroundError, VirtualBackgroundErrorCode } from '../../errors';
import type { EngineState, ProgressDetail, SourceInput } from '../../types';
import type { Messages } from './en';

/** What the status line says. Without figures: it is read out, and those are for `<vbc-progress>`. */
export function statusText(text: Messages, state: EngineState, progress: ProgressDetail | null, source: SourceInput): string {
  switch (state) {
    case 'idle':
      return text.statusIdle;
    case 'opening':
      return source === 'camera' ? text.statusOpeningCamera : source === 'screen' ? text.statusOpeningScreen : text.statusOpeningVideo;
    case 'loading':
      return progress?.phase === 'model' ? text.statusLoading : text.statusPreparing;
    case 'running':
      return text.statusRunning;
    case 'interrupted':
      return text.statusInterrupted;
    case 'failed':
      return text.statusFailed;
  }
}

/** What an error or a warning means for the person in front of the camera, and what to do next. */
export function errorText(text: Messages, error: VirtualBackgroundError): string {
  return text.errors[error.code];
}

/** Errors whose exact message helps whoever builds the page, and where no text for everybody can say as much. */
const FOR_DEVELOPERS: ReadonlySet<VirtualBackgroundErrorCode> = new Set<VirtualBackgroundErrorCode>([
  'attribute-invalid',
  'background-load-failed',
  'background-cross-origin',
  'source-load-failed',
  'source-unsupported',
  'shader-failed',
  'model-load-failed',
  'segmentation-failed',
  'worker-unavailable',
  'internal',
]);

/** Warnings about which the person in front of the camera can do nothing, and who misses nothing by them. */
export function isForDeveloper({ code }: VirtualBackgroundError): boolean {
  return code === 'model-fallback' || code === 'model-variant-unavailable';
}

/** The English message, which names the attribute and the rule, where that adds something; else null. */
export function errorDetail(error: VirtualBackgroundError): string | null {
  return FOR_DEVELOPERS.has(error.code) ? error.message : null;
}
