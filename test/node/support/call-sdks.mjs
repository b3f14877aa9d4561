import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE, ROOT } from '../../../scripts/paths.mjs';
import { npm } from './packed.mjs';

const SOURCE = join(ROOT, 'test/call-sdks');
const FOLDER = join(CACHE, 'call-sdks');

/**
 * Installs the SDKs that docs/call-sdks.md is about as their lock file has them, unless they are there.
 *
 * @returns {Promise<string>} the folder with their `node_modules`
 */
export async function installCallSdks() {
  const read = (...path) => readFile(join(...path), 'utf8').catch(() => '');
  // npm leaves this file when it is done.
  const isInstalled = await read(FOLDER, 'node_modules/.package-lock.json');
  if (isInstalled && (await read(FOLDER, 'package-lock.json')) === (await read(SOURCE, 'package-lock.json'))) return FOLDER;
  await mkdir(FOLDER, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(SOURCE, name), join(FOLDER, name));
  await npm(['ci', '--no-audit', '--no-fund', '--ignore-scripts'], FOLDER);
  return FOLDER;
}
