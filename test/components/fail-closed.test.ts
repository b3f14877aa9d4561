import { expect } from 'chai';
import { CODE_COLOURS } from '../../demo/drawn-sample';
import { placesOf } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, previewOf, recordEvents, sampleStream, SIZE, trackOf, waitForState, watchFrames, watchStream } from '../helpers/element';
import { FaultyFiles } from '../helpers/faulty';
import { pngOf } from '../helpers/media';
import { BLUE, countPixels, distance, expectAll, farthest, GREEN, RED, stripeAmplitude, stripedCanvas, type Picture } from '../helpers/pixels';
import { fakeCamera } from '../helpers/spies';
import { defer, waitFor } from '../helpers/wait';

const FRAMES = 5;

/** Pixels of the room: the drawn sample's code has four colours that nothing else in these tests has. */
const countRoom = (picture: Picture): number => countPixels(picture, (color) => CODE_COLOURS.some((code) => distance(color, code) < 60));

/** The smallest difference from any of the code's colours. */
const nearestToRoom = (picture: Picture): number => -farthest(picture, (color) => -Math.min(...CODE_COLOURS.map((code) => distance(color, code))));

/** Judges a number of decoded frames. */
function judge(times: number, check: (picture: Picture) => void): (picture: Picture) => boolean {
  let seen = 0;
  return (picture) => {
    check(picture);
    return (seen += 1) >= times;
  };
}

/** Holds back the network's weights, whoever fetches them, until the test releases them. */
function holdModel(): { assetBase: string; release(): Promise<void> } {
  const files = new FaultyFiles();
  return { assetBase: files.folder('held:.bin', 'assets/'), release: () => files.release() };
}

for (const { backend, host } of placesOf()) {
  describeOn(host, `<virtual-background-camera host="${host}" backend="${backend}"> fails closed`, () => {
    const create = (properties: Parameters<typeof createElement>[0] = {}): ReturnType<typeof createElement> => createElement({ host, backend, ...properties });

    afterEach(cleanUp);

    for (const [name, background, color] of [
      ['a colour', async () => '#0000ff', BLUE],
      ['a picture', () => pngOf({ width: 64, height: 36 }, RED), RED],
    ] as const) {
      itWithModel(`should show ${name} alone until the first mask`, async () => {
        const { assetBase, release } = holdModel();
        const element = create({ assetBase, background: await background(), source: sampleStream({ background: 'code' }) });
        const starting = element.start();
        await waitForState(element, 'loading');
        await element.updateComplete;
        // The picture takes its moment to load; until then a plain colour stands in, never the room.
        const check = (picture: Picture): void => {
          expect(nearestToRoom(picture), 'distance from any colour of the room').to.be.above(60);
        };
        await watchFrames(previewOf(element), (picture) => {
          check(picture);
          return distance([picture.data[0], picture.data[1], picture.data[2]] as [number, number, number], color) < 12;
        });
        await watchFrames(previewOf(element), judge(FRAMES, (picture) => expectAll(picture, color, 12)));
        expect(element.stream, 'not handed out yet').to.equal(null);
        expect(element.stats.rawFrames).to.equal(0);
        await release();
        const stream = await starting;
        expect(element.stream).to.equal(stream);
      });
    }

    itWithModel('should show nothing legible with blur until the first mask', async () => {
      const { assetBase, release } = holdModel();
      const period = 20;
      const stripes = stripedCanvas(SIZE, period);
      const source = stripes.captureStream();
      const ticker = setInterval(() => stripes.getContext('2d')?.fillRect(0, 0, 1, 1), 50);
      const element = create({ assetBase, background: 'blur:4', source });
      try {
        const starting = element.start();
        await waitForState(element, 'loading');
        await element.updateComplete;
        await watchFrames(previewOf(element), judge(FRAMES, (picture) => expect(stripeAmplitude(picture, 90, period)).to.be.below(6)));
        await release();
        await starting;
      } finally {
        clearInterval(ticker);
      }
    });

    itWithModel('should not show the room beside the person while running', async () => {
      const element = create({ quality: 'medium', source: sampleStream({ background: 'code', pose: 'sway' }) });
      const stream = await element.start();
      const shares: number[] = [];
      await watchStream(stream, judge(2 * FRAMES, (picture) => {
        shares.push(countRoom(picture) / (picture.width * picture.height));
      }));
      // The rim may hold a few pixels of the room; the room itself fills more than half of the picture.
      expect(Math.max(...shares)).to.be.below(0.03);
      expect(element.stats.rawFrames).to.equal(0);
    });

    itWithModel('should show the room with background none alone, and count it', async () => {
      const element = create({ background: 'none', source: sampleStream({ background: 'code' }) });
      const events = recordEvents(element);
      const stream = await element.start();
      await watchStream(stream, (picture) => countRoom(picture) > picture.width * picture.height * 0.3);
      await waitFor('figures', () => element.stats.rawFrames > 3);
      expect(element.stats.rawFrames).to.equal(element.stats.outputFrames);

      element.background = 'blur';
      await element.updateComplete;
      await waitFor('the person', () => events.states.at(-1) === 'running' && element.stats.outputFrames > element.stats.rawFrames);
      const raw = element.stats.rawFrames;
      const out = element.stats.outputFrames;
      await waitFor('more frames', () => element.stats.outputFrames > out + 3);
      expect(element.stats.rawFrames, 'no more of the room').to.equal(raw);
    });

    itWithModel('should draw the curtain on the first frames of another source', async () => {
      const element = create();
      const stream = await element.start();
      await waitFor('figures', () => element.stats.outputFrames > 0);
      let judged = 0;
      const watching = watchStream(stream, (picture) => {
        expect(countRoom(picture) / (picture.width * picture.height), 'of the room').to.be.below(0.05);
        judged += picture.width === 160 ? 1 : 0;
        return judged >= FRAMES;
      });
      element.source = sampleStream({ width: 160, height: 90, background: 'code' });
      await watching;
      expect(element.stats.rawFrames).to.equal(0);
    });

    // No mask has a part in these.
    if (backend === 'wasm') {
      itWithModel('should run with background none before the model is there', async () => {
        const { assetBase, release } = holdModel();
        const element = create({ assetBase, background: 'none' });
        await element.start();
        expect(element.state).to.equal('running');
        await release();
      });

      itWithModel('should not show the room on the way from background none to a picture that is still loading', async () => {
        const element = create({ background: 'none', source: sampleStream({ background: 'code', person: false }) });
        const stream = await element.start();
        await watchStream(stream, (picture) => countRoom(picture) > picture.width * picture.height * 0.9);
        const picture = defer<Response>();
        const original = fetch;
        window.fetch = (...args) => (String(args[0]).includes('/slow.png') ? picture.promise : original(...args));
        try {
          element.background = '/slow.png';
          await element.updateComplete;
          await watchStream(stream, (frame) => countRoom(frame) === 0);
          await watchStream(stream, judge(FRAMES, (frame) => expect(countRoom(frame)).to.equal(0)));
          picture.resolve(new Response(await pngOf({ width: 16, height: 9 }, GREEN), { headers: { 'content-type': 'image/png' } }));
          await watchStream(stream, (frame) => frame.data[0] === 0 && (frame.data[1] as number) > 200);
        } finally {
          window.fetch = original;
        }
      });

      itWithModel('should hand out video only, also from a source with sound', async () => {
        const destination = new AudioContext().createMediaStreamDestination();
        const source = sampleStream();
        source.addTrack(trackOf(destination.stream));
        fakeCamera(async () => source);
        const element = create({ source: 'camera' });
        const stream = await element.start();
        expect(stream.getAudioTracks()).to.have.lengthOf(0);
        expect(stream.getVideoTracks()).to.have.lengthOf(1);
        element.stop();
        expect(source.getTracks().map(({ readyState }) => readyState)).to.deep.equal(['ended', 'ended']);
      });
    }
  });
}
