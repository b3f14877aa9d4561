import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { readCommandLine } from '../../bin/command-line.mjs';
import { buildPackage } from '../../scripts/build.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { benchSection, replaceSection, sizeSection } from '../../scripts/readme-figures.mjs';
import { longSection, shortSection } from '../../scripts/support-table.mjs';
import { APPS } from '../bundlers/apps.mjs';
import { bundlersSection } from '../bundlers/table.mjs';

const MOST_PICTURE_KB = 200;
/** A stranger reads it to the end. */
const MOST_README_KB = 10;
/** Parts that scripts fill, by page. */
const MARKED = { 'README.md': ['bench', 'size', 'support'], 'docs/performance.md': ['bench'], 'docs/browsers.md': ['support'], 'docs/bundlers.md': ['bundlers'], 'docs/reference.md': ['manifest'] };
/**
 * Blocks that others compile or run: docs-code.test.mjs and types-frameworks.test.mjs compile, test/docs/code.test.ts,
 * chime-docs.test.mjs and call-sdks.test.mjs run.
 */
const RUN_ELSEWHERE = ['js', 'ts', 'tsx', 'vue', 'svelte'];
/** Blocks of what is not ours to run. */
const TEXT = ['text', 'nginx', 'mermaid'];

/** A heading's address, as GitHub makes it. */
const anchorOf = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');

describe('the docs', () => {
  /** Text by path. @type {Map<string, string>} */
  let pages;
  let manifest;

  before(async () => {
    await buildPackage({ ifStale: true });
    const guides = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
    const paths = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...guides];
    pages = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')])));
    manifest = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
  });

  const blocksOf = (text) => [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({ language, code }));

  it('should keep the two commands and the generated parts', () => {
    for (const command of ['npm ci && npm start', 'npm ci && npm test']) assert.ok(pages.get('README.md').includes(command), command);
    for (const [path, names] of Object.entries(MARKED)) {
      for (const marker of names.flatMap((name) => [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`])) assert.equal(pages.get(join(path)).split(marker).length, 2, `${path}: ${marker}`);
    }
  });

  it(`should have a README of at most ${MOST_README_KB} KB that says in its first screen where the weights come from`, () => {
    const readme = pages.get('README.md');
    const bytes = Buffer.byteLength(readme);
    assert.ok(bytes <= MOST_README_KB * 1024, `${bytes} bytes`);
    const [screen] = readme.split(/^## /m);
    for (const said of ['https://storage.googleapis.com/tfjs-models/savedmodel/bodypix/', '--body-pix used']) assert.ok(screen.includes(said), said);
  });

  it('should link to what is there', () => {
    const anchors = new Map([...pages].map(([path, text]) => [path, new Set([...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading)))]));
    for (const [path, text] of pages) {
      for (const [, address] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(address)) continue;
        const [file, anchor] = address.split('#');
        const target = file ? join(dirname(path), file) : path;
        assert.ok(existsSync(join(ROOT, target)), `${path}: ${address}`);
        if (anchor) assert.ok(anchors.get(target)?.has(anchor), `${path}: ${address}`);
      }
    }
  });

  it('should reach every guide from their index', () => {
    const index = pages.get(join('docs', 'README.md'));
    for (const path of pages.keys()) {
      if (path.startsWith('docs') && !path.endsWith('README.md')) assert.ok(index.includes(`(${path.slice(5)})`), path);
    }
  });

  it(`should have pictures under ${MOST_PICTURE_KB} KB, all of them used`, async () => {
    const all = [...pages.values()].join('\n');
    for (const name of await readdir(join(ROOT, 'docs/pictures'))) {
      assert.ok((await stat(join(ROOT, 'docs/pictures', name))).size < MOST_PICTURE_KB * 1024, name);
      assert.ok(all.includes(`pictures/${name})`), name);
    }
    for (const [path, text] of pages) {
      for (const [, alternative, address] of text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)) assert.ok(alternative, `${path}: ${address} has no text`);
    }
  });

  it('should name every error code', async () => {
    const source = await readFile(join(ROOT, 'src/errors.ts'), 'utf8');
    const codes = [...source.match(/VirtualBackgroundErrorCode =([\s\S]*?);/)[1].matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    assert.ok(codes.length > 10);
    for (const code of codes.filter((name) => name !== 'internal')) assert.ok(pages.get(join('docs', 'reference.md')).includes(`\`${code}\``), code);
  });

  it('should have code in languages that something looks at', () => {
    for (const [path, text] of pages) {
      for (const { language, code } of blocksOf(text)) {
        if (language === 'json') JSON.parse(code);
        else if (path === 'SECURITY.md' && !language) continue;
        else assert.ok(['html', 'sh', ...RUN_ELSEWHERE, ...TEXT].includes(language), `${path}: ${language || 'a block of no language'}`);
      }
    }
  });

  it('should write the tags, attributes and values that there are', async () => {
    const elements = new Map(manifest.modules.flatMap(({ declarations = [] }) => declarations).map((element) => [element.tagName, element]));
    const { tags } = JSON.parse(await readFile(join(DIST, 'vscode.html-custom-data.json'), 'utf8'));
    const allowed = new Map(tags.flatMap((tag) => tag.attributes.filter(({ values }) => values?.length).map(({ name, values }) => [`${tag.name} ${name}`, values.map((value) => value.name)]).filter(([, words]) => words.every((word) => /^[a-z]/.test(word)))));
    assert.ok(allowed.get('virtual-background-camera quality').includes('auto'));
    const common = new Set(['id', 'class', 'style', 'slot', 'lang']);
    for (const [path, text] of pages) {
      for (const { language, code } of blocksOf(text)) {
        if (language !== 'html') continue;
        for (const [, tag, inner] of code.matchAll(/<((?:virtual-|vbc-)[\w-]+)([^>]*)>/g)) {
          assert.ok(elements.has(tag), `${path}: <${tag}>`);
          const known = new Set(elements.get(tag).attributes.map(({ name }) => name));
          for (const [, name, value] of inner.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)) {
            assert.ok(known.has(name) || common.has(name), `${path}: <${tag} ${name}>`);
            const words = allowed.get(`${tag} ${name}`);
            if (words && value !== undefined) assert.ok(words.includes(value), `${path}: <${tag} ${name}="${value}">`);
          }
        }
      }
    }
  });

  it('should write commands that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    for (const [path, text] of pages) {
      for (const [, name] of text.matchAll(/\bnpm run ([\w:]+)/g)) assert.ok(scripts[name], `${path}: npm run ${name}`);
      for (const { language, code } of blocksOf(text)) {
        if (language !== 'sh') continue;
        for (const [, words] of code.matchAll(/^npx virtual-background-camera (.*)$/gm)) readCommandLine(words.split(' '));
      }
    }
  });

  it('should have a row for each bundler in the version that is tried, and say of those that fail that they do', () => {
    const page = pages.get(join('docs', 'bundlers.md'));
    for (const { name, packages, fails = false } of Object.values(APPS)) {
      const rows = page.split('\n').filter((row) => row.startsWith(`| ${name} | ${Object.values(packages)[0]} |`));
      assert.ok(rows.length, `${name}: npm run bundlers -- --write`);
      for (const row of rows) assert.equal(row.includes('does not work'), fails, row);
    }
  });

  it('should take measured figures into their sections, again and again', () => {
    const readme = pages.get('README.md');
    const row = { name: 'floor', width: 640, height: 360, fps: 29.94, cpuMsPerFrame: 16.8, cpuRatioToFloor: 1, latencyP50Ms: 12, latencyP95Ms: 19.3, stats: null };
    const bench = benchSection({ date: '2026-01-02T03:04:05Z', cores: 2, processor: 'Chip', rows: [row] });
    assert.match(bench, /^\| floor \| 640 × 360 \| 29\.9 \| 17 \| 1\.0 × \| 12 \/ 19 \|$/m);
    const once = replaceSection(readme, 'bench', bench);
    assert.ok(once.includes(bench));
    assert.equal(replaceSection(once, 'bench', bench), once);
    assert.throws(() => replaceSection('nothing', 'bench', bench), /needs the lines/);
    const rows = [row, { ...row, width: 1280, height: 720 }, { ...row, name: 'selfie high blur' }, { ...row, name: 'selfie low image' }];
    const short = benchSection({ date: '2026-01-02', cores: 2, processor: 'Chip', rows }, { short: true });
    assert.deepEqual(short.match(/^\| (?:floor|selfie)[^|]*\| [^|]*/gm), ['| floor | 640 × 360 ', '| selfie low image | 640 × 360 ']);
  });

  it('should write sizes and browsers in sections of their own', () => {
    const sizes = new Proxy({}, { get: () => 1024 });
    assert.match(sizeSection(sizes, 5e6), /^\| the same on WASM \| 5 KB \|\n[^]*\| 5 MB \|$/m);
    const rows = [['Chrome 200', 'a worker', '9 passed', 'nothing'], ['Firefox 201', 'the window', '8 passed', 'frames']];
    assert.match(shortSection(rows), /^\| Chrome 200, Firefox 201 \| Chrome and Edge from 100 \(controls: 123\); Firefox from 132; Safari/m);
    const bundler = { bundler: 'Packer', version: '1.2.3', mode: 'dev', host: 'window', bytes: null, works: true, recipe: 'packer' };
    assert.match(bundlersSection([bundler]), /^\| Packer \| 1\.2\.3 \| development \| the window \| \[a recipe\]\(#packer\) \| {2}\|$/m);
    assert.match(longSection(rows), /^\| Firefox 201 \| the window \| 8 passed \| frames \|$/m);
  });
});
