/**
 * Prepares a release, and publishes nothing: it prints the commands that do.
 *
 *   npm run release -- minor        or patch, major, or a version: a commit and a tag of that version, and its tarball
 *   npm run release -- --pack       the tarball alone, of the version that is there: what the workflow publishes
 *
 * The README's links lead into the repository at the version's tag, in the tarball alone: the page of a registry shows
 * nothing else of the package.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CACHE, ROOT } from './paths.mjs';

const USAGE = 'npm run release -- patch|minor|major|<version>, or --pack';
const FIELDS = ['homepage', 'bugs', 'repository'];
const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;
const TARBALLS = join(CACHE, 'release');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const read = (name) => readFileSync(join(ROOT, name), 'utf8');
const write = (name, text) => writeFileSync(join(ROOT, name), text);
const git = (...words) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();

/** @param {string} version that is there @param {string} wanted what the command line says @returns {string} */
export function nextVersion(version, wanted) {
  if (VERSION.test(wanted)) return wanted;
  const place = ['major', 'minor', 'patch'].indexOf(wanted);
  if (place < 0) throw new Error(`A release is patch, minor, major or a version such as 1.2.3; got '${wanted}'`);
  const numbers = VERSION.exec(version).slice(1).map(Number);
  return numbers.map((number, index) => (index < place ? number : index === place ? number + 1 : 0)).join('.');
}

/**
 * Where the sources can be read.
 *
 * @param {object} manifest package.json
 * @returns {string} such as `https://github.com/owner/name`
 * @throws {Error} naming the fields that package.json lacks
 */
export function repositoryAddress(manifest) {
  const missing = FIELDS.filter((name) => !manifest[name]);
  if (missing.length) {
    throw new Error(
      `package.json has no ${missing.join(', ')}. A registry shows them beside the package: set "repository" to ` +
        '{ "type": "git", "url": "git+https://github.com/<owner>/<name>.git" }, "homepage" to its #readme, and "bugs" to its /issues.',
    );
  }
  const url = manifest.repository.url ?? manifest.repository;
  const [, address] = /^(?:git\+)?(https:\/\/github\.com\/[\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url) ?? [];
  if (!address) throw new Error(`"repository" of package.json must be git+https://github.com/<owner>/<name>.git; got '${url}'`);
  return address;
}

/** Puts what is under "Unreleased" under a heading of its own. */
export function datedChangelog(text, version, date) {
  const [, before, entries, rest] = /^([^]*?^## \[Unreleased\]\n)([^]*?)(^## [^]*)?$(?![^])/m.exec(text) ?? [];
  if (!entries?.includes('\n- ')) throw new Error('CHANGELOG.md has nothing under "## [Unreleased]": there is nothing to release');
  return `${before}\n## [${version}] - ${date}\n${entries}${rest ?? ''}`;
}

/** The README for readers who have nothing else: its links and pictures lead into the repository. */
export function absoluteLinks(text, address, tag) {
  return text.replace(/(!?)(\[(?:[^\]]*)\])\((?![a-z]+:|#)([^)\s]+)\)/g, (_all, picture, label, path) => `${picture}${label}(${address}/${picture ? 'raw' : 'blob'}/${tag}/${path})`);
}

/** @returns {string} the tarball */
function pack({ version, address }) {
  const readme = read('README.md');
  mkdirSync(TARBALLS, { recursive: true });
  try {
    write('README.md', absoluteLinks(readme, address, `v${version}`));
    execFileSync(NPM, ['pack', '--pack-destination', TARBALLS], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    write('README.md', readme);
  }
  return join(TARBALLS, `virtual-background-camera-${version}.tgz`);
}

const setVersion = (text, from, to) => text.replaceAll(`"version": "${from}"`, (found, at) => (isOwnVersion(text, at) ? `"version": "${to}"` : found));

/** The package's own version comes right behind its name, in package.json and twice in the lock file. */
const isOwnVersion = (text, at) => /"name": "virtual-background-camera",\s*$/.test(text.slice(0, at));

function prepare(manifest, version) {
  if (git('status', '--porcelain')) throw new Error('There are changes that are not committed: a release is made of what is in git');
  if (git('tag', '--list', `v${version}`)) throw new Error(`There is a tag v${version} already`);
  const files = ['CHANGELOG.md', 'package.json', 'package-lock.json'];
  const before = files.map(read);
  try {
    write('CHANGELOG.md', datedChangelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10)));
    for (const name of files.slice(1)) write(name, setVersion(read(name), manifest.version, version));
    const tarball = pack({ version, address: repositoryAddress(manifest) });
    git('commit', '--quiet', '--message', `Version ${version}`, ...files);
    git('tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
    return tarball;
  } catch (error) {
    files.forEach((name, index) => write(name, before[index]));
    throw error;
  }
}

function main(words) {
  const { values, positionals } = parseArgs({ args: words, options: { pack: { type: 'boolean' } }, allowPositionals: true });
  if (positionals.length !== (values.pack ? 0 : 1)) throw new Error(USAGE);
  const manifest = JSON.parse(read('package.json'));
  const address = repositoryAddress(manifest);
  if (values.pack) {
    console.log(pack({ version: manifest.version, address }));
    return;
  }
  const version = nextVersion(manifest.version, positionals[0]);
  const tarball = prepare(manifest, version);
  console.log(`Version ${version} is committed and tagged here, and packed. To publish it:

  git push --follow-tags
  npm publish ${tarball} --provenance --access public

The workflow "release" does the second when the tag arrives. Only there can npm attest where a package was built.`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(`release: ${error.message}`);
    process.exitCode = 1;
  }
}
