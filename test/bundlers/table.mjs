/**
 * @typedef {object} Row
 * @property {string} bundler
 * @property {string} version
 * @property {'build' | 'dev'} mode
 * @property {'worker' | 'window' | null} host
 * @property {number | null} bytes of scripts, after gzip
 * @property {boolean} works
 * @property {string | null} recipe anchor in docs/bundlers.md
 */

const MODES = { build: 'built', dev: 'development' };

const line = (cells) => `| ${cells.join(' | ')} |`;

/** @param {Row[]} rows @returns {string} Markdown for docs/bundlers.md */
export function bundlersSection(rows) {
  const heads = ['bundler', 'version', '', 'frames are drawn in', 'needed', 'scripts, after gzip'];
  const cells = rows.map(({ bundler, version, mode, host, bytes, works, recipe }) => [
    bundler,
    version,
    MODES[mode],
    works ? `a ${host}`.replace('a window', 'the window') : 'does not work',
    recipe ? `[a recipe](#${recipe})` : works ? 'nothing' : '',
    bytes ? `${Math.round(bytes / 1024)} KB` : '',
  ]);
  return [heads, heads.map(() => '---'), ...cells].map(line).join('\n');
}
