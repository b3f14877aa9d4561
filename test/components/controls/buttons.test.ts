import { expect } from 'chai';
import { sendKeys } from '@web/test-runner-commands';
import { en, loadMessages, messagesFor } from '../../../src/components/messages';
import { addControl, addElement, buttonOf, choose, inside, removeControls, selectOf, settle } from '../../helpers/controls';
import { cleanUp, createElement, itWithModel, sampleStream, trackOf, waitForState } from '../../helpers/element';
import { BLUE, colorAt, distance, readPicture } from '../../helpers/pixels';
import { fakeCamera, replace, spyOnObjectUrls } from '../../helpers/spies';
import { defer, nextEvent, waitFor } from '../../helpers/wait';

/** What links were clicked in place of being followed: a download would leave the page's hands. */
function spyOnDownloads(): { name: string; url: string }[] {
  const downloads: { name: string; url: string }[] = [];
  replace(HTMLAnchorElement.prototype, 'click', function click(this: HTMLAnchorElement) {
    downloads.push({ name: this.download, url: this.href });
  });
  return downloads;
}

afterEach(() => {
  removeControls();
  cleanUp();
});

describe('<vbc-start-button>', () => {
  it('should start the camera, cancel the start while it waits, and say so', async () => {
    const prompt = defer<MediaStream>();
    fakeCamera(() => prompt.promise);
    const camera = createElement({ source: 'camera' });
    const start = addControl('vbc-start-button', camera);
    await settle(start);
    const button = buttonOf(start);
    expect([button.ariaLabel, button.getAttribute('aria-busy')]).to.deep.equal([en.startButton, 'false']);

    button.click();
    await waitForState(camera, 'opening');
    await settle(start);
    expect([button.ariaLabel, button.getAttribute('aria-busy')]).to.deep.equal([en.startButtonCancel, 'true']);

    button.click();
    expect(camera.state).to.equal('idle');
    await settle(start);
    expect(button.ariaLabel).to.equal(en.startButton);
    // What the person cancelled must not stay on when the browser's question is answered late.
    const late = sampleStream();
    prompt.resolve(late);
    await waitFor('the end of the late camera', () => trackOf(late).readyState === 'ended');
  });

  itWithModel('should start and stop with the keyboard', async () => {
    const camera = createElement();
    const start = addControl('vbc-start-button', camera);
    await settle(start);
    start.focus();
    await sendKeys({ press: 'Enter' });
    await camera.ready;
    await settle(start);
    expect(buttonOf(start).ariaLabel).to.equal(en.startButtonStop);
    await sendKeys({ press: ' ' });
    await waitForState(camera, 'idle');
  });

  it('should offer to try again after a failure, without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listen = (event: PromiseRejectionEvent): number => unhandled.push(event.reason);
    addEventListener('unhandledrejection', listen);
    fakeCamera(() => Promise.reject(new DOMException('no', 'NotFoundError')));
    const camera = createElement({ source: 'camera' });
    const start = addControl('vbc-start-button', camera);
    await settle(start);
    buttonOf(start).click();
    await waitForState(camera, 'failed');
    await settle(start);
    removeEventListener('unhandledrejection', listen);
    expect(buttonOf(start).ariaLabel).to.equal(en.startButton);
    expect(unhandled).to.deep.equal([]);
  });

  it('should speak of what it starts, in the language of the place', async () => {
    const camera = createElement({ source: 'screen' });
    const section = addElement(document.createElement('section'));
    section.lang = 'de';
    const start = document.createElement('vbc-start-button');
    start.camera = camera;
    section.append(start);
    await settle(start);
    await loadMessages('de');
    expect(buttonOf(start).ariaLabel, 'from its first picture on').to.equal(messagesFor('de').startButtonScreen);
    camera.source = '/movie.webm';
    await settle(start);
    expect(buttonOf(start).ariaLabel).to.equal(messagesFor('de').startButtonVideo);
  });
});

describe('<vbc-mirror-button>', () => {
  it('should mirror the preview and back, and tell of it', async () => {
    const camera = createElement();
    const mirror = addControl('vbc-mirror-button', camera);
    await settle(mirror);
    const told: boolean[] = [];
    mirror.addEventListener('vbc-mirror-toggle', ({ detail }) => told.push(detail.mirrored));
    for (const mirrored of [true, false]) {
      buttonOf(mirror).click();
      await settle(mirror);
      expect(camera.mirrored).to.equal(mirrored);
      expect(buttonOf(mirror).getAttribute('aria-pressed')).to.equal(String(mirrored));
    }
    expect(told).to.deep.equal([true, false]);
  });

  it('should leave it to the page that prevents it', async () => {
    const camera = createElement();
    const mirror = addControl('vbc-mirror-button', camera);
    await settle(mirror);
    mirror.addEventListener('vbc-mirror-toggle', (event) => event.preventDefault());
    buttonOf(mirror).click();
    expect(camera.mirrored).to.equal(false);
  });
});

describe('<vbc-quality-select>', () => {
  it('should set the quality, tell of it, and follow the page', async () => {
    const camera = createElement({ quality: 'auto' });
    const quality = addControl('vbc-quality-select', camera);
    await settle(quality);
    const select = selectOf(quality);
    expect([...select.options].map(({ value }) => value)).to.deep.equal(['auto', 'low', 'medium', 'high']);
    expect(select.value).to.equal('auto');
    expect(select.labels?.[0]?.textContent).to.contain(en.qualityLabel);
    const told: string[] = [];
    quality.addEventListener('vbc-quality-select', ({ detail }) => told.push(detail.quality));
    choose(select, 'high');
    expect(camera.quality).to.equal('high');
    camera.quality = 'low';
    await settle(quality);
    expect(select.value).to.equal('low');
    expect(told, 'what the page set is no news').to.deep.equal(['high']);
  });

  it('should show the old quality again when the page prevents the new one', async () => {
    const camera = createElement({ quality: 'low' });
    const quality = addControl('vbc-quality-select', camera);
    await settle(quality);
    quality.addEventListener('vbc-quality-select', (event) => event.preventDefault());
    choose(selectOf(quality), 'high');
    await settle(quality);
    expect(camera.quality).to.equal('low');
    expect(selectOf(quality).value).to.equal('low');
  });
});

describe('<vbc-snapshot-button>', () => {
  it('should be of no use before there is a picture', async () => {
    const snapshot = addControl('vbc-snapshot-button', createElement());
    await settle(snapshot);
    expect(buttonOf(snapshot).disabled).to.equal(true);
  });

  itWithModel('should take the picture that the stream shows, save it and say so', async () => {
    const downloads = spyOnDownloads();
    const camera = createElement();
    const snapshot = addControl('vbc-snapshot-button', camera, { type: 'image/png' });
    await camera.start();
    await settle(snapshot);
    const taken = nextEvent<{ blob: Blob }>(document, 'vbc-snapshot');
    buttonOf(snapshot).click();
    const { blob } = (await taken).detail;
    expect(blob.type).to.equal('image/png');
    const bitmap = await createImageBitmap(blob);
    const picture = readPicture(bitmap, { width: bitmap.width, height: bitmap.height });
    expect(distance(colorAt(picture, 0.03, 0.05), BLUE), 'the background, not the room').to.be.below(40);
    await waitFor('the download', () => downloads.length === 1);
    expect(downloads[0]?.name).to.match(/^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.png$/);
    await settle(snapshot);
    expect(inside(snapshot, '[role=status]').textContent).to.equal(en.snapshotSaved);
  });

  itWithModel('should leave the picture to the page that prevents the download', async () => {
    const downloads = spyOnDownloads();
    const urls = spyOnObjectUrls();
    const camera = createElement();
    const snapshot = addControl('vbc-snapshot-button', camera);
    await camera.start();
    await settle(snapshot);
    snapshot.addEventListener('vbc-snapshot', (event) => event.preventDefault());
    const before = urls.size;
    const taken = nextEvent<{ blob: Blob }>(snapshot, 'vbc-snapshot');
    buttonOf(snapshot).click();
    expect((await taken).detail.blob.type).to.equal('image/jpeg');
    await waitFor('the message', () => inside(snapshot, '[role=status]').textContent === en.snapshotTaken);
    expect(downloads).to.deep.equal([]);
    expect(urls.size).to.equal(before);
  });

  it('should say that it did not work', async () => {
    const camera = createElement();
    Object.defineProperties(camera, { stream: { value: sampleStream() }, snapshot: { value: () => Promise.reject(new Error('no frame')) } });
    const snapshot = addControl('vbc-snapshot-button', camera);
    await settle(snapshot);
    buttonOf(snapshot).click();
    await waitFor('the message', () => inside(snapshot, '[role=status]').textContent === en.snapshotFailed);
    await settle(snapshot);
    expect(buttonOf(snapshot).getAttribute('aria-busy')).to.equal('false');
  });
});
