import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ASSET_FILES, buildAssets, digestModule } from '../../scripts/build-assets.mjs';
import { ROOT } from '../../scripts/paths.mjs';

const MODULE = join(ROOT, 'src/segmentation/asset-digests.ts');
/** For people, and not fetched. */
const UNCHECKED = ['NOTICE.txt'];

/** What the module says of a file. @param {string} text @param {string} name */
function entryOf(text, name) {
  const [, bytes, integrity] = new RegExp(`'${name.replaceAll('.', '\\.')}': \\{ bytes: (\\d+), integrity: '([^']+)' \\}`).exec(text) ?? [];
  return { bytes: Number(bytes), integrity };
}

describe('the digests of the assets', () => {
  let folder;
  let text;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vbc-digests-'));
    await buildAssets({ folder: join(folder, 'assets'), digests: join(folder, 'digests.ts') });
    text = await readFile(join(folder, 'digests.ts'), 'utf8');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('should be those that the build makes: run node scripts/build-assets.mjs --force and commit the module', async () => {
    assert.equal(await readFile(MODULE, 'utf8'), text);
  });

  for (const name of ASSET_FILES.filter((file) => !UNCHECKED.includes(file))) {
    it(`should be right about ${name}`, async () => {
      const content = await readFile(join(folder, 'assets', name));
      const digest = createHash('sha256').update(content).digest('base64');
      assert.deepEqual(entryOf(text, name), { bytes: content.length, integrity: `sha256-${digest}` });
    });
  }

  it('should be others for another byte', () => {
    const [one, other] = [[1, 2, 3], [1, 2, 2]].map((bytes) => entryOf(digestModule([{ name: 'a.bin', content: Uint8Array.from(bytes) }]), 'a.bin'));
    assert.equal(one.bytes, other.bytes);
    assert.notEqual(one.integrity, other.integrity);
  });
});
