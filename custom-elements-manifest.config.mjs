/** Analyzer settings; scripts/manifest.mjs turns its answer into the published manifest. */
export default {
  globs: ['src/components/**/*.ts'],
  litelement: true,
  packagejson: false,
  quiet: true,
};
