import { expect } from 'chai';
import { SCENES, type BackgroundSelection } from '../../../src/define';
import { SCENE_SIZE } from '../../../src/engine/background/background-scene';
import { cleanUp, createElement, itWithModel, watchStream } from '../../helpers/element';
import { pngOf } from '../../helpers/media';
import { colorAt, distance, GREEN } from '../../helpers/pixels';
import { PICTURE_PATH } from '../../helpers/servers';
import { spyOnWorkers } from '../../helpers/spies';
import { nextTask, waitFor } from '../../helpers/wait';
import {
  cleanUpGallery, createCamera, createGallery, drop, errorOf, inUse, labels, paste, pngFile, recordSelections, settle, show, tile, tiles, waitForUse,
} from './background-gallery-helpers';

describe('<vbc-background-gallery>', () => {
  afterEach(() => {
    cleanUpGallery();
    cleanUp();
  });

  it('should offer none, blur, the scenes and colours, and show which is in use', async () => {
    const gallery = await createGallery(createCamera());
    expect(labels(gallery)).to.deep.equal([
      'None', 'Light blur', 'Strong blur',
      'Office', 'Living room', 'Bookshelf', 'Mountain lake', 'Morning forest', 'Beach at dusk', 'City at night', 'Colour waves', 'Soft colours',
      'Slate', 'Sand',
    ]);
    // The camera's default.
    expect(inUse(gallery)).to.deep.equal(['Strong blur']);
    const group = gallery.shadowRoot?.querySelector('[role=radiogroup]');
    expect(group?.ariaLabel).to.equal('Background');
    expect(gallery.shadowRoot?.querySelector('[part=add]')?.textContent?.trim()).to.equal('Add your own');
  });

  it('should shine where a scene is still to be drawn, and only there', async () => {
    const gallery = await createGallery(createCamera());
    const shineOf = (label: string): string => getComputedStyle(tile(gallery, label).querySelector('.frame') as Element, '::before').animationName;
    const canvas = tile(gallery, 'Office').querySelector('canvas') as HTMLCanvasElement;
    await waitFor('its picture', () => 'drawn' in canvas.dataset);
    expect(shineOf('Office')).to.equal('none');
    delete canvas.dataset['drawn'];
    expect(shineOf('Office')).to.equal('shimmer');
    expect(shineOf('Strong blur'), 'is no canvas').to.equal('none');
    canvas.dataset['failed'] = '';
    expect(shineOf('Office'), 'nothing will come').to.equal('none');
  });

  it('should use what is clicked, and tell it first', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    const told: { detail: BackgroundSelection; before: unknown }[] = [];
    show(gallery).parentElement?.addEventListener('vbc-background-select', ({ detail }) => told.push({ detail, before: camera.background }), { once: true });
    tile(gallery, 'City at night').click();
    await waitForUse(gallery, 'City at night');
    expect(camera.background).to.equal('scene:city');
    expect(told).to.deep.equal([{ detail: { background: 'scene:city', kind: 'scene', label: 'City at night' }, before: 'blur' }]);
    const status = gallery.shadowRoot?.querySelector('[role=status]');
    expect(status?.textContent).to.equal('Background: City at night');
    expect(status?.getBoundingClientRect().height, 'what is only read out').to.be.at.most(1);
    const again = recordSelections(gallery);
    tile(gallery, 'City at night').click();
    tile(gallery, 'None').click();
    await waitForUse(gallery, 'None');
    expect(again.map(({ background }) => background), 'what is in use is not chosen again').to.deep.equal(['none']);
    expect(camera.background).to.equal('none');
  });

  it('should keep the old one when the page prevents the choice', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    gallery.addEventListener('vbc-background-select', (event) => event.preventDefault());
    tile(gallery, 'Sand').click();
    tile(gallery, 'Mountain lake').click();
    await settle(gallery);
    expect(gallery.shadowRoot?.querySelector('.spinner')).to.equal(null);
    expect(camera.background).to.equal('blur');
    expect(inUse(gallery)).to.deep.equal(['Strong blur']);
  });

  it('should show that a background loads, and take the last choice only', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    tile(gallery, 'Mountain lake').click();
    await settle(gallery);
    expect(tile(gallery, 'Mountain lake').querySelector('.spinner'), 'spinner').to.not.equal(null);
    expect(gallery.shadowRoot?.querySelector('[role=radiogroup]')?.ariaBusy).to.equal('true');
    expect(inUse(gallery), 'until it is there').to.deep.equal(['Strong blur']);
    tile(gallery, 'Slate').click();
    await waitForUse(gallery, 'Slate');
    expect(gallery.shadowRoot?.querySelector('.spinner')).to.equal(null);
    tile(gallery, 'Mountain lake').click();
    tile(gallery, 'Slate').click();
    await settle(gallery);
    expect(gallery.shadowRoot?.querySelector('.spinner'), 'staying with what is in use ends it, too').to.equal(null);
    tile(gallery, 'Beach at dusk').click();
    await waitForUse(gallery, 'Beach at dusk');
    expect(camera.background).to.equal('scene:beach');
  });

  it('should give way to what the page sets while a choice loads', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    tile(gallery, 'Morning forest').click();
    await settle(gallery);
    camera.background = 'scene:waves';
    await waitForUse(gallery, 'Colour waves');
    expect(gallery.shadowRoot?.querySelector('.spinner')).to.equal(null);
    await nextTask(500);
    expect(camera.background).to.equal('scene:waves');
  });

  it('should show what the page sets, however it is written', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera, { backgrounds: ['/pictures/wall.jpg', { src: 'rebeccapurple', label: 'Purple' }] });
    for (const [background, label] of [
      [' scene:lake ', 'Mountain lake'], ['rgb(63, 76, 89)', 'Slate'], ['blur:6px', 'Light blur'], [new URL('/pictures/wall.jpg', location.href).href, 'Background 1'],
      ['#639', 'Purple'], ['none', 'None'],
    ] as const) {
      camera.background = background;
      await settle(gallery);
      expect(inUse(gallery), background).to.deep.equal([label]);
    }
    camera.removeAttribute('background');
    camera.background = null as unknown as string;
    await settle(gallery);
    expect(inUse(gallery), 'the default').to.deep.equal(['Strong blur']);
  });

  it('should offer what the page sets and no tile has', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    camera.background = 'hotpink';
    await settle(gallery);
    expect(inUse(gallery)).to.deep.equal(['From this page']);
    tile(gallery, 'Sand').click();
    await waitForUse(gallery, 'Sand');
    tile(gallery, 'From this page').click();
    await waitForUse(gallery, 'From this page');
    expect(camera.background).to.equal('hotpink');
    const file = await pngFile('wall.png', GREEN);
    camera.background = file;
    await settle(gallery);
    expect(inUse(gallery)).to.deep.equal(['From this page']);
    expect(labels(gallery).filter((label) => label === 'From this page')).to.have.lengthOf(1);
  });

  it('should leave out what the page leaves out, also when the page sets it', async () => {
    const camera = createCamera('none');
    const gallery = await createGallery(camera, { noNone: true, noBlur: true, noScenes: true, noColors: true, noUpload: true, backgrounds: [{ src: 'teal', label: 'Brand' }] });
    expect(labels(gallery)).to.deep.equal(['Brand']);
    expect(inUse(gallery)).to.deep.equal([]);
    expect(gallery.shadowRoot?.querySelector('[part=add]')).to.equal(null);
    camera.background = 'bokeh';
    await settle(gallery);
    expect(labels(gallery)).to.deep.equal(['Brand']);
    const file = await pngFile('own.png');
    expect(drop(gallery, file), 'dropped').to.equal(false);
    expect(paste(gallery, file), 'pasted').to.equal(false);
    expect(labels(gallery)).to.deep.equal(['Brand']);
    for (const attribute of ['no-none', 'no-blur', 'no-scenes', 'no-colors', 'no-upload']) expect(gallery.hasAttribute(attribute), `${attribute} is not reflected`).to.equal(false);
    Object.assign(gallery, { noNone: false, noBlur: false });
    await settle(gallery);
    expect(labels(gallery)).to.deep.equal(['None', 'Light blur', 'Strong blur', 'Brand', 'From this page']);
  });

  it('should offer the pictures of the page, its own and the camera’s', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera, { backgrounds: [{ src: PICTURE_PATH, label: 'Wall', thumbnail: '/demo/icon.svg' }, 'teal'] });
    for (const [owner, alt, full] of [[gallery, 'Logo', 'navy'], [camera, 'Lobby', '']] as const) {
      const image = document.createElement('img');
      Object.assign(image, { slot: 'backgrounds', alt, src: '/demo/icon.svg' });
      if (full) image.dataset['background'] = full;
      owner.append(image);
    }
    const other = document.createElement('img');
    other.src = '/demo/icon.svg';
    gallery.append(other);
    await waitFor('the pictures', () => labels(gallery).includes('Lobby'));
    expect(labels(gallery).slice(3, 7)).to.deep.equal(['Logo', 'Lobby', 'Wall', 'Background 4']);
    tile(gallery, 'Logo').click();
    await waitForUse(gallery, 'Logo');
    expect(camera.background, 'what data-background names').to.equal('navy');
    tile(gallery, 'Lobby').click();
    await waitForUse(gallery, 'Lobby');
    expect(camera.background).to.equal(new URL('/demo/icon.svg', location.href).href);
    expect(tile(gallery, 'Wall').querySelector('img')?.getAttribute('src')).to.equal('/demo/icon.svg');
    camera.querySelector('img')?.setAttribute('alt', 'Entrance');
    await waitFor('the new name', () => labels(gallery).includes('Entrance'));
    camera.querySelector('img')?.remove();
    await waitFor('the picture to be gone', () => !labels(gallery).includes('Entrance'));
    expect(inUse(gallery), 'still in use').to.deep.equal(['From this page']);
  });

  it('should keep the old background when a picture cannot be had, and say so', async () => {
    const camera = createCamera('teal');
    const gallery = await createGallery(camera, { backgrounds: [{ src: '/no/such/picture.png', label: 'Missing' }, { src: 'https://', label: 'Wrong' }] });
    tile(gallery, 'Missing').click();
    await waitFor('the error', () => errorOf(gallery));
    expect(errorOf(gallery)).to.equal('The background could not be loaded. Choose another one, or try again.');
    expect(gallery.shadowRoot?.querySelector('[role=alert] [part=error]')).to.not.equal(null);
    expect(camera.background).to.equal('teal');
    tile(gallery, 'Sand').click();
    await waitForUse(gallery, 'Sand');
    expect(errorOf(gallery), 'after a choice that worked').to.equal('');
    tile(gallery, 'Wrong').click();
    await waitFor('the other error', () => errorOf(gallery));
    expect(errorOf(gallery)).to.include('not understood');
  });

  it('should show none as in use when the camera could not load what the page set', async () => {
    const camera = createCamera('teal');
    const gallery = await createGallery(camera);
    camera.background = 'scene:attic';
    await waitFor('the camera’s error', () => camera.error);
    await settle(gallery);
    expect(inUse(gallery)).to.deep.equal([]);
    expect(labels(gallery)).to.include('From this page');
    tile(gallery, 'From this page').click();
    await waitForUse(gallery, 'From this page');
    expect(camera.background).to.equal('teal');
  });

  it('should work without a camera: the page takes the choice', async () => {
    const gallery = await createGallery(null);
    const selections = recordSelections(gallery);
    expect(inUse(gallery)).to.deep.equal([]);
    tile(gallery, 'Soft colours').click();
    await waitForUse(gallery, 'Soft colours');
    expect(selections.map(({ background }) => background)).to.deep.equal(['scene:gradient']);
  });

  it('should follow to another camera', async () => {
    const gallery = await createGallery(createCamera('scene:lake'));
    expect(inUse(gallery)).to.deep.equal(['Mountain lake']);
    gallery.camera = createCamera('scene:beach');
    await settle(gallery);
    expect(inUse(gallery)).to.deep.equal(['Beach at dusk']);
  });

  it('should speak the language of the place', async () => {
    const place = show(document.createElement('div'));
    place.lang = 'de';
    const gallery = await createGallery(createCamera());
    place.append(gallery);
    await waitFor('German', () => labels(gallery).includes('Bergsee'));
    for (const [lang, lake] of [['ja', '山の湖'], ['es', 'Lago de montaña'], ['zh', '山间湖泊'], ['en', 'Mountain lake']] as const) {
      place.lang = lang;
      await waitFor(lang, () => labels(gallery).includes(lake));
      expect(new Set(labels(gallery)).size, `${lang}: names of their own`).to.equal(tiles(gallery).length);
    }
  });

  it('should draw the tiles’ pictures only once they are seen', async () => {
    const place = show(document.createElement('div'));
    place.hidden = true;
    const gallery = await createGallery(createCamera(), { backgrounds: [{ src: '/no/such/picture.png', label: 'Missing' }] });
    place.append(gallery);
    await settle(gallery);
    const canvases = (): HTMLCanvasElement[] => [...(gallery.shadowRoot?.querySelectorAll('canvas') ?? [])];
    const { started } = spyOnWorkers();
    await nextTask(300);
    expect(canvases().filter((canvas) => 'drawn' in canvas.dataset), 'while hidden').to.deep.equal([]);
    expect(started).to.deep.equal([]);
    place.hidden = false;
    place.scrollIntoView();
    await waitFor('the pictures', () => canvases().every((canvas) => 'drawn' in canvas.dataset || 'failed' in canvas.dataset));
    expect(canvases()).to.have.lengthOf(SCENES.length + 3);
    expect(canvases().filter((canvas) => 'failed' in canvas.dataset)).to.have.lengthOf(1);
    const context = tile(gallery, 'Slate').querySelector('canvas')?.getContext('2d');
    expect([...(context?.getImageData(5, 5, 1, 1).data ?? [])]).to.deep.equal([0x3f, 0x4c, 0x59, 255]);
  });

  it('should let go of the page and the camera when it is removed', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera, {}, { inside: true });
    const file = await pngFile('late.png');
    gallery.remove();
    expect(drop(camera, file)).to.equal(false);
    expect(paste(camera, file)).to.equal(false);
    camera.append(gallery);
    await settle(gallery);
    expect(drop(camera, file)).to.equal(true);
    await waitForUse(gallery, 'late');
  });

  itWithModel('should put what is chosen behind the person, and keep it when the next cannot be had', async () => {
    const camera = createElement({ background: '#0000ff' });
    const gallery = await createGallery(camera, { backgrounds: [{ src: '/no/such/picture.png', label: 'Missing' }] });
    const stream = await camera.start();
    const own = new File([await pngOf(SCENE_SIZE, GREEN)], 'green.png', { type: 'image/png' });
    drop(gallery, own);
    await waitForUse(gallery, 'green');
    const isGreen = (picture: Parameters<typeof colorAt>[0]): boolean => distance(colorAt(picture, 0.03, 0.05), GREEN) < 40;
    await watchStream(stream, isGreen);
    tile(gallery, 'Missing').click();
    await waitFor('the error', () => errorOf(gallery));
    await watchStream(stream, isGreen);
    tile(gallery, 'Bookshelf').click();
    await waitForUse(gallery, 'Bookshelf');
    await watchStream(stream, (picture) => distance(colorAt(picture, 0.03, 0.05), GREEN) > 90);
    expect(camera.stats.rawFrames).to.equal(0);
  });
});
