import type { HairStyle, PoseName } from '../../demo/drawn-sample.ts';
import type { PipelineSettings } from '../../src/pipeline/messages';
import type { ModelName, Quality, Size } from '../../src/types';

/** A clip, a still or a drawn figure, as its manifest has it. */
export interface Item extends Size {
  id: string;
  type: 'clip' | 'still' | 'drawn';
  /** In the set's folder; none of a drawn figure. */
  file: string;
  /** Pictures a second; 0 of a still. */
  fps: number;
  frames: number;
  /** Folder in the store for its pictures. */
  framesFolder: string;
  drawn?: { pose: PoseName; hair: HairStyle };
  /** How the mattes were made; `exact` is what the name says. */
  how?: string;
  /** Where the mattes lie beside the manifest, `%04d` for the picture's number. */
  mattes?: string;
}

/** One way to a matte. */
export type Method = { id: string; label: string } & (
  /** The BodyPix package's own `segmentPerson`. */
  | { kind: 'package'; quality: Quality; outputStride: 8 | 16; internalResolution: Quality }
  /** The same with the network and the picture size that our quality stands for. */
  | { kind: 'same-net'; quality: Quality }
  /** A network's mask, upsampled linearly. */
  | { kind: 'raw'; model: ModelName; quality: Quality; place?: 'worker' | 'context' }
  /** The pipeline; `place`: where the network runs, in the worker unless told otherwise. */
  | { kind: 'ours'; model: ModelName; quality: Quality; place?: 'worker' | 'context' }
);

/** What a page is told to do for one item. */
export interface Task {
  method: Method;
  item: Item;
  /** Pictures whose alpha is written, in order. */
  scored: number[];
  /** Pictures for contact sheets. */
  sheets: number[];
  /** How many pictures the pipeline sees before one that counts; null = all. */
  leadIn: number | null;
  /** Every so many pictures of a drawn figure are measured for spill and trail. */
  measureEvery: number;
  /** Goes into the pipeline's settings as it is. */
  settings: Partial<PipelineSettings>;
  /** Folder in the store where alphas go, one PNG a picture. */
  predictions: string;
  /** Folder in the store for the strips of contact sheets. */
  strips: string;
  /** Folder in the store for masks. */
  masks: string;
  modelUrl: string;
}

/** Where a picture of an item lies in a folder. */
export function pictureFile(folder: string, frame: number): string {
  return `${folder}/${String(frame).padStart(4, '0')}.png`;
}
