/**
 * Writes `api.txt`: every name that the package exports, with its type, from the built `.d.ts`, without comments. What an
 * app can rely on changes when this file does, so a change of it is looked at in review, and named in CHANGELOG.md.
 *
 *   npm run api
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ROOT } from './paths.mjs';

export const API_REPORT = join(ROOT, 'api.txt');

/** Written for frameworks from the manifest, which is compared already. */
const GENERATED = ['./react', './vue', './svelte'];

const isHidden = (member) =>
  ts.isPrivateIdentifier(member.name ?? member) || Boolean(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private);

/** A declaration as an app sees it. */
function describe(declaration, printer) {
  let node = declaration;
  if (ts.isClassDeclaration(node)) {
    node = ts.factory.updateClassDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, node.members.filter((member) => !isHidden(member)));
  } else if (ts.isVariableDeclaration(node)) node = node.parent.parent;
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile()).replace(/^export (?:declare )?|^declare /, '');
}

/** Everything that an entry exports, in the order of the names. */
function describeEntry(checker, source, printer) {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).sort((one, other) => (one.name < other.name ? -1 : 1));
  return symbols.flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return [...new Set((target.declarations ?? []).map((declaration) => describe(declaration, printer)))];
  });
}

/** @returns {string} the report of what is built */
export function apiReport() {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([name, entry]) => entry.types && !name.endsWith('.js') && !GENERATED.includes(name));
  const files = entries.map(([, { types }]) => join(ROOT, types));
  const program = ts.createProgram(files, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true, types: [] });
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });
  const checker = program.getTypeChecker();
  const written = new Set();
  const sections = entries.map(([name], index) => {
    // What an entry above exports, too, is not repeated.
    const lines = describeEntry(checker, program.getSourceFile(files[index]), printer).filter((line) => !written.has(line));
    lines.forEach((line) => written.add(line));
    return [`# virtual-background-camera${name.slice(1)}`, ...lines].join('\n\n');
  });
  return `${sections.join('\n\n')}\n`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) writeFileSync(API_REPORT, apiReport());
