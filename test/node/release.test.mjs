/** The release script, in a clone of its own: it must touch nothing else. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/paths.mjs';
import { absoluteLinks, datedChangelog, nextVersion } from '../../scripts/release.mjs';

const REPOSITORY = 'https://github.com/owner/name';
const FIELDS = { homepage: `${REPOSITORY}#readme`, bugs: `${REPOSITORY}/issues`, repository: { type: 'git', url: `git+${REPOSITORY}.git` } };
/** The registry's page needs no build, and neither does this test. */
const UNBUILT = { prepack: 'node --version' };

describe('npm run release', () => {
  let folder;
  let version;

  const git = (...words) => execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], { cwd: folder, encoding: 'utf8' });
  const text = (name) => readFile(join(folder, name), 'utf8');
  function release(...words) {
    const identity = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com', GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release.mjs', ...words], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...identity } });
    return { status, stdout, stderr };
  }
  async function setFields(fields) {
    const manifest = JSON.parse(await text('package.json'));
    for (const name of Object.keys(FIELDS)) delete manifest[name];
    await writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, ...fields, scripts: { ...manifest.scripts, ...UNBUILT } }, null, 2)}\n`);
    git('commit', '--quiet', '--all', '--message', 'Fields');
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vbc-release-'));
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${ROOT}`, folder]);
    // As it is here, committed or not.
    for (const name of ['scripts', 'package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md']) await cp(join(ROOT, name), join(folder, name), { recursive: true });
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'As it is');
    ({ version } = JSON.parse(await text('package.json')));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('should refuse while package.json does not say where the sources are, and name what it lacks', async () => {
    await setFields({});
    const { status, stderr } = release('minor');
    assert.equal(status, 1);
    assert.match(stderr, /^release: package\.json has no homepage, bugs, repository\./);
  });

  it('should refuse changes that are not committed', async () => {
    await setFields(FIELDS);
    await writeFile(join(folder, 'stray.txt'), 'stray');
    const { status, stderr } = release('minor');
    await rm(join(folder, 'stray.txt'));
    assert.equal(status, 1);
    assert.match(stderr, /not committed/);
  });

  it('should refuse what is no version', () => {
    for (const words of [['huge'], [], ['minor', 'major'], ['--pack', 'minor']]) assert.equal(release(...words).status, 1, words.join(' '));
  });

  it('should commit, tag and pack, publish nothing, and print what does', async () => {
    const readme = await text('README.md');
    const { status, stdout, stderr } = release('minor');
    assert.equal(status, 0, stderr);
    const next = nextVersion(version, 'minor');
    const [, tarball] = new RegExp(`^ +npm publish (\\S+-${next.replaceAll('.', '\\.')}\\.tgz) --provenance`, 'm').exec(stdout);
    assert.match(stdout, /^ +git push --follow-tags$/m);
    assert.equal(git('status', '--porcelain'), '');
    assert.equal(git('describe', '--tags', 'HEAD').trim(), `v${next}`);
    const [manifest, lock] = [JSON.parse(await text('package.json')), JSON.parse(await text('package-lock.json'))];
    assert.deepEqual([manifest.version, lock.version, lock.packages[''].version], [next, next, next]);
    assert.match(await text('CHANGELOG.md'), new RegExp(`^## \\[Unreleased\\]\\n\\n## \\[${next}\\] - \\d{4}-\\d{2}-\\d{2}\\n\\n### `, 'm'));
    assert.equal(await text('README.md'), readme);
    const packed = execFileSync('tar', ['-xzOf', tarball, 'package/README.md'], { encoding: 'utf8' });
    assert.ok(packed.includes(`](${REPOSITORY}/blob/v${next}/docs/README.md)`));
    assert.ok(packed.includes(`](${REPOSITORY}/raw/v${next}/docs/pictures/backgrounds.webp)`));
    const relative = [...packed.matchAll(/\]\((?!https:)([^)\s]+)\)/g)].map(([, path]) => path);
    assert.deepEqual(relative, []);
  });

  it('should refuse to release nothing, and leave everything as it is', () => {
    const { status, stderr } = release('patch');
    assert.equal(status, 1);
    assert.match(stderr, /nothing under "## \[Unreleased\]"/);
    assert.equal(git('status', '--porcelain'), '');
  });

  it('should count versions, keep older entries, and leave links of other places alone', () => {
    assert.deepEqual(['major', 'minor', 'patch', '4.5.6'].map((wanted) => nextVersion('1.2.3', wanted)), ['2.0.0', '1.3.0', '1.2.4', '4.5.6']);
    const changes = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- B\n\n## [1.0.0] - 2026-01-01\n\n- A\n';
    assert.equal(datedChangelog(changes, '1.1.0', '2026-02-02'), changes.replace('\n### Added', '\n## [1.1.0] - 2026-02-02\n\n### Added'));
    const links = '[a](https://a.example/b.md) [b](#here) [c](docs/c.md#d) ![e](e.webp)';
    assert.equal(absoluteLinks(links, REPOSITORY, 'v1.0.0'), `[a](https://a.example/b.md) [b](#here) [c](${REPOSITORY}/blob/v1.0.0/docs/c.md#d) ![e](${REPOSITORY}/raw/v1.0.0/e.webp)`);
  });
});
