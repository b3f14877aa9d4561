import { expect } from 'chai';
import { loadBackground } from '../../src/engine/background/background';
import { SCENE_SIZE, paintScene } from '../../src/engine/background/background-scene';
import { paintSceneFile } from '../../src/scenes/painters';
import type { SceneName } from '../../src/types';
import { expectRejection } from '../helpers/errors';
import { colorAt, expectColor, readPicture } from '../helpers/pixels';
import { restoreAll, spyOnWorkers } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const loadedScripts = (): string[] => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);

describe('background="scene:<name>"', () => {
  afterEach(restoreAll);

  it('should load the code that paints at the first use only', async () => {
    const probe = document.createElement('iframe');
    document.body.append(probe);
    await new Promise((resolve) => {
      probe.onload = resolve;
      probe.src = '/demo/icon.svg';
    });
    const run = (code: string): Promise<string[]> =>
      new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data as string[]), { once: true });
        const script = probe.contentDocument!.createElementNS('http://www.w3.org/1999/xhtml', 'script') as HTMLScriptElement;
        script.type = 'module';
        script.textContent = `${code}; parent.postMessage(performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname), '*');`;
        probe.contentDocument!.documentElement.append(script);
      });
    const before = await run("await import('/src/index.ts')");
    expect(before.some((path) => path.endsWith('/engine/background/background-scene.ts'))).to.equal(true);
    expect(before.filter((path) => /\/src\/(scenes\/|scene\.worker)/.test(path))).to.deep.equal([]);
    const after = await run("const { paintScene } = await import('/src/index.ts'); await paintScene('waves', { width: 32, height: 18 })");
    expect(after).to.include('/src/scenes/scene-painter.ts');
    probe.remove();
  });

  it('should give the scene’s pixels, off the page’s thread', async () => {
    const { live, started } = spyOnWorkers();
    const { kind, bitmap, movie, release } = await loadBackground(' scene:waves ', new AbortController().signal);
    expect({ kind, movie }).to.deep.equal({ kind: { kind: 'picture' }, movie: null });
    expect({ width: bitmap?.width, height: bitmap?.height }).to.deep.equal(SCENE_SIZE);
    const size = { width: 160, height: 90 };
    const expected = await createImageBitmap(await paintSceneFile('waves', size));
    const [picture, reference] = [readPicture(bitmap!, size), readPicture(expected, size)];
    for (const [x, y] of [[0.1, 0.1], [0.5, 0.5], [0.9, 0.9], [0.1, 0.9]] as const) expectColor(colorAt(picture, x, y), colorAt(reference, x, y), 16, `${x}, ${y}`);
    expected.close();
    bitmap?.close();
    release();
    expect(started).to.deep.equal(['scene']);
    await waitFor('the worker to be gone', () => live.size === 0);
    const again = await loadBackground('scene:waves', new AbortController().signal);
    again.bitmap?.close();
    expect(started, 'painted once').to.deep.equal(['scene']);
    expect(loadedScripts()).to.include('/src/scenes/scene-painter.ts');
  });

  it('should drop what was superseded', async () => {
    const controller = new AbortController();
    const loading = rejectionOf(loadBackground('scene:gradient', controller.signal));
    controller.abort(new Error('superseded'));
    expect(String(await loading)).to.equal('Error: superseded');
  });

  it('should refuse a name or a size that it does not know', async () => {
    await expectRejection(paintScene('attic' as SceneName), 'attribute-invalid', /^background scene:<name> must have one of the names office, /);
    for (const size of [{ width: 0, height: 9 }, { width: 16, height: 9.5 }, { width: 5000, height: 9 }, { width: NaN, height: 9 }]) {
      await expectRejection(paintScene('waves', size), 'attribute-invalid', /^The size of a scene must be whole pixels from 1 to 4096; got /);
    }
    await expectRejection(loadBackground('scene:attic', new AbortController().signal), 'attribute-invalid', /got 'scene:attic'$/);
  });
});
