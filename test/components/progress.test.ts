import { expect } from 'chai';
import type { ProgressDetail, VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, sampleStream, waitForState } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { FaultyFiles } from '../helpers/faulty';
import { fakeCamera, spyOnWorkers } from '../helpers/spies';
import { defer, nextEvent, waitFor } from '../helpers/wait';

interface Told {
  detail: ProgressDetail | null;
  timeMs: number;
}

function recordProgress(element: VirtualBackgroundCamera): Told[] {
  const told: Told[] = [];
  element.addEventListener('vbc-progress', ({ detail }) => {
    told.push({ detail, timeMs: performance.now() });
    expect(element.progress).to.equal(detail);
  });
  return told;
}

const phases = (told: Told[]): (string | null)[] =>
  told.map(({ detail }) => detail?.phase ?? null).filter((phase, index, all) => index === 0 || phase !== all[index - 1]);

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> progress`, () => {
    let files: FaultyFiles;

    beforeEach(() => {
      files = new FaultyFiles();
    });

    afterEach(async () => {
      cleanUp();
      await files.release();
    });

    itWithModel('should tell what is waited for, in bytes, and that it is over', async () => {
      const prompt = defer<MediaStream>();
      fakeCamera(() => prompt.promise);
      const element = createElement({ host, source: 'camera', assetBase: files.folder('held:landscape.bin', 'assets/') });
      const told = recordProgress(element);
      const starting = element.start();
      await waitFor('the first word', () => element.progress);
      expect(element.progress).to.deep.equal({ phase: 'camera' });
      prompt.resolve(sampleStream());
      const half = await waitFor('half of the weights', () => element.progress?.phase === 'model' && element.progress.total !== undefined && element.progress);
      expect(half.loaded).to.be.above(0).and.below(half.total as number);
      await files.release();
      await starting;
      expect(element.progress).to.equal(null);
      expect(phases(told).filter((phase) => phase !== 'compile')).to.deep.equal(['camera', 'model', null]);
      const counts = told.flatMap(({ detail }) => detail?.loaded ?? []);
      expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
      const waits = told.filter(({ detail }) => detail).map(({ timeMs }, index, all) => timeMs - (all[index - 1]?.timeMs ?? -Infinity));
      expect(Math.min(...waits), 'at most ten a second').to.be.at.least(90);
    });

    itWithModel('should hang up at once when it is stopped while the model loads', async () => {
      const workers = spyOnWorkers();
      const element = createElement({ host, assetBase: files.folder('held:landscape.bin', 'assets/') });
      const told = recordProgress(element);
      const starting = element.start();
      await waitFor('the request', async () => (await files.names()).includes('selfie-landscape.bin'));
      await waitForState(element, 'loading');
      element.stop();
      expect(element).to.include({ state: 'idle', progress: null });
      expect(told[told.length - 1]?.detail).to.equal(null);
      await expectRejection(starting, 'aborted', /stopped/);
      expect(workers.live.size).to.equal(0);
      await waitFor('the server to notice', async () => (await files.requests()).some(({ aborted }) => aborted));
    });

    itWithModel('should hang up when another model is chosen in the meantime', async () => {
      const element = createElement({ host, background: 'none' });
      await element.start();
      await waitFor('the model', () => element.stats.model);
      // Another folder counts from the next start, another quality at once.
      element.model = 'body-pix';
      element.modelUrl = files.folder('held:.json', 'assets/') + 'selfie-landscape.json';
      await waitFor('the request', async () => (await files.requests()).length > 0);
      element.model = 'selfie';
      await waitFor('the server to notice', async () => (await files.requests())[0]?.aborted);
      await waitFor('the end of the wait', () => element.progress === null);
      expect(element.state).to.equal('running');
    });

    itWithModel('should fail by name when a file of the package is another one', async () => {
      const element = createElement({ host, assetBase: files.folder('changed:landscape.bin', 'assets/') });
      await expectRejection(element.start(), 'model-load-failed', /selfie-landscape\.bin is not the file that was expected: its digest is/);
      expect(element).to.include({ state: 'failed', stream: null, progress: null });
    });

    itWithModel('should keep the files of a first visit for the second, and none without model-cache', async () => {
      const assetBase = files.folder('none', 'assets/');
      const element = createElement({ host, assetBase, modelCache: 'storage' });
      await element.start();
      element.stop();
      const asked = (await files.names()).sort();
      expect(asked).to.include.members(['selfie-landscape.bin', 'selfie-landscape.json', 'tfjs-backend-wasm-simd.wasm']);
      const isKept = async (name: string): Promise<boolean> => Boolean(await caches.match(assetBase + name));
      await waitFor('the disk', async () => (await Promise.all(asked.map(isKept))).every(Boolean));
      await element.start();
      element.stop();
      expect((await files.names()).sort(), 'nothing was asked for again').to.deep.equal(asked);
      element.modelCache = 'none';
      await element.start();
      expect(await files.names()).to.have.lengthOf(2 * asked.length);
      for (const name of await caches.keys()) await caches.delete(name);
    });
  });
}

describe('<vbc-progress>', () => {
  let files: FaultyFiles;

  beforeEach(() => {
    files = new FaultyFiles();
  });

  afterEach(async () => {
    cleanUp();
    document.querySelector('vbc-progress')?.remove();
    await files.release();
  });

  function createBar(camera: VirtualBackgroundCamera, lang = 'en') {
    const bar = document.createElement('vbc-progress');
    bar.lang = lang;
    bar.camera = camera;
    document.body.append(bar);
    return bar;
  }

  const partOf = (bar: Element, name: string): HTMLElement | null => bar.shadowRoot?.querySelector(`[part=${name}]`) ?? null;

  it('should have no end while the browser asks, and cancel the start', async () => {
    const prompt = defer<MediaStream>();
    fakeCamera(() => prompt.promise);
    const element = createElement({ source: 'camera' });
    const bar = createBar(element);
    await bar.updateComplete;
    expect(partOf(bar, 'progress'), 'nothing to wait for').to.equal(null);
    const starting = element.start();
    const shown = await waitFor('the bar', () => partOf(bar, 'bar'));
    expect(shown.getAttribute('role')).to.equal('progressbar');
    expect(shown.getAttribute('aria-label')).to.equal('Waiting for your permission');
    expect(shown.hasAttribute('aria-valuenow'), 'indeterminate').to.equal(false);
    partOf(bar, 'button')?.click();
    expect(element.state).to.equal('idle');
    await expectRejection(starting, 'aborted', /stopped/);
    await waitFor('an empty place', () => !partOf(bar, 'progress'));
    const late = sampleStream();
    prompt.resolve(late);
    await waitFor('the end of the late camera', () => late.getVideoTracks()[0]?.readyState === 'ended');
  });

  itWithModel('should show the megabytes of the download, in words of the place', async () => {
    const element = createElement({ assetBase: files.folder('held:landscape.bin', 'assets/') });
    const bar = createBar(element, 'de');
    const starting = element.start();
    const shown = await waitFor('the first half', () => {
      const found = partOf(bar, 'bar');
      return found?.hasAttribute('aria-valuenow') && found;
    });
    const text = await waitFor('German', () => /^\d,\d von \d,\d MB$/.test(shown.getAttribute('aria-valuetext') ?? '') && shown.getAttribute('aria-valuetext'));
    expect(partOf(bar, 'bytes')?.textContent).to.equal(text);
    expect(shown.getAttribute('aria-label')).to.equal('Modell wird geladen');
    const [now, max] = ['aria-valuenow', 'aria-valuemax'].map((name) => Number(shown.getAttribute(name)));
    expect(now).to.be.above(0).and.below(max as number);
    const { width } = partOf(bar, 'fill')?.getBoundingClientRect() ?? { width: 0 };
    expect(width).to.be.above(1).and.below(shown.getBoundingClientRect().width);
    await files.release();
    await starting;
    await waitFor('an empty place', () => !partOf(bar, 'progress'));
  });

  itWithModel('should not offer to cancel what would end a running camera', async () => {
    const element = createElement({ background: 'none' });
    await element.start();
    await waitFor('the model', () => element.stats.model);
    const bar = createBar(element);
    element.model = 'body-pix';
    element.modelUrl = files.folder('held:.json', 'assets/') + 'selfie-landscape.json';
    await waitFor('the bar', () => partOf(bar, 'bar'));
    expect(partOf(bar, 'button')).to.equal(null);
    const over = nextEvent(element, 'vbc-progress', ({ detail }) => detail === null);
    element.model = 'selfie';
    await over;
  });
});
