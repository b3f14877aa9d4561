import { expect } from 'chai';
import { CODE_COLOURS } from '../../demo/drawn-sample';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, sampleStream, trackOf, watchStream } from '../helpers/element';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { BLUE, colorAt, countPixels, distance, GREEN, type Picture, type Rgb } from '../helpers/pixels';

const FRAMES = 5;

const shows = (color: Rgb, picture: Picture): boolean => distance(colorAt(picture, 0.05, 0.08), color) < 40;

/** Colours of the room's moving code, as they survive an encoder. */
const roomShare = (picture: Picture): number =>
  countPixels(picture, (color) => CODE_COLOURS.some((code) => distance(color, code) < 40)) / (picture.width * picture.height);

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> over RTCPeerConnection`, () => {
    afterEach(() => {
      closeLoopbacks();
      cleanUp();
    });

    itWithModel('should show the person and not the room at the other end, through changes, a stop and a restart', async () => {
      const element = createElement({ host, source: sampleStream({ background: 'code' }) });
      const stream = await element.start();
      const { sender, negotiate, received } = createLoopback();
      const sending = sender.addTrack(trackOf(stream), stream);
      await negotiate();
      const remote = await received;
      let negotiations = 0;
      sender.addEventListener('negotiationneeded', () => (negotiations += 1));

      let frames = 0;
      await watchStream(remote, (picture) => {
        // The rim of a first mask has up to a fiftieth; the room itself is more than half.
        expect(roomShare(picture), 'share of the room').to.be.below(0.05);
        if (shows(BLUE, picture) && distance(colorAt(picture, 0.5, 0.5), BLUE) > 60) frames += 1;
        return frames >= FRAMES;
      });

      element.background = '#00ff00';
      await watchStream(remote, (picture) => shows(GREEN, picture));
      element.source = sampleStream({ width: 240, height: 136 });
      await watchStream(remote, (picture) => picture.width <= 240 && shows(GREEN, picture));
      expect(sending.track, 'the same track').to.equal(trackOf(stream));

      // Turned off by the app, and on again.
      sending.track?.stop();
      await sending.replaceTrack(trackOf(element.stream));
      element.background = '#0000ff';
      await watchStream(remote, (picture) => shows(BLUE, picture));

      element.stop();
      await sending.replaceTrack(trackOf(await element.start()));
      element.background = '#00ff00';
      await watchStream(remote, (picture) => shows(GREEN, picture));
      expect(negotiations, 'renegotiations').to.equal(0);
      expect(element.stats.rawFrames).to.equal(0);
    });
  });
}
