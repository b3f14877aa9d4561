import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { INTEGRATIONS, WORKERS } from '../../scripts/build.mjs';
import { FRAMEWORKS } from '../../scripts/framework-types.mjs';
import { ROOT } from '../../scripts/paths.mjs';
import { pack } from './support/packed.mjs';

/** What README.md links to, and what those pages link to. */
const PAGES = [/^(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$/, /^docs\/[\w-]+\.md$/, /^docs\/pictures\/[\w-]+\.webp$/, /^demo\/meeting\/server-example\/[\w-]+\.(mjs|json)$/];
const ALWAYS = ['LICENSE', 'NOTICE', 'package.json', 'custom-elements.json'];
const COMMAND = ['body-pix-digests.json', 'body-pix.mjs', 'command-line.mjs', 'copy-assets.mjs', 'report.mjs', 'virtual-background-camera.mjs'];

describe('the packed package', () => {
  let packed;
  let manifest;

  before(async () => {
    packed = await pack();
    manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  });

  after(() => packed?.remove());

  it('should hold what package.json names', () => {
    const targets = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(targets));
    const named = [manifest.exports, manifest.bin, manifest.types, manifest.unpkg, manifest.jsdelivr, manifest.customElements, manifest['web-types']].flatMap(targets);
    const files = packed.files.map((path) => `./${path}`);
    for (const path of named.map((name) => name.replace(/^(?!\.\/)/, './'))) {
      const [start, end] = path.split('*');
      assert.ok(files.some((file) => (end === undefined ? file === path : file.startsWith(start) && file.endsWith(end))), path);
    }
  });

  it('should hold nothing that nobody asks for', () => {
    const scripts = ['index', 'define', ...INTEGRATIONS, ...FRAMEWORKS, ...WORKERS, 'virtual-background-camera'].map((name) => `dist/${name}.js`);
    const data = ['vscode.html-custom-data.json', 'vscode.css-custom-data.json', 'web-types.json'].map((name) => `dist/${name}`);
    const known = new Set([...ALWAYS, ...COMMAND.map((name) => `bin/${name}`), ...scripts, ...data]);
    const shapes = [...PAGES, /^dist\/chunk-[\w.-]+\.js$/, /^dist\/assets\/[\w.-]+$/, /^dist\/.+\.d\.ts$/];
    const others = packed.files.filter((path) => !known.has(path) && !shapes.some((shape) => shape.test(path)));
    assert.deepEqual(others, []);
  });

  it('should hold whatever its pages link to or show', async () => {
    for (const path of packed.files.filter((name) => name.endsWith('.md'))) {
      const text = await readFile(join(ROOT, path), 'utf8');
      for (const [, address] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(address)) continue;
        const target = posix.join(posix.dirname(path), address);
        assert.ok(packed.files.some((file) => file === target || file.startsWith(`${target}/`)), `${path}: ${address}`);
      }
    }
  });

  it('should have no complaint from publint', async () => {
    const bytes = await readFile(packed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const { messages } = await publint({ strict: true, level: 'suggestion', pack: { tarball } });
    // What the WASM backend's threads run is a classic worker script, which no module imports.
    const ours = messages.filter(({ args }) => !args?.actualFilePath?.endsWith('tfjs-backend-wasm-threads.worker.js'));
    assert.deepEqual(ours.map((message) => formatMessage(message, manifest)), []);
  });

  it('should have types that resolve as the code does', async () => {
    const data = new Uint8Array(await readFile(packed.tarball));
    const { types, problems = [] } = await checkPackage(createPackageFromTarballData(data));
    assert.deepEqual(types, { kind: 'included' });
    // Node's CommonJS gets ES modules by `require()` since Node 20.19, and `node10` knows no `exports` at all.
    const ours = problems.filter(({ kind, resolutionKind }) => resolutionKind !== 'node10' && kind !== 'CJSResolvesToESM');
    assert.deepEqual(ours, []);
  });
});
