/**
 * Writes `custom-elements.json`, the public description of the elements, from their sources: attributes, properties,
 * methods, events, slots, parts and CSS properties. What is private or Lit's own is left out, and the modules are
 * named as an app imports them.
 *
 *   node scripts/manifest.mjs [--check]     --check writes nothing and fails when the file is stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli } from '@custom-elements-manifest/analyzer/cli.js';
import { runnerImport } from 'vite';
import { ROOT } from './paths.mjs';

const FILE = join(ROOT, 'custom-elements.json');
/** What every element has: the platform's and Lit's callbacks. */
const LIFECYCLE = /^(connected|disconnected|adopted|attributeChanged|formReset)Callback$|^(render|createRenderRoot|shouldUpdate|willUpdate|update|firstUpdated|updated|getUpdateComplete|performUpdate|scheduleUpdate|requestUpdate)$/;

const isPublic = (member) =>
  !member.static && !/^[#_]/.test(member.name) && !['private', 'protected'].includes(member.privacy) && !LIFECYCLE.test(member.name);

const toTag = (className) => className.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** The element takes its defaults from the engine's settings, whose values the analyzer cannot see. */
async function readDefaults() {
  const { module } = await runnerImport('./src/engine/settings.ts', { root: ROOT, configFile: false, logLevel: 'error' });
  return module.DEFAULT_SETTINGS;
}

function withDefault(entry, name, settings) {
  if (entry.default !== undefined || settings[name] === undefined) return entry;
  return { ...entry, default: JSON.stringify(settings[name]).replaceAll('"', "'") };
}

/** Where a class got something from is the package's own affair. */
const withoutOrigin = ({ inheritedFrom: _inheritedFrom, ...entry }) => entry;

/** What an app sees of a class: no private parts, no parts of Lit, and names and defaults filled in. */
function publicDeclaration(declaration, settings) {
  const { superclass: _superclass, attributes: allAttributes = [], members: allMembers = [], events: allEvents = [], ...rest } = declaration;
  const [attributes, members, events] = [allAttributes, allMembers, allEvents].map((list) => list.map(withoutOrigin));
  return {
    ...rest,
    tagName: declaration.tagName ?? toTag(declaration.name),
    customElement: true,
    attributes: attributes.map((attribute) => withDefault(attribute, attribute.fieldName, settings)),
    members: members.filter(isPublic).map(({ privacy: _privacy, ...member }) => (member.attribute ? withDefault(member, member.name, settings) : member)),
    // An event without description is one that the analyzer guessed from a call of dispatchEvent.
    events: events.filter(({ description }) => description),
  };
}

/** The classes that are elements, without those that only stand above others. */
function findElements(modules) {
  const classes = modules.flatMap((module) => module.declarations ?? []).filter(({ kind }) => kind === 'class');
  const byName = new Map(classes.map((declaration) => [declaration.name, declaration]));
  const comesFromLit = ({ superclass }) => superclass?.name === 'LitElement' || (byName.has(superclass?.name) && comesFromLit(byName.get(superclass.name)));
  const above = new Set(classes.map(({ superclass }) => superclass?.name));
  return classes.filter((declaration) => (declaration.customElement || comesFromLit(declaration)) && !above.has(declaration.name));
}

async function analyze() {
  const { schemaVersion, modules } = await cli({
    argv: ['analyze', '--config', 'custom-elements-manifest.config.mjs'],
    cwd: ROOT,
    noWrite: true,
  });
  const settings = await readDefaults();
  const declarations = findElements(modules)
    .map((declaration) => publicDeclaration(declaration, settings))
    .sort((a, b) => a.tagName.localeCompare(b.tagName));
  if (!declarations.length) throw new Error('No custom element found in src/components.');
  const index = 'dist/index.js';
  return {
    schemaVersion,
    readme: 'README.md',
    modules: [
      {
        kind: 'javascript-module',
        path: index,
        declarations,
        exports: declarations.map(({ name }) => ({ kind: 'js', name, declaration: { name, module: index } })),
      },
      {
        kind: 'javascript-module',
        path: 'dist/define.js',
        declarations: [],
        exports: declarations.map(({ name, tagName }) => ({ kind: 'custom-element-definition', name: tagName, declaration: { name, module: index } })),
      },
    ],
  };
}

const text = `${JSON.stringify(await analyze(), null, 2)}\n`;
if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
    console.error('custom-elements.json is stale: run `npm run analyze` and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, text);
}
