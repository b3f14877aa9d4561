/**
 * Writes into `dist/`, from custom-elements.json and the built types, what editors and frameworks know of the
 * elements:
 *
 * - `elements.d.ts`: of each element what can be set in markup, and its events
 * - `react.d.ts`, `vue.d.ts`, `svelte.d.ts`: the tags in JSX of React 19, in templates of Vue 3 and of Svelte 5; the
 *   `.js` beside each is empty, for those who import it as code
 * - `vscode.html-custom-data.json`, `vscode.css-custom-data.json`, `web-types.json`: completion in VS Code and
 *   JetBrains' editors
 *
 * The build calls it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration';
import { generateVsCodeCustomElementData } from 'custom-element-vs-code-integration';
import ts from 'typescript';
import { ROOT } from './paths.mjs';

/** Entries of the package with types of a framework alone. */
export const FRAMEWORKS = ['react', 'vue', 'svelte'];

/** Looks things up in the types of the package: those that are built, or the sources. */
export class PackageTypes {
  #checker;
  #exports;

  /**
   * @param {string} file `dist/index.d.ts` or `src/index.ts`
   * @param {ts.CompilerOptions} [options] how the file's imports are found
   */
  constructor(file, options = { module: ts.ModuleKind.NodeNext }) {
    const program = ts.createProgram([file], { target: ts.ScriptTarget.ES2022, skipLibCheck: true, types: [], ...options });
    this.#checker = program.getTypeChecker();
    const symbol = this.#checker.getSymbolAtLocation(program.getSourceFile(file));
    this.#exports = new Map(this.#checker.getExportsOfModule(symbol).map((found) => [found.name, found]));
  }

  #property(className, name) {
    const symbol = this.#exports.get(className);
    if (!symbol) throw new Error(`index.d.ts does not export ${className}, which custom-elements.json names (npm run analyze brings it up to date)`);
    return this.#checker.getDeclaredTypeOfSymbol(symbol).getProperty(name);
  }

  /** What a type of the package stands for, written out; an object's or a class's, which have members, is null. */
  meaningOf(name) {
    const symbol = this.#exports.get(name);
    if (!symbol || !(symbol.flags & (ts.SymbolFlags.Alias | ts.SymbolFlags.TypeAlias))) return null;
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    if (!(target.flags & ts.SymbolFlags.TypeAlias)) return null;
    const written = target.declarations[0].type.getText();
    // What is taken from a table of values is worked out; what is written out stays as it is.
    const text = /\b(typeof|Exclude)\b/.test(written)
      ? this.#checker.typeToString(this.#checker.getDeclaredTypeOfSymbol(target), undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType)
      : written;
    // Any other text is allowed, too; TypeScript's way to say so helps only an editor.
    return text.replace(/\s+/g, ' ').replace(/\(string & \{\}\)/g, 'string').replace(/^\| /, '');
  }

  /** The members of an interface of the package, its own and those it extends; null for any other type. */
  fieldsOf(name) {
    const symbol = this.#exports.get(name);
    const target = symbol && (symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol);
    if (!target || !(target.flags & ts.SymbolFlags.Interface) || target.flags & ts.SymbolFlags.Class) return null;
    return this.#checker.getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(target)).map((field) => ({
      name: field.name,
      optional: Boolean(field.flags & ts.SymbolFlags.Optional),
      type: this.#fieldType(field),
      description: ts.displayPartsToString(field.getDocumentationComment(this.#checker)),
    }));
  }

  /** As the source has it; a name that the package keeps to itself is written out. */
  #fieldType(field) {
    const written = field.valueDeclaration.type.getText();
    const type = this.#checker.getTypeOfSymbol(field);
    if (!type.aliasSymbol || this.#exports.has(type.aliasSymbol.name)) return written;
    return this.#checker.typeToString(type, undefined, ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType);
  }

  hasProperty(className, name) {
    return this.#property(className, name) !== undefined;
  }

  /** The values of a property that takes some words only, as a type; null for any other. */
  wordsOf(className, name) {
    const property = this.#property(className, name);
    if (!property) return null;
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(property));
    const members = type.isUnion() ? type.types : [type];
    return members.every((member) => member.isStringLiteral()) ? members.map(({ value }) => `'${value}'`).join(' | ') : null;
  }

  /** A type's text with the package's own names as `Package.Name`. */
  qualify(text) {
    return text.replace(/(?<![\w.'"-])[A-Z]\w*/g, (name) => (this.#exports.has(name) ? `Package.${name}` : name));
  }
}

const isSettable = (member) => member.kind === 'field' && !member.readonly && member.name;
const comment = (text, indent) => (text ? `${indent}/** ${text.replace(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()} */\n` : '');
const quote = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);

/** `{name, type, description}` of everything that can be set, by attribute's and by property's name. */
function settable({ name: className, attributes = [], members = [] }, types) {
  const found = new Map();
  for (const { name, fieldName, description, type } of attributes) {
    const of = fieldName && types.hasProperty(className, fieldName) ? `Package.${className}['${fieldName}']` : types.qualify(type?.text ?? 'string');
    // An attribute of another name than its property is only ever text.
    const written = name !== fieldName && type?.text === 'number' ? `${of} | \`\${number}\`` : of;
    found.set(name, { name, type: written, description });
  }
  for (const { name, description } of members.filter(isSettable)) {
    if (!found.has(name) && types.hasProperty(className, name)) found.set(name, { name, type: `Package.${className}['${name}']`, description });
  }
  return [...found.values()];
}

function describeElement(element, types) {
  const { name, tagName, events = [] } = element;
  const props = settable(element, types).map((prop) => `${comment(prop.description, '  ')}  ${quote(prop.name)}?: ${prop.type} | undefined;\n`);
  const told = events.map((event) => `${comment(event.description, '  ')}  '${event.name}': ${types.qualify(event.type?.text ?? 'Event')};\n`);
  return `/** What can be set on \`<${tagName}>\` in markup: attributes and properties. */
export interface ${name}Props {
${props.join('')}}

/** What \`<${tagName}>\` tells, by the event's name. */
export interface ${name}Events {
${told.join('')}}
`;
}

const HEAD = '// Made from custom-elements.json by scripts/framework-types.mjs.\n';
const ofAll = (elements, write) => elements.map(write).join('\n');
const importElements = (elements) =>
  `import type { ${elements.map(({ name }) => name).join(', ')} } from './index.js';\nimport type { ${elements.map(({ name }) => `${name}Props, ${name}Events`).join(', ')} } from './elements.js';\n`;
const tags = (elements, type, indent) =>
  ofAll(elements, ({ name, tagName, summary, description }) => `${comment(summary ?? description, indent)}${indent}'${tagName}': ${type}<${name}, ${name}Props, ${name}Events>;`);

const reactTypes = (elements) => `${HEAD}import type { CSSProperties, ClassAttributes, HTMLAttributes } from 'react';
${importElements(elements)}
type Listeners<Events> = { [Name in keyof Events as \`on\${Name & string}\`]?: ((event: Events[Name]) => void) | undefined };
type Style = CSSProperties & { [name: \`--\${string}\`]: string | number | undefined };
type Tag<Element, Props, Events> = Omit<HTMLAttributes<Element>, keyof Props | 'style'> & ClassAttributes<Element> & Props & Listeners<Events> & { style?: Style | undefined };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
${tags(elements, 'Tag', '      ')}
    }
  }
}
`;

const vueTypes = (elements) => `${HEAD}import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
${importElements(elements)}
type Emits<Events> = { [Name in keyof Events]: (event: Events[Name]) => void };
type Tag<Element, Props, Events> = new () => Element & {
  $props: Omit<HTMLAttributes, keyof Props> & Props & PublicProps;
  $emit: EmitFn<Emits<Events>>;
};

declare module 'vue' {
  interface GlobalComponents {
${tags(elements, 'Tag', '    ')}
  }
}
`;

const svelteTypes = (elements) => `${HEAD}import type { HTMLAttributes } from 'svelte/elements';
${importElements(elements)}
type Listeners<Events> = { [Name in keyof Events as \`on\${Name & string}\` | \`on:\${Name & string}\`]?: ((event: Events[Name]) => void) | undefined };
type Tag<Element extends EventTarget, Props, Events> = Omit<HTMLAttributes<Element>, keyof Props> & Props & Listeners<Events>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
${tags(elements, 'Tag', '    ')}
  }
}
`;

/** The same manifest with the words that an attribute takes in place of their type's name, which editors offer. */
function spellOut(manifest, types) {
  const copy = structuredClone(manifest);
  for (const { name: className, attributes = [], members = [] } of copy.modules.flatMap(({ declarations = [] }) => declarations)) {
    for (const entry of [...attributes, ...members]) {
      const words = entry.type && types.wordsOf(className, entry.fieldName ?? entry.name);
      if (words) entry.type = { text: words };
    }
  }
  return copy;
}

/** @param {string} dist the build, with its types */
export async function writeFrameworkTypes(dist) {
  const manifest = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
  const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const elements = manifest.modules.flatMap(({ declarations = [] }) => declarations).filter(({ customElement }) => customElement);
  const types = new PackageTypes(join(dist, 'index.d.ts'));
  const files = {
    'elements.d.ts': `${HEAD}import type * as Package from './index.js';\n\n${ofAll(elements, (element) => describeElement(element, types))}`,
    'react.d.ts': reactTypes(elements),
    'vue.d.ts': vueTypes(elements),
    'svelte.d.ts': svelteTypes(elements),
    ...Object.fromEntries(FRAMEWORKS.map((framework) => [`${framework}.js`, 'export {};\n'])),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(dist, file), text);

  const spelled = spellOut(manifest, types);
  generateVsCodeCustomElementData(structuredClone(spelled), { outdir: dist, hideLogs: true });
  generateJetBrainsWebTypes(structuredClone(spelled), { outdir: dist, packageJson: false, hideLogs: true });
  const file = join(dist, 'web-types.json');
  await writeFile(file, `${JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), name, version }, null, 2)}\n`);
}
