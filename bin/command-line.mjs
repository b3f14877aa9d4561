import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GOOGLE, USED_VARIANTS, parseVariant } from './body-pix.mjs';

/** The command was written wrongly. */
export class UsageError extends Error {}

const HELP = `Usage: npx virtual-background-camera copy-assets <folder> [options]

Copies the files that <virtual-background-camera> loads while it runs (models, WASM, the threads' worker script) into
a folder of your site, and says what to put into the page.

  --script              also the one-file build; the files then go into <folder>/assets, where it looks for them
  --workers             also the workers' scripts, for bundlers that leave them behind: <folder> is then the one that
                        the app's scripts lie in, and the files go into <folder>/assets
  --body-pix <list>     also BodyPix's weights, into <folder>/body-pix: a list like 050/16,075/8
                        (width/stride; width 050, 075 or 100, stride 8 or 16), or "used" for those that the element
                        asks for: ${USED_VARIANTS.join(',')}
  --from <url|folder>   where BodyPix's weights come from, in Google's layout
                        default: ${GOOGLE}
  --accept-unknown      take weights of another place than Google's, though their SHA-256 is not the known one
  --url <path>          address of <folder> on your site, for the lines that are printed; default: guessed
  --force               overwrite files that are different
  --dry-run             say what would be done; nothing is fetched or written
  --check               write nothing: verify the files in <folder>
  --help, --version

Exit codes: 0 = done; 1 = something is missing, different or cannot be fetched; 2 = wrong usage.`;

const OPTIONS = {
  script: { type: 'boolean' },
  workers: { type: 'boolean' },
  'body-pix': { type: 'string' },
  from: { type: 'string' },
  'accept-unknown': { type: 'boolean' },
  url: { type: 'string' },
  force: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  check: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
};

function parse(words) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function readVariants(list) {
  if (list === undefined) return [];
  const names = list === 'used' ? USED_VARIANTS : list.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const variant = parseVariant(name);
    if (!variant) throw new UsageError(`--body-pix must list width/stride (050, 075 or 100; 8 or 16), or be "used"; got '${name}'`);
    return variant;
  });
}

/**
 * @param {string[]} words what stands behind the program's name
 * @returns {{ text: string } | import('./copy-assets.mjs').Command & { url?: string }} `text`: print it, that is all
 * @throws {UsageError}
 */
export function readCommandLine(words) {
  const { values, positionals } = parse(words);
  if (values.help || !words.length) return { text: HELP };
  if (values.version) return { text: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version };
  const [name, folder, ...rest] = positionals;
  if (name !== 'copy-assets') throw new UsageError(`the command must be copy-assets; got '${name ?? ''}'`);
  if (!folder) throw new UsageError('copy-assets needs the folder to copy to');
  if (rest.length) throw new UsageError(`copy-assets takes one folder; got '${rest.join(' ')}' too`);
  if (values.from !== undefined && values['body-pix'] === undefined) throw new UsageError('--from goes with --body-pix');
  return {
    folder,
    script: Boolean(values.script),
    workers: Boolean(values.workers),
    variants: readVariants(values['body-pix']),
    from: values.from ?? GOOGLE,
    acceptUnknown: Boolean(values['accept-unknown']),
    url: values.url,
    force: Boolean(values.force),
    dryRun: Boolean(values['dry-run']),
    check: Boolean(values.check),
  };
}
