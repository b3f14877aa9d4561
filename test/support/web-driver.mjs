import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 30_000;
const SCRIPT_LIMIT_MS = 150_000;

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** One command of the W3C WebDriver protocol. */
async function send(base, method, path, body) {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/**
 * A browser behind a WebDriver program of its own, for browsers that puppeteer doesn't know.
 *
 * @param {{driver: string, capabilities: object}} options `driver`: path of the program; `capabilities`: what the
 *   session must have
 * @returns `capabilities` as the driver tells them; `open(url)`; `run(code, argument)` runs the body of an async
 *   function in the page, which sees `argument`; `close()` ends browser and driver
 */
export async function startWebDriver({ driver, capabilities }) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const program = spawn(driver, [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore' });
  program.on('error', () => undefined);
  const kill = () => program.kill();
  process.on('exit', kill);
  let session = '';
  const close = async () => {
    if (session) await send(base, 'DELETE', session).catch(() => undefined);
    process.off('exit', kill);
    kill();
  };
  try {
    const end = performance.now() + START_LIMIT_MS;
    while (!(await send(base, 'GET', '/status').catch(() => null))) {
      if (performance.now() > end) throw new Error(`${driver} does not answer`);
      await sleep(100);
    }
    const opened = await send(base, 'POST', '/session', { capabilities: { alwaysMatch: capabilities } });
    session = `/session/${opened.sessionId}`;
    await send(base, 'POST', `${session}/timeouts`, { script: SCRIPT_LIMIT_MS });
    return {
      capabilities: opened.capabilities,
      open: (url) => send(base, 'POST', `${session}/url`, { url }),
      async run(code, argument = null) {
        const script = `const done = arguments[1];
          (async (argument) => { ${code} })(arguments[0]).then((value) => done({ value }), (error) => done({ error: String(error) + ' ' + (error && error.stack) }));`;
        const { value, error } = await send(base, 'POST', `${session}/execute/async`, { script, args: [argument] });
        if (error) throw new Error(error);
        return value;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
