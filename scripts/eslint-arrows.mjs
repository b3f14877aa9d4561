import { dirname, relative, resolve, sep } from 'node:path';

const isInside = (file, place) => file === place || file === `${place}.ts` || file.startsWith(`${place}/`);
const withoutExtension = (path) => path.replace(/\.(ts|js)$/, '');

/**
 * ESLint rule: who may import whom (docs/architecture.md). Unlike `no-restricted-imports` it follows the path, so
 * it does not matter how deep a file lies, and it sees `import()` too.
 *
 * Options: `root`, and `rooms`, the first of which that holds a file decides:
 * `{ place, from, typesFrom, packages, typePackages }`, where `place` and `from` are folders or files without
 * extension and `packages` are package scopes or names. A list left out means: anything.
 */
export const arrowsRule = {
  meta: {
    type: 'problem',
    docs: { description: 'imports follow the arrows of docs/architecture.md' },
    messages: {
      room: '{{room}} may not import {{target}}; it may import {{allowed}} (docs/architecture.md).',
      package: '{{room}} may not import the package {{target}}; it may import {{allowed}} (docs/architecture.md).',
      type: '{{room}} may import {{target}} for its types only: write `import type` (docs/architecture.md).',
    },
    schema: [{ type: 'object' }],
  },
  create(context) {
    const { root, rooms } = context.options[0];
    const toPath = (absolute) => relative(root, absolute).split(sep).join('/');
    const file = toPath(context.filename);
    const room = rooms.find(({ place }) => isInside(file, place));
    if (!room) return {};

    const isAllowed = (list, target, matches) => !list || list.some((place) => matches(target, place));
    const check = (node, source, typeOnly) => {
      if (typeof source?.value !== 'string') return;
      const isPath = /^[./]/.test(source.value);
      const specifier = source.value.split('?')[0];
      const target = isPath ? withoutExtension(toPath(resolve(dirname(context.filename), specifier))) : specifier;
      if (isPath && isInside(target, room.place)) return;
      const values = isPath ? room.from : room.packages;
      const types = isPath ? room.typesFrom : room.typePackages;
      const matches = isPath ? isInside : (name, scope) => name === scope || name.startsWith(`${scope}/`);
      if (isAllowed(values, target, matches)) return;
      const asType = types !== undefined && isAllowed(types, target, matches);
      if (asType && typeOnly) return;
      const allowed = [...(values ?? []), ...(types ?? []).map((name) => `${name} (types)`)].join(', ') || 'nothing';
      const messageId = asType ? 'type' : isPath ? 'room' : 'package';
      context.report({ node, messageId, data: { room: room.place, target, allowed } });
    };

    const checkDeclaration = (node) => check(node, node.source, (node.importKind ?? node.exportKind) === 'type');
    return {
      ImportDeclaration: checkDeclaration,
      ExportNamedDeclaration: checkDeclaration,
      ExportAllDeclaration: checkDeclaration,
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
    };
  },
};
