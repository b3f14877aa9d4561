import { expect } from 'chai';
import { Latest } from '../../src/engine/latest';

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
