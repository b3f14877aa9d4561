import { css } from 'lit';

/**
 * The look that the controls share. Private names (`--_…`) hold the page's value or the default; the colours follow
 * `color-scheme`, so a page that knows only light stays light.
 */
export const controlStyles = css`
  :host {
    --_accent: var(--vbc-control-accent, light-dark(#0f6b66, #6fd3ca));
    --_on-accent: var(--vbc-control-on-accent, light-dark(#ffffff, #06211f));
    --_surface: var(--vbc-control-surface, light-dark(#ffffff, #1b2120));
    --_background: var(--vbc-control-background, light-dark(#eef2f1, #2a3231));
    --_hover: var(--vbc-control-hover-background, light-dark(#e0e7e5, #364140));
    --_selected: var(--vbc-control-selected-background, light-dark(#d6ebe8, #1f403d));
    --_color: var(--vbc-control-color, light-dark(#17211f, #e9f0ee));
    --_quiet: var(--vbc-control-quiet-color, light-dark(#55625f, #a3b2ae));
    --_border: var(--vbc-control-border-color, light-dark(#7c8a86, #7b8985));
    --_danger: var(--vbc-control-danger, light-dark(#b3261e, #ff9d92));
    --_on-danger: var(--vbc-control-on-danger, light-dark(#ffffff, #410e0b));
    --_focus: var(--vbc-control-focus-color, light-dark(#0f6b66, #8fe6dd));
    --_size: max(1.5rem, var(--vbc-control-size, 2.5rem));
    --_radius: var(--vbc-control-radius, 0.75rem);
    --_gap: var(--vbc-control-gap, 0.5rem);
    box-sizing: border-box;
    color: var(--_color);
    font: var(--vbc-control-font, 500 0.875rem/1.3 system-ui, sans-serif);
    -webkit-tap-highlight-color: transparent;
  }

  :host([hidden]) {
    display: none;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  button,
  select {
    margin: 0;
    min-inline-size: var(--_size);
    min-block-size: var(--_size);
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: var(--_background);
    color: inherit;
    font: inherit;
    cursor: pointer;
    touch-action: manipulation;
    transition: background-color 0.15s, border-color 0.15s, color 0.15s;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    padding: 0 var(--vbc-control-padding, 0.75rem);
    text-align: start;
  }

  button:disabled,
  select:disabled {
    cursor: default;
    opacity: 0.5;
  }

  @media (hover: hover) {
    :is(button, select):not(:disabled):hover {
      background: var(--_hover);
    }
  }

  :focus-visible {
    outline: 3px solid var(--_focus);
    outline-offset: 2px;
  }

  button[aria-pressed='true'] {
    border-color: var(--_accent);
    background: var(--_selected);
  }

  svg {
    display: block;
    flex: none;
    inline-size: 1.25rem;
    block-size: 1.25rem;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .notice {
    margin: 0.375rem 0 0;
    color: var(--_quiet);
    font-size: 0.8125rem;
  }

  .notice:empty {
    margin: 0;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition-duration: 1ms !important;
      animation-duration: 1ms !important;
      animation-iteration-count: 1 !important;
    }
  }

  @media (forced-colors: active) {
    button,
    select {
      border-color: ButtonBorder;
    }

    button[aria-pressed='true'] {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }

    :is(button, select):disabled {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }

    :focus-visible {
      outline-color: Highlight;
    }
  }
`;

/** For controls that are one button. */
export const buttonStyles = css`
  :host {
    display: inline-block;
    vertical-align: middle;
  }

  .label {
    display: var(--vbc-control-label, inline);
    white-space: nowrap;
  }
`;

/** For controls with a label above them. */
export const selectStyles = css`
  :host {
    display: block;
  }

  .field {
    display: flex;
    flex-direction: column;
    gap: 0.3125rem;
    min-inline-size: 0;
  }

  .field-label {
    color: var(--_quiet);
    font-size: 0.8125rem;
  }

  .select {
    display: grid;
    align-items: center;
  }

  .select > * {
    grid-area: 1 / 1;
  }

  .select svg {
    justify-self: end;
    inline-size: 1.125rem;
    margin-inline-end: 0.625rem;
    pointer-events: none;
  }

  select {
    appearance: none;
    inline-size: 100%;
    min-inline-size: 0;
    padding-block: 0;
    padding-inline: 0.75rem 2.125rem;
    text-overflow: ellipsis;
  }

  option {
    background: Canvas;
    color: CanvasText;
  }
`;
