/** The supply chain: what an app gets with this package, and what builds it. Licences have a test of their own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { minVersion, satisfies } from 'semver';
import { ROOT } from '../../scripts/paths.mjs';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** What npm says of known weaknesses; `reason` where it could not ask. */
function audit() {
  return new Promise((done) => {
    execFile('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT, timeout: 60_000, shell: process.platform === 'win32' }, (error, stdout) => {
      let answer;
      try {
        answer = JSON.parse(stdout);
      } catch {
        return done({ reason: error?.message.split('\n')[0] ?? 'npm gave no answer' });
      }
      if (answer.metadata?.vulnerabilities) return done({ found: answer.vulnerabilities });
      return done({ reason: `the registry has no audit (${answer.statusCode ?? answer.error?.code ?? answer.message ?? 'no answer'})` });
    });
  });
}

describe('the supply chain', () => {
  let manifest;
  let packages;

  before(async () => {
    manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
    packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  });

  it('should have no known weakness in what an app gets', async (context) => {
    const { found, reason } = await audit();
    if (!found) return context.skip(reason);
    assert.deepEqual(Object.values(found).map(({ name, severity, via }) => `${name}: ${severity}: ${via.map((cause) => cause.title ?? cause).join(', ')}`), []);
  });

  it('should name exact versions', () => {
    for (const kind of ['dependencies', 'devDependencies', 'overrides']) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) assert.match(version, EXACT, `${kind}: ${name}`);
    }
  });

  it('should install without an engine warning on the oldest Node that it names', () => {
    const oldest = minVersion(manifest.engines.node);
    // npm leaves out what is optional and does not fit.
    const refused = packages.filter(([, { engines, optional }]) => engines?.node && !optional && !satisfies(oldest, engines.node));
    assert.deepEqual(refused.map(([path, { version, engines }]) => `${path} ${version}: ${engines.node}`), []);
  });

  it('should have a digest of every package', () => {
    assert.ok(packages.length > 100);
    for (const [path, { integrity, link, inBundle }] of packages) {
      if (!link && !inBundle) assert.match(integrity ?? 'none', SHA512, path);
    }
  });

  it('should fetch packages from the registry that npm is set to, and from nowhere else', () => {
    for (const [path, { resolved = '' }] of packages) assert.doesNotMatch(resolved, /^(git|file|http:)|github/, path);
  });

  it('should run no script of a package on an app\'s machine', () => {
    const shipped = packages.filter(([, { dev }]) => !dev);
    assert.ok(shipped.length >= Object.keys(manifest.dependencies).length);
    assert.deepEqual(shipped.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path), []);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts[name], undefined, name);
  });
});
