import { expect } from 'chai';
import { createVirtualBackground } from '../../src/define';
import { BLUE_BACKGROUND, cleanUp, createElement, delayModel, describeOn, HOSTS, itWithModel, sampleStream, SIZE, waitForState } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { BLUE, colorAt, countPixels, createCanvas, contextOf, distance, expectColor, readPicture, ROOM, solidCanvas, type Picture, type Rgb } from '../helpers/pixels';
import { replace } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';

async function decode(blob: Blob): Promise<Picture & { width: number; height: number }> {
  const bitmap = await createImageBitmap(blob);
  const size = { width: bitmap.width, height: bitmap.height };
  const canvas = createCanvas(size);
  contextOf(canvas).drawImage(bitmap, 0, 0);
  bitmap.close();
  return { ...readPicture(canvas, size), ...size };
}

for (const host of HOSTS) {
  describeOn(host, `<virtual-background-camera host="${host}"> snapshot`, () => {
    afterEach(cleanUp);

    itWithModel('should be the composited picture at the size of the stream, not mirrored', async () => {
      // The person stands on the left, so that a mirrored picture would be another.
      const element = createElement({ host, mirrored: true, source: sampleStream({ pose: 'still' }) });
      await element.start();
      // The first masks are still finding the person's edge.
      await waitFor('some masks', () => element.stats.outputFrames - element.stats.curtainFrames > 15);
      const blob = await element.snapshot();
      expect(blob.type).to.equal('image/png');
      const picture = await decode(blob);
      expect(picture).to.include(SIZE);
      expectColor(colorAt(picture, 0.03, 0.05), BLUE, 12);
      expect(countPixels(picture, (color: Rgb) => distance(color, BLUE) > 100), 'the person').to.be.above(500);
      const shown = await new Promise<Picture>((resolve) => {
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = element.stream;
        video.requestVideoFrameCallback(() => resolve(readPicture(video, SIZE)));
        void video.play();
      });
      const isPerson = (color: Rgb): boolean => distance(color, BLUE) > 100;
      for (const [x, y] of [[0.3, 0.5], [0.7, 0.5], [0.5, 0.5], [0.2, 0.9], [0.8, 0.9]] as const) {
        expect(isPerson(colorAt(picture, x, y)), `at ${x}, ${y} as in the stream`).to.equal(isPerson(colorAt(shown, x, y)));
      }
    });

    itWithModel('should be of the type and the quality that are asked for, for several at once', async () => {
      const element = createElement({ host });
      await element.start();
      const [png, good, poor, other] = await Promise.all([
        element.snapshot(),
        element.snapshot('image/jpeg', 0.95),
        element.snapshot('image/jpeg', 0.1),
        element.snapshot('image/x-unheard-of'),
      ]);
      expect([png, good, poor, other].map(({ type }) => type)).to.deep.equal(['image/png', 'image/jpeg', 'image/jpeg', 'image/png']);
      expect(poor.size).to.be.below(good.size);
      expect(await decode(good)).to.include(SIZE);
    });

    itWithModel('should not be had before the first composited frame, nor after the end', async () => {
      const model = delayModel();
      const element = createElement({ host });
      await expectRejection(element.snapshot(), 'snapshot-unavailable', /start\(\)/);
      const starting = element.start();
      await waitForState(element, 'loading');
      await expectRejection(element.snapshot(), 'snapshot-unavailable', /start\(\)/);
      model.resolve();
      await starting;
      await element.snapshot();
      const last = element.snapshot();
      element.stop();
      // Either it was drawn before the end, or there is none; it never hangs.
      await last.catch((error: unknown) => expect(error).to.have.property('code', 'snapshot-unavailable'));
      await expectRejection(element.snapshot(), 'snapshot-unavailable', /start\(\)/);
    });

    itWithModel('should show the curtain, and nothing of the room, while nobody is found', async () => {
      const room = solidCanvas(SIZE, ROOM);
      const element = createElement({ host, background: 'none', source: room.captureStream(20) });
      const ticker = setInterval(() => room.getContext('2d')?.fillRect(0, 0, 1, 1), 50);
      try {
        await element.start();
        expectColor(colorAt(await decode(await element.snapshot()), 0.5, 0.5), ROOM, 40);
        element.background = BLUE_BACKGROUND;
        await element.updateComplete;
        // From the next message to the host on, not some frames later.
        const picture = await decode(await element.snapshot());
        expect(countPixels(picture, (color: Rgb) => distance(color, ROOM) < 40), 'pixels of the room').to.equal(0);
      } finally {
        clearInterval(ticker);
      }
    });

    itWithModel('should be had in a hidden page and from a source that stands still', async () => {
      const still = solidCanvas(SIZE, ROOM);
      const stream = still.captureStream(20);
      const ticker = setInterval(() => still.getContext('2d')?.fillRect(0, 0, 1, 1), 50);
      const element = createElement({ host, source: stream });
      await element.start().finally(() => clearInterval(ticker));
      await nextTask(400);
      replace(document, 'hidden', true);
      replace(document, 'visibilityState', 'hidden');
      replace(globalThis, 'requestAnimationFrame', () => 0);
      const picture = await decode(await element.snapshot());
      expectColor(colorAt(picture, 0.5, 0.5), BLUE, 12);
    });

    itWithModel('should be had without the element', async () => {
      const background = await createVirtualBackground(sampleStream(), { host, model: 'selfie', modelCache: 'none', backend: 'wasm', quality: 'low', background: BLUE_BACKGROUND });
      try {
        const picture = await decode(await background.snapshot('image/jpeg', 0.9));
        expect(picture).to.include(SIZE);
        expectColor(colorAt(picture, 0.03, 0.05), BLUE, 30);
      } finally {
        background.stop();
      }
      await expectRejection(background.snapshot(), 'snapshot-unavailable', /start\(\)/);
      await waitFor('the end', () => background.state === 'idle');
    });
  });
}
