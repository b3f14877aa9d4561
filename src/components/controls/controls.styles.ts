import { css } from 'lit';

/** The bar and its panels. */
export const barStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }

  .box {
    display: flex;
    flex-direction: column;
  }

  .bar {
    display: flex;
    align-items: center;
    gap: var(--_gap);
    padding: 0.5rem;
    border-radius: calc(var(--_radius) + 0.5rem);
    border: 1px solid color-mix(in srgb, var(--_border) 30%, transparent);
    background: var(--_surface);
  }

  .space {
    flex: 1;
  }

  .bar > :is(vbc-mirror-button, vbc-snapshot-button) {
    --vbc-control-label: none;
    --vbc-control-padding: 0;
  }

  .progress::part(progress) {
    margin-block-end: 0.375rem;
  }

  .progress::part(button) {
    display: none;
  }

  .notice {
    align-self: start;
    margin: 0 0 0.375rem;
    padding: 0.375rem 0.75rem;
    border-radius: 0.5rem;
    background: var(--_surface);
    color: var(--_color);
    font-size: 0.875rem;
  }

  .notice:empty {
    margin: 0;
    padding: 0;
  }

  @container (inline-size < 34rem) {
    .bar {
      --vbc-control-label: none;
      --vbc-control-padding: 0;
    }

    .label {
      display: none;
    }
  }

  /* As wide as five targets of 40 px are. */
  @container (inline-size < 20rem) {
    .bar {
      gap: 0.25rem;
      padding: 0.375rem;
    }
  }

  /* ---- over the picture ---- */

  :host(:is([overlay], [slot='controls'])) .box {
    padding: 0 0.5rem 0.5rem;
  }

  :host(:is([overlay], [slot='controls'])) .bar {
    color-scheme: dark;
    --vbc-control-background: var(--vbc-overlay-background, rgb(40 46 46 / 80%));
    --vbc-control-hover-background: var(--vbc-overlay-hover-background, rgb(66 75 74 / 88%));
    --vbc-control-selected-background: var(--vbc-overlay-selected-background, rgb(24 78 73 / 90%));
    --vbc-control-color: var(--vbc-overlay-color, #ffffff);
    --vbc-control-focus-color: var(--vbc-overlay-focus-color, #8fe6dd);
    --_background: var(--vbc-control-background);
    --_hover: var(--vbc-control-hover-background);
    --_color: var(--vbc-control-color);
    --_focus: var(--vbc-control-focus-color);
    padding: 0;
    border: 0;
    background: none;
    color: var(--_color);
  }

  /* ---- panels ---- */

  .panel {
    position: fixed;
    inset: auto;
    inset-block: var(--_top, auto) var(--_bottom, auto);
    left: var(--_left, 0);
    inline-size: min(var(--vbc-panel-size, 24rem), 100vi - 1rem);
    max-block-size: min(36rem, var(--_room, 36rem));
    margin: 0;
    padding: 0;
    overflow: auto;
    overscroll-behavior: contain;
    border: 1px solid color-mix(in srgb, var(--_border) 45%, transparent);
    border-radius: calc(var(--_radius) + 0.25rem);
    background: var(--_surface);
    color: var(--_color);
    box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 24%);
  }

  .panel:popover-open {
    animation: appear 0.15s ease-out;
  }

  @keyframes appear {
    from {
      opacity: 0;
      translate: 0 0.375rem;
    }
  }

  .panel header {
    position: sticky;
    z-index: 4;
    inset-block-start: 0;
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 0.5rem 0.5rem 0.5rem 1rem;
    padding-inline: 1rem 0.5rem;
    background: var(--_surface);
  }

  .panel h2 {
    margin: 0;
    font: inherit;
    font-size: 0.9375rem;
    font-weight: 650;
  }

  .panel header button {
    padding: 0;
    background: none;
  }

  .content {
    display: flex;
    flex-direction: column;
    gap: 1rem;
    padding: 0.25rem 1rem 1rem;
  }

  /* Small windows get a sheet at their lower edge. */
  @media (width < 30rem) {
    .panel {
      inset: auto 0 0;
      inline-size: auto;
      max-inline-size: none;
      max-block-size: 75dvb;
      border-width: 1px 0 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }

    .content {
      padding-block-end: max(1rem, env(safe-area-inset-bottom));
    }
  }

  @media (forced-colors: active) {
    .panel {
      border-color: CanvasText;
    }
  }
`;
