import { sendMouse } from '@web/test-runner-commands';
import { expect } from 'chai';
import { MAX_OWN, OwnBackgrounds, ownBackgrounds } from '../../../src/components/controls/background-gallery-own';
import { MAX_REMEMBERED, MAX_REMEMBERED_BYTES, forget, readRemembered, remember } from '../../../src/components/controls/background-gallery-storage';
import { recordMovie } from '../../helpers/media';
import { BLUE, colorAt, distance, GREEN, readCanvas } from '../../helpers/pixels';
import { replace, spyOnObjectUrls } from '../../helpers/spies';
import { nextTask, waitFor } from '../../helpers/wait';
import {
  brokenFile, cleanUpGallery, createCamera, createGallery, drag, drop, errorOf, inUse, labels, paste, pick, pngFile, press, recordSelections, settle, show, tile, tiles, transferOf, waitForUse,
} from './background-gallery-helpers';

const OWN_FROM = 14;

async function emptyStorage(): Promise<void> {
  for (const { id } of await readRemembered()) await forget(id);
}

describe('<vbc-background-gallery> own backgrounds', () => {
  afterEach(cleanUpGallery);

  it('should take a picture that is dropped on it', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    const selections = recordSelections(gallery);
    const file = await pngFile('Garden gate.png');
    expect(drag(gallery, 'dragover', transferOf(file)), 'taken').to.equal(true);
    await settle(gallery);
    expect(gallery.shadowRoot?.querySelector('.drop')?.textContent).to.equal('Drop a picture or video to use it');
    expect(drag(gallery, 'dragleave', transferOf(file), document.body)).to.equal(false);
    await settle(gallery);
    expect(gallery.shadowRoot?.querySelector('.drop')).to.equal(null);
    expect(drop(gallery, file)).to.equal(true);
    await waitForUse(gallery, 'Garden gate');
    expect(camera.background).to.equal(file);
    expect(selections).to.deep.equal([{ background: file, kind: 'own', label: 'Garden gate' }]);
    const canvas = await waitFor('its picture', () => tile(gallery, 'Garden gate').querySelector<HTMLCanvasElement>('canvas[data-drawn]'));
    expect(distance(colorAt(readCanvas(canvas), 0.5, 0.5), [255, 0, 0])).to.be.below(8);
  });

  it('should leave alone what is no file', async () => {
    const gallery = await createGallery(createCamera());
    const transfer = new DataTransfer();
    transfer.setData('text/plain', 'hello');
    expect(drag(gallery, 'dragover', transfer)).to.equal(false);
    expect(drag(gallery, 'drop', transfer)).to.equal(false);
  });

  it('should take what is dropped on the camera around it, and not on one elsewhere', async () => {
    const [outer, other] = [createCamera(), createCamera()];
    const inside = await createGallery(outer, {}, { inside: true });
    await createGallery(other);
    expect(drop(outer, await pngFile('one.png'))).to.equal(true);
    await waitForUse(inside, 'one');
    expect(drop(other, await pngFile('two.png'))).to.equal(false);
  });

  it('should take several at once and use the first that can be used', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    const [one, two] = [await pngFile('one.png'), await pngFile('two.png', GREEN)];
    drop(gallery, brokenFile(), one, two);
    await waitForUse(gallery, 'one');
    expect(labels(gallery).slice(OWN_FROM)).to.deep.equal(['one', 'two']);
    await waitFor('the error', () => errorOf(gallery));
    expect(errorOf(gallery)).to.equal('“broken.png” cannot be used. Choose a picture or video that opens in this browser.');
  });

  it('should not offer one that cannot be decoded, and keep the old background', async () => {
    const camera = createCamera('teal');
    const place = show(document.createElement('div'));
    place.lang = 'de';
    const gallery = await createGallery(camera);
    place.append(gallery);
    await waitFor('German', () => labels(gallery).includes('Büro'));
    const before = labels(gallery);
    const selections = recordSelections(gallery);
    drop(gallery, brokenFile());
    await waitFor('the error', () => errorOf(gallery));
    expect(errorOf(gallery)).to.equal('„broken.png“ kann nicht verwendet werden. Wählen Sie ein Bild oder Video, das sich in diesem Browser öffnen lässt.');
    expect(labels(gallery)).to.deep.equal(before);
    expect(camera.background).to.equal('teal');
    expect(selections).to.deep.equal([]);
    expect(gallery.shadowRoot?.querySelector('.spinner')).to.equal(null);
  });

  it('should take what is picked, also the same file again', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    const file = await pngFile('picked.png');
    let clicked = 0;
    gallery.shadowRoot?.querySelector('input')?.addEventListener('click', (event) => {
      clicked += 1;
      event.preventDefault();
    });
    gallery.shadowRoot?.querySelector<HTMLElement>('[part=add]')?.click();
    expect(clicked, 'the picker opens').to.equal(1);
    pick(gallery, file);
    await waitForUse(gallery, 'picked');
    expect(gallery.shadowRoot?.querySelector('input')?.files).to.have.lengthOf(0);
    tile(gallery, 'Sand').click();
    await waitForUse(gallery, 'Sand');
    pick(gallery, file);
    await waitForUse(gallery, 'picked');
    expect(labels(gallery).slice(OWN_FROM)).to.deep.equal(['picked']);
  });

  it('should take what is pasted while it or its camera has the focus', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    expect(paste(tiles(gallery)[0]!, await pngFile('image.png'))).to.equal(true);
    await waitForUse(gallery, 'Own background');
    expect(paste(tiles(gallery)[0]!, await pngFile('image.png', GREEN))).to.equal(true);
    await waitForUse(gallery, 'Own background 2');
    expect(paste(camera, await pngFile('desk.png', BLUE))).to.equal(true);
    await waitForUse(gallery, 'desk');
    // Where nobody moved it, the pointer may lie over the gallery.
    await sendMouse({ type: 'move', position: [799, 599] });
    const field = show(document.createElement('input'));
    expect(paste(field, await pngFile('elsewhere.png', GREEN)), 'in a field of the page').to.equal(false);
    expect(paste(document.body, await pngFile('elsewhere.png', GREEN)), 'nowhere').to.equal(false);
    expect(paste(gallery, new File(['text'], 'a.txt', { type: 'text/plain' })), 'text').to.equal(false);
    document.addEventListener('paste', (event) => event.preventDefault(), { once: true, capture: true });
    paste(gallery, await pngFile('taken.png', GREEN));
    await nextTask(100);
    expect(labels(gallery).slice(OWN_FROM), 'what the page takes itself is not taken').to.deep.equal(['Own background', 'Own background 2', 'desk']);
  });

  it('should keep the old background when the page prevents the use of an own one', async () => {
    const camera = createCamera('teal');
    const gallery = await createGallery(camera);
    gallery.addEventListener('vbc-background-select', (event) => event.preventDefault());
    drop(gallery, await pngFile('no.png'));
    await waitFor('the tile', () => labels(gallery).includes('no'));
    expect(camera.background).to.equal('teal');
  });

  it('should show a still of a movie', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    const movie = new File([await recordMovie({ width: 64, height: 36 }, GREEN)], 'waterfall.webm', { type: 'video/webm' });
    const live = spyOnObjectUrls();
    drop(gallery, movie);
    await waitForUse(gallery, 'waterfall');
    const canvas = await waitFor('its still', () => tile(gallery, 'waterfall').querySelector<HTMLCanvasElement>('canvas[data-drawn]'));
    expect(distance(colorAt(readCanvas(canvas), 0.5, 0.4), GREEN)).to.be.below(60);
    await waitFor('object URLs to be revoked', () => live.size === 0);
    expect(gallery.shadowRoot?.querySelector('video')).to.equal(null);
  });

  it('should leave no object URL behind, whatever is added', async () => {
    const live = spyOnObjectUrls();
    const gallery = await createGallery(createCamera());
    const vector = new File(['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#0f0"/></svg>'], 'vector.svg', { type: 'image/svg+xml' });
    drop(gallery, vector, brokenFile(), new File(['<svg'], 'half.svg', { type: 'image/svg+xml' }), await pngFile('one.png'));
    await waitForUse(gallery, 'vector');
    await waitFor('the error', () => errorOf(gallery));
    await waitFor('the pictures', () => ['vector', 'one'].every((label) => tile(gallery, label).querySelector('canvas[data-drawn]')));
    await waitFor('object URLs to be revoked', () => live.size === 0);
    gallery.remove();
    expect(live.size).to.equal(0);
  });

  it('should remove one with the Delete key or its button, and only an own one', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    drop(gallery, await pngFile('one.png'), await pngFile('two.png'), await pngFile('three.png'));
    await waitFor('three', () => labels(gallery).includes('three'));
    await waitForUse(gallery, 'one');
    expect(press(tile(gallery, 'Sand'), 'Delete')).to.equal(false);
    tile(gallery, 'two').focus();
    expect(press(tile(gallery, 'two'), 'Delete')).to.equal(true);
    await waitFor('two to be gone', () => !labels(gallery).includes('two'));
    await waitFor('the focus', () => gallery.shadowRoot?.activeElement === tile(gallery, 'three'));
    expect(inUse(gallery)).to.deep.equal(['one']);
    const remove = tile(gallery, 'three').parentElement?.querySelector<HTMLElement>('[part=remove]');
    expect(remove?.ariaLabel).to.equal('Remove three');
    remove?.click();
    await waitFor('three to be gone', () => !labels(gallery).includes('three'));
    expect(gallery.shadowRoot?.querySelector('[role=status]')?.textContent).to.equal('“three” was removed.');
  });

  it('should go to blur, never to the room, when the one in use is removed', async () => {
    const camera = createCamera('none');
    const gallery = await createGallery(camera);
    drop(gallery, await pngFile('one.png'));
    await waitForUse(gallery, 'one');
    gallery.addEventListener('vbc-background-select', (event) => event.preventDefault(), { once: true });
    press(tile(gallery, 'one'), 'Delete');
    await settle(gallery);
    expect(inUse(gallery), 'prevented').to.deep.equal(['one']);
    press(tile(gallery, 'one'), 'Delete');
    await waitForUse(gallery, 'Strong blur');
    expect(camera.background).to.equal('blur');
    expect(labels(gallery)).to.not.include('From this page');
  });

  it('should keep them while the page lasts, for every gallery, and no more than a dozen', async () => {
    const gallery = await createGallery(createCamera());
    const files = await Promise.all(Array.from({ length: MAX_OWN + 2 }, (_value, index) => pngFile(`p${index}.png`)));
    drop(gallery, ...files);
    await waitForUse(gallery, 'p0');
    expect(labels(gallery).filter((label) => label.startsWith('p'))).to.have.lengthOf(MAX_OWN);
    drop(gallery, ...files.slice(MAX_OWN));
    await waitForUse(gallery, `p${MAX_OWN}`);
    expect(labels(gallery), 'the oldest went').to.not.include('p0');
    expect(labels(gallery).filter((label) => label.startsWith('p'))).to.have.lengthOf(MAX_OWN);
    gallery.remove();
    const again = await createGallery(createCamera());
    expect(labels(again)).to.include(`p${MAX_OWN + 1}`).and.to.include('p2');
    expect(await readRemembered(), 'nothing is stored unless asked for').to.deep.equal([]);
  });
});

describe('<vbc-background-gallery remember>', () => {
  beforeEach(emptyStorage);
  afterEach(async () => {
    cleanUpGallery();
    await emptyStorage();
  });

  it('should offer them again after a reload, and forget what is removed', async () => {
    const gallery = await createGallery(createCamera(), { remember: true });
    drop(gallery, await pngFile('kept.png'), await pngFile('gone.png', GREEN));
    await waitFor('both', () => labels(gallery).includes('gone'));
    await waitFor('both in the storage', async () => (await readRemembered()).length === 2);
    press(tile(gallery, 'gone'), 'Delete');
    await waitFor('one in the storage', async () => (await readRemembered()).length === 1);

    const frame = show(document.createElement('iframe'));
    await new Promise((resolve) => {
      frame.onload = resolve;
      frame.src = '/demo/icon.svg';
    });
    const { contentDocument: page } = frame;
    const found = await new Promise<string[]>((resolve) => {
      addEventListener('message', ({ data }) => resolve(data as string[]), { once: true });
      const script = page!.createElementNS('http://www.w3.org/1999/xhtml', 'script') as HTMLScriptElement;
      script.type = 'module';
      script.textContent = `
        import { ownBackgrounds } from '/src/components/controls/background-gallery-own.ts';
        await ownBackgrounds.recall();
        parent.postMessage(ownBackgrounds.items.map(({ file }) => file.name + ' ' + file.size), '*');`;
      page!.documentElement.append(script);
    });
    expect(found).to.deep.equal([`kept.png ${(await pngFile('kept.png')).size}`]);
  });

  it('should bring back what was stored when `remember` is set, and nothing without it', async () => {
    const item = new OwnBackgrounds().add(await pngFile('earlier.png'), true);
    await waitFor('the storage', async () => (await readRemembered()).some(({ id }) => id === item.id));
    const fresh = new OwnBackgrounds();
    expect(fresh.items).to.deep.equal([]);
    await fresh.recall();
    expect(fresh.items.map(({ file }) => file.name)).to.deep.equal(['earlier.png']);
    fresh.remove(item.id);
    await waitFor('the storage to be empty', async () => (await readRemembered()).length === 0);
    expect(ownBackgrounds.items).to.deep.equal([]);
  });

  it('should keep the last few only, and none that is too large', async () => {
    for (let index = 0; index < MAX_REMEMBERED + 2; index += 1) {
      await remember({ id: `item-${index}`, file: await pngFile(`p${index}.png`), added: 1000 + index });
    }
    await remember({ id: 'large', file: new File([new Uint8Array(MAX_REMEMBERED_BYTES + 1)], 'large.png'), added: 5000 });
    expect((await readRemembered()).map(({ id }) => id)).to.deep.equal(Array.from({ length: MAX_REMEMBERED }, (_value, index) => `item-${index + 2}`));
  });

  it('should work where the browser stores nothing', async () => {
    replace(globalThis, 'indexedDB', { open: () => { throw new DOMException('denied', 'SecurityError'); } });
    const gallery = await createGallery(createCamera(), { remember: true });
    drop(gallery, await pngFile('now.png'));
    await waitForUse(gallery, 'now');
    press(tile(gallery, 'now'), 'Delete');
    await waitFor('it to be gone', () => !labels(gallery).includes('now'));
  });
});
