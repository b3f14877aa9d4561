/** Debian's Janus on this machine, with its video room alone, at a port of its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const START_LIMIT_MS = 20_000;
const READY = 'WebSockets thread started';
export const ROOM = 1234;
/** What Debian's package brings besides; none of it is needed. */
const UNUSED = {
  plugins: ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'],
  transports: ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'],
  loggers: ['jsonlog'],
};

const findJanus = () => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'janus')).find((path) => existsSync(path));

/** For tests that need it: false, or why they are skipped. */
export function isJanusMissing() {
  return findJanus() ? false : 'No Janus found. Install it (Debian: `apt-get install janus`).';
}

async function findFreePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

const disabled = (kind) => `${kind} = { disable = "${UNUSED[kind].map((name) => `libjanus_${name}.so`).join(',')}" }`;

/** Media stays on the loopback interface. */
const configuration = (folder, port) => ({
  'janus.jcfg': `general = { configs_folder = "${folder}" }
nat = { ice_enforce_list = "lo" }
${Object.keys(UNUSED).map(disabled).join('\n')}`,
  'janus.transport.websockets.jcfg': `general = { json = "compact", ws = true, ws_port = ${port}, ws_ip = "127.0.0.1" }
admin = { admin_ws = false }`,
  'janus.plugin.videoroom.jcfg': `room-${ROOM} = { description = "test", publishers = 4, bitrate = 3000000, videocodec = "vp8" }`,
});

/**
 * @returns {Promise<{url: string, processId: number, close: () => Promise<void>}>} `url` of its WebSocket
 * @throws {Error} with what it printed, when it does not start
 */
export async function startJanus() {
  const folder = await mkdtemp(join(tmpdir(), 'janus-'));
  const port = await findFreePort();
  await Promise.all(Object.entries(configuration(folder, port)).map(([name, text]) => writeFile(join(folder, name), text)));
  const child = spawn(findJanus(), ['--configs-folder', folder, '--disable-colors', '--log-stdout'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const close = async () => {
    child.kill('SIGTERM');
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  let printed = '';
  const ready = new Promise((resolve) => {
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text) => {
        // Only the start is of interest; what follows is read and dropped, so that it does not wait for a reader.
        if (printed.includes(READY)) return;
        printed += text;
        if (printed.includes(READY)) resolve(true);
      });
    }
  });
  const limit = new Promise((resolve) => setTimeout(resolve, START_LIMIT_MS, false).unref());
  if (await Promise.race([ready, limit, closed.then(() => false)])) return { url: `ws://127.0.0.1:${port}`, processId: child.pid, close };
  await close();
  throw new Error(`Janus did not start:\n${printed}`);
}
