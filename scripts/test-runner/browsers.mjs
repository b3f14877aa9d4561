import { chromeLauncher } from '@web/test-runner-chrome';
import { baseBrowserFlags, findBrowser, findFirefox } from '../find-browser.mjs';
import { ensureDisplay } from './display.mjs';

/** A slow machine decodes, compiles and draws at once; the driver's own limit is 30 seconds. */
const PROTOCOL_LIMIT_MS = 120_000;

const FIREFOX_PREFERENCES = {
  // A drawn camera, and no question whether the page may have it.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Two connections on one machine without a network between.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Nothing of its own while tests run.
  'media.gmp-manager.updateEnabled': false,
  'browser.tabs.unloadOnLowMemory': false,
  'dom.ipc.processPriorityManager.enabled': false,
  // The runner's window may lie under another one: tests of a hidden page bring their own.
  'widget.windows.window_occlusion_tracking.enabled': false,
};

/** Chromium with a camera that plays a clip. */
function chromiumOptions(camera) {
  return {
    executablePath: findBrowser(),
    headless: true,
    args: [
      ...baseBrowserFlags(),
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${camera.file}`,
      '--allow-loopback-in-peer-connection',
      '--enable-precise-memory-info',
      '--js-flags=--expose-gc',
    ],
  };
}

/** Firefox with its own drawn camera. It has a window, since it has no WebGL without one. */
async function firefoxOptions() {
  const executablePath = findFirefox();
  await ensureDisplay();
  return { browser: 'firefox', executablePath, headless: false, extraPrefsFirefox: FIREFOX_PREFERENCES, protocolTimeout: PROTOCOL_LIMIT_MS };
}

const OPTIONS = { chromium: chromiumOptions, firefox: firefoxOptions };

/**
 * What puppeteer starts a browser with.
 *
 * @param {string} name `chromium` or `firefox`
 * @param {{file: string}} camera the clip of Chromium's camera
 */
export async function launchOptionsOf(name, camera) {
  const options = OPTIONS[name];
  if (!options) throw new Error(`TEST_BROWSER must be ${Object.keys(OPTIONS).join(' or ')}; got '${name}'`);
  return options(camera);
}

/**
 * The browser that the tests run in.
 *
 * @param {string} name `chromium` or `firefox`
 * @param {{file: string}} camera the clip of Chromium's camera
 * @returns `version` gives name and version once the browser runs
 */
export async function testBrowser(name, camera) {
  let version = name;
  const launcher = chromeLauncher({
    launchOptions: await launchOptionsOf(name, camera),
    createBrowserContext: async ({ browser }) => {
      version = await browser.version();
      return browser.defaultBrowserContext();
    },
  });
  return { launcher, version: () => version };
}
