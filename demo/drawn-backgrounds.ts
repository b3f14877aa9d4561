import { drawBeach } from './drawn-backgrounds/beach.ts';
import { drawCity } from './drawn-backgrounds/city.ts';
import { drawForest } from './drawn-backgrounds/forest.ts';
import { drawLake } from './drawn-backgrounds/lake.ts';
import { drawStudio } from './drawn-backgrounds/studio.ts';
import { drawWaves } from './drawn-backgrounds/waves.ts';
import { createCanvas, type AnyCanvas } from './drawn-sample/canvas.ts';

/** A background that the project draws itself; made for 1920 × 1080, drawn at any size. */
export interface DrawnBackground {
  /** Stable name for addresses and storage. */
  readonly id: string;
  /** Name to show. */
  readonly name: string;
  /** Fills the canvas; the same size gives the same pixels. */
  draw(canvas: AnyCanvas): void;
}

/** All drawn backgrounds, in the order of the gallery. */
export const drawnBackgrounds: readonly DrawnBackground[] = [
  { id: 'studio', name: 'Bright studio', draw: drawStudio },
  { id: 'lake', name: 'Mountain lake', draw: drawLake },
  { id: 'beach', name: 'Beach at dusk', draw: drawBeach },
  { id: 'forest', name: 'Morning forest', draw: drawForest },
  { id: 'city', name: 'City at night', draw: drawCity },
  { id: 'waves', name: 'Colour waves', draw: drawWaves },
];

/** Size in pixels and coding of a drawn background as a file. */
export interface BlobOptions {
  width?: number;
  height?: number;
  type?: 'image/jpeg' | 'image/png';
}

/** The background as a picture file, for the element's `background` property. */
export async function drawnBackgroundBlob(
  background: DrawnBackground,
  { width = 1920, height = 1080, type = 'image/jpeg' }: BlobOptions = {},
): Promise<Blob> {
  const canvas = createCanvas(width, height);
  background.draw(canvas);
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type, quality: 0.93 });
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error(`The background ${background.id} could not be coded as ${type}`))),
      type,
      0.93,
    );
  });
}

/** A small picture of the background, width and height in pixels. */
export function drawThumbnail(background: DrawnBackground, width = 320, height = 180): AnyCanvas {
  const canvas = createCanvas(width, height);
  background.draw(canvas);
  return canvas;
}
