import { expect } from 'chai';
import { OwnVideo, type VideoCall } from '../../demo/meeting/page/own-video';
import { VIDEO_PLANS, type VideoState } from '../../demo/meeting/page/video-state';
import { defer, type Deferred } from '../helpers/wait';

/** What the page can do; the browser answers a question about the camera or the screen when `answer` comes. */
const ACTIONS = ['toggle camera', 'toggle sharing', 'toggle plain sharing', 'end in browser', 'join', 'leave', 'answer'] as const;
type Action = (typeof ACTIONS)[number];
const LENGTH = 6;

/** All orders of the length in which each action can have an effect. */
function ordersOf(length: number, isIn = false, previous: Action = 'answer'): Action[][] {
  if (length === 0) return [[]];
  return ACTIONS.flatMap((action) => {
    if (action === 'answer' && (previous === 'answer' || length === 1)) return []; // Nothing new is asked; and the end is answered anyway.
    if (action === 'join' ? isIn : action !== 'toggle camera' && action !== 'answer' && !isIn) return [];
    return ordersOf(length - 1, action === 'leave' ? false : isIn || action === 'join', action).map((rest) => [action, ...rest]);
  });
}

class FakeTrack extends EventTarget {
  readyState = 'live';

  stop(): void {
    this.readyState = 'ended';
  }
}

/** A stream with one track, of a person, a screen, or a clone of either. */
class FakeStream {
  readonly track = new FakeTrack();

  constructor(readonly shows: 'presenter' | 'screen', readonly world: World) {
    world.streams.push(this);
  }

  get isLive(): boolean {
    return this.track.readyState === 'live';
  }

  getTracks(): FakeTrack[] {
    return [this.track];
  }

  getVideoTracks(): FakeTrack[] {
    return [this.track];
  }

  clone(): MediaStream {
    return new FakeStream(this.shows, this.world) as unknown as MediaStream;
  }
}

/** Everything around {@link OwnVideo}: its camera, the browser's questions, the meeting and the buttons. */
class World {
  readonly streams: FakeStream[] = [];
  readonly questions: Deferred<void>[] = [];
  readonly ownVideo: OwnVideo;
  call: FakeCall | null = null;
  camera: FakeStream | null = null;
  behind: FakeStream | null = null;
  /** The screen that is answered to the page, as it shows it in its own tile. */
  tile: FakeStream | null = null;
  shown: VideoState | null = null;
  readonly problems: string[] = [];

  constructor(state: 'out/on' | 'out/off') {
    this.ownVideo = new OwnVideo(state, {
      picture: {
        // Gives the stream also to whom it is too late for: to drop it is OwnVideo's business.
        start: () => this.#startCamera(),
        stop: () => this.stopCamera(),
      },
      chooseScreen: async () => {
        await this.ask();
        return new FakeStream('screen', this) as unknown as MediaStream;
      },
      showBehind: (screen) => (this.behind = screen as unknown as FakeStream | null),
      onChange: (shown, screen) => {
        this.shown = shown;
        this.tile = screen as unknown as FakeStream | null;
      },
      onProblem: (message) => this.problems.push(message),
    });
    this.ownVideo.begin();
  }

  ask(): Promise<void> {
    const question = defer();
    this.questions.push(question);
    return question.promise;
  }

  async #startCamera(): Promise<MediaStream> {
    this.camera ??= new FakeStream('presenter', this);
    const { camera } = this;
    await this.ask();
    return camera as unknown as MediaStream;
  }

  stopCamera(): void {
    this.camera?.track.stop();
    this.camera = null;
  }

  /** What is live and is not the camera's own, nor in the meeting's hands. */
  get liveScreens(): FakeStream[] {
    return this.streams.filter((stream) => stream.shows === 'screen' && stream.isLive && stream !== this.call?.content);
  }

  async do(action: Action): Promise<void> {
    if (action === 'toggle camera') this.ownVideo.toggleCamera();
    else if (action === 'toggle sharing') void this.ownVideo.toggleSharing('sharing');
    else if (action === 'toggle plain sharing') void this.ownVideo.toggleSharing('plain');
    else if (action === 'end in browser') this.#endInBrowser();
    else if (action === 'join' && !this.call) {
      this.call = new FakeCall(this);
      this.ownVideo.enter(this.call);
    } else if (action === 'leave') this.#leave();
    else if (action === 'answer') await this.answer();
    await microtasks();
  }

  /** All questions, and those that follow from the answers. */
  async answer(): Promise<void> {
    while (this.questions.length > 0) {
      for (const question of this.questions.splice(0)) question.resolve();
      await microtasks();
    }
  }

  #endInBrowser(): void {
    for (const stream of this.liveScreens) {
      stream.track.stop();
      stream.track.dispatchEvent(new Event('ended'));
    }
  }

  #leave(): void {
    this.ownVideo.leave();
    const { call } = this;
    this.call = null;
    expect(call?.main ?? null, 'main video after leaving').to.equal(null);
    expect(call?.content ?? null, 'content after leaving').to.equal(null);
  }
}

class FakeCall implements VideoCall {
  main: FakeStream | null = null;
  content: FakeStream | null = null;

  constructor(readonly world: World) {}

  async sendVideo(stream: MediaStream, signal: AbortSignal): Promise<void> {
    await this.world.ask();
    if (!signal.aborted) this.main = stream as unknown as FakeStream;
  }

  hideVideo(): void {
    this.main = null;
  }

  stopVideo(): void {
    this.main = null;
  }

  shareContent(stream: MediaStream | null): void {
    this.content?.track.stop();
    this.content = stream as unknown as FakeStream | null;
  }
}

/** Lets all that is settled already be taken note of. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

/** What has to be true before anything that takes time has happened. */
function checkAtOnce(world: World, name: string): void {
  const { camera, main, content } = VIDEO_PLANS[world.ownVideo.state];
  expect(world.shown, `${name}: the buttons`).to.equal(world.ownVideo.state);
  if (camera === 'off') {
    expect(world.camera, `${name}: the camera`).to.equal(null);
    expect(world.streams.filter(({ shows, isLive }) => shows === 'presenter' && isLive), `${name}: streams of the person`).to.deep.equal([]);
  }
  if (main === 'none') expect(world.call?.main ?? null, `${name}: main video`).to.equal(null);
  if (content !== 'presenter') expect(world.call?.content?.shows, `${name}: content`).not.to.equal('presenter');
  if (content === 'none') {
    expect(world.call?.content ?? null, `${name}: content`).to.equal(null);
    expect(world.behind, `${name}: behind the person`).to.equal(null);
    expect(world.liveScreens, `${name}: screens`).to.deep.equal([]);
  }
}

/** What has to be true when all questions are answered. */
function checkSettled(world: World, name: string): void {
  checkAtOnce(world, name);
  const { camera, main, content } = VIDEO_PLANS[world.ownVideo.state];
  expect(world.camera?.isLive ?? false, `${name}: the camera`).to.equal(camera === 'live');
  expect(world.call?.main ?? null, `${name}: main video`).to.equal(main === 'person' ? world.camera : null);
  expect(world.call?.content?.shows ?? 'none', `${name}: content`).to.equal(content);
  expect(world.call?.content?.isLive ?? false, `${name}: live content`).to.equal(content !== 'none');
  expect(world.behind !== null, `${name}: behind the person`).to.equal(content === 'presenter');
  expect(world.tile !== null, `${name}: the own tile`).to.equal(content === 'screen' && camera === 'off');
  expect(world.problems, name).to.deep.equal([]);
}

describe("the person's own video", () => {
  for (const start of ['out/on', 'out/off'] as const) {
    it(`should be as the table says in all orders, however late the browser answers, from ${start}`, async () => {
      for (const actions of ordersOf(LENGTH)) {
        const world = new World(start);
        const name = `${start}: ${actions.join(', ')}`;
        let camera = start === 'out/on';
        for (const action of actions) {
          await world.do(action);
          if (action === 'toggle camera') camera = !camera;
          if (action === 'leave') camera = false;
          checkAtOnce(world, name);
          expect(VIDEO_PLANS[world.ownVideo.state].camera === 'live', `${name}: as its button was pressed`).to.equal(camera);
        }
        await world.answer();
        checkSettled(world, name);
      }
    });
  }

  it('should share the screen alone while the camera is off, and never ask for the camera', async () => {
    const world = new World('out/off');
    for (const action of ['join', 'toggle sharing', 'answer'] as const) await world.do(action);
    expect(world.ownVideo.state).to.equal('in/off/sharing');
    expect(world.call?.content?.shows).to.equal('screen');
    expect(world.streams.map(({ shows }) => shows)).not.to.include('presenter');
  });

  it('should let a screen go that was chosen after leaving, also when the person is back in', async () => {
    const world = new World('out/off');
    for (const action of ['join', 'toggle sharing', 'leave', 'join', 'answer'] as const) await world.do(action);
    expect(world.ownVideo.state).to.equal('in/off');
    expect(world.streams.map(({ shows, isLive }) => [shows, isLive])).to.deep.equal([['screen', false]]);
  });

  it('should ask for one screen when the button is pressed twice', async () => {
    const world = new World('out/off');
    for (const action of ['join', 'toggle sharing', 'toggle sharing', 'answer'] as const) await world.do(action);
    expect(world.ownVideo.state).to.equal('in/off/sharing');
    expect(world.liveScreens).to.have.length(1);
  });

  it('should share nothing when the person chooses nothing, and ask again', async () => {
    const world = new World('out/off');
    await world.do('join');
    await world.do('toggle sharing');
    world.questions.splice(0)[0]?.reject(new DOMException('Permission denied', 'NotAllowedError'));
    await microtasks();
    expect(world.ownVideo.state).to.equal('in/off');
    await world.do('toggle sharing');
    await world.do('answer');
    expect(world.ownVideo.state).to.equal('in/off/sharing');
  });

  it('should go on without the person when their picture ends by itself while they share', async () => {
    const world = new World('out/on');
    for (const action of ['join', 'answer', 'toggle sharing', 'answer'] as const) await world.do(action);
    expect(world.call?.content?.shows).to.equal('presenter');
    world.ownVideo.handlePictureEnded();
    expect(world.ownVideo.state).to.equal('in/off/sharing');
    await world.answer();
    checkSettled(world, 'the picture ended');
  });

  it('should share the screen plainly beside the person, and go from one way to the other without asking again', async () => {
    const world = new World('out/on');
    for (const action of ['join', 'answer', 'toggle plain sharing', 'answer'] as const) await world.do(action);
    expect(world.ownVideo.state).to.equal('in/on/plain');
    expect([world.call?.main, world.call?.content?.shows, world.behind]).to.deep.equal([world.camera, 'screen', null]);
    checkSettled(world, 'plain');
    await world.do('toggle sharing');
    expect(world.ownVideo.state).to.equal('in/on/sharing');
    await world.answer();
    checkSettled(world, 'in front');
    await world.do('toggle plain sharing');
    await world.answer();
    expect(world.ownVideo.state).to.equal('in/on/plain');
    checkSettled(world, 'beside again');
    await world.do('toggle plain sharing');
    await world.answer();
    expect(world.ownVideo.state).to.equal('in/on');
    checkSettled(world, 'ended');
    expect(world.streams.filter(({ shows }) => shows === 'screen'), 'one screen, and a clone for each time it was shared').to.have.length(3);
  });

  it('should follow a camera that was started elsewhere', async () => {
    const world = new World('out/off');
    world.ownVideo.handlePictureStarted();
    await world.answer();
    expect(world.ownVideo.state).to.equal('out/on');
    checkSettled(world, 'started');
  });

  it('should say so when the meeting does not take the video', async () => {
    const world = new World('out/on');
    await world.do('answer');
    world.call = new FakeCall(world);
    world.call.sendVideo = () => Promise.reject(new Error('no room'));
    world.ownVideo.enter(world.call);
    await world.answer();
    expect(world.problems).to.deep.equal(['no room']);
  });
});
