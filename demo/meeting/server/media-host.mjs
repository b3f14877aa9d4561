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

/** The headless browser of media hosts, started when the first one opens. */
export class MediaBrowser {
  #launched = null;

  #launch() {
    this.#launched ??= launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), ...FLAGS] });
    return this.#launched;
  }

  /** @returns {Promise<import('puppeteer-core').Page>} a page of its own */
  async openPage() {
    return (await this.#launch()).newPage();
  }

  async close() {
    const launched = this.#launched;
    this.#launched = null;
    await (await launched)?.close();
  }
}

/**
 * A page that holds one meeting's ends of all RTCPeerConnections.
 */
export class MediaHost {
  constructor(page) {
    /** Its page, of puppeteer; the tests look at the pictures that arrive there. */
    this.page = page;
  }

  /**
   * @param {string} url of the media host's page
   * @param {MediaBrowser} browser
   * @returns {Promise<MediaHost>}
   */
  static async open(url, browser) {
    const page = await browser.openPage();
    try {
      await page.goto(url);
      await page.waitForFunction('globalThis.mediaHost !== undefined');
      return new MediaHost(page);
    } catch (error) {
      await page.close();
      throw error;
    }
  }

  get processId() {
    return this.page.browser().process().pid;
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
    if (!this.page.isClosed()) await this.page.evaluate((id) => globalThis.mediaHost.close(id), connection);
  }

  async close() {
    if (!this.page.isClosed()) await this.page.close();
  }
}
