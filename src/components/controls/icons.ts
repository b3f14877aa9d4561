import { svg, html, type SVGTemplateResult, type TemplateResult } from 'lit';

/** Line drawings on a square of 24, in the colour of the text around them. For eyes only: names stand in labels. */
const icon = (lines: SVGTemplateResult): TemplateResult => html`<svg part="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${lines}</svg>`;

export const cameraIcon = icon(svg`<rect x="2.5" y="6" width="13" height="12" rx="2.5" /><path d="m15.5 10.5 4.6-2.8a.9.9 0 0 1 1.4.8v7a.9.9 0 0 1-1.4.8l-4.6-2.8" />`);
export const cameraOffIcon = icon(svg`<path d="M10 6h3a2.5 2.5 0 0 1 2.5 2.5v2l4.6-2.8a.9.9 0 0 1 1.4.8v7a.9.9 0 0 1-.6.8M15.5 15.5a2.5 2.5 0 0 1-2.5 2.5H5a2.5 2.5 0 0 1-2.5-2.5v-7c0-1 .6-1.9 1.5-2.3M3 3l18 18" />`);
export const screenIcon = icon(svg`<rect x="2.5" y="4.5" width="19" height="12.5" rx="2.5" /><path d="M8.5 20.5h7M12 13.5v-6M9.4 10 12 7.4l2.6 2.6" />`);
export const fileIcon = icon(svg`<rect x="3" y="4.5" width="18" height="15" rx="2.5" /><path d="M10.2 9.2v5.6a.5.5 0 0 0 .8.4l4.2-2.8a.5.5 0 0 0 0-.8L11 8.8a.5.5 0 0 0-.8.4Z" />`);
export const backgroundsIcon = icon(svg`<rect x="3" y="4.5" width="18" height="15" rx="2.5" /><circle cx="8.5" cy="9.5" r="1.6" /><path d="m3.5 17.5 4.8-4.3a1.5 1.5 0 0 1 2 0l2.6 2.3 2.2-2a1.5 1.5 0 0 1 2 0l3.6 3.2" />`);
export const mirrorIcon = icon(svg`<path d="M12 3.5v2M12 9v2M12 14.5v2M12 20v.5M8.5 7.2 3.3 16.3a.8.8 0 0 0 .7 1.2h4.5ZM15.5 7.2l5.2 9.1a.8.8 0 0 1-.7 1.2h-4.5Z" />`);
export const snapshotIcon = icon(svg`<path d="M4.5 7.5h2.4l1.3-2a1.8 1.8 0 0 1 1.5-.8h4.6a1.8 1.8 0 0 1 1.5.8l1.3 2h2.4a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Z" /><circle cx="12" cy="13" r="3.5" />`);
export const settingsIcon = icon(svg`<path d="M3.5 7h9M17.5 7h3M3.5 17h3M11.5 17h9" /><circle cx="15" cy="7" r="2.5" /><circle cx="9" cy="17" r="2.5" />`);
export const closeIcon = icon(svg`<path d="m6.5 6.5 11 11M17.5 6.5l-11 11" />`);
export const chevronIcon = icon(svg`<path d="m7 10 5 5 5-5" />`);
/** Turned by the style of {@link StartButton}. */
export const busyIcon = icon(svg`<circle cx="12" cy="12" r="8.5" opacity="0.3" /><path class="turning" d="M12 3.5a8.5 8.5 0 0 1 8.5 8.5" />`);
