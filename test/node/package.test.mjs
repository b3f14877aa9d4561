import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { init, parse } from 'es-module-lexer';
import { BUNDLED_FILE, INTEGRATIONS, WORKERS, buildPackage } from '../../scripts/build.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { FIRST_USE, measureSizes } from '../../scripts/size.mjs';

const ENTRY_LIMIT_KB = 42;
const FIRST_USE_LIMIT_KB = 1200;
const WORKER_FILES = WORKERS.map((name) => `${name}.js`);
const SINGLE_FILES = [...WORKER_FILES, 'virtual-background-camera.js'];

describe('the built package', () => {
  let manifest;
  let scripts;

  before(async () => {
    await buildPackage({ ifStale: true });
    await init;
    manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const names = (await readdir(DIST)).filter((name) => name.endsWith('.js'));
    scripts = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(DIST, name), 'utf8')])));
  });

  /** What a script imports, statically and dynamically. */
  const importsOf = (name) => parse(scripts.get(name))[0].map((found) => found.n).filter((specifier) => specifier !== undefined);

  it('should import in plain Node, where there is no DOM', async () => {
    const { VirtualBackgroundCamera } = await import('virtual-background-camera');
    assert.equal(typeof VirtualBackgroundCamera, 'function');
    assert.equal((await import('virtual-background-camera/define')).VirtualBackgroundCamera, VirtualBackgroundCamera);
    assert.equal((await import('virtual-background-camera/define.js')).VirtualBackgroundCamera, VirtualBackgroundCamera);
  });

  it('should have every file that package.json names', () => {
    const targets = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(targets));
    const named = [...Object.values(manifest.exports).flatMap(targets), manifest.types, manifest.unpkg, manifest.jsdelivr, manifest.customElements, ...manifest.files];
    for (const path of named) assert.ok(existsSync(join(ROOT, path.replace('*', ''))), path);
  });

  it('should name types first in every export', () => {
    for (const [name, entry] of Object.entries(manifest.exports)) {
      if (typeof entry === 'object') assert.equal(Object.keys(entry)[0], 'types', name);
    }
  });

  /** Every `[file, address]` that the published types import. */
  async function typeImports() {
    const found = [];
    for (const file of await readdir(DIST, { recursive: true })) {
      if (!file.endsWith('.d.ts')) continue;
      const text = await readFile(join(DIST, file), 'utf8');
      for (const [, address] of text.matchAll(/(?:from |import\(|import )'([^']+)'/g)) found.push([file, address]);
    }
    return found;
  }

  it('should have whole file names in the imports of its types', async () => {
    for (const [file, address] of await typeImports()) {
      if (!address.startsWith('.')) continue;
      assert.ok(existsSync(join(DIST, dirname(file), address.replace(/\.js$/, '.d.ts'))), `${file}: ${address}`);
    }
  });

  it('should need no types but those of lit, and in an adapter or for a framework those of that', async () => {
    const packages = (await typeImports()).filter(([, address]) => !/^(\.|lit$|lit\/)/.test(address));
    assert.deepEqual(packages.sort(), [
      [join('integrations', 'chime.d.ts'), 'amazon-chime-sdk-js'],
      [join('integrations', 'livekit.d.ts'), 'livekit-client'],
      [join('integrations', 'twilio.d.ts'), 'twilio-video'],
      ['react.d.ts', 'react'],
      ['svelte.d.ts', 'svelte/elements'],
      ['vue.d.ts', 'vue'],
    ]);
  });

  it('should lead from no other entry to the types of an SDK', async () => {
    const imports = await typeImports();
    const reached = new Set();
    const follow = (file) => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const [from, address] of imports) {
        if (from === file && address.startsWith('.')) follow(join(dirname(file), address.replace(/\.js$/, '.d.ts')));
      }
    };
    follow('index.d.ts');
    follow('define.d.ts');
    assert.ok(reached.has(join('engine', 'engine.d.ts')));
    assert.deepEqual([...reached].filter((file) => file.startsWith('integrations')), []);
  });

  it('should have an adapter for each SDK, which needs neither the SDK nor a DOM to be imported', async () => {
    const exported = { chime: 'ChimeVideoTransformDevice', livekit: 'VirtualBackgroundProcessor', twilio: 'withVirtualBackground' };
    assert.deepEqual(Object.keys(exported), INTEGRATIONS);
    for (const [name, what] of Object.entries(exported)) {
      assert.equal(typeof (await import(`virtual-background-camera/${name}`))[what], 'function', name);
      assert.equal(typeof (await import(`virtual-background-camera/${name}.js`))[what], 'function', name);
      const lines = (await readFile(join(ROOT, 'src/integrations', `${name}.ts`), 'utf8')).trimEnd().split('\n').length;
      assert.ok(lines < 110, `${name}.ts has ${lines} lines`);
    }
  });

  for (const name of SINGLE_FILES) {
    it(`should have ${name} in one file`, () => assert.deepEqual(importsOf(name), []));
  }

  it('should import nothing but its dependencies and its own files', () => {
    const known = Object.keys(manifest.dependencies);
    for (const name of scripts.keys()) {
      for (const specifier of importsOf(name)) {
        if (specifier.startsWith('./')) assert.ok(scripts.has(specifier.slice(2)), `${name}: ${specifier}`);
        else assert.ok(known.some((dependency) => specifier === dependency || specifier.startsWith(`${dependency}/`)), `${name}: ${specifier}`);
        assert.ok(!builtinModules.includes(specifier) && !specifier.startsWith('node:'), `${name}: ${specifier}`);
      }
    }
  });

  it('should address its workers and assets by literal URLs that exist', () => {
    const found = new Set();
    for (const [name, text] of scripts) {
      if (SINGLE_FILES.includes(name)) continue;
      for (const [, path] of text.matchAll(/new URL\(['"]([^'"]+)['"], import\.meta\.url\)/g)) {
        assert.ok(existsSync(join(DIST, path)), `${name}: ${path}`);
        found.add(path);
      }
    }
    for (const worker of WORKER_FILES) assert.ok(found.has(`./${worker}`), worker);
    assert.ok([...found].some((path) => path.endsWith('.wasm')));
    assert.ok(found.has('./assets/tfjs-backend-wasm-threads.worker.js'));
  });

  /** Fails with the place found, not with a megabyte of script. */
  function assertAbsent(pattern) {
    for (const [name, text] of scripts) {
      const at = text.search(pattern);
      assert.ok(at < 0, `${name}: ${text.slice(Math.max(0, at - 40), at + 80)}`);
    }
  }

  it('should start workers from no data: address, and from a blob: only to import its own script (see cdn.test.mjs)', () => {
    assertAbsent(/data:(text|application)\/(javascript|ecmascript|x-javascript|wasm)/);
    assertAbsent(/new (Shared)?Worker\(([\w$.]*URL\.createObjectURL|['"`](data|blob):)/);
  });

  it('should not evaluate text as code', () => assertAbsent(/\bnew Function\(|[^.\w$]eval\(/));

  it('should hold no path of the machine that built it', async () => {
    for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|ts|json)$/.test(entry.name)) continue;
      const text = await readFile(join(entry.parentPath ?? entry.path, entry.name), 'utf8');
      assert.ok(!text.includes(ROOT.replace(/[/\\]$/, '')), entry.name);
    }
  });

  it(`should keep what a page loads first under ${ENTRY_LIMIT_KB} KB after gzip`, async (context) => {
    const sizes = await measureSizes();
    for (const [name, bytes] of Object.entries(sizes)) context.diagnostic(`${(bytes / 1024).toFixed(1)} KB ${name}`);
    assert.ok(sizes['entry with lit and twgl.js'] < ENTRY_LIMIT_KB * 1024);
  });

  it(`should keep what a page loads on its first use under ${FIRST_USE_LIMIT_KB} KB after gzip, BodyPix's weights left out`, async () => {
    assert.ok((await measureSizes())[FIRST_USE] < FIRST_USE_LIMIT_KB * 1024);
  });

  it('should leave TensorFlow.js out of what a page loads first', async () => {
    const bundled = JSON.parse(await readFile(BUNDLED_FILE, 'utf8'));
    const reached = new Set();
    const follow = (name) => {
      if (reached.has(name)) return;
      reached.add(name);
      assert.deepEqual(bundled[name], [], name);
      for (const found of parse(scripts.get(name))[0]) {
        if (found.d === -1 && found.n?.startsWith('./')) follow(found.n.slice(2));
      }
    };
    follow('define.js');
  });
});
