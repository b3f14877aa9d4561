import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';

/** The longest single call into the page; a clip's pictures are taken apart in less. */
const CALL_LIMIT_MS = 300_000;

/**
 * Lines of the console that are no news: MediaPipe's log, which it writes as errors; its telemetry, which the server's
 * policy refuses, so that nothing of a run leaves the machine; and frames that a recorder left in a queue at its end.
 */
const EXPECTED = /Failed to load resource|GL Driver Message|^[IW]\d{4} |INFO: |odml\.pa\.googleapis\.com|because it violates the document's Content Security Policy|garbage collected without being closed/;

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
    page.on('error', (error) => console.error(`${label}: the page crashed: ${error.message}`));
    page.on('pageerror', (error) => console.error(`${label}: ${error.message}`));
    page.on('console', (message) => {
      const own = message.type() === 'error' || (message.type() === 'warn' && message.text().startsWith('vbc-'));
      if (own && !EXPECTED.test(message.text())) console.error(`${label}: ${message.text()}`);
    });
    await page.goto(serverUrl);
    await page.waitForFunction('globalThis.live !== undefined', { timeout: 60_000 });
    return { browser, page };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
