/**
 * Pieces of the room in outgoing pictures: what a viewer sees of it beside the person. A mask of an older frame leaves
 * the room standing wherever the person has moved away, which is far less than a raw frame and the same leak.
 */
import { isRoomColour, ROOM_COLUMNS, ROOM_ROWS, type RoomPicture } from './raw-frame-detector-code';
import { CodedPerson, readPhase } from './raw-frame-detector-person';

/**
 * How far from the silhouette the room may be legible: 4 pixels at 360 lines for the network, which sees the picture
 * at 256 × 144, where that is one and a half of its pixels, and for the matte's soft edge.
 */
const TOLERANCE_SHARE = 4 / 360;
/** Pixels, at any size: colour is sent once for 2 × 2 pixels, and the outline is drawn to half a pixel. */
const TOLERANCE_PX = 2;
/** Places across the picture that are looked at: all pixels of 320; of larger pictures every second, or fewer. */
const PLACES_ACROSS = 320;
/** Share of a cell's places from which on it is a piece: less than a hair's breadth along its edge is none. */
const CELL_SHARE = 0.02;
/** Sizes whose silhouettes are kept: a case has one or two. */
const KEPT_SIZES = 4;

export interface PiecesReading {
  /** Of the walk that the picture's own frame shows; null where the person's code cannot be read. */
  phase: number | null;
  /** Cells of which something is legible outside the person: 0…144. */
  pieces: number;
  /** Share of the picture in which the room is legible outside the person, 0…1. */
  pieceShare: number;
}

const people = new Map<string, CodedPerson>();

function personOf({ width, height }: RoomPicture): CodedPerson {
  const size = `${width}x${height}`;
  const person = people.get(size) ?? new CodedPerson({ width, height });
  people.delete(size);
  people.set(size, person);
  if (people.size > KEPT_SIZES) people.delete(people.keys().next().value as string);
  return person;
}

/** Nothing of the picture counts as person where none is known. */
function silhouetteOf(picture: RoomPicture, phase: number | null): (x: number, y: number) => boolean {
  if (phase === null) return () => false;
  return personOf(picture).silhouette(phase, Math.round(TOLERANCE_SHARE * picture.height) + TOLERANCE_PX);
}

/**
 * Looks for the room outside the person of the picture's own frame. Where the person's code cannot be read, everything
 * that is legible counts: either nobody is there, or a mask so late that it cuts the code.
 */
export function readPieces(picture: RoomPicture): PiecesReading {
  const { data, width, height } = picture;
  const phase = readPhase(picture);
  const isPerson = silhouetteOf(picture, phase);
  const step = Math.max(1, Math.round(width / PLACES_ACROSS));
  const cells = new Uint32Array(ROOM_COLUMNS * ROOM_ROWS);
  let [found, places] = [0, 0];
  for (let y = 0; y < height; y += step) {
    const row = Math.floor((y * ROOM_ROWS) / height);
    for (let x = 0; x < width; x += step) {
      places += 1;
      const column = Math.floor((x * ROOM_COLUMNS) / width);
      const at = (y * width + x) * 4;
      if (!isRoomColour(column + row, data[at] as number, data[at + 1] as number, data[at + 2] as number) || isPerson(x, y)) continue;
      found += 1;
      cells[row * ROOM_COLUMNS + column] = (cells[row * ROOM_COLUMNS + column] as number) + 1;
    }
  }
  const enough = Math.max(1, (CELL_SHARE * places) / cells.length);
  return { phase, pieces: cells.filter((count) => count >= enough).length, pieceShare: found / places };
}
