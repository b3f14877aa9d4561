import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { BUNDLED_FILE, buildPackage } from '../../scripts/build.mjs';
import { ROOT } from '../../scripts/paths.mjs';

/** Terms under which an app may ship what it installs with this package. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** True for `MIT`, `(MIT OR GPL-2.0)`, `MIT AND ISC`; a choice needs one allowed licence, a sum all of them. */
function isAllowed(expression) {
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  if (/\bOR\b/.test(inner)) return inner.split(/\s+OR\s+/).some(isAllowed);
  return inner.split(/\s+AND\s+/).every((name) => ALLOWED.has(name.trim()));
}

describe('the licences of what an app installs, bundled packages included', () => {
  let packages;

  before(async () => {
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
    await buildPackage({ ifStale: true });
    const bundled = new Set(Object.values(JSON.parse(await readFile(BUNDLED_FILE, 'utf8'))).flat().map((name) => `node_modules/${name}`));
    packages = Object.entries(lock.packages).filter(([path, entry]) => bundled.has(path) || (path && !entry.dev && !entry.devOptional && !entry.optional));
  });

  it('should all be on the list', async () => {
    assert.ok(packages.length >= 10, `${packages.length} packages`);
    for (const [path, entry] of packages) {
      const { license } = JSON.parse(await readFile(join(ROOT, path, 'package.json'), 'utf8'));
      assert.equal(typeof license, 'string', `${path} states no licence`);
      assert.equal(license, entry.license, path);
      assert.ok(isAllowed(license), `${path}: ${license}`);
    }
  });

  it('should reach every dependency of the package', async () => {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const paths = new Set(packages.map(([path]) => path));
    for (const name of Object.keys(dependencies)) assert.ok(paths.has(`node_modules/${name}`), name);
  });

  it('should tell allowed from not', () => {
    for (const good of ['MIT', '(MIT OR GPL-2.0)', 'MIT AND ISC', '(BSD-3-Clause AND Apache-2.0)']) assert.equal(isAllowed(good), true, good);
    for (const bad of ['GPL-3.0', 'MIT AND GPL-3.0', '(AGPL-3.0 OR SSPL-1.0)', 'UNLICENSED', 'SEE LICENSE IN x']) assert.equal(isAllowed(bad), false, bad);
  });
});
