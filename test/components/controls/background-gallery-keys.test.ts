import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import type { BackgroundGallery } from '../../../src/define';
import { waitFor } from '../../helpers/wait';
import { cleanUpGallery, createCamera, createGallery, drop, inUse, labelOf, pngFile, press, settle, show, tile, tiles, waitForUse } from './background-gallery-helpers';

const focused = (gallery: BackgroundGallery): string => labelOf(gallery.shadowRoot?.activeElement);
const stops = (gallery: BackgroundGallery): string[] => tiles(gallery).filter(({ tabIndex }) => tabIndex === 0).map(labelOf);

function key(gallery: BackgroundGallery, name: string): string {
  press(gallery.shadowRoot!.activeElement!, name);
  return focused(gallery);
}

/** Tiles that stand in the first row. */
const columnsOf = (gallery: BackgroundGallery): number => {
  const tops = tiles(gallery).map((each) => each.getBoundingClientRect().top);
  return tops.filter((top) => Math.abs(top - tops[0]!) < 2).length;
};

describe('<vbc-background-gallery> by keyboard', () => {
  afterEach(cleanUpGallery);

  it('should have one tab stop, at what is in use', async () => {
    const camera = createCamera('scene:lake');
    const gallery = await createGallery(camera);
    expect(stops(gallery)).to.deep.equal(['Mountain lake']);
    camera.background = 'sand-is-no-colour.png';
    await settle(gallery);
    expect(stops(gallery)).to.deep.equal(['From this page']);
    const before = show(document.createElement('button'));
    gallery.before(before);
    before.focus();
    await sendKeys({ press: 'Tab' });
    expect(focused(gallery)).to.equal('From this page');
    await sendKeys({ press: 'Home' });
    expect(focused(gallery)).to.equal('None');
    await sendKeys({ press: 'Tab' });
    expect(gallery.shadowRoot?.activeElement?.part.contains('add'), 'then the tile that adds').to.equal(true);
    await settle(gallery);
    expect(stops(gallery), 'back at what is in use').to.deep.equal(['From this page']);
  });

  it('should move without choosing, and choose with Space and Enter', async () => {
    const camera = createCamera();
    const gallery = await createGallery(camera);
    tile(gallery, 'Strong blur').focus();
    await sendKeys({ press: 'ArrowLeft' });
    await sendKeys({ press: 'ArrowLeft' });
    expect(focused(gallery)).to.equal('None');
    expect(camera.background, 'on the way past none the room must not show').to.equal('blur');
    await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: ' ' });
    await waitForUse(gallery, 'Light blur');
    await sendKeys({ press: 'End' });
    await sendKeys({ press: 'Enter' });
    await waitForUse(gallery, 'Sand');
    expect(camera.background).to.equal('#d5c9b7');
  });

  it('should go around the ends, and to them with Home and End', async () => {
    const gallery = await createGallery(createCamera());
    tile(gallery, 'None').focus();
    expect(key(gallery, 'ArrowLeft')).to.equal('Sand');
    expect(key(gallery, 'ArrowRight')).to.equal('None');
    expect(key(gallery, 'End')).to.equal('Sand');
    expect(key(gallery, 'Home')).to.equal('None');
    await settle(gallery);
    expect(stops(gallery)).to.deep.equal(['None']);
  });

  it('should go up and down within the column', async () => {
    const gallery = await createGallery(createCamera());
    const columns = columnsOf(gallery);
    const names = tiles(gallery).map(labelOf);
    expect(columns, 'columns').to.be.within(3, 6);
    tiles(gallery)[1]!.focus();
    expect(key(gallery, 'ArrowUp'), 'at the top').to.equal(names[1]);
    expect(key(gallery, 'ArrowDown')).to.equal(names[1 + columns]);
    expect(key(gallery, 'ArrowUp')).to.equal(names[1]);
    const lastRow = Math.floor((names.length - 1) / columns) * columns;
    tiles(gallery)[lastRow - 1]!.focus();
    expect(key(gallery, 'ArrowDown'), 'below the last whole row').to.equal(names.at(-1));
    expect(key(gallery, 'ArrowDown'), 'at the bottom').to.equal(names.at(-1));
  });

  it('should turn with the direction of writing', async () => {
    const gallery = await createGallery(createCamera());
    gallery.dir = 'rtl';
    const [first, second] = tiles(gallery);
    expect(first!.getBoundingClientRect().left, 'the first is on the right').to.be.above(second!.getBoundingClientRect().left);
    first!.focus();
    expect(key(gallery, 'ArrowLeft')).to.equal('Light blur');
    expect(key(gallery, 'ArrowRight')).to.equal('None');
  });

  it('should leave other keys to the page', async () => {
    const gallery = await createGallery(createCamera());
    const [first] = tiles(gallery);
    first!.focus();
    for (const name of ['a', 'Escape', 'PageDown', 'Delete']) expect(press(first!, name), name).to.equal(false);
    const withControl = new KeyboardEvent('keydown', { key: 'ArrowRight', ctrlKey: true, bubbles: true, cancelable: true, composed: true });
    expect(first!.dispatchEvent(withControl)).to.equal(true);
    expect(focused(gallery)).to.equal('None');
  });

  it('should reach the button that removes the tile of the tab stop', async () => {
    const gallery = await createGallery(createCamera());
    drop(gallery, await pngFile('one.png'));
    await waitForUse(gallery, 'one');
    tile(gallery, 'one').focus();
    await sendKeys({ press: 'Tab' });
    expect(gallery.shadowRoot?.activeElement?.ariaLabel).to.equal('Remove one');
    await sendKeys({ press: 'Enter' });
    await waitFor('it to be gone', () => inUse(gallery).join() === 'Strong blur');
    await waitFor('the focus to stay inside', () => focused(gallery) === 'Sand');
  });

  it('should have targets of 24 pixels at least, from 240 pixels on', async () => {
    const gallery = await createGallery(createCamera());
    drop(gallery, await pngFile('one.png'));
    await waitForUse(gallery, 'one');
    for (const width of [240, 375, 1200]) {
      gallery.style.inlineSize = `${width}px`;
      for (const button of gallery.shadowRoot!.querySelectorAll('button')) {
        const box = button.getBoundingClientRect();
        expect(Math.min(box.width, box.height), `${labelOf(button) || button.ariaLabel} at ${width} px`).to.be.at.least(24);
        expect(box.right, `within ${width} px`).to.be.at.most(gallery.getBoundingClientRect().right + 0.5);
      }
      expect(gallery.scrollWidth, `nothing sticks out of ${width} px`).to.be.at.most(width);
      expect(columnsOf(gallery), `columns of ${width} px`).to.equal({ 240: 2, 375: 3, 1200: 11 }[width]);
    }
  });
});
