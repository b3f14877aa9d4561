/** A page with the element under the strictest content security policy that it can live with, and a run through it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/paths.mjs';

/** Lit's policy makes templates of its own constant strings; ours vouches for the package's own worker scripts. */
const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types lit-html virtual-background-camera";
export const policy = (script, trustedTypes = TRUSTED_TYPES) =>
  `default-src 'none'; script-src ${script}; worker-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; style-src 'self'; ${trustedTypes}; report-uri /csp-report`;
export const STRICT = policy("'self' 'wasm-unsafe-eval'");
export const WITHOUT_WASM = policy("'self'");

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="#00c000"/></svg>';
export const BACKGROUNDS = ['teal', '/picture.png', '/picture.svg', '/movie.webm', 'scene:studio', 'bokeh', 'teal', 'blur'];

export const elementPage = (script, attributes) => `<!doctype html><html lang="en"><title>policy</title><link rel="icon" href="/picture.svg"><link rel="stylesheet" href="/page.css">
<virtual-background-camera id="camera" width="320" height="180" quality="low" background="teal" ${attributes}></virtual-background-camera>
<vbc-controls for="camera"></vbc-controls>
<script type="module" src="${script}"></script>`;

export const VIOLATIONS_PAGE = '<!doctype html><title>violations</title><link rel="icon" href="/picture.svg">';

/** Runs in {@link VIOLATIONS_PAGE}: three, of which a worker makes one. */
export function violate() {
  try {
    document.body.innerHTML = '<p>text</p>';
  } catch {
    // by Trusted Types
  }
  document.body.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }));
  globalThis.worker = new Worker(trustedTypes.createPolicy('virtual-background-camera', { createScriptURL: (url) => url }).createScriptURL('/forbidden.worker.js'));
}

/**
 * What lies on the page's server besides pages and scripts.
 *
 * @param {string} path
 * @param {Uint8Array} movie
 */
export async function fileOfPages(path, movie) {
  if (path === '/picture.svg') return SVG;
  if (path === '/page.css') return 'virtual-background-camera { inline-size: 320px; }';
  if (path === '/picture.png') return readFile(join(ROOT, 'test/segmentation/reference/landscape.png'));
  if (path === '/movie.webm') return movie;
  if (path === '/forbidden.worker.js') return "fetch('http://other.invalid/').catch(() => undefined);";
  return null;
}

/**
 * Runs in the page: starts, and changes the background until each was seen in the corner of the preview.
 *
 * @returns what was seen, and how many of the frames were composited
 */
export async function runThrough(backgrounds) {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  const problems = [];
  for (const type of ['vbc-warning', 'vbc-error']) {
    element.addEventListener(type, ({ detail }) => {
      // How fast the machine is, is no matter here.
      if (detail.code !== 'overloaded') problems.push(`${detail.code}: ${detail.message}`);
    });
  }
  const until = async (what, isSo) => {
    for (let wait = 0; wait < 1200; wait += 1) {
      if (isSo()) return;
      if (problems.length) throw new Error(problems.join('; '));
      await new Promise((later) => setTimeout(later, 50));
    }
    throw new Error(`Waited a minute for ${what}, in the state '${element.state}'`);
  };
  element.start().catch(() => undefined);
  await until('the start', () => element.state === 'running');
  await until('BodyPix', () => element.model !== 'body-pix' || element.stats.model === 'body-pix');
  const preview = element.shadowRoot.querySelector('video');
  const context = Object.assign(document.createElement('canvas'), { width: 32, height: 18 }).getContext('2d', { willReadFrequently: true });
  const corner = () => {
    context.drawImage(preview, 0, 0, 32, 18);
    return [...context.getImageData(1, 1, 1, 1).data.subarray(0, 3)];
  };
  const composited = () => element.stats.outputFrames - element.stats.curtainFrames;
  await until('a picture', () => preview.readyState >= 2 && composited() > 0);
  const shown = [];
  for (const background of backgrounds) {
    const [before, frames] = [corner(), composited()];
    const isNew = background !== element.background;
    element.background = background;
    await until(`background ${background}`, () => composited() > frames + 2 && (!isNew || corner().some((value, channel) => Math.abs(value - before[channel]) > 6)));
    shown.push(background);
  }
  const { stats } = element;
  // Masks may be late on a machine that has other things to do.
  const state = element.state === 'interrupted' ? 'running' : element.state;
  const controls = document.querySelector('vbc-controls');
  const controlsDrawn = customElements.get('vbc-controls') ? controls.shadowRoot?.childElementCount > 0 : null;
  element.stop();
  return { state, shown, controlsDrawn, problems, host: stats.host, backend: stats.backend, model: stats.model, rawFrames: stats.rawFrames };
}
