import { expect } from 'chai';
import type * as tf from '@tensorflow/tfjs-core';
import { ASSETS } from '../../src/segmentation/asset-digests';
import { Downloads } from '../../src/segmentation/downloads';
import { fetchGraph, sizeOfGroup } from '../../src/segmentation/graph-files';
import { checkPackageScript, fetchPackageFile } from '../../src/segmentation/package-files';
import type { ProgressDetail } from '../../src/types';
import { FaultyFiles } from '../helpers/faulty';
import { replace, restoreAll } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const CACHE_PREFIX = 'virtual-background-camera:models:';
const JSON_NAME = 'selfie-landscape.json';
const WEIGHTS_NAME = 'selfie-landscape.bin';
const WEIGHTS = ASSETS[WEIGHTS_NAME];

const messageOf = async (promise: Promise<unknown>): Promise<string> => ((await rejectionOf(promise)) as Error).message;

async function clearCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(CACHE_PREFIX)) await caches.delete(name);
}

/** Addresses of everything that is kept. */
async function keptUrls(): Promise<string[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return requests.flat().map(({ url }) => url);
}

/** The bundled network as somebody's own: only its model.json says what its weights must weigh. */
function loadGraph(folder: string, options: ConstructorParameters<typeof Downloads>[0] = {}, weightsIntegrity?: string) {
  return fetchGraph(new Downloads(options), { json: { url: folder + JSON_NAME }, weightsIntegrity, mayChange: true });
}

describe('<virtual-background-camera> model files', () => {
  let files: FaultyFiles;

  beforeEach(async () => {
    files = new FaultyFiles();
    await clearCaches();
  });

  afterEach(async () => {
    restoreAll();
    await files.release();
    await clearCaches();
  });

  describe('progress', () => {
    it('should tell bytes, and their sum where the model.json has told it', async () => {
      const steps: ProgressDetail[] = [];
      await loadGraph(files.folder('none', 'assets/'), { onProgress: (step) => steps.push(step) });
      const [first, last] = [steps[0], steps[steps.length - 1]];
      expect(first, 'before the model.json is there').to.not.have.property('total');
      const all = ASSETS[JSON_NAME].bytes + WEIGHTS.bytes;
      expect(last).to.deep.equal({ phase: 'model', loaded: all, total: all });
      const totals = steps.flatMap(({ total }) => total ?? []);
      expect(new Set(totals), 'it never changes').to.deep.equal(new Set([all]));
      const counts = steps.map(({ loaded }) => loaded ?? -1);
      expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
    });

    it('should tell the sum from the start for files of the package', async () => {
      const steps: ProgressDetail[] = [];
      await fetchPackageFile(new Downloads({ onProgress: (step) => steps.push(step) }), WEIGHTS_NAME, `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`);
      expect(steps.every(({ total }) => total === WEIGHTS.bytes)).to.equal(true);
      expect(steps[steps.length - 1]?.loaded).to.equal(WEIGHTS.bytes);
    });
  });

  it('should hang up when it is aborted, and tell nothing more', async () => {
    const controller = new AbortController();
    const steps: ProgressDetail[] = [];
    const folder = files.folder('held:.bin', 'assets/');
    const loading = loadGraph(folder, { signal: controller.signal, cache: true, onProgress: (step) => steps.push(step) });
    await waitFor('the first half', () => (steps[steps.length - 1]?.loaded ?? 0) > ASSETS[JSON_NAME].bytes);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await rejectionOf(loading)).to.equal(reason);
    const told = steps.length;
    await waitFor('the server to notice', async () => (await files.requests()).some(({ path, aborted }) => aborted && path.endsWith('.bin')));
    expect(steps).to.have.lengthOf(told);
    expect((await keptUrls()).filter((url) => url.endsWith('.bin')), 'nothing of it is kept').to.deep.equal([]);
  });

  describe('that are wrong', () => {
    it('should name a file that is too short, and both sizes', async () => {
      const folder = files.folder('short:.bin', 'assets/');
      const message = await messageOf(loadGraph(folder, { cache: true }));
      expect(message).to.include(`${folder}${WEIGHTS_NAME} has ${WEIGHTS.bytes - 1} bytes instead of ${WEIGHTS.bytes}`);
      expect((await keptUrls()).filter((url) => url.endsWith('.bin'))).to.deep.equal([]);
    });

    it('should name a file whose connection breaks, and how much came', async () => {
      const folder = files.folder('broken:.bin', 'assets/');
      const message = await messageOf(loadGraph(folder));
      expect(message).to.match(/selfie-landscape\.bin broke off after \d+ of 213844 bytes$/);
    });

    it('should name a file that is not there', async () => {
      const folder = files.folder('gone:.bin', 'assets/');
      expect(await messageOf(loadGraph(folder))).to.equal(`${folder}${WEIGHTS_NAME} answered 404`);
    });

    it("should say that a server sent a page in the file's place", async () => {
      const folder = files.folder('page:.bin', 'assets/');
      expect(await messageOf(loadGraph(folder, { cache: true }))).to.match(new RegExp(`^${folder}${WEIGHTS_NAME} is a web page \\(200, text/html(?:;[^)]*)?\\) in place of the file$`));
    });

    it('should name what is no model.json', async () => {
      const url = new URL('/test/helpers/faulty.ts', location.href).href;
      expect(await messageOf(fetchGraph(new Downloads(), { json: { url }, mayChange: true }))).to.equal(`${url} is not JSON`);
      const other = new URL('/__test-env.json', location.href).href;
      expect(await messageOf(fetchGraph(new Downloads(), { json: { url: other }, mayChange: true }))).to.equal(`${other} is not the model.json of a graph model`);
    });

    it('should refuse a file of the package in which one bit is another', async () => {
      const url = `${files.folder('changed:.bin', 'assets/')}${WEIGHTS_NAME}`;
      const message = await messageOf(fetchPackageFile(new Downloads({ cache: true }), WEIGHTS_NAME, url));
      expect(message).to.match(/selfie-landscape\.bin is not the file that was expected: its digest is sha256-\S{43}=, not sha256-\S{43}=$/);
      expect(message).to.include(WEIGHTS.integrity);
      expect(await keptUrls()).to.deep.equal([]);
    });

    it('should refuse weights that a digest does not fit, and take those that it does', async () => {
      const changed = files.folder('changed:.bin', 'assets/');
      expect(await messageOf(loadGraph(changed, {}, WEIGHTS.integrity))).to.include('is not the file that was expected');
      const right = files.folder('none', 'assets/');
      const strong = 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC';
      expect(await messageOf(loadGraph(right, {}, `${WEIGHTS.integrity} ${strong}`)), 'the stronger counts').to.include('sha384-');
      await loadGraph(right, {}, `${ASSETS[JSON_NAME].integrity} ${WEIGHTS.integrity}`);
    });

    it('should refuse a digest that is misspelt, rather than go without a check', async () => {
      for (const wrong of ['sha256-short', 'md5-abc', `${WEIGHTS.integrity} sha256`]) {
        expect(await messageOf(loadGraph(files.folder('none', 'assets/'), {}, wrong))).to.match(/^model-integrity must be sha256-/);
      }
    });

    it('should take a script with a source map at its end, and no other', async () => {
      const name = 'tfjs-backend-wasm-threads.worker.js';
      const url = `${files.folder('none', 'assets/')}${name}`;
      const script = await (await fetch(url)).text();
      let served = script;
      replace(globalThis, 'fetch', () => Promise.resolve(new Response(served)));
      const check = (): Promise<void> => checkPackageScript(new Downloads(), name, url, 30_000);
      await check();
      served = `${script}\n//# sourceMappingURL=data:application/json;base64,e30=\n`;
      await check();
      for (served of [`${script}alert(1)`, `${script}//# sourceMappingURL=x\nalert(1)`, `\n${script}`, script.slice(1), '']) {
        expect(await messageOf(check())).to.match(/worker\.js is not the file that was expected/);
      }
    });

    it("should have the browser check where the page's own digests cannot be made", async () => {
      replace(crypto, 'subtle', undefined);
      const url = `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`;
      expect((await fetchPackageFile(new Downloads(), WEIGHTS_NAME, url)).byteLength).to.equal(WEIGHTS.bytes);
      const changed = `${files.folder('changed:.bin', 'assets/')}${WEIGHTS_NAME}`;
      expect(await rejectionOf(fetchPackageFile(new Downloads(), WEIGHTS_NAME, changed))).to.be.instanceOf(Error);
    });
  });

  describe('that are kept', () => {
    const weightsKept = () => waitFor('the disk', async () => (await keptUrls()).some((url) => url.endsWith('.bin')));

    it('should come from the cache the second time', async () => {
      const url = `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`;
      const first = await fetchPackageFile(new Downloads({ cache: true }), WEIGHTS_NAME, url);
      await weightsKept();
      const steps: ProgressDetail[] = [];
      const second = await fetchPackageFile(new Downloads({ cache: true, onProgress: (step) => steps.push(step) }), WEIGHTS_NAME, url);
      expect(new Uint8Array(second)).to.deep.equal(new Uint8Array(first));
      expect(await files.names(), 'asked for once').to.deep.equal([WEIGHTS_NAME]);
      expect(steps).to.deep.equal([{ phase: 'model', loaded: WEIGHTS.bytes, total: WEIGHTS.bytes }]);
    });

    it('should be asked for each time without the cache', async () => {
      const url = `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`;
      await fetchPackageFile(new Downloads(), WEIGHTS_NAME, url);
      await fetchPackageFile(new Downloads(), WEIGHTS_NAME, url);
      expect(await files.names()).to.have.lengthOf(2);
      expect(await keptUrls()).to.deep.equal([]);
    });

    it('should be fetched again when what is kept does not fit', async () => {
      const url = `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`;
      await fetchPackageFile(new Downloads({ cache: true }), WEIGHTS_NAME, url);
      await weightsKept();
      const [name] = (await caches.keys()).filter((known) => known.startsWith(CACHE_PREFIX)) as [string];
      const cache = await caches.open(name);
      for (const spoilt of [new Uint8Array(7), new Uint8Array(WEIGHTS.bytes)]) {
        await cache.put(url, new Response(spoilt));
        const bytes = await fetchPackageFile(new Downloads({ cache: true }), WEIGHTS_NAME, url);
        expect(bytes.byteLength).to.equal(WEIGHTS.bytes);
        await waitFor('the right file in the cache', async () => (await (await cache.match(url))?.blob())?.size === WEIGHTS.bytes);
      }
      expect(await files.names()).to.have.lengthOf(3);
    });

    it("should be compared with a page's own server, which may have others by now", async () => {
      const folder = files.folder('none', 'assets/');
      await loadGraph(folder, { cache: true });
      await weightsKept();
      await loadGraph(folder, { cache: true });
      expect(await files.names(), 'not fetched again').to.deep.equal([JSON_NAME, WEIGHTS_NAME]);
      expect(await files.names('HEAD')).to.include.members([JSON_NAME, WEIGHTS_NAME]);
      const [name] = (await caches.keys()).filter((known) => known.startsWith(CACHE_PREFIX)) as [string];
      const cache = await caches.open(name);
      const kept = await cache.match(folder + WEIGHTS_NAME);
      await cache.put(folder + WEIGHTS_NAME, new Response(await kept?.arrayBuffer(), { headers: { 'Last-Modified': 'Sat, 01 Feb 2020 02:02:02 GMT' } }));
      await loadGraph(folder, { cache: true });
      expect(await files.names(), 'of another day').to.deep.equal([JSON_NAME, WEIGHTS_NAME, WEIGHTS_NAME]);
    });

    it('should be used without a network', async () => {
      const folder = files.folder('none', 'assets/');
      await loadGraph(folder, { cache: true });
      await weightsKept();
      replace(globalThis, 'fetch', () => Promise.reject(new TypeError('Failed to fetch')));
      const graph = await loadGraph(folder, { cache: true });
      expect((await graph.load?.())?.weightData).to.have.property('byteLength', WEIGHTS.bytes);
    });

    it('should make room: caches of other versions go, those of others stay', async () => {
      await caches.open(`${CACHE_PREFIX}0`);
      await caches.open('somebody-elses');
      await fetchPackageFile(new Downloads({ cache: true }), WEIGHTS_NAME, `${files.folder('none', 'assets/')}${WEIGHTS_NAME}`);
      await weightsKept();
      const names = await caches.keys();
      expect(names).to.include('somebody-elses').and.not.include(`${CACHE_PREFIX}0`);
      await caches.delete('somebody-elses');
    });

    for (const [what, broken] of Object.entries({
      'may keep nothing': () => replace(caches, 'open', () => Promise.reject(new DOMException('no', 'SecurityError'))),
      'has a full disk': () => replace(Cache.prototype, 'put', () => Promise.reject(new DOMException('full', 'QuotaExceededError'))),
      'has no Cache Storage': () => replace(globalThis, 'isSecureContext', false),
    })) {
      it(`should load all the same where a page ${what}`, async () => {
        broken();
        await loadGraph(files.folder('none', 'assets/'), { cache: true });
        expect(await files.names()).to.deep.equal([JSON_NAME, WEIGHTS_NAME]);
      });
    }
  });

  it('should weigh what their shapes and types say', () => {
    const weigh = (entries: Partial<tf.io.WeightsManifestEntry>[]) => sizeOfGroup(entries as tf.io.WeightsManifestEntry[]);
    expect(weigh([{ shape: [3, 3, 2], dtype: 'float32' }, { shape: [], dtype: 'int32' }])).to.equal(76);
    expect(weigh([{ shape: [5], dtype: 'float32', quantization: { dtype: 'uint16', scale: 1, min: 0 } }])).to.equal(10);
    expect(weigh([{ shape: [5], dtype: 'float32', quantization: { dtype: 'float16' } }, { shape: [2], dtype: 'bool' }])).to.equal(12);
    expect(weigh([{ shape: [5], dtype: 'string' }]), 'texts tell no size').to.equal(null);
  });
});
