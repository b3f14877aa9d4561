import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { CACHE, ROOT } from '../../scripts/paths.mjs';

/** Everything that the score keeps between runs; may be deleted at any time. */
export const STORE = join(CACHE, 'score');

/** Where a page reads and writes files of {@link STORE}, and writes pictures into results/. */
const ROOMS = { '/score-store': STORE, '/score-results': join(ROOT, 'results') };

/** Vite plugin: GET and PUT of single files below {@link ROOMS}. */
export function storePlugin() {
  return {
    name: 'score-store',
    configureServer({ middlewares }) {
      for (const [address, folder] of Object.entries(ROOMS)) {
        middlewares.use(address, (request, response, next) => {
          const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
          const answer = request.method === 'PUT' ? receive(request, join(folder, path)) : readFile(join(folder, path));
          answer.then(
            (body) => response.end(body),
            // A file that is not there is the page's usual question, and no error of the server.
            (error) => (request.method === 'PUT' ? next(error) : response.writeHead(404).end()),
          );
        });
      }
    },
  };
}

async function receive(request, file) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  await writeWhole(file, Buffer.concat(chunks));
  return '';
}

let parts = 0;

/** Writes beside and renames, so that an interrupted run leaves no half file for the next one to trust. */
export async function writeWhole(file, body) {
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}-${(parts += 1)}.part`;
  await writeFile(part, body);
  await rename(part, file);
}

/** @returns {Promise<any>} null when there is no such file */
export async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Short hash of what is given: values as JSON. */
export function hashOf(...values) {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}

/** Short hash of what files hold; folders stand for everything in them. Missing ones count as missing. */
export async function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await listFiles(path)) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function listFiles(path) {
  const about = await stat(path).catch(() => null);
  if (!about) return [];
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}
