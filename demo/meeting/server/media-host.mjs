import { readFile } from 'node:fs/promises';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../../../scripts/find-browser.mjs';

const FLAGS = [
  // A machine without a network has the loopback interface alone.
  '--allow-loopback-in-peer-connection',
  // Plain addresses in the answer: a name of multicast DNS is not found everywhere.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

const PAGE_SCRIPT = new URL('media-host-page.mjs', import.meta.url);

/** What the browser of the media host loads; `null` for other paths. */
export async function readMediaHostFile(pathname) {
  if (pathname.endsWith('/media-host.html')) {
    return { type: 'text/html', body: '<!doctype html><title>Media host</title><link rel="icon" href="data:,"><script type="module" src="media-host-page.mjs"></script>' };
  }
  if (pathname.endsWith('/media-host-page.mjs')) return { type: 'text/javascript', body: await readFile(PAGE_SCRIPT, 'utf8') };
  return null;
}

/**
 * A headless browser that holds the meeting's ends of all RTCPeerConnections.
 */
export class MediaHost {
  #browser;

  constructor(browser, page) {
    this.#browser = browser;
    /** Its page, of puppeteer; the tests look at the pictures that arrive there. */
    this.page = page;
  }

  /**
   * @param {string} url of the media host's page
   * @returns {Promise<MediaHost>}
   */
  static async open(url) {
    const browser = await launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), ...FLAGS] });
    try {
      const [page = await browser.newPage()] = await browser.pages();
      await page.goto(url);
      await page.waitForFunction('globalThis.mediaHost !== undefined');
      return new MediaHost(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  get processId() {
    return this.#browser.process().pid;
  }

  /**
   * Answers an offer.
   *
   * @param {{connection: string, attendeeId: string, sdpOffer: string, receiveStreamIds: number[], sendStreamId: number | null}} request
   * @returns {Promise<{sdpAnswer: string, tracks: {streamId: number, trackLabel: string, ssrc: number}[]}>}
   */
  subscribe(request) {
    return this.page.evaluate((wanted) => globalThis.mediaHost.subscribe(wanted), request);
  }

  /** Ends the RTCPeerConnection of a connection that is gone. */
  async closeConnection(connection) {
    if (this.#browser.connected) await this.page.evaluate((id) => globalThis.mediaHost.close(id), connection);
  }

  close() {
    return this.#browser.close();
  }
}
