import { expect } from 'chai';
import { Latest, NewestWork } from '../../src/engine/latest';
import { defer, nextTask, rejectionOf } from '../helpers/wait';

describe('<virtual-background-camera> Latest', () => {
  const reason = new Error('superseded');

  it('should abort the piece of work before, with the reason', () => {
    const latest = new Latest(new AbortController().signal);
    const first = latest.begin(reason);
    expect(first.aborted).to.equal(false);
    const second = latest.begin(reason);
    expect(first.reason).to.equal(reason);
    expect(second.aborted).to.equal(false);
  });

  it('should end with its parent', () => {
    const parent = new AbortController();
    const latest = new Latest(parent.signal);
    const signal = latest.begin(reason);
    const end = new Error('stopped');
    parent.abort(end);
    expect(signal.reason).to.equal(end);
  });

  it('should begin nothing after its parent ended', () => {
    const parent = new AbortController();
    const latest = new Latest(parent.signal);
    const end = new Error('stopped');
    parent.abort(end);
    expect(latest.begin(reason).reason).to.equal(end);
  });
});

describe('<virtual-background-camera> NewestWork', () => {
  it('should wait for the newest work, whatever became of the older', async () => {
    const kind = new NewestWork();
    const [first, second, third] = [defer(), defer(), defer()];
    kind.begin(first.promise);
    let isSettled = false;
    const settled = kind.settled().then(() => (isSettled = true));
    kind.begin(second.promise);
    first.reject(new Error('superseded'));
    await nextTask();
    kind.begin(third.promise);
    second.resolve();
    await nextTask();
    expect(isSettled, 'the third is under way').to.equal(false);
    third.resolve();
    await settled;
  });

  it('should fail as the newest work does', async () => {
    const kind = new NewestWork();
    const [first, second] = [defer(), defer()];
    kind.begin(first.promise);
    const settled = kind.settled();
    kind.begin(second.promise);
    first.resolve();
    const failure = new Error('no');
    second.reject(failure);
    expect(await rejectionOf(settled)).to.equal(failure);
  });
});
