import { expect } from 'chai';
import { DrawnSample } from '../../demo/drawn-sample';
import { BACKENDS, ONE_HOST, placesOf } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, trackOf, watchStream, SIZE } from '../helpers/element';
import { BLUE, distance, pixelAt, type Picture } from '../helpers/pixels';

/** Where the middle of each person's chest is, pixels. */
const NEAR = { x: 90, y: 150 };
const FAR = { x: 245, y: 160 };
/** Of the person behind against the one in front: less would be taken for a part of the nearer person. */
const FAR_SCALE = 0.65;

/** A camera that sees one person near and another further away beside them. */
function twoPeople(): { stream: MediaStream; stop(): void } {
  const person = new DrawnSample({ ...SIZE, background: 'none', pose: 'still' });
  const canvas = Object.assign(document.createElement('canvas'), SIZE);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No 2D canvas');
  const draw = (): void => {
    context.fillStyle = '#8a8f94';
    context.fillRect(0, 0, SIZE.width, SIZE.height);
    context.drawImage(person.canvas, NEAR.x - SIZE.width / 2, 0);
    const far = { width: SIZE.width * FAR_SCALE, height: SIZE.height * FAR_SCALE };
    context.drawImage(person.canvas, FAR.x - far.width / 2, SIZE.height - far.height, far.width, far.height);
  };
  draw();
  const stream = canvas.captureStream();
  const ticker = setInterval(draw, 50);
  return {
    stream,
    stop: () => {
      clearInterval(ticker);
      trackOf(stream).stop();
    },
  };
}

const shows = (picture: Picture, { x, y }: { x: number; y: number }): boolean => distance(pixelAt(picture, x, y), BLUE) > 60;

for (const { host, backend } of placesOf(BACKENDS, ONE_HOST)) {
  describeOn(host, `<virtual-background-camera people> host="${host}" backend="${backend}"`, () => {
    let camera: ReturnType<typeof twoPeople>;

    beforeEach(() => {
      camera = twoPeople();
    });

    afterEach(() => {
      camera.stop();
      cleanUp();
    });

    itWithModel('should keep everybody, or the main person alone, and change between them in the same track', async () => {
      const element = createElement({ host, backend, source: camera.stream, people: 'all' });
      const stream = await element.start();
      const track = trackOf(stream);
      await watchStream(stream, (picture) => shows(picture, NEAR) && shows(picture, FAR));
      element.people = 'main';
      await watchStream(stream, (picture) => shows(picture, NEAR) && !shows(picture, FAR));
      element.people = 'all';
      await watchStream(stream, (picture) => shows(picture, NEAR) && shows(picture, FAR));
      expect(trackOf(element.stream)).to.equal(track);
      expect(element.stats).to.include({ backend, rawFrames: 0 });
    });
  });
}
