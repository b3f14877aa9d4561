import { css } from 'lit';

export const progressStyles = css`
  :host {
    display: block;
  }

  .progress {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 0.25rem var(--_gap);
    padding: 0.5rem 0.75rem;
    border-radius: var(--_radius);
    background: var(--_surface);
  }

  .label {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 0.75rem;
  }

  .bytes {
    color: var(--_quiet);
    font-variant-numeric: tabular-nums;
  }

  button {
    grid-column: 2;
    grid-row: 1 / span 2;
  }

  [role='progressbar'] {
    block-size: 0.375rem;
    overflow: hidden;
    border-radius: 1rem;
    background: var(--_background);
  }

  .fill {
    block-size: 100%;
    border-radius: inherit;
    background: var(--_accent);
    transition: inline-size 0.15s linear;
  }

  .indeterminate .fill {
    inline-size: 40%;
    animation: sweep 1.4s ease-in-out infinite alternate;
  }

  @keyframes sweep {
    from {
      margin-inline-start: 0;
    }

    to {
      margin-inline-start: 60%;
    }
  }

  /* Something is going on, though nothing moves: the whole bar, half as strong. */
  @media (prefers-reduced-motion: reduce) {
    .indeterminate .fill {
      inline-size: 100%;
      margin: 0;
      animation: none !important;
      opacity: 0.5;
    }
  }

  @media (forced-colors: active) {
    [role='progressbar'] {
      border: 1px solid CanvasText;
    }

    .fill {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
