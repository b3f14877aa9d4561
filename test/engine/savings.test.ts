import { expect } from 'chai';
import { Effort } from '../../src/engine/quality/effort';
import { BackendMemory } from '../../src/engine/model/backend-memory';
import { loadModel, type LoadedModel } from '../../src/engine/model/model-loader';
import { AUTO_LADDER } from '../../src/engine/quality/quality-ladder';
import { SavingsWatch } from '../../src/engine/savings';
import { DEFAULT_SETTINGS } from '../../src/engine/settings';
import type { LoadRequest } from '../../src/segmentation/messages';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import { replace, restoreAll } from '../helpers/spies';
import { nextTask } from '../helpers/wait';

const SPEC: SegmenterSpec = { model: 'body-pix', backend: 'wasm', variant: 'fake', input: { kind: 'strided', longSide: 369, stride: 16 }, inferenceMs: 5 };

/** What a machine without one cannot be: a battery that empties. */
class FakeBattery extends EventTarget {
  charging = false;
  level = 0.5;

  change(values: Partial<Pick<FakeBattery, 'charging' | 'level'>>): void {
    Object.assign(this, values);
    for (const key of Object.keys(values)) this.dispatchEvent(new Event(`${key}change`));
  }
}

describe('<virtual-background-camera> data and power', () => {
  let watch: SavingsWatch | null = null;

  afterEach(() => {
    watch?.release();
    watch = null;
    restoreAll();
  });

  function watchSavings(): { watch: SavingsWatch; changes: () => number } {
    let changes = 0;
    watch = new SavingsWatch(() => (changes += 1));
    return { watch, changes: () => changes };
  }

  it('should be saved where the battery is low and nothing charges it', async () => {
    const battery = new FakeBattery();
    replace(navigator, 'getBattery', () => Promise.resolve(battery));
    replace(navigator, 'connection', undefined);
    const { watch: savings, changes } = watchSavings();
    await nextTask();
    expect(savings.savings).to.deep.equal({ data: false, battery: false });
    battery.change({ level: 0.2 });
    expect(savings.active).to.equal(true);
    battery.change({ level: 0.1 });
    expect(changes(), 'told once').to.equal(1);
    battery.change({ charging: true });
    expect(savings.active).to.equal(false);
    expect(changes()).to.equal(2);
    savings.release();
    battery.change({ charging: false });
    expect(changes(), 'nobody listens').to.equal(2);
  });

  it('should be saved where the browser or the system says so', () => {
    const connection = Object.assign(new EventTarget(), { saveData: true });
    replace(navigator, 'connection', connection);
    const { watch: savings, changes } = watchSavings();
    expect(savings.savings.data).to.equal(true);
    connection.saveData = false;
    connection.dispatchEvent(new Event('change'));
    expect(savings.savings.data).to.equal(false);
    expect(changes()).to.equal(1);
    savings.release();
    const original = matchMedia;
    replace(globalThis, 'matchMedia', (query: string) => Object.assign(new EventTarget(), { matches: query.includes('prefers-reduced-data') || original(query).matches }));
    expect(watchSavings().watch.savings.data).to.equal(true);
  });

  it('should not be saved where a browser tells nothing', async () => {
    replace(navigator, 'getBattery', () => Promise.reject(new DOMException('no', 'NotAllowedError')));
    replace(navigator, 'connection', undefined);
    const { watch: savings, changes } = watchSavings();
    await nextTask();
    expect(savings.active).to.equal(false);
    expect(changes()).to.equal(0);
  });

  async function loadAuto(saving: boolean): Promise<{ asked: string[]; model: LoadedModel }> {
    const asked: string[] = [];
    const worker = {
      load: ({ quality }: LoadRequest) => {
        asked.push(quality);
        return Promise.resolve(SPEC);
      },
      unload: () => undefined,
    };
    const model = await loadModel({
      hosts: { worker, sharedContext: null },
      settings: DEFAULT_SETTINGS,
      saving,
      current: null,
      memory: new BackendMemory('of the test'),
      signal: new AbortController().signal,
      onWarning: () => undefined,
    });
    return { asked, model };
  }

  it('should let `auto` fetch one network, the smallest, where it fetched two', async () => {
    expect((await loadAuto(false)).asked).to.deep.equal(['medium', 'high']);
    const { asked, model } = await loadAuto(true);
    expect(asked).to.deep.equal(['low']);
    expect(model.quality).to.equal('low');
  });

  it('should keep `auto` on the lower rungs, and let it up again', () => {
    const effort = new Effort({ onStep: () => undefined, onOverload: () => undefined });
    const model: LoadedModel = { spec: SPEC, quality: 'low', place: 'worker', mediumMs: 10 };
    effort.configure({ quality: 'auto', model, softwareGl: false, saving: true });
    expect(effort.levelName).to.equal(AUTO_LADDER.find(({ quality }) => quality === 'low')?.name);
    expect(effort.settings.quality).to.equal('low');
    effort.configure({ quality: 'auto', model, softwareGl: false, saving: false });
    expect(effort.levelName).to.equal(AUTO_LADDER[0]?.name);
    effort.configure({ quality: 'high', model, softwareGl: false, saving: true });
    expect(effort.settings.quality, "a page's own choice").to.equal('high');
  });
});
