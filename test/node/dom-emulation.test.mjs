import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createApp, pack, pinned, run, whyNoRegistry } from './support/packed.mjs';

/** What apps run their own unit tests in. */
const EMULATIONS = { jsdom: '26.1.0', 'happy-dom': '21.0.4' };

/** Mounts the element as an app's test would, and prints what came of it as JSON. */
const MOUNT = `
const kind = process.argv[2];
const problems = [];
process.on('unhandledRejection', (error) => problems.push('unhandled rejection: ' + (error?.stack ?? error)));
process.on('uncaughtException', (error) => problems.push('uncaught: ' + error.stack));
const open = {
  async jsdom() {
    const { JSDOM, VirtualConsole } = await import('jsdom');
    const virtualConsole = new VirtualConsole();
    // That it has no canvas and plays nothing it says itself.
    virtualConsole.on('jsdomError', (error) => { if (error.type !== 'not implemented') problems.push('jsdom: ' + (error.detail?.stack ?? error.stack)); });
    return new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/', pretendToBeVisual: true, virtualConsole }).window;
  },
  async 'happy-dom'() {
    const { Window } = await import('happy-dom');
    return new Window({ url: 'http://localhost/' });
  },
};
const window = await open[kind]();
globalThis.window = window;
for (const key of Object.getOwnPropertyNames(window)) if (!(key in globalThis)) globalThis[key] = window[key];
for (const key of ['document', 'HTMLElement', 'customElements', 'CustomEvent', 'Event', 'EventTarget', 'MutationObserver', 'navigator']) {
  Object.defineProperty(globalThis, key, { value: window[key], configurable: true, writable: true });
}
await import('virtual-background-camera/define');
await window.customElements.whenDefined('vbc-controls');
document.body.innerHTML = '<virtual-background-camera background="blur" controls></virtual-background-camera>';
const camera = document.querySelector('virtual-background-camera');
await camera.updateComplete;
await new Promise((resolve) => setTimeout(resolve, 200));
const bar = camera.shadowRoot.querySelector('vbc-controls')?.shadowRoot.childElementCount > 0;
const codes = [];
for (const background of ['blur', 'teal', 'none']) {
  camera.background = background;
  codes.push(await camera.start().then(() => 'started', (error) => error.code));
}
codes.push(await (await import('virtual-background-camera')).createVirtualBackground('camera').then(() => 'started', (error) => error.code));
camera.stop();
camera.remove();
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(JSON.stringify({ bar, codes, background: camera.background, problems }));
process.exit(0);
`;

describe('the package where an app tests itself', async () => {
  const skip = await whyNoRegistry();
  let packed;
  let folder;

  before(async () => {
    if (skip) return;
    packed = await pack();
    folder = join(packed.folder, 'app');
    await createApp(folder, { 'mount.mjs': MOUNT }, { ...EMULATIONS, ...(await pinned('lit')), 'virtual-background-camera': `file:${packed.tarball}` });
  });
  after(() => packed?.remove());

  for (const name of Object.keys(EMULATIONS)) {
    it(`should mount in ${name}, and say in its own words why nothing can be started there`, { skip }, async () => {
      const { bar, codes, background, problems } = JSON.parse((await run(process.execPath, ['mount.mjs', name], folder)).trim().split('\n').at(-1));
      assert.deepEqual(problems, []);
      assert.equal(bar, true, 'the bar of controls');
      assert.equal(background, 'none');
      for (const code of codes) assert.match(code, /^(webgl2-unavailable|output-unsupported|insecure-context|camera-not-found)$/);
    });
  }
});
