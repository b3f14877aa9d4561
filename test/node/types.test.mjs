import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { buildPackage } from '../../scripts/build.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';

const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

describe('the published types', () => {
  let elements;

  before(async () => {
    await buildPackage({ ifStale: true });
    const { modules } = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
    elements = modules.flatMap(({ declarations = [] }) => declarations);
  });

  it('should allow what test/types allows, and nothing that it expects to fail', async () => {
    const output = await new Promise((done) => {
      execFile(process.execPath, [COMPILER, '-p', join(ROOT, 'test/types/tsconfig.json')], { cwd: ROOT }, (error, out, err) => done(error ? out + err : ''));
    });
    assert.equal(output, '');
  });

  for (const framework of ['react', 'vue', 'svelte']) {
    it(`should have every tag of the manifest for ${framework}`, async () => {
      const text = await readFile(join(DIST, `${framework}.d.ts`), 'utf8');
      for (const { name, tagName } of elements) assert.ok(text.includes(`'${tagName}': Tag<${name}, ${name}Props, ${name}Events>;`), tagName);
    });
  }

  it('should tell editors the tags, their attributes and the words that these take', async () => {
    const { tags } = JSON.parse(await readFile(join(DIST, 'vscode.html-custom-data.json'), 'utf8'));
    const { name, version, contributions } = JSON.parse(await readFile(join(DIST, 'web-types.json'), 'utf8'));
    assert.deepEqual(tags.map((tag) => tag.name).sort(), elements.map(({ tagName }) => tagName).sort());
    assert.deepEqual(contributions.html.elements.map((element) => element.name).sort(), elements.map(({ tagName }) => tagName).sort());
    assert.deepEqual({ name, version }, (({ name, version }) => ({ name, version }))(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))));
    const attribute = (tagName, attributeName) => tags.find((tag) => tag.name === tagName).attributes.find((entry) => entry.name === attributeName);
    assert.deepEqual(attribute('virtual-background-camera', 'quality').values.map((value) => value.name).sort(), ['auto', 'high', 'low', 'medium']);
    assert.deepEqual(attribute('virtual-background-camera', 'background-fit').values.map((value) => value.name).sort(), ['contain', 'cover', 'fill']);
  });
});
