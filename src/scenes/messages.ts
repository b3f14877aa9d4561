import type { SceneName, Size } from '../types';

/** What the worker is asked to paint; it is asked for one picture at a time. */
export interface SceneOrder extends Size {
  name: SceneName;
}

export type SceneAnswer = { type: 'picture'; picture: Blob } | { type: 'failure'; message: string };
