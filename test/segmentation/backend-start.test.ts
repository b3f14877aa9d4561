import { expect } from 'chai';
import { resolveAssetUrls } from '../../src/assets';
import { startBackend } from '../../src/segmentation/tf-runtime';
import { expectRejection } from '../helpers/errors';

// A page of its own: TensorFlow.js starts a backend once.
describe('<virtual-background-camera> TensorFlow.js in a page', () => {
  it('should start once for several that ask at the same time', async () => {
    const assets = resolveAssetUrls();
    const backends = await Promise.all([startBackend('wasm', assets), startBackend('auto', assets), startBackend('wasm', assets)]);
    expect(backends).to.deep.equal(['wasm', 'wasm', 'wasm']);
  });

  it('should say what to serve when no backend starts', async () => {
    await expectRejection(startBackend('cuda' as 'wasm', resolveAssetUrls()), 'model-load-failed', /no working backend \(cuda: .*\); .*set asset-base \(docs\/bundlers\.md.*\)$/);
  });
});
