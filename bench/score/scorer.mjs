import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SCORER } from './items.mjs';
import { STORE } from './store.mjs';

const run = promisify(execFile);

/**
 * Runs the set's scorer beside the browser, an item at a time.
 */
export class Scorer {
  #free = Math.max(1, availableParallelism() - 1);
  #waiting = [];

  /**
   * @param {{ id: string, manifestFile: string }} item
   * @param {string} predictions folder in the store that holds a folder of the item's name
   * @returns {Promise<Record<string, number>>} its columns
   */
  async score(item, predictions) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      const json = join(STORE, predictions, `${item.id}.json`);
      await run(process.execPath, [SCORER, '--manifest', item.manifestFile, '--pred', join(STORE, predictions), '--only', item.id, '--json', json]);
      const [row] = JSON.parse(await readFile(json, 'utf8')).rows;
      return row;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
