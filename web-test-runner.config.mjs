import { esbuildPlugin } from '@web/dev-server-esbuild';
import { ensureCameraClip } from './scripts/make-camera-clip.mjs';
import { ROOT, hasShared } from './scripts/paths.mjs';
import { testBrowser } from './scripts/test-runner/browsers.mjs';
import { bundledWorkers } from './scripts/test-runner/bundled-workers.mjs';
import { bundledDependenciesPlugin } from './scripts/test-runner/dependencies.mjs';
import { docsCodePlugin } from './scripts/test-runner/docs-code.mjs';
import { faultyFiles } from './scripts/test-runner/faulty-files.mjs';
import { viteLikeSourcesPlugin } from './scripts/test-runner/sources.mjs';
import { faultServer } from './scripts/test-runner/fault-server.mjs';
import { testPage } from './scripts/test-runner/page.mjs';
import { testEnvironment } from './scripts/test-runner/test-environment.mjs';
import { listReporter } from './scripts/test-runner/reporter.mjs';

/** `TEST_BROWSER=firefox npx wtr` runs the tests in Firefox. */
const browserName = process.env.TEST_BROWSER || 'chromium';

/** In Chromium alone: arithmetic and tables without any API of the browser, which say the same everywhere. */
const SAME_EVERYWHERE = [
  'test/bench/live.test.ts',
  'test/bench/measures.test.ts',
  'test/chime/join-information.test.ts',
  'test/engine/model/backend-memory.test.ts',
  'test/engine/model/model-loader.test.ts',
  'test/engine/quality/effort.test.ts',
  'test/pipeline/hosts/frame-clock.test.ts',
  'test/engine/latest.test.ts',
  'test/masks/crop.test.ts',
  'test/masks/distance.test.ts',
  'test/masks/mask-loop.test.ts',
  'test/masks/tracker.test.ts',
  'test/masks/regions.test.ts',
  'test/masks/runs.test.ts',
  'test/pipeline/meter.test.ts',
  'test/pipeline/picture-age.test.ts',
  'test/pipeline/hosts/output-limiter.test.ts',
  'test/engine/quality/quality-controller.test.ts',
  'test/engine/savings.test.ts',
  'test/engine/state.test.ts',
  'test/segmentation/network-input.test.ts',
  'test/segmentation/thread-choice.test.ts',
];

const shared = hasShared();
const camera = await ensureCameraClip();
const browser = await testBrowser(browserName, camera);

export default {
  rootDir: ROOT,
  files: ['test/**/*.test.ts', ...(browserName === 'chromium' ? [] : SAME_EVERYWHERE.map((file) => `!${file}`))],
  nodeResolve: true,
  concurrency: 1,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 600_000,
  browserStartTimeout: 60_000,
  testRunnerHtml: testPage,
  testFramework: { config: { ui: 'bdd', timeout: 60_000 } },
  plugins: [
    bundledDependenciesPlugin(),
    viteLikeSourcesPlugin(),
    docsCodePlugin(),
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${ROOT}tsconfig.json` }),
  ],
  middleware: [
    bundledWorkers({ watch: process.argv.includes('--watch') }),
    faultyFiles(),
    faultServer(),
    testEnvironment({
      shared,
      sharedReason: shared ? 'found beside the checkout' : 'no ../shared/testdata beside the checkout',
      cameraClip: camera.id,
      cameraPlaysClip: browserName === 'chromium',
    }),
  ],
  reporters: [listReporter(browser.version)],
  browsers: [browser.launcher],
};
