import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { VirtualBackgroundError } from '../errors';
import type { EngineState, ProgressDetail, SourceInput } from '../types';
import { errorDetail, errorText, statusText, type Messages } from './messages';

export interface StatusValues {
  state: EngineState;
  error: VirtualBackgroundError | null;
  warning: VirtualBackgroundError | null;
  progress: ProgressDetail | null;
  source: SourceInput;
  /** The picture came back from an interruption: that it is there needs no words, and is not said again and again. */
  isBack: boolean;
}

/** The lines over the preview: a live region for each, since a region that changes is read out as a whole. */
export function statusMessages(text: Messages, { state, error, warning, progress, source, isBack }: StatusValues): TemplateResult {
  return html`
    <div class="messages">
      <div role="alert">
        ${keyed(error, error && html`<p part="error" class="error" data-state=${state}>${errorText(text, error)}${detailOf(error)}</p>`)}
      </div>
      <div role="status">
        ${keyed(warning, warning && html`<p part="warning" class="warning">${errorText(text, warning)}${detailOf(warning)}</p>`)}
      </div>
      <div role="status">
        <p part="status" class="status" data-state=${state}>${isBack ? nothing : statusText(text, state, progress, source)}</p>
      </div>
    </div>
  `;
}

/** In English whatever the page speaks: it names attributes and rules. */
function detailOf(error: VirtualBackgroundError): TemplateResult | typeof nothing {
  const detail = errorDetail(error);
  return detail === null ? nothing : html` <small part="detail" lang="en" dir="ltr">${detail}</small>`;
}
