import { css } from 'lit';

export const galleryStyles = css`
  :host {
    --_tile: var(--vbc-gallery-tile-size, 6rem);
    --_tile-radius: var(--vbc-gallery-tile-radius, 0.625rem);
    display: block;
    position: relative;
    min-inline-size: 0;
  }

  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(var(--_tile), 100%), 1fr));
    gap: var(--vbc-gallery-gap, 0.75rem 0.625rem);
  }

  /* Its tiles and the one for adding share the grid. */
  .choices {
    display: contents;
  }

  .tile {
    position: relative;
    display: flex;
    min-inline-size: 0;
  }

  .choice,
  .add {
    flex: 1;
    flex-direction: column;
    align-items: stretch;
    justify-content: flex-start;
    gap: 0.375rem;
    min-inline-size: 0;
    padding: 0;
    border: 0;
    border-radius: var(--_tile-radius);
    background: none;
    text-align: center;
  }

  @media (hover: hover) {
    :is(.choice, .add):not(:disabled):hover {
      background: none;
    }

    :is(.choice, .add):hover .frame {
      border-color: var(--_color);
    }
  }

  .frame {
    position: relative;
    display: block;
    inline-size: 100%;
    aspect-ratio: var(--vbc-gallery-tile-ratio, 16 / 9);
    overflow: hidden;
    border: 1px solid color-mix(in srgb, var(--_border) 55%, transparent);
    border-radius: var(--_tile-radius);
    background: var(--_background);
    transition: border-color 0.15s;
  }

  .art {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    opacity: 1;
    transition: opacity 0.25s;
  }

  canvas.art:not([data-drawn]),
  img.art[data-failed] {
    opacity: 0;
  }

  /* Shines until its picture is drawn. */
  .frame:has(canvas:not([data-drawn], [data-failed]))::before {
    content: '';
    position: absolute;
    inset: 0;
    background: linear-gradient(100deg, transparent 30%, color-mix(in srgb, var(--_surface) 70%, transparent) 50%, transparent 70%) 0 0 / 300% 100%;
    animation: shimmer 1.4s linear infinite;
  }

  @keyframes shimmer {
    from {
      background-position: 100% 0;
    }

    to {
      background-position: 0 0;
    }
  }

  .label {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    font-size: 0.8125rem;
    line-height: 1.25;
    color: var(--_quiet);
    overflow-wrap: anywhere;
  }

  .choice[aria-checked='true'] .label {
    color: var(--_color);
    font-weight: 650;
  }

  /* Lies over the picture, so that no picture hides it. */
  .choice[aria-checked='true'] .frame::after {
    content: '';
    position: absolute;
    inset: -1px;
    border: 3px solid var(--_accent);
    border-radius: inherit;
    box-shadow: inset 0 0 0 1.5px var(--_surface);
  }

  .badge {
    position: absolute;
    z-index: 1;
    inset-block-end: 0.375rem;
    inset-inline-end: 0.375rem;
    padding: 0.125rem;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    stroke-width: 2.75;
  }

  .spinner {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    background: color-mix(in srgb, var(--_surface) 55%, transparent);
  }

  .spinner::before {
    content: '';
    inline-size: 1.5rem;
    aspect-ratio: 1;
    border: 3px solid var(--_accent);
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }

  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  .drawing {
    inline-size: 100%;
    block-size: 100%;
    stroke: none;
  }

  .drawing .wall {
    fill: light-dark(#dfe3e0, #46504e);
  }

  .drawing .window {
    fill: light-dark(#a9cfe6, #7fb0cb);
  }

  .drawing .shelf {
    fill: light-dark(#b98f66, #a37a52);
  }

  .drawing .books {
    fill: light-dark(#bf6a52, #c47a62);
  }

  .drawing .plant {
    fill: light-dark(#5f9a6c, #6fae7d);
  }

  .drawing .person {
    fill: light-dark(#4b5b59, #d5dfdc);
  }

  [data-blur='light'] .room {
    filter: blur(1.1px);
  }

  [data-blur='strong'] .room {
    filter: blur(3.4px);
  }

  .remove {
    position: absolute;
    z-index: 2;
    inset-block-start: 0.25rem;
    inset-inline-end: 0.25rem;
    min-inline-size: 1.5rem;
    min-block-size: 1.5rem;
    padding: 0;
    border-radius: 50%;
    background: var(--_surface);
    color: var(--_color);
    box-shadow: 0 0 0 1px color-mix(in srgb, var(--_border) 60%, transparent);
  }

  @media (hover: hover) {
    .remove:not(:disabled):hover {
      background: var(--_danger);
      color: var(--_on-danger);
    }
  }

  .remove svg {
    inline-size: 1rem;
    block-size: 1rem;
    stroke-width: 2.25;
  }

  .add .frame {
    display: grid;
    place-items: center;
    border: 1.5px dashed var(--_border);
    background: none;
    color: var(--_quiet);
  }

  .add .label {
    color: var(--_color);
  }

  .plus {
    inline-size: 1.5rem;
    block-size: 1.5rem;
  }

  .error {
    margin: 0.625rem 0 0;
    padding: 0.5rem 0.75rem;
    border-radius: 0.25rem;
    background: color-mix(in srgb, var(--_danger) 12%, var(--_surface));
    color: var(--_color);
    border-inline-start: 3px solid var(--_danger);
    overflow-wrap: anywhere;
  }

  .drop {
    position: absolute;
    z-index: 3;
    inset: -0.25rem;
    display: grid;
    place-items: center;
    padding: 0.75rem;
    border: 2px dashed var(--_accent);
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_surface) 88%, transparent);
    font-size: 0.9375rem;
    font-weight: 600;
    text-align: center;
    pointer-events: none;
  }

  /* What is only read out: everybody else sees it at the tiles. */
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (forced-colors: active) {
    .frame {
      border-color: ButtonBorder;
    }

    .choice[aria-checked='true'] .frame::after {
      border-color: Highlight;
    }

    .badge,
    .drawing {
      forced-color-adjust: none;
    }

    .badge {
      background: Highlight;
      color: HighlightText;
    }

    .label,
    .add .label {
      color: ButtonText;
    }

    .remove {
      border-color: ButtonBorder;
    }

    .spinner::before {
      border-color: ButtonText;
      border-inline-end-color: transparent;
    }
  }
`;
