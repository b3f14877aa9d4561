import type { SceneName, Size } from '../types';
import { drawBeach } from './beach';
import { drawBookshelf } from './bookshelf';
import { createCanvas, type AnyCanvas } from './canvas';
import { drawCity } from './city';
import { drawForest } from './forest';
import { drawGradient } from './gradient';
import { drawLake } from './lake';
import { drawOffice } from './office';
import { drawStudio } from './studio';
import { drawWaves } from './waves';

/** Fills a canvas with a scene; made for 1920 × 1080, drawn at any size; the same size gives the same pixels. */
export type ScenePaint = (canvas: AnyCanvas) => void;

export const painters: Readonly<Record<SceneName, ScenePaint>> = {
  office: drawOffice,
  studio: drawStudio,
  bookshelf: drawBookshelf,
  lake: drawLake,
  forest: drawForest,
  beach: drawBeach,
  city: drawCity,
  waves: drawWaves,
  gradient: drawGradient,
};

const TYPE = 'image/jpeg';
/** The fine grain that hides the steps of gradients gets lost below. */
const QUALITY = 0.93;

/** Paints a scene on the calling thread. @returns a JPEG of the given size */
export async function paintSceneFile(name: SceneName, { width, height }: Size): Promise<Blob> {
  const canvas = createCanvas(width, height);
  painters[name](canvas);
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: TYPE, quality: QUALITY });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`The scene ${name} could not be coded as ${TYPE}`))), TYPE, QUALITY);
  });
}
