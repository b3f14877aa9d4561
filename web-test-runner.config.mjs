import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { ensureCameraClip } from './scripts/make-camera-clip.mjs';
import { baseBrowserFlags, findBrowser } from './scripts/find-browser.mjs';
import { ROOT, hasShared } from './scripts/paths.mjs';
import { bundledDependenciesPlugin } from './scripts/test-runner/dependencies.mjs';
import { docsCodePlugin } from './scripts/test-runner/docs-code.mjs';
import { viteLikeSourcesPlugin } from './scripts/test-runner/sources.mjs';
import { testEnvironment } from './scripts/test-runner/test-environment.mjs';
import { listReporter } from './scripts/test-runner/reporter.mjs';

const shared = hasShared();
const camera = await ensureCameraClip();

export default {
  rootDir: ROOT,
  files: ['test/**/*.test.ts'],
  nodeResolve: true,
  concurrency: 1,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 600_000,
  browserStartTimeout: 60_000,
  testFramework: { config: { ui: 'bdd', timeout: 60_000 } },
  plugins: [
    bundledDependenciesPlugin(),
    viteLikeSourcesPlugin(),
    docsCodePlugin(),
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${ROOT}tsconfig.json` }),
  ],
  middleware: [
    testEnvironment({
      shared,
      sharedReason: shared ? 'found beside the checkout' : 'no ../shared/testdata beside the checkout',
      cameraClip: camera.id,
    }),
  ],
  reporters: [listReporter()],
  browsers: [
    chromeLauncher({
      launchOptions: {
        executablePath: findBrowser(),
        headless: true,
        args: [
          ...baseBrowserFlags(),
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-video-capture=${camera.file}`,
          '--allow-loopback-in-peer-connection',
          '--enable-precise-memory-info',
          '--js-flags=--expose-gc',
        ],
      },
    }),
  ],
};
