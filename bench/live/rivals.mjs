import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../scripts/paths.mjs';
import { readJson } from '../score/store.mjs';
import { addMetadata } from './tflite-metadata.mjs';

const FOLDER = join(ROOT, 'bench/rivals');
export const RIVALS = join(FOLDER, 'node_modules');
const TASKS_VISION = '@mediapipe/tasks-vision';

/** Installs what the element is measured against, unless it is there as the lock file has it. */
export async function ensureRivals() {
  const wanted = await readJson(join(FOLDER, 'package.json'));
  const installed = await readJson(join(RIVALS, TASKS_VISION, 'package.json'));
  if (installed?.version === wanted.dependencies[TASKS_VISION]) return;
  console.log(`Installing ${TASKS_VISION} ${wanted.dependencies[TASKS_VISION]} into bench/rivals ...`);
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, shell: process.platform === 'win32' });
}

/** @returns {Promise<Uint8Array>} the element's own landscape model, in the form that tasks-vision takes */
export async function readRivalModel() {
  const file = createRequire(import.meta.url).resolve('@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite');
  return addMetadata(new Uint8Array(await readFile(file)));
}
