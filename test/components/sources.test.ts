import { expect } from 'chai';
import type { SourceInput } from '../../src/define';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, previewOf, recordEvents, sampleStream, trackOf, watchStream } from '../helpers/element';
import { playMovie, recordMovie } from '../helpers/media';
import { colorAt, distance, GREEN, readPicture, RED, type Rgb } from '../helpers/pixels';
import { fakeCamera, replace } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';

const SIZE = { width: 160, height: 90 };

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> source`, () => {
    const urls: string[] = [];
    let player: HTMLVideoElement | null = null;

    const movieUrl = async (color: Rgb): Promise<string> => {
      const url = URL.createObjectURL(await recordMovie(SIZE, color));
      urls.push(url);
      return url;
    };

    afterEach(() => {
      cleanUp();
      player?.removeAttribute('src');
      player?.load();
      player = null;
      for (const url of urls.splice(0)) URL.revokeObjectURL(url);
    });

    /** What comes in, goes out: with background none the room itself, which tells the source. */
    const expectRoom = async (source: SourceInput, color: Rgb): Promise<void> => {
      const element = createElement({ host, background: 'none', source });
      const stream = await element.start();
      await watchStream(stream, (picture) => picture.width === SIZE.width && distance(colorAt(picture, 0.5, 0.4), color) < 60);
      const before = element.stats.outputFrames;
      await waitFor('more frames', () => element.stats.outputFrames > before);
      element.stop();
    };

    itWithModel('should be the address of a movie', async () => {
      await expectRoom(await movieUrl(GREEN), GREEN);
    });

    itWithModel("should be a page's player, left playing", async () => {
      player = await playMovie(await movieUrl(GREEN));
      await expectRoom(player, GREEN);
      expect(player.paused).to.equal(false);
    });

    itWithModel('should be a MediaStream or its track, left live', async () => {
      const stream = sampleStream({ ...SIZE, person: false });
      const grey: Rgb = [138, 143, 148];
      await expectRoom(stream, grey);
      await expectRoom(trackOf(stream), grey);
      expect(trackOf(stream).readyState).to.equal('live');
    });

    itWithModel('should be a shared screen', async () => {
      const screen = sampleStream(SIZE);
      replace(navigator.mediaDevices, 'getDisplayMedia', async () => screen);
      const element = createElement({ host, source: 'screen' });
      await element.start();
      element.stop();
      expect(trackOf(screen).readyState).to.equal('ended');
    });

    itWithModel('should change between movies, streams and the camera on one track', async () => {
      const element = createElement({ host, background: 'none', source: await movieUrl(GREEN) });
      const stream = await element.start();
      const track = trackOf(stream);
      const events = recordEvents(element);
      await watchStream(stream, (picture) => distance(colorAt(picture, 0.5, 0.4), GREEN) < 60);
      element.source = sampleStream({ width: 320, height: 180, person: false });
      await watchStream(stream, (picture) => picture.width === 320);
      player = await playMovie(await movieUrl(RED));
      element.source = player;
      await watchStream(stream, (picture) => picture.width === 160 && distance(colorAt(picture, 0.5, 0.4), RED) < 80);
      const camera = sampleStream({ width: 240, height: 136 });
      fakeCamera(async () => camera);
      element.source = 'camera';
      await watchStream(stream, (picture) => picture.width === 240);
      element.source = player;
      await watchStream(stream, (picture) => picture.width === 160);
      expect(trackOf(camera).readyState).to.equal('ended');
      expect(stream.getTracks()).to.deep.equal([track]);
      expect(track.readyState).to.equal('live');
      expect(events.errors).to.deep.equal([]);
    });

    itWithModel('should show a paused player, and its background at once when that changes', async () => {
      player = await playMovie(await movieUrl(GREEN));
      player.pause();
      const element = createElement({ host, background: 'none', source: player });
      await element.start();
      await element.updateComplete;
      const preview = previewOf(element);
      const waitForColor = (what: string, color: Rgb): Promise<unknown> =>
        waitFor(what, () => preview.videoWidth > 0 && distance(colorAt(readPicture(preview, SIZE), 0.5, 0.4), color) < 60);
      await waitForColor('the movie', GREEN);
      // Nothing moves any more: the change alone has to bring a new picture.
      await nextTask(400);
      for (const background of ['#0000ff', '#00ffff', '#ff0000']) {
        element.background = background;
        await element.updateComplete;
      }
      await waitForColor('the last background', RED);
    });
  });
}
