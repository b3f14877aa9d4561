/** All that is read from one outgoing picture. */
import { readCorner, readPerson, readRoomCode, type RoomPicture, type RoomReading } from './raw-frame-detector-code';
import { readPieces, type PiecesReading } from './raw-frame-detector-pieces';

type Rgb = readonly [number, number, number];

export interface PictureReading extends RoomReading, PiecesReading {
  /** Share of the picture that is neither room nor background, 0…1; null unless the background is one colour. */
  person: number | null;
  /** At the top left, where nobody goes; sRGB, 0…255. */
  corner: Rgb;
}

/** @param background the one colour behind the person, or null */
export function readPicture(picture: RoomPicture, background: Rgb | null): PictureReading {
  return { ...readRoomCode(picture), ...readPieces(picture), person: background && readPerson(picture, background), corner: readCorner(picture) };
}
