import { expect } from 'chai';
import { OutgoingStream } from '../../src/output/outgoing-stream';
import { createCanvasOutput, createGeneratorOutput } from '../../src/output/output-track';
import { describeWithFrameStreams, tellsRate } from '../helpers/browser';
import { createCanvas, contextOf, fill, GREEN, RED } from '../helpers/pixels';
import { replace, restoreAll } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const SIZE = { width: 64, height: 36 };

interface Drawn {
  source: MediaStreamTrack;
  draw(): void;
  end(): void;
}

function drawnCanvas(): Drawn {
  const canvas = createCanvas(SIZE);
  contextOf(canvas);
  const { track, requestFrame, end } = createCanvasOutput(canvas, 30);
  let draws = 0;
  const draw = (): void => {
    fill(canvas, (draws += 1) % 2 ? GREEN : RED);
    requestFrame();
  };
  return { source: track, draw, end };
}

function drawnGenerator(): Drawn {
  const canvas = createCanvas(SIZE);
  fill(canvas, GREEN);
  const { track, writable, end } = createGeneratorOutput();
  const writer = writable.getWriter();
  let timestamp = 0;
  const draw = (): void => {
    const frame = new VideoFrame(canvas, { timestamp: (timestamp += 33_333) });
    writer.write(frame).catch(() => frame.close());
  };
  return { source: track, draw, end };
}

for (const [name, create, describeIt] of [['canvas', drawnCanvas, describe], ['generator', drawnGenerator, describeWithFrameStreams]] as const) {
  describeIt(`<virtual-background-camera> outgoing stream of a ${name}`, () => {
    let drawn: Drawn;
    let outgoing: OutgoingStream;
    let timer: ReturnType<typeof setInterval>;
    const track = (): MediaStreamTrack => outgoing.stream.getTracks()[0] as MediaStreamTrack;

    beforeEach(async () => {
      drawn = create();
      outgoing = new OutgoingStream(drawn.source);
      timer = setInterval(() => drawn.draw(), 33);
      await outgoing.settle(() => SIZE, new AbortController().signal);
    });

    afterEach(() => {
      clearInterval(timer);
      outgoing.end();
      drawn.end();
    });

    const expectSettings = (): void => {
      expect(track().getSettings()).to.include(SIZE);
      if (tellsRate()) expect(track().getSettings()).to.include.keys('frameRate');
    };

    it('should carry a clone that knows its size and, where the source does, its rate', () => {
      expect(track()).to.not.equal(drawn.source);
      expectSettings();
      expect(outgoing.released).to.equal(false);
    });

    it('should have a track that knows them at once in place of one that was stopped', () => {
      const first = track();
      first.contentHint = 'detail';
      first.enabled = false;
      outgoing.renew();
      expect(track(), 'nothing to renew').to.equal(first);
      first.stop();
      expect(outgoing.released).to.equal(true);
      outgoing.renew();
      expect(outgoing.stream.getTracks()).to.have.lengthOf(1);
      expect(track()).to.include({ readyState: 'live', contentHint: 'detail', enabled: false }).and.not.equal(first);
      expectSettings();
      expect(drawn.source.readyState).to.equal('live');
    });

    it("should carry the source's content hint, unless the holder has set another", () => {
      outgoing.setContentHint('detail');
      expect(track().contentHint).to.equal('detail');
      outgoing.setContentHint('motion');
      track().stop();
      outgoing.renew();
      expect(track().contentHint).to.equal('motion');
      track().contentHint = 'text';
      outgoing.setContentHint('');
      expect(track().contentHint).to.equal('text');
    });

    it('should take over what the holder of an earlier stream had set', () => {
      track().enabled = false;
      track().contentHint = 'text';
      const next = new OutgoingStream(drawn.source, outgoing.held);
      expect(next.stream.getTracks()[0]).to.include({ enabled: false, contentHint: 'text' });
      next.end();
    });

    it('should be released in the name of its holder', () => {
      outgoing.release();
      expect(outgoing.released).to.equal(true);
      expect(track().readyState).to.equal('ended');
    });

    it('should end for good and tell it once it is asked to', () => {
      let ends = 0;
      track().addEventListener('ended', () => (ends += 1));
      outgoing.end();
      outgoing.end();
      expect(ends, 'before it may be told').to.equal(0);
      outgoing.tellEnded();
      expect(ends).to.equal(1);
      expect(outgoing.released, 'that was nobody else').to.equal(false);
      outgoing.renew();
      expect(track().readyState).to.equal('ended');
    });

    it('should not tell an end to whoever stopped the track', () => {
      let ends = 0;
      track().addEventListener('ended', () => (ends += 1));
      track().stop();
      outgoing.end();
      outgoing.tellEnded();
      expect(ends).to.equal(0);
    });
  });
}

describe('<virtual-background-camera> outgoing stream without a rate', () => {
  afterEach(restoreAll);

  it('should not be waited for', async () => {
    const drawn = drawnCanvas();
    drawn.draw();
    replace(MediaStreamTrack.prototype, 'getSettings', () => SIZE);
    const outgoing = new OutgoingStream(drawn.source);
    // Any wait would end with the signal's reason.
    await outgoing.settle(() => SIZE, AbortSignal.abort());
    outgoing.end();
    drawn.end();
  });
});

describeWithFrameStreams('<virtual-background-camera> outgoing stream that never settles', () => {
  it('should be waited for until it is given up, or for a moment', async () => {
    const { track, end } = createGeneratorOutput();
    const outgoing = new OutgoingStream(track);
    const controller = new AbortController();
    const settling = outgoing.settle(() => null, controller.signal);
    controller.abort(new Error('given up'));
    expect(String(await rejectionOf(settling))).to.match(/given up/);
    let settled = false;
    void outgoing.settle(() => null, new AbortController().signal).then(() => (settled = true));
    await waitFor('the end of patience', () => settled);
    expect(track.getSettings()).to.not.include.keys('width');
    outgoing.end();
    end();
  });
});
