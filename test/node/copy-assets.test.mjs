import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { readModel } from '../../bin/body-pix.mjs';
import { guessUrl } from '../../bin/report.mjs';
import { buildPackage } from '../../scripts/build.mjs';
import { DIST, ROOT, SHARED } from '../../scripts/paths.mjs';

const PROGRAM = join(ROOT, 'bin/virtual-background-camera.mjs');
const WEIGHTS = join(SHARED, 'models/bodypix');
const FOLDER = 'mobilenet/quant2/050';
const RECORD = 'virtual-background-camera.assets.json';
const skip = existsSync(join(WEIGHTS, FOLDER, 'model-stride16.json')) ? false : 'no ../shared/models/bodypix beside the checkout';

/** @returns {Promise<{ code: number, out: string, err: string }>} */
function run(...words) {
  return new Promise((done) => {
    execFile(process.execPath, [PROGRAM, ...words], (error, out, err) => done({ code: error?.code ?? 0, out, err }));
  });
}

const listFiles = async (folder) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name).sort();

describe('npx virtual-background-camera copy-assets', () => {
  let place;
  let folder;
  let assets;

  before(async () => {
    await buildPackage({ ifStale: true });
    assets = (await readdir(join(DIST, 'assets'))).sort();
    place = await mkdtemp(join(tmpdir(), 'vbc-assets-'));
  });

  let count = 0;
  beforeEach(() => {
    count += 1;
    folder = join(place, String(count), 'public', 'camera');
  });

  after(() => rm(place, { recursive: true, force: true }));

  it('should copy every asset, byte for byte, and say what to write into the page', async () => {
    const { code, out } = await run('copy-assets', folder);
    assert.equal(code, 0);
    assert.deepEqual(await listFiles(folder), [...assets, RECORD].sort());
    for (const name of assets) assert.deepEqual(await readFile(join(folder, name)), await readFile(join(DIST, 'assets', name)), name);
    assert.match(out, /<virtual-background-camera asset-base="\/camera\/"><\/virtual-background-camera>/);
    assert.equal((await run('copy-assets', folder, '--check')).code, 0);
  });

  it("should put the workers, and the assets, where an app's scripts in that folder look for them", async () => {
    const workers = (await readdir(DIST)).filter((name) => name.endsWith('.worker.js'));
    assert.ok(workers.includes('engine.worker.js'));
    const { code, out } = await run('copy-assets', folder, '--workers');
    assert.equal(code, 0);
    assert.deepEqual((await readdir(folder)).sort(), [...workers, 'assets', RECORD].sort());
    assert.deepEqual((await readdir(join(folder, 'assets'))).sort(), assets);
    assert.match(out, /^ +<virtual-background-camera><\/virtual-background-camera>$/m);
    assert.equal((await run('copy-assets', folder, '--check')).code, 0);
    await rm(join(folder, 'engine.worker.js'));
    assert.match((await run('copy-assets', folder, '--check')).out, /^missing +engine\.worker\.js/m);
  });

  it('should put the assets where the one-file build looks for them', async () => {
    const { code, out } = await run('copy-assets', folder, '--script', '--url', 'https://cdn.example/v1');
    assert.equal(code, 0);
    assert.deepEqual((await readdir(join(folder, 'assets'))).sort(), assets);
    assert.deepEqual(await readFile(join(folder, 'virtual-background-camera.js')), await readFile(join(DIST, 'virtual-background-camera.js')));
    assert.match(out, /<script type="module" src="https:\/\/cdn\.example\/v1\/virtual-background-camera\.js"><\/script>\n +<virtual-background-camera><\/virtual-background-camera>/);
    assert.equal((await run('copy-assets', folder, '--check')).code, 0, 'the record tells where the assets lie');
  });

  it('should write nothing in a dry run', async () => {
    const { code, out } = await run('copy-assets', folder, '--dry-run', '--body-pix', 'used');
    assert.equal(code, 0);
    assert.equal(existsSync(folder), false);
    for (const path of ['050/model-stride16.json', '050/model-stride8.json', '075/model-stride8.json']) assert.ok(out.includes(path), path);
  });

  it('should not overwrite a different file, nor write any other, unless told to', async () => {
    assert.equal((await run('copy-assets', folder)).code, 0);
    const [mine, gone] = [join(folder, 'selfie-landscape.bin'), join(folder, 'NOTICE.txt')];
    await writeFile(mine, 'mine');
    await rm(gone);
    const { code, err } = await run('copy-assets', folder);
    assert.equal(code, 1);
    assert.match(err, /Nothing was written: 1 different file is in .* already/);
    assert.equal(await readFile(mine, 'utf8'), 'mine');
    assert.equal(existsSync(gone), false);
    assert.equal((await run('copy-assets', folder, '--force')).code, 0);
    assert.equal((await run('copy-assets', folder, '--check')).code, 0);
  });

  it('should find what is missing, changed, or of another version', async () => {
    await run('copy-assets', folder);
    await rm(join(folder, 'NOTICE.txt'));
    await writeFile(join(folder, 'tfjs-backend-wasm.wasm'), 'cut off');
    const { code, out, err } = await run('copy-assets', folder, '--check');
    assert.equal(code, 1);
    assert.match(out, /^missing +NOTICE\.txt/m);
    assert.match(out, /^wrong +tfjs-backend-wasm\.wasm .*not the file of this version/m);
    assert.match(err, /^2 of \d+ are missing or wrong/m);
    assert.equal((await run('copy-assets', join(place, 'nowhere'), '--check')).code, 1);
  });

  it('should tell wrong usage from failure', async () => {
    const wrong = [['copy'], ['copy-assets'], ['copy-assets', 'a', 'b'], ['copy-assets', folder, '--nope'], ['copy-assets', folder, '--body-pix', '060/16'], ['copy-assets', folder, '--from', 'x']];
    for (const words of wrong) {
      const { code, err } = await run(...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, /--help/);
    }
    const file = join(place, 'file');
    await writeFile(file, '');
    assert.deepEqual([(await run('copy-assets', file)).code, (await run('copy-assets', folder, '--body-pix', '050/16', '--from', join(place, 'nothing'))).code], [1, 1]);
    assert.equal(existsSync(folder), false);
    assert.equal((await run('--help')).code, 0);
    assert.match((await run('--version')).out, /^\d+\.\d+\.\d+/);
  });

  it('should guess the address that a folder has on the site', () => {
    assert.equal(guessUrl('/app/public/media/camera'), '/media/camera/');
    assert.equal(guessUrl('/app/public'), '/');
    assert.equal(guessUrl('/srv/camera'), '/camera/');
  });

  describe('with weights of BodyPix', () => {
    let server;
    let address;
    /** What the server does to a file, by path: a function of its bytes, or a status. */
    let faults;
    const requests = [];

    before(async () => {
      server = createServer(async (request, response) => {
        const path = request.url.slice(1);
        requests.push(path);
        const bytes = await readFile(join(WEIGHTS, path)).catch(() => null);
        const fault = faults[path.split('/').at(-1)];
        if (!bytes || typeof fault === 'number') return void response.writeHead(typeof fault === 'number' ? fault : 404).end();
        response.end(fault ? fault(bytes) : bytes);
      });
      await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
      address = `http://127.0.0.1:${server.address().port}/`;
    });

    beforeEach(() => {
      faults = {};
      requests.length = 0;
    });

    after(() => server.close());

    const fetchVariants = (...more) => run('copy-assets', folder, '--body-pix', '050/16,050/8', '--from', address, ...more);

    it('should fetch them from an address, the shared weights once', { skip }, async () => {
      const { code, out } = await fetchVariants();
      assert.equal(code, 0);
      assert.deepEqual([...requests].sort(), ['group1-shard1of1.bin', 'model-stride16.json', 'model-stride8.json'].map((name) => `${FOLDER}/${name}`));
      for (const path of requests) assert.deepEqual(await readFile(join(folder, 'body-pix', path)), await readFile(join(WEIGHTS, path)), path);
      assert.match(out, /model-url="\/camera\/body-pix\/"/);
      const digest = createHash('sha256').update(await readFile(join(WEIGHTS, FOLDER, 'group1-shard1of1.bin'))).digest('base64');
      assert.ok(out.includes(` model-integrity="sha256-${digest}"`), out);
      assert.equal(out.match(/SHA-256 known/g).length, 3);
      assert.equal((await run('copy-assets', folder, '--check')).code, 0);
    });

    it('should take them from a folder', { skip }, async () => {
      assert.equal((await run('copy-assets', folder, '--body-pix', '050/8', '--from', WEIGHTS)).code, 0);
      assert.deepEqual((await readdir(join(folder, 'body-pix', FOLDER))).sort(), ['group1-shard1of1.bin', 'model-stride8.json']);
    });

    const halves = (bytes) => bytes.subarray(0, bytes.length / 2);
    const flip = (bytes) => {
      const copy = Buffer.from(bytes);
      copy[copy.length >> 1] ^= 1;
      return copy;
    };
    const cases = [
      ['weights that were cut off', { 'group1-shard1of1.bin': halves }, /states \d+ bytes of weights; group1-shard1of1\.bin has \d+/],
      ['weights with one bit changed', { 'group1-shard1of1.bin': flip }, /group1-shard1of1\.bin .*SHA-256 [0-9a-f]{64}, which is not a known one/],
      ['a model.json that was cut off', { 'model-stride16.json': halves }, /model-stride16\.json is no model\.json: it holds no JSON/],
      ['a page in place of model.json', { 'model-stride8.json': () => '<!doctype html>' }, /model-stride8\.json is no model\.json/],
      ['a missing file', { 'group1-shard1of1.bin': 404 }, /group1-shard1of1\.bin cannot be fetched: the server answers 404/],
    ];
    for (const [what, wrong, message] of cases) {
      it(`should refuse ${what}, and write nothing`, { skip }, async () => {
        faults = wrong;
        const { code, err } = await fetchVariants();
        assert.equal(code, 1);
        assert.match(err, message);
        assert.equal(existsSync(folder), false);
      });
    }

    it('should take unknown weights of another place when told to, and remember them', { skip }, async () => {
      faults = { 'group1-shard1of1.bin': flip };
      const { code, out } = await fetchVariants('--accept-unknown');
      assert.equal(code, 0);
      assert.match(out, /group1-shard1of1\.bin .*SHA-256 of no known copy/);
      assert.equal((await run('copy-assets', folder, '--check')).code, 0);
    });

    it('should find weights that were changed, cut off or taken away afterwards', { skip }, async () => {
      await fetchVariants();
      const file = join(folder, 'body-pix', FOLDER, 'group1-shard1of1.bin');
      const whole = await readFile(file);
      await writeFile(file, flip(whole));
      assert.match((await run('copy-assets', folder, '--check')).out, /^wrong +body-pix\/.*group1-shard1of1\.bin .*changed since it was copied/m);
      await writeFile(file, halves(whole));
      assert.match((await run('copy-assets', folder, '--check')).out, /states \d+ bytes of weights/);
      await rm(file);
      const { code, out } = await run('copy-assets', folder, '--check');
      assert.equal(code, 1);
      assert.match(out, /^missing +body-pix\/.*group1-shard1of1\.bin/m);
    });

    it('should say that there is no server', async () => {
      const { code, err } = await run('copy-assets', folder, '--body-pix', '050/16', '--from', 'http://127.0.0.1:9/');
      assert.equal(code, 1);
      assert.match(err, /http:\/\/127\.0\.0\.1:9\/mobilenet\/quant2\/050\/model-stride16\.json cannot be fetched/);
    });

    it('should follow no path out of the folder', () => {
      const model = (path) => Buffer.from(JSON.stringify({ weightsManifest: [{ paths: [path], weights: [{ name: 'w', shape: [2], dtype: 'float32' }] }] }));
      assert.deepEqual(readModel(model('group1-shard1of1.bin'), 'model.json'), { paths: ['group1-shard1of1.bin'], size: 8 });
      for (const path of ['../a.bin', '/a.bin', 'https://example.org/a.bin', 'b/../../a.bin', '..']) {
        assert.throws(() => readModel(model(path), 'model.json'), /outside its folder/, path);
      }
    });
  });
});
