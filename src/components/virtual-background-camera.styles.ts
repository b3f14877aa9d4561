import { css } from 'lit';

export const styles = css`
  :host {
    /* It grows with what there is to say where a small picture has no room for it. */
    display: grid;
    position: relative;
    overflow: clip;
    contain: content;
    aspect-ratio: 16 / 9;
    background: var(--vbc-surround, #111316);
    color: #fff;
    font: 500 0.875rem/1.4 system-ui, sans-serif;
  }

  :host([hidden]) {
    display: none;
  }

  video {
    display: block;
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: var(--vbc-object-fit, contain);
  }

  :host([mirrored]) video {
    transform: scaleX(-1);
  }

  /* Messages above controls, at the lower edge. What they leave free of the picture stays the page's to click on. */
  .overlay {
    position: relative;
    z-index: 1;
    align-self: end;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    max-block-size: 100%;
    pointer-events: none;
  }

  .overlay :is(p, vbc-controls),
  .overlay ::slotted(*) {
    pointer-events: auto;
  }

  .messages {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    min-block-size: 0;
    padding: 0.125rem 0.5rem 0.5rem;
    overflow: auto;
  }

  .controls {
    flex: none;
  }

  /* Buttons have to stand out from any picture. */
  :host([controls]) .overlay {
    padding-block-start: 1.5rem;
    background: linear-gradient(transparent, rgb(0 0 0 / 45%));
  }

  .messages p {
    margin: 0.375rem 0 0;
    padding: 0.25rem 0.625rem;
    border-radius: 0.5rem;
    background: var(--vbc-status-background, rgb(17 19 22 / 82%));
    overflow-wrap: anywhere;
  }

  .messages p:empty {
    display: none;
  }

  .messages small {
    display: block;
    opacity: 0.85;
    font-size: 0.8125em;
    font-weight: 400;
  }

  .messages [role] {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
  }

  .messages .error {
    background: var(--vbc-error-background, #8c1d18);
  }

  .messages .warning {
    background: var(--vbc-warning-background, #6b4d00);
  }

  /* Once the picture is there, it needs no caption: read out, then out of sight. */
  .messages .status[data-state='running'] {
    animation: fade 0.4s 2.5s forwards;
  }

  /* What the element coped with must not cover the face for long; why it stopped stays. */
  .messages .warning,
  .messages .error:not([data-state='failed']) {
    animation: fade 0.4s 10s forwards;
  }

  .notes {
    position: absolute;
    inset-inline: 0;
    inset-block-start: 0;
    padding: 0.5rem;
    pointer-events: none;
  }

  .note {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.5rem;
    inline-size: fit-content;
    pointer-events: auto;
    padding: 0.375rem 0.625rem;
    border-radius: 0.5rem;
    background: var(--vbc-status-background, rgb(17 19 22 / 82%));
  }

  .note button {
    min-block-size: 1.75rem;
    margin: 0;
    padding: 0 0.625rem;
    border: 1px solid currentcolor;
    border-radius: 0.5rem;
    background: transparent;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }

  .note button:focus-visible {
    outline: 3px solid #8fe6dd;
    outline-offset: 2px;
  }

  @keyframes fade {
    to {
      opacity: 0;
      visibility: hidden;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .messages :is(.status, .warning, .error) {
      animation-duration: 1ms;
    }
  }
`;
