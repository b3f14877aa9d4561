import { once } from 'node:events';
import { createServer } from 'node:net';
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
import { testFilesOf } from './scripts/test-runner/test-files.mjs';

/** `TEST_BROWSER=firefox npx wtr` runs the tests in Firefox. */
const browserName = process.env.TEST_BROWSER || 'chromium';

/** The runner would look for a free port itself, and two that start at the same time would find the same one. */
async function findFreePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

const shared = hasShared();
const camera = await ensureCameraClip();
const browser = await testBrowser(browserName, camera);

export default {
  rootDir: ROOT,
  port: await findFreePort(),
  files: testFilesOf(browserName),
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
