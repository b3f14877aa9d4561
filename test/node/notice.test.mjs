import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { BUNDLED_FILE, buildPackage } from '../../scripts/build.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';

describe('NOTICE', () => {
  let notice;
  let bundled;

  before(async () => {
    await buildPackage({ ifStale: true });
    notice = await readFile(join(ROOT, 'NOTICE'), 'utf8');
    bundled = JSON.parse(await readFile(BUNDLED_FILE, 'utf8'));
  });

  it('should be what the script makes of the build', async () => {
    const message = await new Promise((done) => {
      execFile(process.execPath, ['scripts/notice.mjs', '--check'], { cwd: ROOT }, (error, _out, err) => done(error ? err : ''));
    });
    assert.equal(message, '');
  });

  it('should know what is inside of every script', async () => {
    const scripts = (await readdir(DIST)).filter((name) => name.endsWith('.js') && !['react.js', 'vue.js', 'svelte.js'].includes(name));
    assert.deepEqual(Object.keys(bundled).sort(), scripts.sort());
    assert.ok(bundled['virtual-background-camera.js'].includes('lit-html'));
    assert.ok(bundled['segmentation.worker.js'].includes('@tensorflow/tfjs-core'));
  });

  it('should name every package that a script carries, in its version', async () => {
    for (const name of new Set(Object.values(bundled).flat())) {
      const { version } = JSON.parse(await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
      assert.ok(notice.includes(`${name} ${version}\n`), `${name} ${version}`);
    }
  });

  it('should have the notice of the models, and of what is inside of the WASM files', async () => {
    assert.ok(notice.includes((await readFile(join(DIST, 'assets/NOTICE.txt'), 'utf8')).trim()));
    for (const name of ['XNNPACK', 'pthreadpool', 'FXdiv and FP16', 'Emscripten', 'musl']) assert.match(notice, new RegExp(`^${name} \\(`, 'm'), name);
  });
});
