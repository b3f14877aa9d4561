import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/paths.mjs';
import { createApp, pack, pinned, run, whyNoRegistry } from './support/packed.mjs';

/** The app that reads the docs installs these; the library itself needs none of them. */
const VERSIONS = {
  vue: '3.5.45', 'vue-tsc': '3.3.14', '@vitejs/plugin-vue': '6.0.11',
  svelte: '5.57.3', 'svelte-check': '4.7.8',
  '@angular/core': '22.2.6', '@angular/compiler': '22.2.6', rxjs: '7.8.2',
};

const CONFIG = {
  compilerOptions: {
    target: 'ES2022', lib: ['ES2023', 'DOM', 'DOM.Iterable'], module: 'ESNext', moduleResolution: 'bundler', jsx: 'react-jsx',
    types: [], strict: true, skipLibCheck: true, noEmit: true, experimentalDecorators: true,
  },
};
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;

/** What a template must not pass, after the docs' own code. */
const WRONG_VUE = `<script setup lang="ts">
import type {} from 'virtual-background-camera/vue';
</script>
<template>
  <virtual-background-camera quality="best" />
  <virtual-background-camera :edge-softness="'soft'" />
  <virtual-background-camera @vbc-error="(event) => event.detail.nothing" />
</template>
`;
const WRONG_SVELTE = `<script lang="ts">
  import type {} from 'virtual-background-camera/svelte';
</script>
<virtual-background-camera quality="best"></virtual-background-camera>
<virtual-background-camera onvbc-error={(event) => event.detail.nothing}></virtual-background-camera>
`;

async function blocksOf(page, language) {
  const markdown = await readFile(join(ROOT, 'docs', page), 'utf8');
  return [...markdown.matchAll(BLOCK)].filter(([, found]) => found === language).map(([, , code]) => code);
}

describe("the docs' code for frameworks, in an app that has installed the package", async () => {
  const skip = await whyNoRegistry();
  let packed;
  let app;

  before(async () => {
    if (skip) return;
    packed = await pack();
    app = await mkdtemp(join(tmpdir(), 'vbc-types-'));
    const files = { 'tsconfig.json': JSON.stringify({ ...CONFIG, include: ['src'] }), 'src/Wrong.vue': WRONG_VUE, 'src/Wrong.svelte': WRONG_SVELTE };
    const add = async (page, language, name) => {
      const blocks = await blocksOf(page, language);
      blocks.forEach((code, index) => (files[`src/${name(index)}`] = code));
      assert.ok(blocks.length, `${page} has no ${language}`);
    };
    await add('react.md', 'tsx', (index) => `react-${index}.tsx`);
    await add('frameworks.md', 'vue', (index) => `Docs${index}.vue`);
    await add('frameworks.md', 'svelte', (index) => `Docs${index}.svelte`);
    await add('frameworks.md', 'ts', (index) => `frameworks-${index}.ts`);
    await createApp(app, files, { 'virtual-background-camera': `file:${packed.tarball}`, ...VERSIONS, ...(await pinned('@types/react', 'typescript', 'vite')) });
  });

  after(async () => {
    await packed?.remove();
    if (app) await rm(app, { recursive: true, force: true });
  });

  /** What a checker prints, whether it found something or not. */
  const check = (...words) => run(process.execPath, words, app).catch((error) => error.message);

  it('should compile: TypeScript and JSX', { skip }, async () => {
    assert.equal(await check('node_modules/typescript/bin/tsc', '-p', '.'), '');
  });

  it('should compile: Vue, and find what is wrong in a template', { skip }, async () => {
    const found = (await check('node_modules/vue-tsc/bin/vue-tsc.js', '-p', '.', '--noEmit')).match(/^src\/.*error TS.*$/gm) ?? [];
    assert.deepEqual(found.filter((line) => !line.startsWith('src/Wrong.vue')), []);
    assert.deepEqual(found.map((line) => Number(/\((\d+),/.exec(line)[1])).sort(), [5, 6, 7], found.join('\n'));
  });

  it('should compile: Svelte, and find what is wrong in a template', { skip }, async () => {
    const output = await check('node_modules/svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--output', 'machine');
    const found = [...output.matchAll(/^\d+ ERROR "(src\/\w+\.svelte)" (\d+):.*$/gm)];
    assert.match(output, /COMPLETED [1-9]/, output);
    assert.deepEqual(found.filter(([, file]) => file !== 'src/Wrong.svelte').map(([line]) => line), []);
    assert.deepEqual(found.map(([, , line]) => Number(line)).sort(), [4, 5], output);
  });
});
