/**
 * Writes NOTICE: whose work the package carries, and under which terms. It is made from what the build really put
 * into dist's scripts (the bundler's own list of modules), from the licences of those packages, from
 * src/assets/NOTICE.txt, and from scripts/notice/ for what lies inside of the WASM files.
 *
 *   node scripts/notice.mjs [--check]     --check writes nothing and fails when NOTICE is stale
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED_FILE, buildPackage } from './build.mjs';
import { DIST, ROOT } from './paths.mjs';

const FILE = join(ROOT, 'NOTICE');
const LINE = '-'.repeat(78);
const APACHE = 'Apache-2.0';

/** What is compiled into the WASM files, and with it into the script of their threads: no package tells of it. */
const COMPILED = [
  { title: 'XNNPACK (BSD-3-Clause)', text: 'xnnpack.txt' },
  { title: 'pthreadpool (BSD-2-Clause)', text: 'pthreadpool.txt' },
  { title: 'FXdiv and FP16 (MIT)', text: 'fxdiv-fp16.txt' },
  { title: 'Emscripten (MIT)', text: 'emscripten.txt', scripts: true },
  { title: 'musl (MIT)', text: 'musl.txt' },
];

const tidy = (text) => text.replace(/\r\n?/g, '\n').replace(/[ \t]+$/gm, '').trim();
const section = (title, ...paragraphs) => [LINE, title, '', paragraphs.filter(Boolean).join('\n\n')].join('\n');

/** A block comment at the start of a script, without its stars. */
function headComment(script) {
  const [, comment] = /^\s*(?:["']use strict["'];\s*)?\/\*+!?([\s\S]*?)\*\//.exec(script) ?? [];
  return comment && tidy(comment.replace(/^[ \t]*\* ?/gm, ''));
}

/** The first script of a package that states a copyright. */
async function findStatement(folder) {
  const { main = 'index.js', module: esModule } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const listed = async (place) => (await readdir(join(folder, place)).catch(() => [])).filter((name) => name.endsWith('.js')).sort().map((name) => join(place, name));
  for (const name of [main, esModule, ...(await listed('.')), ...(await listed('dist'))].filter(Boolean)) {
    const comment = headComment(await readFile(join(folder, name), 'utf8').catch(() => ''));
    if (/copyright/i.test(comment ?? '')) return comment;
  }
  return '';
}

/** Lines that say whose work it is. The licence's own text has some with blanks, or without a year. */
const holdersIn = (text) => [...new Set(text.match(/^.*copyright .*\d{4}.*$/gim)?.map((line) => line.trim()))].filter((line) => !/\[yyyy\]/.test(line));

/**
 * A package's licence as it states it itself.
 *
 * @returns {Promise<{ name: string, version: string, license: string, text: string }>} `text`: what must go along
 * @throws {Error} when it states none
 */
async function readPackage(name) {
  const folder = join(ROOT, 'node_modules', name);
  const { version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const statement = file ? tidy(await readFile(join(folder, file), 'utf8')) : await findStatement(folder);
  // The text of that licence is the package's own LICENSE; whose work it is has to be said.
  const holders = holdersIn(statement);
  if (license === APACHE && !holders.length) holders.push(...holdersIn(await findStatement(folder)));
  if (license === APACHE && !holders.length && author) holders.push(`By ${author.name ?? author.replace(/ *[<(].*/, '')}`);
  const text = license === APACHE ? holders.join('\n') : statement;
  if (!license || !text) throw new Error(`${name} ${version} states no ${license ? 'copyright' : 'licence'}: look into it, and into scripts/notice.mjs`);
  return { name, version, license, text };
}

/** Packages of the same holders and terms in one section. */
function sectionsOf(packages) {
  const groups = new Map();
  for (const found of packages) {
    const key = `${found.license}\n${found.text}`;
    groups.set(key, [...(groups.get(key) ?? []), found]);
  }
  return [...groups.values()].map((group) => {
    const [{ license, text }] = group;
    const title = `${group.map(({ name, version }) => `${name} ${version}`).join('\n')}\n(${license})`;
    return section(title, text, license === APACHE && 'Licensed under the Apache License, Version 2.0 (see LICENSE).');
  });
}

async function makeNotice() {
  await buildPackage({ ifStale: true });
  /** Packages by the script that they are in. @type {Record<string, string[]>} */
  const bundled = JSON.parse(await readFile(BUNDLED_FILE, 'utf8'));
  const names = [...new Set(Object.values(bundled).flat())].sort();
  const packages = await Promise.all(names.map(readPackage));
  const wasm = (await readdir(join(DIST, 'assets'))).filter((name) => name.endsWith('.wasm')).sort();
  const compiled = await Promise.all(COMPILED.map(async ({ title, text, scripts }) => {
    const where = scripts ? `In ${wasm.join(', ')}, in the script of their threads, and in the scripts that hold @tensorflow/tfjs-backend-wasm.` : `In ${wasm.join(', ')}.`;
    return section(title, where, tidy(await readFile(join(ROOT, 'scripts/notice', text), 'utf8')));
  }));
  const assets = tidy(await readFile(join(DIST, 'assets/NOTICE.txt'), 'utf8'));
  const scripts = Object.keys(bundled).filter((file) => bundled[file].length).sort();
  return `virtual-background-camera

This package is licensed under the Apache License, Version 2.0 (see LICENSE). It carries the work of others, in
${scripts.map((file) => `dist/${file}`).join(', ').replace(/(.{1,110})(?: |$)/g, '$1\n').trim()}
and in dist/assets/. Their terms follow.

${[...sectionsOf(packages), section('dist/assets/', assets), ...(wasm.length ? compiled : [])].join('\n\n')}
`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const notice = await makeNotice();
  if (!process.argv.includes('--check')) await writeFile(FILE, notice);
  else if ((await readFile(FILE, 'utf8').catch(() => '')) !== notice) {
    console.error('NOTICE is stale: run `npm run notice` and commit it.');
    process.exitCode = 1;
  }
}
