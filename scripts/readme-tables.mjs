/**
 * Writes the elements' reference tables into README.md, between its manifest markers, from `custom-elements.json`.
 *
 *   node scripts/readme-tables.mjs [--check]     --check writes nothing and fails when the tables are stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

const README = join(ROOT, 'README.md');
const START = '<!-- manifest:start -->';
const END = '<!-- manifest:end -->';

const inCell = (text) => String(text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
const code = (text) => (text ? `\`${inCell(text)}\`` : '');

function table(title, heads, rows) {
  if (!rows.length) return '';
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [`#### ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}

const signature = ({ name, parameters = [], return: result }) =>
  `${name}(${parameters.map((parameter) => `${parameter.name}${parameter.optional || parameter.default ? '?' : ''}: ${parameter.type?.text ?? 'unknown'}`).join(', ')})${result?.type ? `: ${result.type.text}` : ''}`;

function attributeRows({ attributes = [], members = [] }) {
  return attributes.map((attribute) => {
    const field = members.find((member) => member.name === attribute.fieldName);
    const property = attribute.fieldName && attribute.fieldName !== attribute.name ? attribute.fieldName : '';
    return [
      code(attribute.name),
      code(property),
      code((attribute.type ?? field?.type)?.text),
      code(attribute.default ?? field?.default),
      inCell(attribute.description ?? field?.description),
    ];
  });
}

function propertyRows({ members = [] }) {
  return members
    .filter((member) => member.kind === 'field' && !member.attribute)
    .map((field) => [code(field.name), code(field.type?.text), field.readonly ? 'yes' : '', inCell(field.description)]);
}

/** The element itself in full, its controls folded up. */
function describe(element, isMain) {
  const methods = (element.members ?? []).filter((member) => member.kind === 'method');
  const named = (list = []) => list.map((entry) => [entry.name ? code(entry.name) : '(default)', inCell(entry.description)]);
  const summary = inCell(element.summary ?? element.description);
  const tables = [
    table('Attributes', ['Attribute', 'Property', 'Type', 'Default', 'Description'], attributeRows(element)),
    table('Properties', ['Property', 'Type', 'Read-only', 'Description'], propertyRows(element)),
    table('Methods', ['Method', 'Description'], methods.map((method) => [code(signature(method)), inCell(method.description)])),
    table('Events', ['Event', 'Type', 'Description'], (element.events ?? []).map((event) => [code(event.name), code(event.type?.text), inCell(event.description)])),
    table('Slots', ['Slot', 'Description'], named(element.slots)),
    table('CSS parts', ['Part', 'Description'], named(element.cssParts)),
    table('CSS custom properties', ['Property', 'Default', 'Description'], (element.cssProperties ?? []).map((property) => [code(property.name), code(property.default), inCell(property.description)])),
    table('CSS states', ['State', 'Description'], named(element.cssStates)),
  ].filter(Boolean).join('\n');
  if (isMain) return `### \`<${element.tagName}>\`\n\n${tables}`;
  return `<details>\n<summary><code>&lt;${element.tagName}&gt;</code> ${summary}</summary>\n\n${tables}\n</details>\n`;
}

const MAIN = 'virtual-background-camera';
const isMain = ({ tagName }) => tagName === MAIN;
const { modules } = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
const elements = modules.flatMap((module) => module.declarations ?? []);
// The element first, then its controls in the manifest's order.
const tables = [...elements.filter(isMain), ...elements.filter((element) => !isMain(element))].map((element) => describe(element, isMain(element))).join('\n');
const readme = await readFile(README, 'utf8');
const [before, rest] = readme.split(START);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`README.md needs the lines ${START} and ${END}.`);
const written = `${before}${START}\n${tables}\n${END}${after}`;
if (process.argv.includes('--check')) {
  if (written !== readme) {
    console.error('The tables in README.md are stale: run `npm run analyze` and commit README.md.');
    process.exitCode = 1;
  }
} else if (written !== readme) {
  await writeFile(README, written);
}
