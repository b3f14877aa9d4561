import type { AudioVideoFacade, ContentShareObserver } from 'amazon-chime-sdk-js';
import { expect } from 'chai';
import { ContentShare } from '../../demo/meeting/page/content-share';

/** Notes what the SDK is asked for; `observer` is how it reports. */
function createFake(): { share: ContentShare; calls: string[]; observer: ContentShareObserver; ended: () => number } {
  const calls: string[] = [];
  let observer: ContentShareObserver = {};
  let ended = 0;
  const audioVideo = {
    addContentShareObserver: (added: ContentShareObserver) => (observer = added),
    startContentShare: async (stream: MediaStream) => calls.push(`start ${stream.id}`),
    stopContentShare: () => calls.push('stop'),
  } as unknown as AudioVideoFacade;
  const share = new ContentShare(audioVideo, () => (ended += 1));
  return { share, calls, observer, ended: () => ended };
}

function createStream(id: string): { stream: MediaStream; stopped: () => boolean } {
  let stopped = false;
  const stream = { id, getTracks: () => [{ stop: () => (stopped = true) }] } as unknown as MediaStream;
  return { stream, stopped: () => stopped };
}

describe('what is shared in a meeting', () => {
  it('should wait until the previous share is over', () => {
    const { share, calls, observer } = createFake();
    share.send(createStream('a').stream);
    share.send(createStream('b').stream);
    expect(calls).to.deep.equal(['start a', 'stop']);
    observer.contentShareDidStop?.();
    expect(calls).to.deep.equal(['start a', 'stop', 'start b']);
  });

  it('should drop and stop what waited when there is something newer, or nothing any more', () => {
    const { share, calls, observer, ended } = createFake();
    const [b, c] = [createStream('b'), createStream('c')];
    share.send(createStream('a').stream);
    share.send(b.stream);
    share.send(c.stream);
    expect([b.stopped(), c.stopped()]).to.deep.equal([true, false]);
    share.send(null);
    expect(c.stopped()).to.equal(true);
    observer.contentShareDidStop?.();
    expect(calls).to.deep.equal(['start a', 'stop']);
    expect(ended()).to.equal(0);
    share.send(createStream('d').stream);
    expect(calls.at(-1)).to.equal('start d');
  });

  it('should report an end that was not asked for', () => {
    const { share, calls, observer, ended } = createFake();
    share.send(createStream('a').stream);
    observer.contentShareDidStop?.();
    expect(ended()).to.equal(1);
    share.send(null);
    share.send(createStream('b').stream);
    expect(calls).to.deep.equal(['start a', 'start b']);
  });
});
