import { expect } from 'chai';
import { DrawnSample } from '../../demo/drawn-sample';
import { placesOf, SHARED_CONTEXT } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, recordEvents, sampleStream, SIZE, trackOf, watchStream } from '../helpers/element';
import { BLUE, distance, pixelAt, type Picture } from '../helpers/pixels';

/** Share of pixels on which the picture and the figure's exact alpha agree about who is person. */
function overlap(picture: Picture, alpha: Uint8ClampedArray): number {
  let both = 0;
  let either = 0;
  for (let index = 0; index < alpha.length; index++) {
    const isPerson = distance(pixelAt(picture, index % SIZE.width, Math.floor(index / SIZE.width)), BLUE) > 60;
    const wasDrawn = (alpha[index] as number) >= 128;
    if (isPerson && wasDrawn) both += 1;
    if (isPerson || wasDrawn) either += 1;
  }
  return both / either;
}

for (const { host, backend } of placesOf(SHARED_CONTEXT)) {
  describeOn(host, `<virtual-background-camera host="${host}" backend="${backend}">`, () => {
    afterEach(cleanUp);

    itWithModel('should find the person in the compositor\'s own GPU context', async () => {
      const element = createElement({ host, backend, quality: 'medium', source: sampleStream({ pose: 'still' }) });
      const events = recordEvents(element);
      const stream = await element.start();
      const alpha = new DrawnSample({ ...SIZE, background: 'plain', pose: 'still' }).alpha(0);
      let best = 0;
      await watchStream(stream, (picture) => {
        best = Math.max(best, overlap(picture, alpha));
        return best > 0.93;
      });
      expect(element.stats).to.include({ backend, model: 'selfie', host, rawFrames: 0 });
      expect(events.errors).to.deep.equal([]);
      expect(events.warnings.filter(({ code }) => code !== 'overloaded')).to.deep.equal([]);
    });

    itWithModel('should keep the track while the network changes', async () => {
      const element = createElement({ host, backend, quality: 'low' });
      const stream = await element.start();
      const track = trackOf(stream);
      element.quality = 'high';
      element.background = 'blur';
      await element.updateComplete;
      await watchStream(stream, () => element.stats.quality === 'high');
      expect(trackOf(element.stream)).to.equal(track);
      expect(element.error).to.equal(null);
      element.stop();
      expect(track.readyState).to.equal('ended');
    });
  });
}
