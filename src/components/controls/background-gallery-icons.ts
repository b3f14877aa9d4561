import { html, svg } from 'lit';

/** A person before a room; CSS makes the room unsharp. */
const scene = svg`
  <g class="room">
    <path class="wall" d="M-8 -8H72V44H-8Z"/>
    <path class="window" d="M4 5H19V21H4Z"/>
    <path class="shelf" d="M44 9H62V11H44ZM44 19H62V21H44Z"/>
    <path class="books" d="M46 3H48V9H46ZM49 4H52V9H49ZM54 13H56V19H54ZM57 14H60V19H57Z"/>
    <path class="plant" d="M7 30C3 24 5 22 8 23C9 18 13 20 11 24C15 23 15 27 11 30Z"/>
  </g>`;
const person = svg`<path class="person" d="M32 8.5a6.2 6.2 0 0 1 6.2 6.4c0 3-1.3 5.2-2.9 6.5v1.7c6.3 1.2 10.7 5 11.7 12.9H17c1-7.9 5.4-11.7 11.7-12.9v-1.7c-1.6-1.3-2.9-3.5-2.9-6.5A6.2 6.2 0 0 1 32 8.5Z"/>`;

export const roomArt = html`<svg class="art drawing" part="thumbnail" viewBox="0 0 64 36" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${scene}${person}</svg>`;

export const checkIcon = html`<svg class="badge" viewBox="0 0 24 24" aria-hidden="true"><path d="m6.5 12.5 3.7 3.7 7.3-8"/></svg>`;
export const addIcon = html`<svg class="plus" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg>`;
export const removeIcon = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m7 7 10 10M17 7 7 17"/></svg>`;
