import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { arrowsRule } from './scripts/eslint-arrows.mjs';

const PURE_LEAVES = ['src/errors', 'src/types', 'src/assets'];
const OPEN_WORKER = 'src/open-worker';
const LEAVES = [...PURE_LEAVES, OPEN_WORKER];
const leaves = [...PURE_LEAVES.map((place) => ({ place, from: [], packages: [] })), { place: OPEN_WORKER, from: PURE_LEAVES, packages: [] }];
const READBACK = 'src/readback';

/** The arrows of docs/architecture.md. */
const rooms = [
  ...leaves,
  { place: READBACK, from: LEAVES, packages: [] },
  { place: 'src/components', from: ['src/engine', ...LEAVES], packages: ['lit'] },
  { place: 'src/engine', from: ['src/pipeline', 'src/capture', 'src/segmentation', 'src/gl', 'src/output', 'src/scenes', ...LEAVES], packages: [] },
  { place: 'src/pipeline', from: ['src/masks', 'src/capture', 'src/segmentation', 'src/gl', 'src/output', READBACK, ...LEAVES], packages: [] },
  { place: 'src/masks', from: ['src/segmentation', 'src/gl', ...LEAVES], packages: [] },
  { place: 'src/capture', from: LEAVES, packages: [] },
  { place: 'src/matte', from: LEAVES, packages: [] },
  { place: 'src/segmentation', from: [READBACK, ...LEAVES], packages: ['@tensorflow', '@tensorflow-models'] },
  { place: 'src/gl', from: ['src/matte', 'src/shaders', READBACK, ...LEAVES], packages: ['twgl.js'] },
  { place: 'src/output', from: LEAVES, packages: [] },
  { place: 'src/scenes', from: LEAVES, packages: [] },
  { place: 'src/shaders', from: [], packages: [] },
  // The adapters for SDKs that open the camera have to make a background for the track that they are given.
  { place: 'src/integrations', from: ['src/create-virtual-background', ...LEAVES], typesFrom: ['src/engine'], packages: [], typePackages: ['amazon-chime-sdk-js', 'livekit-client', 'twilio-video'] },
  { place: 'demo', from: ['src/index', 'src/define'] },
  { place: 'src', from: ['src'] },
];

/** Text that becomes markup is where scripts of others get in; Lit's templates and DOM properties do without. */
const MARKUP_SINKS = /^(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|parseFromString|srcdoc)$/;
const MARKUP_DIRECTIVES = /^(unsafeHTML|unsafeSVG|unsafeMathML|unsafeStatic)$/;
const noMarkup = [
  `MemberExpression[property.name=${MARKUP_SINKS}]`,
  `MemberExpression[property.value=${MARKUP_SINKS}]`,
  `Property[key.name=${MARKUP_SINKS}]`,
  `Property[key.value=${MARKUP_SINKS}]`,
  'Identifier[name="DOMParser"]',
  'CallExpression[callee.object.name="document"][callee.property.name=/^write(ln)?$/]',
  `ImportSpecifier[imported.name=${MARKUP_DIRECTIVES}]`,
].map((selector) => ({ selector, message: 'Text must not become markup: use a Lit template or textContent (SECURITY.md).' }));
const noPlainWorkers = {
  selector: 'NewExpression[callee.name=/^(Shared)?Worker$/]',
  message: 'Start workers with openWorker() of src/open-worker.ts, which vouches for their address and notices where the browser refuses them.',
};

export default defineConfig(
  globalIgnores(['dist/', 'site/', '.cache/', 'results/', 'coverage/', 'src/assets/', 'bench/results/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Methods here are passed on only inside objects that keep their owner.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-undef': 'off',
      'prefer-const': 'error',
    },
  },
  {
    files: ['vite.config.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.node.json' } },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // chai states some expectations as bare properties: `expect(x).to.be.true`.
      '@typescript-eslint/no-unused-expressions': 'off',
      // Fakes implement asynchronous interfaces without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Answers of `fetch(…).json()` and of workers are looked at, not declared.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'demo/**/*.ts'],
    plugins: { local: { rules: { arrows: arrowsRule } } },
    rules: {
      'local/arrows': ['error', { root: import.meta.dirname, rooms }],
      'no-restricted-syntax': ['error', ...noMarkup],
      'no-script-url': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/open-worker.ts', 'src/segmentation/wasm-threads.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noMarkup, noPlainWorkers] },
  },
  {
    files: ['**/*.{js,mjs}'],
    // Functions handed to puppeteer's `evaluate` stand in Node's scripts and run in a page.
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }], eqeqeq: 'error' },
  },
);
