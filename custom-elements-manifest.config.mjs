/**
 * A `@returns` or `@param` without a type in it makes the analyzer forget the type that the code declares; this
 * takes types from the code, always.
 */
function declaredTypesPlugin() {
  return {
    name: 'declared-types',
    analyzePhase({ ts, node, moduleDoc }) {
      if (!ts.isMethodDeclaration(node) || !ts.isClassDeclaration(node.parent)) return;
      const owner = moduleDoc.declarations?.find(({ name }) => name === node.parent.name?.text);
      const method = owner?.members?.find(({ kind, name }) => kind === 'method' && name === node.name.getText());
      if (!method) return;
      if (node.type) method.return = { ...method.return, type: { text: node.type.getText() } };
      for (const parameter of node.parameters) {
        const described = method.parameters?.find(({ name }) => name === parameter.name.getText());
        if (described && parameter.type) described.type = { text: parameter.type.getText() };
      }
    },
  };
}

/** Analyzer settings; scripts/manifest.mjs turns its answer into the published manifest. */
export default {
  globs: ['src/components/**/*.ts'],
  litelement: true,
  packagejson: false,
  quiet: true,
  plugins: [declaredTypesPlugin()],
};
