import { expect } from 'chai';
import { LocalVideoTrack as LiveKitTrack } from 'livekit-client';
import { LocalVideoTrack as TwilioTrack } from 'twilio-video';
import type { VirtualBackground } from '../../src/index';
import { cleanUp, createElement, itWithModel, sampleStream, trackOf, watchFrames, watchStream } from '../helpers/element';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { colorAt, distance, readPicture, type Picture, type Rgb } from '../helpers/pixels';
import { fakeCamera, replace } from '../helpers/spies';
import { nextEvent, waitFor } from '../helpers/wait';

/** `#204060`, the colour of the pages' examples. */
const NIGHT: Rgb = [32, 64, 96];

const isNight = (picture: Picture): boolean => distance(colorAt(picture, 0.05, 0.08), NIGHT) < 30;
const anyPicture = ({ width }: Picture): boolean => width > 0;

type Names = Record<string, unknown>;

/** Runs the blocks of a page one after the other; each sees what the ones before declared. */
class Page {
  readonly #page: string;
  readonly names: Names;

  constructor(page: string, names: Names) {
    this.#page = page;
    this.names = names;
  }

  async run(block: number): Promise<Names> {
    const address = `/test/docs/code/${this.#page}/${block}.ts?${Object.keys(this.names).join()}`;
    const { default: run } = (await import(address)) as { default(names: Names): Promise<Names> };
    return Object.assign(this.names, await run(this.names));
  }
}

/** What a block must leave, under a name. */
function left<Value>(page: Page, name: string): Value {
  expect(page.names, name).to.have.property(name);
  return page.names[name] as Value;
}

/** Stands for a room on a server, which there is none of here: what is published, is kept. */
function fakeRoom<Published>(): { published: Published[]; room: unknown } {
  const published: Published[] = [];
  return { published, room: { localParticipant: { publishTrack: async (track: Published) => published.push(track) } } };
}

function createVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  return video;
}

describe("the docs' code", () => {
  let cameras: MediaStream[] = [];
  const stops: (() => void)[] = [];

  beforeEach(() => {
    cameras = [];
    fakeCamera(async () => {
      const camera = sampleStream();
      cameras.push(camera);
      return camera;
    });
  });

  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
    closeLoopbacks();
    cleanUp();
  });

  itWithModel('should run: headless.md', async () => {
    const video = createVideo();
    const page = new Page('headless', { video, otherInput: sampleStream({ width: 240, height: 136 }) });
    await page.run(0);
    const background = left<VirtualBackground>(page, 'background');
    stops.push(() => background.stop());
    expect(video.srcObject).to.equal(background.stream);
    expect(background.settings).to.include({ background: 'blur' });
    await watchFrames(video, anyPicture);

    await page.run(1);
    await watchFrames(video, (picture) => picture.width === 240 && isNight(picture));
    expect(background.settings).to.include({ background: '#204060', quality: 'medium' });
    background.stop();

    video.srcObject = null;
    await page.run(2);
    const stopPreview = left<() => void>(page, 'stopPreview');
    const stream = await waitFor('the preview', () => video.srcObject as MediaStream | null);
    await watchFrames(video, anyPicture);
    const ended = nextEvent(trackOf(stream), 'ended');
    stopPreview();
    await ended;
    expect(video.title, 'no error').to.equal('');
  });

  itWithModel('should run: livekit.md', async () => {
    const { published, room } = fakeRoom<LiveKitTrack>();
    const camera = createElement({ background: '#204060' });
    const page = new Page('livekit', { room, camera });
    await page.run(0);
    expect(published).to.have.lengthOf(1);
    const [track] = published as [LiveKitTrack];
    stops.push(() => track.stop());
    expect(track).to.be.instanceOf(LiveKitTrack);
    expect(track.mediaStreamTrack, 'not the raw camera').to.not.equal(trackOf(cameras[0] as MediaStream));
    await page.run(1);
    await watchStream(new MediaStream([track.mediaStreamTrack]), isNight);

    await page.run(2);
    const [, own] = published as [LiveKitTrack, LiveKitTrack];
    expect(own.mediaStreamTrack).to.equal(trackOf(camera.stream));
    expect(own.isUserProvided).to.equal(true);
    await watchStream(new MediaStream([own.mediaStreamTrack]), isNight);
  });

  itWithModel('should run: twilio.md', async () => {
    const { published, room } = fakeRoom<TwilioTrack>();
    const camera = createElement({ source: 'camera' });
    const page = new Page('twilio', { room });
    await page.run(0);
    const [track] = published as [TwilioTrack];
    stops.push(() => track.stop());
    expect(track).to.be.instanceOf(TwilioTrack);
    expect(track.mediaStreamTrack).to.equal(trackOf(camera.stream));
    await page.run(1);
    await watchStream(new MediaStream([track.mediaStreamTrack]), isNight);
    await page.run(2);
    expect(track.isStopped).to.equal(false);
    expect(camera.facingMode).to.equal('environment');
    await watchStream(new MediaStream([track.mediaStreamTrack]), isNight);
  });

  itWithModel('should run: webrtc.md', async () => {
    const { sender: peer, negotiate, received } = createLoopback();
    const camera = createElement({ background: '#204060' });
    const page = new Page('webrtc', { peer, camera });
    await page.run(0);
    await negotiate();
    await watchStream(await received, isNight);
    await page.run(1);
    const sender = left<RTCRtpSender>(page, 'sender');
    expect(sender.track).to.equal(trackOf(camera.stream));
    await watchStream(await received, isNight);
    await page.run(2);
    camera.stop();
    await waitFor('the end to be seen', () => sender.track === null);
    await page.run(3);
    expect(peer.getTransceivers().at(-1)?.sender.getParameters().encodings.map(({ rid }) => rid)).to.deep.equal(['h', 'l']);
  });

  itWithModel('should run: recording.md', async () => {
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    const output = sound.createMediaStreamDestination();
    tone.connect(output);
    tone.start();
    stops.push(() => void sound.close());
    const pictures = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    // The one microphone there is here.
    replace(navigator.mediaDevices, 'getUserMedia', (constraints: MediaStreamConstraints) => (constraints.audio ? Promise.resolve(output.stream) : pictures(constraints)));
    const camera = createElement({ background: '#204060' });
    await camera.start();
    const page = new Page('recording', { camera });
    await page.run(0);
    await waitFor('the first second', () => left<Blob[]>(page, 'parts').some(({ size }) => size > 0));
    await page.run(1);
    expect(trackOf(output.stream).readyState, 'the microphone').to.equal('ended');
    expect(trackOf(camera.stream).readyState, 'the camera').to.equal('live');
    const movie = left<Blob>(page, 'movie');
    expect(movie.type).to.match(/^video\//);
    const video = createVideo();
    video.src = URL.createObjectURL(movie);
    await watchFrames(video, isNight);
    URL.revokeObjectURL(video.src);
    await page.run(2);
    const still = left<Blob>(page, 'still');
    expect(still.type).to.equal('image/jpeg');
    const bitmap = await createImageBitmap(still);
    expect(isNight(readPicture(bitmap, { width: bitmap.width, height: bitmap.height }))).to.equal(true);
  });

  itWithModel('should run: README.md', async () => {
    const camera = createElement({ quality: 'low' });
    const page = new Page('README', { camera });
    await page.run(0);
    expect(customElements.get('virtual-background-camera')).to.equal(camera.constructor);
    const stream = await camera.start();
    await page.run(1);
    expect(camera).to.include({ background: 'scene:office', quality: 'high' });
    await waitFor('the scene, on the same track', () => camera.state === 'running' && camera.stream === stream && !camera.error);
  });

  itWithModel('should run: tuning.md', async () => {
    const camera = createElement();
    await camera.start();
    const page = new Page('tuning', { camera });
    await page.run(0);
    expect(camera).to.include({ edgeSoftness: 0.25, lightWrap: 0.2, temporalStrength: 0.9, people: 'main' });
    await page.run(1);
    expect(camera.debug).to.equal(null);
    await page.run(2);
    expect(camera.quality).to.equal('low');
    await waitFor('every value to be taken', () => camera.state === 'running' && !camera.error);
  });

  it('should all be looked at here', async () => {
    const blocks: Record<string, number> = { '/README': 2, headless: 3, livekit: 3, recording: 3, tuning: 3, twilio: 3, webrtc: 4 };
    for (const [page, count] of Object.entries(blocks)) {
      const markdown = await (await fetch(page.startsWith('/') ? `${page}.md` : `/docs/${page}.md`)).text();
      expect(markdown.match(/^```js$/gm), page).to.have.lengthOf(count);
    }
  });
});
