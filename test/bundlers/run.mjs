/**
 * Puts the packed package into a smallest app of each bundler (apps.mjs), and lets a browser show a composited frame of
 * it: of what is built, and from the server for development. Nothing is configured but what docs/bundlers.md says under
 * the bundler's name; its commands and files are taken from that page as they stand there.
 *
 *   npm run bundlers                       all of them; the first time each is installed, into .cache/bundlers
 *   npm run bundlers -- vite-8 webpack     these; those that ran before keep their rows
 *   npm run bundlers -- --write            also puts the table into docs/bundlers.md
 *
 * It ends with 1 when a bundler showed nothing or something else than it should.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { launch } from 'puppeteer-core';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { CACHE, ROOT } from '../../scripts/paths.mjs';
import { replaceSection } from '../../scripts/readme-figures.mjs';
import { launchOptionsOf } from '../../scripts/test-runner/browsers.mjs';
import { composite, TEAL } from '../node/support/composite.mjs';
import { npm, pack, pinned, run } from '../node/support/packed.mjs';
import { serveFolder } from '../node/support/static-server.mjs';
import { APPS } from './apps.mjs';
import { readRecipe } from './recipes.mjs';
import { bundlersSection } from './table.mjs';

const FOLDER = join(CACHE, 'bundlers');
const RESULTS = join(FOLDER, 'results.json');
const PAGE = join(ROOT, 'docs/bundlers.md');
/** What bundlers write and keep; a run starts without. */
const LEFTOVERS = ['dist', '.parcelrc', 'vite.config.js', '.next', '.parcel-cache', '.angular', 'node_modules/.vite', 'node_modules/.cache', 'node_modules/virtual-background-camera'];
/** A first build on a slow machine that has other work. */
const READY_LIMIT_MS = 180_000;
const POLL_MS = 250;

const ENVIRONMENT = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false' };
const environmentOf = (folder) => ({ ...ENVIRONMENT, PATH: [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter) });

async function writeFiles(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Installs the bundler if the cache has another one or none, and the package afresh from its tarball. */
async function prepare(app, folder, recipe, tarball) {
  const dependencies = { ...app.packages, ...(await pinned('lit', 'twgl.js')) };
  const manifest = JSON.stringify({ name: 'app', private: true, dependencies });
  const noted = join(folder, 'node_modules/installed.json');
  if ((await readFile(noted, 'utf8').catch(() => '')) !== manifest) {
    await writeFiles(folder, { 'package.json': manifest });
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
    await writeFile(noted, manifest);
  }
  for (const name of LEFTOVERS) await rm(join(folder, name), { recursive: true, force: true });
  const installed = join(folder, 'node_modules/virtual-background-camera');
  await mkdir(installed);
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], folder);
  const command = join(folder, 'node_modules/.bin/virtual-background-camera');
  await rm(command, { force: true });
  await symlink('../virtual-background-camera/bin/virtual-background-camera.mjs', command);
  await writeFiles(folder, { ...app.files, 'package.json': manifest });
  for (const [path, change] of Object.entries(recipe.files)) {
    const there = await readFile(join(folder, path), 'utf8').catch(() => '');
    await writeFile(join(folder, path), change(there));
  }
}

/** Runs a command line as npm would run it, and waits for its end. */
function runLine(line, folder) {
  return new Promise((done, failed) => {
    const child = spawn(line, { shell: true, cwd: folder, env: environmentOf(folder) });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
    child.on('close', (code) => (code ? failed(new Error(`${line} ended with ${code}:\n${printed}`)) : done(printed)));
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts a server by a command line, and waits until it answers. */
async function startServer(commandOf, folder) {
  const port = await freePort();
  const line = commandOf(port);
  // In a group of its own, which ends together: some of these programs start others.
  const child = spawn(line, { shell: true, cwd: folder, env: environmentOf(folder), detached: true });
  let printed = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  child.on('close', () => (ended = true));
  const close = () => !ended && process.kill(-child.pid);
  const url = `http://127.0.0.1:${port}/`;
  for (const until = Date.now() + READY_LIMIT_MS; ; await new Promise((later) => setTimeout(later, POLL_MS))) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return { url, close };
    if (!ended && Date.now() < until) continue;
    close();
    throw new Error(`${line} does not answer:\n${printed}`);
  }
}

/** Opens the app, and waits for its first composited frame. */
async function watch(browser, url) {
  const page = await browser.newPage();
  const [problems, scripts] = [[], []];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('response', (response) => {
    const request = response.request();
    if (response.status() >= 400 && !request.url().endsWith('/favicon.ico')) problems.push(`${response.status()}: ${request.url()}`);
    if (request.resourceType() === 'script') scripts.push(response.buffer().catch(() => Buffer.alloc(0)));
  });
  try {
    await page.goto(url);
    await page.waitForFunction(() => customElements.get('virtual-background-camera') && document.title === 'function', { timeout: READY_LIMIT_MS });
    const seen = await page.evaluate(composite, TEAL);
    const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    return { ...seen, bytes, problems };
  } catch (error) {
    throw new Error([error.message, ...problems].join('\n'), { cause: error });
  } finally {
    await page.close();
  }
}

function judge({ state, rawFrames, model, warnings, problems }) {
  const wrong = [...problems, ...warnings.filter((code) => code !== 'overloaded')];
  // A busy machine whose masks are late is `interrupted` for a moment.
  if (!['running', 'interrupted'].includes(state)) wrong.push(`state ${state}`);
  if (rawFrames) wrong.push(`${rawFrames} raw frames`);
  if (model !== 'selfie') wrong.push(`model ${model}`);
  return wrong;
}

async function tryMode(browser, mode, app, folder, recipe) {
  let server;
  try {
    if (mode === 'build') {
      await runLine(app.build, folder);
      if (app.page) await writeFiles(join(folder, app.output), app.page);
      for (const line of recipe.commands) await runLine(line, folder);
      server = app.output ? await serveFolder(join(folder, app.output)) : await startServer(app.serve, folder);
    } else {
      server = await startServer(app.dev, folder);
    }
    const seen = await watch(browser, server.url);
    return { host: seen.host, bytes: mode === 'build' ? seen.bytes : null, wrong: judge(seen) };
  } catch (error) {
    return { host: null, bytes: null, wrong: [error.message] };
  } finally {
    server?.close();
  }
}

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.find((key) => !APPS[key]);
if (unknown) throw new Error(`Bundlers are ${Object.keys(APPS).join(', ')}; got '${unknown}'.`);

const recipes = await readFile(PAGE, 'utf8');
const results = existsSync(RESULTS) ? JSON.parse(await readFile(RESULTS, 'utf8')) : {};
const packed = await pack();
const browser = await launch({ ...(await launchOptionsOf('chromium', await ensureCameraClip())), protocolTimeout: READY_LIMIT_MS });
let failed = false;
try {
  for (const key of positionals.length ? positionals : Object.keys(APPS)) {
    const app = APPS[key];
    const folder = join(FOLDER, key);
    const recipe = readRecipe(recipes, app.name);
    await prepare(app, folder, recipe, packed.tarball);
    for (const mode of ['build', ...(app.dev ? ['dev'] : [])]) {
      const { wrong, ...seen } = await tryMode(browser, mode, app, folder, recipe);
      const [version] = Object.values(app.packages);
      results[`${key} ${mode}`] = { bundler: app.name, version, mode, ...seen, works: !wrong.length, recipe: recipe.anchor };
      console.log(`${key} ${mode}: ${wrong.length ? `FAILED\n  ${wrong.join('\n  ')}` : `${seen.host} host`}`);
      failed ||= wrong.length > 0;
    }
  }
} finally {
  await browser.close();
  await packed.remove();
  await writeFiles(FOLDER, { 'results.json': JSON.stringify(results, null, 2) });
}
const rows = Object.keys(APPS).flatMap((key) => ['build', 'dev'].map((mode) => results[`${key} ${mode}`]).filter(Boolean).map((row) => ({ ...row, bundler: APPS[key].name })));
const section = bundlersSection(rows);
console.log(`\n${section}`);
if (values.write) await writeFile(PAGE, replaceSection(recipes, 'bundlers', section));
process.exit(failed ? 1 : 0);
