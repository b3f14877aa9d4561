import { expect } from 'chai';
import { SILENT_MS, SilenceWatch } from '../../src/pipeline/silence-watch';
import { replace, restoreAll } from '../helpers/spies';

describe('<virtual-background-camera> silence watch', () => {
  let told: string[];
  let watch: SilenceWatch;
  let nowMs: number;
  let look: () => void;

  beforeEach(() => {
    told = [];
    nowMs = 0;
    replace(performance, 'now', () => nowMs);
    replace(globalThis, 'setInterval', (handler: () => void) => {
      look = handler;
      return 0;
    });
    watch = new SilenceWatch({ onConceal: () => told.push('conceal'), onSilence: (isSilent) => told.push(isSilent ? 'silent' : 'frames') });
  });

  afterEach(() => {
    watch.dispose();
    restoreAll();
  });

  const pass = (ms: number, stepMs = 250): void => {
    for (const end = nowMs + ms; nowMs < end;) {
      nowMs += stepMs;
      look();
    }
  };

  it('should conceal what a steady source showed last after two seconds, once, and tell when it is back', () => {
    watch.expect(true);
    watch.noteFrame();
    pass(SILENT_MS - 250);
    watch.noteFrame();
    pass(SILENT_MS - 250);
    expect(told).to.deep.equal(['frames']);
    pass(3 * SILENT_MS);
    expect(told).to.deep.equal(['frames', 'conceal', 'silent']);
    watch.noteFrame();
    watch.noteFrame();
    expect(told).to.deep.equal(['frames', 'conceal', 'silent', 'frames']);
  });

  it('should let a canvas be still, but not the picture of the source before', () => {
    watch.expect(false);
    pass(SILENT_MS);
    expect(told).to.deep.equal(['conceal', 'silent']);
    watch.noteFrame();
    pass(3 * SILENT_MS);
    expect(told).to.deep.equal(['conceal', 'silent', 'frames']);
  });

  it('should not take a thread that was blocked for a silent source', () => {
    watch.expect(true);
    watch.noteFrame();
    pass(SILENT_MS + 1000, SILENT_MS + 1000);
    expect(told).to.deep.equal(['frames']);
  });

  it('should stand a colour in for the open room while the source is hidden, whatever frames come', () => {
    const settings = { background: { kind: 'none' }, quality: 'low' } as const;
    expect(watch.drawn(settings)).to.equal(settings);
    watch.hide(true);
    watch.hide(true);
    watch.noteFrame();
    expect(told).to.deep.equal(['conceal']);
    expect(watch.drawn(settings).background.kind).to.equal('color');
    watch.hide(false);
    watch.noteFrame();
    expect(watch.drawn(settings)).to.equal(settings);
  });
});
