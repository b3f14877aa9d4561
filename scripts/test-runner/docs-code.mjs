import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';

const ADDRESS = /^\/test\/docs\/code\/([\w-]+)\/(\d+)\.ts$/;
/** Without those that the page's source calls fragments, which are no whole script. */
const BLOCK = /(?<!^<!-- fragment: .*\n)^```(?:js|ts)\n([\s\S]*?)^```$/gm;
/** A block that begins with a file's name is that file, and no part of the page's script. */
const FILE = /^\/\/ \S+\.ts\n/;
const IMPORT = /^import [^;]+;$/gm;
/** Names that a block declares at its top level. */
const DECLARED = /^(?:const|let|function|async function|class) (?:[{[]([^}\]]*)[}\]]|(\w+))/gm;
const NAME = /^\w+$/;

/** What an app writes → what it means here. */
const PACKAGE = {
  'virtual-background-camera': '/src/index.ts',
  'virtual-background-camera/define.js': '/src/define.ts',
  'virtual-background-camera/chime': '/src/integrations/chime.ts',
  'virtual-background-camera/livekit': '/src/integrations/livekit.ts',
  'virtual-background-camera/twilio': '/src/integrations/twilio.ts',
};

/** @param {string} markdown @returns {string[]} the blocks that together are the page's script, in order */
export const scriptBlocks = (markdown) => [...markdown.matchAll(BLOCK)].map(([, code]) => code).filter((code) => !FILE.test(code));

/** @param {string} code @returns {string[]} the names that it declares at its top level */
export const declaredNames = (code) => [...code.matchAll(DECLARED)].flatMap(([, several, one]) => one ?? several.split(',').map((name) => name.trim()));

/**
 * One block of a page as a module: its imports, and the rest as a function that takes the names that the page
 * leaves to the reader, and answers with those that the block declares.
 *
 * @param {string} markdown
 * @param {number} index
 * @param {string[]} given names that the function takes
 */
export function codeModule(markdown, index, given) {
  const block = scriptBlocks(markdown)[index];
  if (block === undefined) return undefined;
  const imports = (block.match(IMPORT) ?? []).map((line) => line.replace(/'([^']+)';$/, (all, name) => (PACKAGE[name] ? `'${PACKAGE[name]}';` : all)));
  const body = block.replace(IMPORT, '');
  const declared = declaredNames(body);
  const taken = given.filter((name) => NAME.test(name) && !declared.includes(name));
  return `${imports.join('\n')}
export default async function run({ ${taken.join(', ')} }) {
${body}
return { ${declared.join(', ')} };
}
`;
}

/** Test server: `/test/docs/code/<page>/<block>.ts?<names>` is a block of `docs/<page>.md`, or of README.md for `README`. */
export function docsCodePlugin() {
  return {
    name: 'docs-code',
    async serve(context) {
      const [, page, index] = ADDRESS.exec(context.path) ?? [];
      if (!page) return undefined;
      const file = page === 'README' ? 'README.md' : `docs/${page}.md`;
      const markdown = await readFile(join(ROOT, file), 'utf8').catch(() => '');
      const body = codeModule(markdown, Number(index), (context.querystring ?? '').split(','));
      return body && { body, type: 'js' };
    },
  };
}
