/** The packed package, installed into apps as a user would. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from '../../../scripts/build.mjs';
import { ROOT } from '../../../scripts/paths.mjs';

const TIME_LIMIT_MS = 300_000;

/** @returns {Promise<string>} what it printed; rejects with all of it when it fails */
export function run(program, words, cwd) {
  return new Promise((done, failed) => {
    execFile(program, words, { cwd, timeout: TIME_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      if (error) failed(new Error(`${program} ${words.join(' ')}: ${error.message}\n${out}\n${err}`));
      else done(out);
    });
  });
}

export const npm = (words, cwd) => run(process.platform === 'win32' ? 'npm.cmd' : 'npm', words, cwd);

/**
 * Packs the package into a new folder.
 *
 * @returns {Promise<{ folder: string, tarball: string, files: string[], remove: () => Promise<void> }>}
 */
export async function pack() {
  await buildPackage({ ifStale: true });
  const folder = await mkdtemp(join(tmpdir(), 'vbc-pack-'));
  // The build is here already; `prepack` would make it again.
  const [{ filename, files }] = JSON.parse(await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT));
  return { folder, tarball: join(folder, filename), files: files.map(({ path }) => path).sort(), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Why nothing can be installed, or false. */
export async function whyNoRegistry() {
  try {
    await npm(['ping', '--fetch-retries=0', '--fetch-timeout=20000'], ROOT);
    return false;
  } catch {
    return 'no npm registry answers';
  }
}

/** The version of a package that the project itself is pinned to. */
export async function pinned(...names) {
  const { devDependencies, dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return Object.fromEntries(names.map((name) => [name, devDependencies[name] ?? dependencies[name]]));
}

/**
 * An app in a folder of its own, with packages installed.
 *
 * @param {string} folder
 * @param {Record<string, string>} files by path
 * @param {Record<string, string>} dependencies
 */
export async function createApp(folder, files, dependencies) {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'app', private: true, type: 'module', dependencies };
  for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], folder);
}
