import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';

/** The longest single call into the page; a clip's pictures are taken apart in less. */
const CALL_LIMIT_MS = 300_000;

/**
 * A browser with the live page in it.
 *
 * @param {string} [cameraFile] what its camera plays
 */
export async function openLivePage(serverUrl, cameraFile, label = 'page') {
  const browser = await launch({
    executablePath: findBrowser(),
    headless: true,
    protocolTimeout: CALL_LIMIT_MS,
    args: [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', ...(cameraFile ? [`--use-file-for-fake-video-capture=${cameraFile}`] : [])],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`${label}: ${error.message}`));
    page.on('console', (message) => {
      // MediaPipe and the GPU process write every line of their logs as warnings.
      const own = message.type() === 'error' || (message.type() === 'warn' && message.text().startsWith('vbc-'));
      if (own && !/Failed to load resource|GL Driver Message|^[IW]\d{4} |INFO: /.test(message.text())) console.error(`${label}: ${message.text()}`);
    });
    await page.goto(serverUrl);
    await page.waitForFunction('globalThis.live !== undefined', { timeout: 60_000 });
    return { browser, page };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
