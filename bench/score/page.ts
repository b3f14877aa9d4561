import { storeMattes } from './frames';
import { runTask } from './runner';
import { drawSheet } from './sheets';

/** What the script asks of the page. */
const api = { runTask, storeMattes, drawSheet };

export type ScoreApi = typeof api;
(globalThis as unknown as { score: ScoreApi }).score = api;
