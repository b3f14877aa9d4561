import { spawn } from 'node:child_process';

const START_LIMIT_MS = 30_000;
const ENDING = ['SIGTERM', 'SIGHUP'];

/** Whether a browser with a window has a screen to show it on. Only X11 and Wayland ask for an address. */
export const hasDisplay = (env = process.env) => process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

/** Reads the line that Xvfb writes to its third pipe once it takes clients: the number of its display. */
function readNumber(server) {
  return new Promise((resolve, reject) => {
    const fail = (error) => reject(new Error(`The virtual display did not start: ${error}. Debian: \`apt-get install xvfb\`.`));
    const timer = setTimeout(() => fail(`nothing heard in ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    server.once('error', (error) => fail(error.message));
    server.once('exit', (status) => fail(`Xvfb ended with ${status}`));
    let text = '';
    server.stdio[3].on('data', (part) => {
      text += part;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      server.removeAllListeners('exit');
      resolve(text.trim());
    });
  });
}

/**
 * A virtual screen (Xvfb) of our own. The server picks a free number, so that several can run at once, and ends
 * with this process at the latest.
 *
 * @returns {Promise<{display: string, stop(): void}>} `display`: value for the environment variable DISPLAY
 * @throws {Error} that says what to install, where Xvfb is missing or doesn't start
 */
export async function startDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const handleSignal = (signal) => {
    stop();
    process.kill(process.pid, signal);
  };
  const stop = () => {
    process.off('exit', stop);
    for (const signal of ENDING) process.off(signal, handleSignal);
    server.kill();
  };
  process.on('exit', stop);
  // A process that a signal ends has no `exit`.
  for (const signal of ENDING) process.on(signal, handleSignal);
  try {
    const number = await readNumber(server);
    server.unref();
    server.stdio[3].destroy();
    return { display: `:${number}`, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/**
 * Makes sure of a screen for the browsers that this process starts: DISPLAY is set where there is none.
 *
 * @returns {Promise<() => void>} ends what was started
 */
export async function ensureDisplay() {
  if (hasDisplay()) return () => undefined;
  const { display, stop } = await startDisplay();
  process.env.DISPLAY = display;
  return () => {
    delete process.env.DISPLAY;
    stop();
  };
}
