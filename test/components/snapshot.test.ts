import { expect } from 'chai';
import { createVirtualBackground } from '../../src/define';
import { BLUE_BACKGROUND, cleanUp, createElement, delayModel, describeOn, HOSTS, itWithModel, previewOf, sampleStream, SIZE, waitForState } from '../helpers/element';
import { expectRejection } from '../helpers/errors';
import { BLUE, colorAt, countPixels, createCanvas, contextOf, distance, expectColor, fill, GREEN, pixelAt, readPicture, ROOM, solidCanvas, type Picture, type Rgb } from '../helpers/pixels';
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
      // Two halves, so that a mirrored picture would be another.
      const halves = solidCanvas(SIZE, BLUE);
      fill(halves, GREEN, [0.5, 0, 1, 1]);
      const element = createElement({ host, mirrored: true, background: halves });
      await element.start();
      const video = previewOf(element);
      await waitFor('the halves', () => video.readyState >= 2 && distance(colorAt(readPicture(video, SIZE), 0.97, 0.05), GREEN) < 12);
      const blob = await element.snapshot();
      expect(blob.type).to.equal('image/png');
      const picture = await decode(blob);
      expect(picture).to.include(SIZE);
      expectColor(colorAt(picture, 0.03, 0.05), BLUE, 12);
      expectColor(colorAt(picture, 0.97, 0.05), GREEN, 12);
      const shown = await new Promise<Picture>((resolve) => {
        const other = document.createElement('video');
        other.muted = true;
        other.srcObject = element.stream;
        other.requestVideoFrameCallback(() => resolve(readPicture(other, SIZE)));
        void other.play();
      });
      const isPerson = (color: Rgb): boolean => Math.min(distance(color, BLUE), distance(color, GREEN)) > 60;
      const person = countPixels(picture, isPerson);
      expect(person, 'pixels of the person').to.be.above(500);
      // The edge moves a little from mask to mask.
      const others = countPixels(picture, (color, column, row) => isPerson(color) !== isPerson(pixelAt(shown, column, row)));
      expect(others / person, 'share that is not as in the stream').to.be.below(0.15);
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
