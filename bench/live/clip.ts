import type { Size } from '../../src/types';
import type { Item } from '../score/item';
import type { Place } from './code.ts';
import type { Color } from './unblend.ts';

/** What a clip is made from. */
export interface ClipSource extends Size {
  id: string;
  /** Folder in the store that takes everything of the clip. */
  folder: string;
  /** The item whose pictures it shows, and which of them, in order; the camera plays thirty a second. */
  item: Item;
  sourceFrames: readonly number[];
}

/** What is known of a made clip; `clip.json` in its folder. */
export interface Clip extends Size {
  id: string;
  folder: string;
  /** Number of pictures, which are numbered from 0. */
  pictures: number;
  /** Where each picture has its code. */
  places: readonly Place[];
  /** The flat background that is furthest from everything in the clip. */
  background: Color;
  /** How far it is from the nearest colours of the clip, 0…441. */
  backgroundDistance: number;
  /** How far the code's corners are from the person's edge at worst, pixels. */
  leastMargin: number;
}

export const cameraFile = (folder: string): string => `${folder}/camera.mjpeg`;
export const matteFolder = (folder: string): string => `${folder}/mattes`;
/** The pictures as the browser's camera hands them out. */
export const framesFile = (folder: string): string => `${folder}/camera.frames`;
