import { basename, resolve, sep } from 'node:path';

/** Folders that servers and bundlers show as the root of a site. */
const ROOTS = ['public', 'static', 'wwwroot', 'htdocs', 'dist', 'www'];

/** Where a folder will be seen on the site: what follows a folder of such a name, else its own name. */
export function guessUrl(folder) {
  const parts = resolve(folder).split(sep);
  const root = Math.max(...ROOTS.map((name) => parts.lastIndexOf(name)));
  const below = root >= 0 ? parts.slice(root + 1) : [basename(resolve(folder))];
  return `/${below.map((part) => `${part}/`).join('')}`;
}

const WORDS = {
  new: 'copied', replaced: 'replaced', unchanged: 'unchanged', different: 'different', missing: 'missing', wrong: 'wrong',
};
const PLANNED = { ...WORDS, new: 'to copy', replaced: 'to replace' };

const DIGESTS = { true: ', SHA-256 known', false: ', SHA-256 of no known copy' };

function line(words, { path, state, bytes, known, reason }) {
  const size = bytes === undefined ? '' : ` (${(bytes / 1024).toFixed(0)} KB${DIGESTS[known] ?? ''})`;
  return `${words[state].padEnd(10)} ${path}${size}${reason ? `: ${reason}` : ''}`;
}

function markup({ layout: { assets, bodyPix, script, workers }, integrity }, base) {
  const attributes = [];
  if (!script && !workers) attributes.push(`asset-base="${assets === '.' ? base : `${base}${assets}/`}"`);
  if (bodyPix) attributes.push(`model-url="${base}${bodyPix}/"`);
  if (integrity) attributes.push(`model-integrity="${integrity}"`);
  const tag = `<virtual-background-camera${attributes.map((attribute) => ` ${attribute}`).join('')}></virtual-background-camera>`;
  const lines = script ? [`<script type="module" src="${base}${script}"></script>`, tag] : [tag];
  return lines.map((text) => `  ${text}`).join('\n');
}

/**
 * Prints what was done.
 *
 * @param {import('./copy-assets.mjs').Result} result
 * @param {{ folder: string, check: boolean, dryRun: boolean, from: string, url?: string }} command
 * @returns {number} exit code
 */
export function report(result, { folder, check, dryRun, from, url }) {
  const { entries, done, planned = [] } = result;
  for (const entry of entries) console.log(line(dryRun || (!done && !check) ? PLANNED : WORDS, entry));
  for (const path of planned) console.log(`${'to fetch'.padEnd(10)} ${path}, and its weights, from ${from}`);
  if (check) {
    const faults = entries.filter(({ state }) => state !== 'unchanged').length;
    if (done) console.log(`\n${folder} has everything, unchanged.`);
    else console.error(`\n${faults} of ${entries.length} are missing or wrong in ${folder}.`);
    return done ? 0 : 1;
  }
  const inTheWay = entries.filter(({ state }) => state === 'different').length;
  if (inTheWay) {
    console.error(`\nNothing was written: ${inTheWay} different ${inTheWay > 1 ? 'files are' : 'file is'} in ${folder} already. Choose another folder, or add --force.`);
    return 1;
  }
  if (dryRun) {
    console.log('\nNothing was written (--dry-run).');
    return 0;
  }
  const base = url === undefined ? guessUrl(folder) : `${url.replace(/\/*$/, '')}/`;
  console.log(`\nIn the page${url === undefined ? ` (if ${folder} is ${base} on your site; --url says otherwise)` : ''}:\n\n${markup(result, base)}\n`);
  return 0;
}
