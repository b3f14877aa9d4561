/**
 * Everything that a page and its workers (and theirs) say, ask for and are forbidden, as the DevTools protocol tells.
 */

const VIOLATION = 'securitypolicyviolation: ';

/** Runs in a page and in each worker, before their own scripts. */
function reportViolations(mark) {
  globalThis.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber, sample }) =>
    console.error(`${mark}${effectiveDirective} ${blockedURI} at ${sourceFile}:${lineNumber} ${sample}`));
}

/** What software GL says of itself; no page can help it. */
const IS_OF_SOFTWARE_GL = /GL Driver Message|Automatic fallback to software WebGL|GPU stall due to ReadPixels/;

/**
 * @param {import('puppeteer-core').Page} page before it goes anywhere
 * @param {{ cores?: number, onWorker?: (session: import('puppeteer-core').CDPSession, url: string) => Promise<void> }} [options]
 *   `cores`: what workers take `navigator.hardwareConcurrency` for; `onWorker` comes before the worker's own script
 * @returns {Promise<{ messages: string[], requests: string[], workers: Map<string, { url: string, session: import('puppeteer-core').CDPSession }> }>}
 *   `messages`: console messages of any level, exceptions that nobody caught, violations; `requests`: addresses;
 *   `workers`: those that live
 */
export async function watchPage(page, { cores, onWorker } = {}) {
  const messages = [];
  const requests = [];
  const workers = new Map();
  const note = (where, text) => {
    if (!IS_OF_SOFTWARE_GL.test(text)) messages.push(`${where}: ${text}`);
  };

  async function listen(session, where) {
    session.on('Runtime.consoleAPICalled', ({ type, args }) => note(where, `${type}: ${args.map(({ value, description }) => value ?? description).join(' ')}`));
    session.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) => note(where, `${text} ${exception?.description ?? ''}`));
    session.on('Log.entryAdded', ({ entry }) => note(where, `${entry.source} ${entry.level}: ${entry.text} ${entry.url ?? ''}`));
    session.on('Network.requestWillBeSent', ({ request }) => requests.push(request.url));
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => void meet(session.connection().session(sessionId), sessionId, targetInfo));
    session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId));
    await Promise.all([session.send('Runtime.enable'), session.send('Log.enable').catch(() => undefined), session.send('Network.enable').catch(() => undefined)]);
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  }

  async function meet(session, sessionId, { type, url }) {
    try {
      if (type === 'worker') {
        workers.set(sessionId, { url, session });
        const prologue = [`(${reportViolations})(${JSON.stringify(VIOLATION)})`];
        if (cores) prologue.push(`Object.defineProperty(navigator, 'hardwareConcurrency', { value: ${cores} })`);
        await session.send('Runtime.evaluate', { expression: prologue.join(';') });
        await onWorker?.(session, url);
        await listen(session, `worker ${new URL(url).pathname}`);
      }
      await session.send('Runtime.runIfWaitingForDebugger');
    } catch {
      // ended already
    }
  }

  await page.evaluateOnNewDocument(reportViolations, VIOLATION);
  await listen(await page.createCDPSession(), 'page');
  return { messages, requests, workers };
}
