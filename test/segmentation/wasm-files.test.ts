import { expect } from 'chai';
import { resolveAssetUrls } from '../../src/assets';
import { ASSETS } from '../../src/segmentation/asset-digests';
import { Downloads } from '../../src/segmentation/downloads';
import { startBackend } from '../../src/segmentation/tf-runtime';
import { expectRejection } from '../helpers/errors';
import { FaultyFiles } from '../helpers/faulty';
import { rejectionOf, waitFor } from '../helpers/wait';
import type { ProgressDetail } from '../../src/types';

const SIMD = 'tfjs-backend-wasm-simd.wasm';

// A page of its own: TensorFlow.js starts a backend once, so the failures come first.
describe("<virtual-background-camera> TensorFlow.js' own files", () => {
  let files: FaultyFiles;

  beforeEach(() => {
    files = new FaultyFiles();
  });

  afterEach(() => files.release());

  const assets = (faults: string) => resolveAssetUrls(files.folder(faults, 'assets/'));

  it('should be refused when one bit is another', async () => {
    await expectRejection(startBackend('wasm', assets('changed:.wasm')), 'model-load-failed', /wasm: \S*-simd\.wasm is not the file that was expected: its digest is sha256-\S+, not sha256-/);
  });

  it('should be refused when they are too short', async () => {
    const bytes = ASSETS[SIMD].bytes;
    await expectRejection(startBackend('wasm', assets('short:.wasm')), 'model-load-failed', new RegExp(`-simd\\.wasm has ${bytes - 1} bytes instead of ${bytes}`));
  });

  it('should no longer be fetched when nobody waits any more', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const starting = startBackend('auto', assets('held:.wasm'), { downloads: new Downloads({ signal: controller.signal }) });
    await waitFor('the request', async () => (await files.names()).length > 0);
    controller.abort(reason);
    expect(await rejectionOf(starting), 'not another backend').to.equal(reason);
    await waitFor('the server to notice', async () => (await files.requests())[0]?.aborted);
  });

  it('should start when they are right after all, with their bytes told', async () => {
    const steps: ProgressDetail[] = [];
    expect(await startBackend('wasm', assets('none'), { downloads: new Downloads({ onProgress: (step) => steps.push(step) }) })).to.equal('wasm');
    expect(steps[steps.length - 1]).to.deep.equal({ phase: 'model', loaded: ASSETS[SIMD].bytes, total: ASSETS[SIMD].bytes });
    expect(await files.names()).to.deep.equal([SIMD]);
  });
});
