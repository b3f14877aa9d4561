import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
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

  .messages {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 0;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 0.375rem;
    padding: 0.5rem;
    max-block-size: 100%;
    box-sizing: border-box;
    overflow: auto;
  }

  .messages p {
    margin: 0;
    padding: 0.25rem 0.625rem;
    border-radius: 0.5rem;
    background: var(--vbc-status-background, rgb(17 19 22 / 82%));
    overflow-wrap: anywhere;
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
