import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { dependencies, devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const bundled = Object.keys(devDependencies).filter((name) => name.startsWith('@tensorflow'));

/** Pages of the site, and what differs there from the pages that a server here gives. */
const PAGES: Record<string, [from: string, to: string][]> = {
  'index.html': [],
  // No meeting runs on the machine that serves the site.
  'demo/meeting/index.html': [
    ['<form id="join-form">', '<form id="join-form" hidden>'],
    ['<details>', '<details open>'],
  ],
};

/** The pages take the built package, as an app does: its sources name their workers by addresses that only the dev server knows. */
function builtPackage(): Plugin {
  return {
    name: 'built-package',
    enforce: 'pre',
    resolveId(source) {
      const [, name] = /^(?:\.\.\/)+src\/(define|index)\.ts$/.exec(source) ?? [];
      if (name) return at(`dist/${name}.js`);
      if (/^(?:\.\.\/)+src\//.test(source)) throw new Error(`${source} is not an entry of the package: the demo may import src/define.ts and src/index.ts`);
      return undefined;
    },
    transformIndexHtml: {
      order: 'pre',
      handler(html, { path }) {
        const changes = PAGES[path.replace(/^\//, '')] ?? [];
        return changes.reduce((text, [from, to]) => {
          if (!text.includes(from)) throw new Error(`${path} has no ${from}, which the site needs otherwise`);
          return text.replace(from, to);
        }, html);
      },
    },
  };
}

/** The demo: its server, and the site that `npm run site` builds. The package itself is built by scripts/build.mjs. */
export default defineConfig(({ command }) => ({
  optimizeDeps: {
    // Found here rather than while the page loads, where finding one late reloads the page.
    entries: ['index.html', 'src/*.worker.ts'],
    include: [...Object.keys(dependencies), ...bundled, 'lit/decorators.js', 'lit/directives/keyed.js', 'lit/directives/repeat.js'],
  },
  resolve: {
    // Of Lit the build that pages get: its other one fills the console with advice to those who write elements.
    conditions: ['module', 'browser', 'production'],
    // The Chime SDK's client for chat channels: a meeting needs none, and it would bring the AWS SDK with it.
    alias: { '@aws-sdk/client-chime-sdk-messaging': at('demo/meeting/empty-module.ts') },
  },
  // The Chime SDK asks for Node's name of it.
  define: { global: 'globalThis' },
  cacheDir: '.cache/vite',
  // A missing file answers 404, not with the demo's page.
  appType: 'mpa',
  plugins: command === 'build' ? [builtPackage()] : [],
  // Addresses beside each file, so that the site runs under any path.
  base: command === 'build' ? './' : '/',
  build: {
    outDir: 'site',
    target: 'es2022',
    // No `data:` addresses, for the sake of strict policies.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: Object.keys(PAGES) },
  },
}));
