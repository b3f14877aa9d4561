import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** The demo's server. The package itself is built by scripts/build.mjs. */
export default defineConfig({
  optimizeDeps: {
    // Found here rather than while the page loads, where finding one late reloads the page.
    entries: ['index.html', 'src/*.worker.ts'],
    include: [...Object.keys(dependencies), 'lit/decorators.js', 'lit/directives/keyed.js', 'lit/directives/repeat.js'],
  },
  resolve: {
    // The Chime SDK's client for chat channels: a meeting needs none, and it would bring the AWS SDK with it.
    alias: { '@aws-sdk/client-chime-sdk-messaging': fileURLToPath(new URL('demo/meeting/empty-module.ts', import.meta.url)) },
  },
  // The Chime SDK asks for Node's name of it.
  define: { global: 'globalThis' },
  cacheDir: '.cache/vite',
  // A missing file answers 404, not with the demo's page.
  appType: 'mpa',
});
