import axe from 'axe-core';
import { expect } from 'chai';
import type { BackgroundGallery } from '../../../src/define';
import { waitFor } from '../../helpers/wait';
import { brokenFile, cleanUpGallery, createCamera, createGallery, drop, errorOf, pngFile, show, tile, waitForUse } from './background-gallery-helpers';

/** Rules broken inside of the gallery, with the places. The page around it is the test runner's. */
async function violations(gallery: BackgroundGallery): Promise<string[]> {
  const { violations: found, passes } = await axe.run(gallery, { resultTypes: ['violations', 'passes'] });
  expect(passes.map(({ id }) => id), 'rules that had something to check').to.include.members(['aria-required-attr', 'button-name', 'color-contrast']);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
}

describe('<vbc-background-gallery> for everybody', () => {
  afterEach(cleanUpGallery);

  for (const scheme of ['light', 'dark']) {
    it(`should break no rule of axe-core in ${scheme} colours`, async () => {
      const place = show(document.createElement('div'));
      place.style.cssText = `color-scheme: ${scheme}; background: ${scheme === 'dark' ? '#121716' : '#fff'}`;
      const gallery = await createGallery(createCamera(), { backgrounds: [{ src: 'teal', label: 'Brand' }, { src: 'navy', label: 'Logo', thumbnail: '/demo/icon.svg' }] });
      place.append(gallery);
      drop(gallery, brokenFile(), await pngFile('own.png'));
      await waitForUse(gallery, 'own');
      await waitFor('the error', () => errorOf(gallery));
      tile(gallery, 'own').focus();
      expect(await violations(gallery)).to.deep.equal([]);
    });
  }

  it('should break none while a background loads and a file is held over it', async () => {
    const gallery = await createGallery(createCamera());
    tile(gallery, 'Mountain lake').click();
    await waitFor('the spinner', () => gallery.shadowRoot?.querySelector('.spinner'));
    const transfer = new DataTransfer();
    transfer.items.add(await pngFile('one.png'));
    gallery.dispatchEvent(new DragEvent('dragover', { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
    await waitFor('the sign', () => gallery.shadowRoot?.querySelector('.drop'));
    expect(await violations(gallery)).to.deep.equal([]);
  });
});
