import { expect } from 'chai';
import { OwnPicture } from '../../demo/meeting/page/own-picture';
import type { EngineState, SourceInput, VirtualBackgroundCamera } from '../../src/index';
import { VirtualBackgroundError, type VirtualBackgroundErrorCode } from '../../src/errors';
import { defer, type Deferred } from '../helpers/wait';

/** An element whose start the test settles. */
class FakeCamera extends EventTarget {
  readonly width = 64;
  readonly height = 36;
  readonly stream = new MediaStream();
  source: SourceInput = 'camera';
  error: VirtualBackgroundError | null = null;
  stops = 0;
  starting: Deferred<MediaStream> | null = null;

  start(): Promise<MediaStream> {
    this.starting ??= defer<MediaStream>();
    return this.starting.promise;
  }

  stop(): void {
    this.stops += 1;
    this.starting?.reject(new VirtualBackgroundError('aborted', 'stopped'));
    this.starting = null;
    this.tell('idle');
  }

  run(): void {
    this.tell('running');
    this.starting?.resolve(this.stream);
  }

  fail(code: VirtualBackgroundErrorCode): void {
    const { starting } = this;
    this.starting = null;
    this.error = new VirtualBackgroundError(code, 'it failed');
    this.tell('failed');
    starting?.reject(this.error);
  }

  tell(state: EngineState): void {
    this.dispatchEvent(new CustomEvent('vbc-state-change', { detail: { state } }));
  }
}

function createPicture(): { picture: OwnPicture; camera: FakeCamera; problems: string[]; ended: () => string[]; work: AbortController } {
  const camera = new FakeCamera();
  const problems: string[] = [];
  const ended: string[] = [];
  const picture = new OwnPicture(camera as unknown as VirtualBackgroundCamera, {
    onProblem: (message) => problems.push(message),
    onStarted: () => ended.push('started'),
    onStopped: () => ended.push('stopped'),
    onBroken: () => ended.push('broken'),
  });
  return { picture, camera, problems, ended: () => ended, work: new AbortController() };
}

/** Lets the rejection be taken note of. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("the meeting page's own picture", () => {
  it('should be of a drawn person where there is no camera, and end with it', async () => {
    const { picture, camera, problems, work } = createPicture();
    const started = picture.start(work.signal);
    camera.fail('camera-not-found');
    await settle();
    expect(problems).to.have.length(1);
    const drawn = camera.source as MediaStream;
    expect(drawn.getTracks().map(({ readyState }) => readyState)).to.deep.equal(['live']);
    camera.run();
    expect(await started).to.equal(camera.stream);
    picture.stop();
    expect(drawn.getTracks().map(({ readyState }) => readyState)).to.deep.equal(['ended']);
    expect(camera.source, 'what the next start asks for').to.equal('camera');
  });

  it('should end the drawn person when a camera takes over', async () => {
    const { picture, camera, work } = createPicture();
    void picture.start(work.signal);
    camera.fail('camera-in-use');
    await settle();
    const drawn = camera.source as MediaStream;
    camera.run();
    camera.source = 'camera';
    expect(drawn.active).to.equal(true);
    camera.dispatchEvent(new CustomEvent('vbc-source-change', { detail: { source: 'camera' } }));
    expect(drawn.active).to.equal(false);
  });

  it('should neither warn nor draw a person when it is stopped while it opens', async () => {
    const { picture, camera, problems, ended, work } = createPicture();
    const started = picture.start(work.signal);
    work.abort();
    picture.stop();
    expect(await started).to.equal(null);
    expect(camera.source).to.equal('camera');
    expect([problems, ended()]).to.deep.equal([[], []]);
  });

  it('should say what fails, and show nothing, when it is not the camera', async () => {
    const { picture, camera, problems, work } = createPicture();
    const started = picture.start(work.signal);
    camera.fail('webgl2-unavailable');
    expect(await started).to.equal(null);
    expect(problems).to.deep.equal(['it failed']);
  });

  it('should report once that it ended by itself, and not that it was stopped', async () => {
    const { picture, camera, ended, work } = createPicture();
    void picture.start(work.signal);
    camera.run();
    picture.stop();
    expect(ended()).to.deep.equal([]);
    void picture.start(work.signal);
    camera.run();
    camera.fail('source-ended');
    camera.tell('idle');
    expect(ended()).to.deep.equal(['broken']);
  });

  it('should report what a control element did with the camera', async () => {
    const { picture, camera, problems, ended, work } = createPicture();
    camera.tell('opening');
    expect(ended()).to.deep.equal(['started']);
    void picture.start(work.signal);
    camera.run();
    camera.tell('idle');
    expect(ended()).to.deep.equal(['started', 'stopped']);
    expect(problems).to.deep.equal([]);
  });

  it('should be of the drawn person each time where the page was asked for it', async () => {
    const { picture, camera, problems, work } = createPicture();
    picture.useSample({ pose: 'still' });
    for (let time = 0; time < 2; time += 1) {
      void picture.start(work.signal);
      expect(camera.source).to.be.instanceOf(MediaStream);
      camera.run();
      picture.stop();
    }
    expect(problems).to.deep.equal([]);
  });
});
