/**
 * Writes the elements' reference tables into docs/reference.md, between its manifest markers, from
 * `custom-elements.json` and the types of the sources.
 *
 *   node scripts/readme-tables.mjs [--check]     --check writes nothing and fails when the tables are stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { PackageTypes } from './framework-types.mjs';
import { ROOT } from './paths.mjs';

const PAGE = 'docs/reference.md';
const START = '<!-- manifest:start -->';
const END = '<!-- manifest:end -->';
/** Described by a table of its own on the page. */
const ERROR = 'VirtualBackgroundError';

const types = new PackageTypes(join(ROOT, 'src/index.ts'), {
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, experimentalDecorators: true,
});

const inCell = (text) => String(text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
const code = (text) => (text ? `\`${inCell(text)}\`` : '');

/** Names of the package's own types in a type, but for those in quotes. */
const namesIn = (text = '') => [...text.matchAll(/(?<![\w.'"-])[A-Z]\w*/g)].map(([name]) => name);

/** A type with the words that it allows in place of their names; what has members keeps its name. */
function spelled(text = '') {
  return text.replace(/(?<![\w.'"-])[A-Z]\w*/g, (name) => {
    const meaning = types.meaningOf(name);
    return meaning === null ? name : spelled(meaning);
  });
}

const typeCell = (text) => code(spelled(text));

function table(title, heads, rows) {
  if (!rows.length) return '';
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [`#### ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}

function parameterText({ name, optional, default: value, type }) {
  if (value !== undefined) return `${name}: ${spelled(type?.text ?? 'unknown')} = ${value}`;
  return `${name}${optional ? '?' : ''}: ${spelled(type?.text ?? 'unknown')}`;
}

const signature = ({ name, parameters = [], return: result }) =>
  `${name}(${parameters.map(parameterText).join(', ')})${result?.type ? `: ${spelled(result.type.text)}` : ''}`;

const methodText = ({ description, parameters = [] }) =>
  inCell([description, ...parameters.filter((parameter) => parameter.description).map(({ name, description: text }) => `\`${name}\`: ${text}.`)].filter(Boolean).join(' '));

function attributeRows({ attributes = [], members = [] }) {
  return attributes.map((attribute) => {
    const field = members.find((member) => member.name === attribute.fieldName);
    return [
      code(attribute.name),
      code(attribute.fieldName),
      typeCell((attribute.type ?? field?.type)?.text),
      code(attribute.default ?? field?.default),
      inCell(attribute.description ?? field?.description),
    ];
  });
}

function propertyRows({ members = [] }) {
  return members
    .filter((member) => member.kind === 'field' && !member.attribute)
    .map((field) => [code(field.name), typeCell(field.type?.text), field.readonly ? 'yes' : '', inCell(field.description)]);
}

/** The element itself in full, its controls folded up. */
function describe(element, isMain) {
  const methods = (element.members ?? []).filter((member) => member.kind === 'method');
  const named = (list = []) => list.map((entry) => [entry.name ? code(entry.name) : '(default)', inCell(entry.description)]);
  const summary = inCell(element.summary ?? element.description);
  const tables = [
    table('Attributes', ['Attribute', 'Property', 'Type', 'Default', 'Description'], attributeRows(element)),
    table('Properties', ['Property', 'Type', 'Read-only', 'Description'], propertyRows(element)),
    table('Methods', ['Method', 'Description'], methods.map((method) => [code(signature(method)), methodText(method)])),
    table('Events', ['Event', 'Type', 'Description'], (element.events ?? []).map((event) => [code(event.name), typeCell(event.type?.text), inCell(event.description)])),
    table('Slots', ['Slot', 'Description'], named(element.slots)),
    table('CSS parts', ['Part', 'Description'], named(element.cssParts)),
    table('CSS custom properties', ['Property', 'Default', 'Description'], (element.cssProperties ?? []).map((property) => [code(property.name), code(property.default), inCell(property.description)])),
    table('CSS states', ['State', 'Description'], named(element.cssStates)),
  ].filter(Boolean).join('\n');
  if (isMain) return `## \`<${element.tagName}>\`\n\n${tables}`;
  return `<details>\n<summary><code>&lt;${element.tagName}&gt;</code> ${summary}</summary>\n\n${tables}\n</details>\n`;
}

/** The types with members that the tables name, and those that these name, each with its fields. */
function describeTypes(elements) {
  const texts = elements.flatMap(({ attributes = [], members = [], events = [] }) => [...attributes, ...members, ...events].map((entry) => entry.type?.text));
  const waiting = texts.flatMap(namesIn);
  const found = new Map();
  for (let name; (name = waiting.shift()) !== undefined; ) {
    if (found.has(name) || name === ERROR) continue;
    const fields = types.fieldsOf(name);
    found.set(name, fields);
    waiting.push(...namesIn(types.meaningOf(name) ?? ''), ...(fields ?? []).flatMap(({ type }) => namesIn(type)));
  }
  const rows = (fields) => fields.map(({ name, optional, type, description }) => [code(`${name}${optional ? '?' : ''}`), typeCell(type), inCell(description)]);
  return [...found].filter(([, fields]) => fields).sort(([a], [b]) => a.localeCompare(b)).map(([name, fields]) => table(name, ['Field', 'Type', 'Description'], rows(fields))).join('\n');
}

const MAIN = 'virtual-background-camera';
const isMain = ({ tagName }) => tagName === MAIN;
const { modules } = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
const elements = modules.flatMap((module) => module.declarations ?? []);
// The element first, then its controls in the manifest's order.
const tables = [...elements.filter(isMain), ...elements.filter((element) => !isMain(element))].map((element) => describe(element, isMain(element))).join('\n');
const page = await readFile(join(ROOT, PAGE), 'utf8');
const [before, rest] = page.split(START);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`${PAGE} needs the lines ${START} and ${END}.`);
const written = `${before}${START}\n${tables}\n## Types\n\n${describeTypes(elements)}\n${END}${after}`;
if (process.argv.includes('--check')) {
  if (written !== page) {
    console.error(`The tables in ${PAGE} are stale: run \`npm run analyze\` and commit it.`);
    process.exitCode = 1;
  }
} else if (written !== page) {
  await writeFile(join(ROOT, PAGE), written);
}
