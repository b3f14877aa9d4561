import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeModule } from '../../scripts/test-runner/docs-code.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { bundleForBrowser } from './stage.mjs';

/** What the page's code leaves to the reader, and what one block takes over from another. */
const GIVEN = ['audioVideo', 'camera', 'screen'];

/** The package as it is built, under the names of its sources that the blocks have been given. */
const BUILT = { '/src/index.ts': 'index.js', '/src/define.ts': 'define.js', '/src/integrations/chime.ts': 'chime.js' };

/**
 * The blocks of docs/chime.md as one script, as an app's bundler makes it: `globalThis.docs` holds a function for
 * each, in order.
 *
 * @returns {Promise<Uint8Array>}
 */
export async function bundleDocs() {
  const markdown = await readFile(join(ROOT, 'docs/chime.md'), 'utf8');
  const blocks = [];
  for (let module; (module = codeModule(markdown, blocks.length, GIVEN)) !== undefined; ) blocks.push(module);
  const names = blocks.map((_block, index) => `block${index}`);
  const entry = `${names.map((name, index) => `import ${name} from 'docs:${index}';`).join('\n')}\nglobalThis.docs = [${names.join(', ')}];`;
  return bundleForBrowser({
    stdin: { contents: entry, resolveDir: ROOT },
    plugins: [{
      name: 'docs',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^docs:/ }, ({ path }) => ({ path, namespace: 'docs' }));
        onLoad({ filter: /^docs:/ }, ({ path }) => ({ contents: blocks[Number(path.slice('docs:'.length))], loader: 'ts', resolveDir: ROOT }));
        onResolve({ filter: /^\/src\// }, ({ path }) => ({ path: join(DIST, BUILT[path]) }));
      },
    }],
  });
}
