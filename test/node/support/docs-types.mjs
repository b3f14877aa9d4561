/** The code of the docs, compiled as an app with strict settings would. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DIST, ROOT } from '../../../scripts/paths.mjs';
import { declaredNames, scriptBlocks } from '../../../scripts/test-runner/docs-code.mjs';

const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const FENCE = /^(?:<!-- fragment: (.+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm;
const FILE_NAME = /^\/\/ (\S+\.ts)\n/;
const INLINE_SCRIPT = /<script type="module">\n([\s\S]*?)<\/script>/g;

const STRICT = {
  target: 'ES2022', lib: ['ES2023', 'DOM', 'DOM.Iterable'], module: 'ESNext', moduleResolution: 'bundler', moduleDetection: 'force',
  types: [], strict: true, skipLibCheck: true, noEmit: true,
};

/**
 * @param {string} markdown
 * @returns {{ language: string, code: string, fragment: string | undefined }[]} `fragment`: why the block is not whole, as the page's source says before it
 */
export const blocksOf = (markdown) => [...markdown.matchAll(FENCE)].map(([, fragment, language, code]) => ({ fragment, language, code }));

/**
 * Each block of a page as a module of its own: what earlier blocks declare is imported from them, and what the page
 * leaves to its reader is declared.
 *
 * @param {string} page
 * @param {string} markdown
 * @param {Record<string, string>} given types of the names that the page leaves to its reader
 * @returns {[string, string][]} names and texts
 */
function scriptModules(page, markdown, given) {
  const owners = new Map();
  return scriptBlocks(markdown).map((code, index) => {
    const own = declaredNames(code);
    const isUsed = (name) => !own.includes(name) && new RegExp(`\\b${name}\\b`).test(code);
    const imports = [...owners].filter(([name]) => isUsed(name)).map(([name, owner]) => `import { ${name} } from './${page}-${owner}';`);
    const declarations = Object.entries(given).filter(([name]) => isUsed(name) && !owners.has(name)).map(([name, type]) => `declare const ${name}: ${type};`);
    for (const name of own) owners.set(name, index);
    return [`${page}-${index}.ts`, [...imports, ...declarations, code, `export { ${own.join(', ')} };`].join('\n')];
  });
}

/** Blocks that are a file of the app: its first line names it. */
const fileModules = (page, markdown) =>
  blocksOf(markdown).flatMap(({ fragment, language, code }, index) => {
    const [, name] = (!fragment && language === 'ts' && FILE_NAME.exec(code)) || [];
    return name ? [[`${page}-file-${index}-${name.replaceAll('/', '-')}`, code]] : [];
  });

/** Scripts inside of HTML, which are JavaScript: nothing there says that an element is not null. */
const htmlModules = (page, markdown) =>
  blocksOf(markdown).filter(({ fragment, language }) => !fragment && language === 'html').flatMap(({ code }) => [...code.matchAll(INLINE_SCRIPT)])
    .map(([, script], index) => [`${page}-html-${index}.js`, `import 'virtual-background-camera/define.js';\n${script}`]);

function compile(config) {
  return new Promise((done) => {
    execFile(process.execPath, [COMPILER, '-p', config], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 }, (error, out, err) => done(error ? out + err : ''));
  });
}

/**
 * Compiles pages in a folder, and leaves what it compiled there.
 *
 * @param {string} folder what the pages import is looked for there and above; the package itself is the built one
 * @param {{ name: string, given?: Record<string, string> }[]} pages
 * @returns {Promise<{ output: string, modules: number }>} `output`: what the compiler has to say; empty: all is well
 */
export async function compilePages(folder, pages) {
  const code = join(folder, 'code');
  await rm(code, { recursive: true, force: true });
  const scripts = [];
  const markup = [];
  for (const { name, given = {} } of pages) {
    const markdown = await readFile(join(ROOT, name), 'utf8');
    const page = name.replace(/^docs\/|\.md$/g, '').replaceAll('/', '-');
    scripts.push(...scriptModules(page, markdown, given), ...fileModules(page, markdown));
    markup.push(...htmlModules(page, markdown));
  }
  const paths = {
    'virtual-background-camera': [join(DIST, 'index.d.ts')],
    'virtual-background-camera/define.js': [join(DIST, 'define.d.ts')],
    ...Object.fromEntries(['chime', 'livekit', 'twilio'].map((name) => [`virtual-background-camera/${name}`, [join(DIST, `integrations/${name}.d.ts`)]])),
  };
  const files = [
    ['tsconfig.json', JSON.stringify({ compilerOptions: { ...STRICT, paths }, include: ['*.ts'] })],
    ['tsconfig.html.json', JSON.stringify({ compilerOptions: { ...STRICT, paths, strict: false, allowJs: true, checkJs: true }, include: ['*.js'] })],
    ...scripts, ...markup,
  ];
  for (const [name, text] of files) {
    await mkdir(dirname(join(code, name)), { recursive: true });
    await writeFile(join(code, name), text);
  }
  const outputs = [await compile(join(code, 'tsconfig.json')), ...(markup.length ? [await compile(join(code, 'tsconfig.html.json'))] : [])];
  return { output: outputs.join(''), modules: scripts.length + markup.length };
}
