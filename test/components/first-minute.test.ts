import { expect } from 'chai';
import { CODE_COLOURS } from '../../demo/drawn-sample';
import type { VirtualBackgroundCamera } from '../../src/define';
import { cleanUp, createElement, describeOn, HOSTS, itWithModel, recordEvents, sampleStream, trackOf, watchStream } from '../helpers/element';
import { FaultyFiles } from '../helpers/faulty';
import { BLUE, countPixels, distance, type Picture } from '../helpers/pixels';
import { nextEvent, waitFor } from '../helpers/wait';
import { itWithPeople } from '../support/shared';

/** A raw frame shows the room on more than half of the picture; a network may take a few cells of it for the person. */
const MOST_ROOM = 0.1;
const FRAMES_AFTER = 10;

const share = ({ width, height }: Picture, count: number): number => count / (width * height);
const roomShare = (picture: Picture): number => share(picture, countPixels(picture, (color) => CODE_COLOURS.some((code) => distance(color, code) < 60)));
const blueShare = (picture: Picture): number => share(picture, countPixels(picture, (color) => distance(color, BLUE) < 12));

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> the first minute with BodyPix`, () => {
    let files: FaultyFiles;

    beforeEach(() => {
      files = new FaultyFiles();
    });

    afterEach(async () => {
      await files.release();
      cleanUp();
    });

    /** @param model as the page says it; null: the default */
    function create(model: string | null, modelUrl: string): VirtualBackgroundCamera {
      const element = createElement({ host, modelUrl, source: sampleStream({ background: 'code' }) });
      element.setAttribute('model', 'selfie');
      if (model === null) element.removeAttribute('model');
      else element.setAttribute('model', model);
      return element;
    }

    for (const [name, model] of [['as the default', null], ['named by the page', 'body-pix']] as const) {
      itWithPeople(`should start without it, and let it take over unseen, ${name}`, async () => {
        const element = create(model, files.folder('held:.bin', 'shared/models/bodypix/'));
        const stream = await element.start();
        const track = trackOf(stream);
        expect(element.stats.model).to.equal('selfie');
        expect(element.progress, 'nothing is waited for').to.equal(null);
        await waitFor('the request for its weights', async () => (await files.names()).some((file) => file.endsWith('.bin')));
        const events = recordEvents(element);
        let progress = 0;
        element.addEventListener('vbc-progress', () => (progress += 1));

        let seen = 0;
        let seenAfter = 0;
        const watching = watchStream(stream, (picture) => {
          // A viewer who joins may be shown the curtain that came before the first person.
          if (seen === 0 && blueShare(picture) === 1) return false;
          seen += 1;
          expect(roomShare(picture), `room in frame ${seen}`).to.be.below(MOST_ROOM);
          expect(blueShare(picture), `background alone in frame ${seen}`).to.be.below(1);
          if (element.stats.model === 'body-pix') seenAfter += 1;
          return seenAfter >= FRAMES_AFTER;
        });
        await waitFor('frames of the bundled network', () => seen > 2);
        // Figures are renewed twice a second: these have all curtains of the start in them.
        const { outputFrames } = element.stats;
        await waitFor('newer figures', () => element.stats.outputFrames > outputFrames);
        const { curtainFrames } = element.stats;
        expect(element.stats.model).to.equal('selfie');
        await files.release();
        await watching;

        expect(element.stats).to.include({ model: 'body-pix', rawFrames: 0, maskAgeMs: 0, curtainFrames });
        expect(events.states, 'neither interrupted nor started again').to.deep.equal([]);
        expect(events.errors).to.deep.equal([]);
        expect(events.warnings.map(({ code }) => code).filter((code) => code !== 'overloaded')).to.deep.equal([]);
        expect(progress, 'no bar over the picture').to.equal(0);
        expect(element.stream).to.equal(stream);
        expect(stream.getTracks()).to.deep.equal([track]);
        expect(track.readyState).to.equal('live');
      });
    }

    itWithModel('should stay with the bundled network where its weights never come', async () => {
      const element = create(null, files.folder('gone:.json', 'shared/models/bodypix/'));
      const warning = nextEvent<{ code: string }>(element, 'vbc-warning');
      const stream = await element.start();
      expect((await warning).detail.code).to.equal('model-fallback');
      const events = recordEvents(element);
      let seen = 0;
      await watchStream(stream, (picture) => {
        expect(roomShare(picture)).to.be.below(MOST_ROOM);
        return (seen += 1) >= FRAMES_AFTER;
      });
      expect(element.state).to.equal('running');
      expect(element.stats).to.include({ model: 'selfie', rawFrames: 0 });
      expect(events.errors).to.deep.equal([]);
      expect(element.stream).to.equal(stream);
    });

    itWithPeople('should wait for it where the page wants no other network', async () => {
      const element = create('body-pix', files.folder('held:.bin', 'shared/models/bodypix/'));
      element.modelFallback = 'none';
      const starting = element.start();
      await waitFor('the request for its weights', async () => (await files.names()).some((file) => file.endsWith('.bin')));
      expect(element).to.include({ state: 'loading', stream: null });
      await files.release();
      await starting;
      expect(element.stats.model).to.equal('body-pix');
    });
  });
}
