/** What an app has to do besides, by the pages that people read: nothing here knows a bundler. */

/** A heading's address, as GitHub makes it. */
const anchorOf = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');

/** Puts one JSON object into another: objects join, lists are appended, other values replace. */
function merge(into, from) {
  for (const [name, value] of Object.entries(from)) {
    if (Array.isArray(value)) into[name] = [...(into[name] ?? []), ...value];
    else if (value && typeof value === 'object') into[name] = merge(into[name] ?? {}, value);
    else into[name] = value;
  }
  return into;
}

/**
 * The recipe under a bundler's heading. A block of `sh` is run after the bundler's own build, a line at a time; a block
 * of JSON or JavaScript has its file's name in backticks in the paragraph before it, and JSON is put into what the file
 * holds already.
 *
 * @param {string} text of docs/bundlers.md
 * @param {string} name the heading
 * @returns {{ anchor: string | null, commands: string[], files: Record<string, (there: string) => string> }} `anchor`: null
 *   where there is no recipe
 */
export function readRecipe(text, name) {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
  const blocks = [...section.matchAll(/^([^\n]*)\n\n```(\w+)\n([\s\S]*?)^```$/gm)];
  const commands = [];
  const files = {};
  for (const [, before, language, code] of blocks) {
    if (language === 'sh') {
      commands.push(...code.split('\n').filter((line) => line && !line.startsWith('npm install ')));
      continue;
    }
    const [, file] = /`([\w./-]+)`/.exec(before) ?? [];
    if (!file) throw new Error(`docs/bundlers.md, ${name}: a block of ${language} needs the name of its file in the line before`);
    files[file] = (there) => (language === 'json' ? JSON.stringify(merge(there ? JSON.parse(there) : {}, JSON.parse(code))) : code);
  }
  return { anchor: blocks.length ? anchorOf(name) : null, commands, files };
}
