import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../paths.mjs';

/**
 * Test server: sources are addressed as Vite has it.
 * - `import source from './x.glsl?raw'` gives the file's text;
 * - `import './x'` finds `./x.ts` or `./x/index.ts`.
 */
export function viteLikeSourcesPlugin() {
  const isRawGlsl = (context) => context.path.endsWith('.glsl') && context.querystring === 'raw';
  return {
    name: 'vite-like-sources',
    resolveImport({ source, context }) {
      if (!/^\.{1,2}(\/|$)/.test(source) || !context.path.endsWith('.ts')) return undefined;
      const target = join(ROOT, dirname(decodeURIComponent(context.path)), source);
      const ending = ['.ts', '/index.ts'].find((end) => existsSync(target + end));
      return ending && source + ending;
    },
    resolveMimeType: (context) => (isRawGlsl(context) ? 'js' : undefined),
    transform(context) {
      return isRawGlsl(context) ? { body: `export default ${JSON.stringify(context.body)};` } : undefined;
    },
  };
}
