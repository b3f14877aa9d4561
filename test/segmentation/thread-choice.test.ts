import { expect } from 'chai';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { resolveAssetUrls } from '../../src/assets';
import { Downloads } from '../../src/segmentation/downloads';
import { ThreadChoice } from '../../src/segmentation/thread-choice';
import { startWasmThreads, threadCountFor, type WasmThreads } from '../../src/segmentation/wasm-threads';

const ASSETS = resolveAssetUrls();

/** Stands for threads, which only an isolated page can have: test/node/threads.test.mjs has real ones. */
class FakeThreads implements WasmThreads {
  readonly backend = {} as KernelBackend;
  readonly count = 2;
  readonly calls: string[] = [];

  use(): void {
    this.calls.push('use');
  }

  drop(): void {
    this.calls.push('drop');
  }
}

/** A choice that measured these times, milliseconds: the first on one thread, the second with threads. */
async function chooseBetween(aloneMs: number, togetherMs: number): Promise<{ choice: ThreadChoice; threads: FakeThreads; chosenMs: number }> {
  const threads = new FakeThreads();
  const choice = new ThreadChoice(() => Promise.resolve(threads));
  expect(await choice.start(ASSETS, new Downloads())).to.equal(threads.backend);
  const times = [aloneMs, togetherMs];
  const chosenMs = await choice.choose(() => Promise.resolve(times.shift() as number));
  return { choice, threads, chosenMs };
}

describe('<virtual-background-camera> threads for inference', () => {
  it('should be used where they save much of the time', async () => {
    const { threads, chosenMs } = await chooseBetween(40, 24);
    expect(threads.calls).to.deep.equal(['use']);
    expect(chosenMs).to.equal(24);
  });

  it('should be given up where they save little', async () => {
    const { threads, chosenMs, choice } = await chooseBetween(40, 36);
    expect(threads.calls).to.deep.equal(['use', 'drop']);
    expect(chosenMs).to.equal(40);
    expect(await choice.choose(() => Promise.resolve(50)), 'the next network').to.equal(50);
    expect(threads.calls).to.deep.equal(['use', 'drop']);
  });

  it('should be given up, once, when they are held up again and again', async () => {
    const { threads, choice } = await chooseBetween(40, 20);
    for (const inferenceMs of [90, 90, 90, 90, 25, 90, 90, 90, 90]) choice.note(inferenceMs);
    expect(threads.calls, 'single delays').to.deep.equal(['use']);
    for (let count = 0; count < 8; count++) choice.note(90);
    expect(threads.calls).to.deep.equal(['use', 'drop']);
  });

  it('should know a slower network from threads that are held up', async () => {
    const { threads, choice } = await chooseBetween(40, 20);
    expect(await choice.choose(() => Promise.resolve(100))).to.equal(100);
    for (let count = 0; count < 8; count++) choice.note(110);
    expect(threads.calls).to.deep.equal(['use']);
  });

  it('should be done without where there are none', async () => {
    const choice = new ThreadChoice(() => Promise.resolve(null));
    expect(await choice.start(ASSETS, new Downloads())).to.equal(null);
    expect(await choice.choose(() => Promise.resolve(40))).to.equal(40);
    choice.note(1000);
  });

  it('should leave most cores to others, and be none on small machines', () => {
    const cores = [1, 2, 4, 7, 8, 12, 16, 64];
    expect(cores.map(threadCountFor)).to.deep.equal([0, 0, 1, 1, 2, 3, 4, 4]);
  });

  it('should not be started in a page that is not isolated', async () => {
    expect(globalThis.crossOriginIsolated).to.equal(false);
    expect(await startWasmThreads(ASSETS, new Downloads())).to.equal(null);
  });
});
