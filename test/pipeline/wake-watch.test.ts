import { expect } from 'chai';
import { WakeWatch } from '../../src/pipeline/wake-watch';
import { replace, restoreAll } from '../helpers/spies';

describe('WakeWatch', () => {
  afterEach(restoreAll);

  it('should tell a sleep in which performance.now() stood still, once', () => {
    const watch = new WakeWatch();
    const { now } = Date;
    expect(watch.hasSlept(), 'at first').to.equal(false);
    expect(watch.hasSlept()).to.equal(false);
    replace(Date, 'now', () => now() + 60_000);
    expect(watch.hasSlept()).to.equal(true);
    expect(watch.hasSlept(), 'afterwards').to.equal(false);
  });

  it('should take a clock that the network moves a little for awake', () => {
    const watch = new WakeWatch();
    const { now } = Date;
    watch.hasSlept();
    replace(Date, 'now', () => now() + 500);
    expect(watch.hasSlept()).to.equal(false);
  });
});
