/**
 * The colour code of the room that must not be seen. Each cell's colour tells its place and the frame's number:
 * a picture holds the room where many cells agree on one number and cells that touch agree with each other,
 * which no background does by chance, however colourful.
 */
export const ROOM_COLUMNS = 16;
export const ROOM_ROWS = 9;
const CELLS = ROOM_COLUMNS * ROOM_ROWS;
/** Frame numbers that the code tells apart; then it begins again. */
export const ROOM_NUMBERS = 32;

/** A cell takes its colour from one of two sets, by turns as on a chessboard: cells that touch always differ. */
const COLOURS = [
  [[255, 0, 255], [0, 255, 0], [0, 0, 255]],
  [[255, 255, 0], [0, 255, 255], [255, 0, 0]],
] as const;

/** A channel is on or off beyond these; between them it is neither, as in most pictures. */
const ON = 160;
const OFF = 95;
/** Channels of one colour differ by less, whatever coded it. */
const SAME_COLOUR = 45;
/** As {@link ON} and {@link OFF}, where a single pixel has to tell the room: at least about half of its light is the room's. */
const SURELY_ON = 200;
const SURELY_OFF = 55;
/** The colours of each set as a set of bits: bit 5 stands for red and blue on (4 + 1), green off. */
const COLOUR_SETS = COLOURS.map((colours) => colours.reduce((set, [red, green, blue]) => set | (1 << channelBits(red, green, blue, 128)), 0));
/** Places in a cell that are looked at: about its middle, and next to its corners, where a blur mixes neighbours. */
const MIDDLE = [0.35, 0.5, 0.65];
const CORNERS = [0.15, 0.85];

export interface RoomPicture {
  width: number;
  height: number;
  /** RGBA bytes, rows from the top left. */
  data: Uint8ClampedArray | Uint8Array;
}

export interface RoomReading {
  /** Cells that show the room, also scaled, coded or a little blurred: 0…144. */
  legible: number;
  /** Of these, cells that are sharp up to their corners: a blur of a fifth of a cell leaves none. */
  sharp: number;
  /** Of the frame that is shown, 0…31; null when nothing is legible. */
  number: number | null;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const column = (cell: number): number => cell % ROOM_COLUMNS;
const row = (cell: number): number => Math.floor(cell / ROOM_COLUMNS);
const side = (cell: number): 0 | 1 => ((column(cell) + row(cell)) % 2) as 0 | 1;

/** Which of its three colours a cell has. Mixed as in a hash, so that any two numbers differ all over the picture. */
function shade(cell: number, number: number): number {
  let mixed = Math.imul(cell + 1, 0x9e3779b1) ^ Math.imul((number % ROOM_NUMBERS) + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x297a2d39);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % 3;
}

const roomColour = (cell: number, number: number): readonly [number, number, number] => COLOURS[side(cell)][shade(cell, number) as 0 | 1 | 2];

/** Fills a picture with the code of a frame number. */
export function drawRoomCode(context: Context, { width, height }: { width: number; height: number }, number: number): void {
  for (let cell = 0; cell < CELLS; cell += 1) {
    const [left, right] = [0, 1].map((next) => Math.round(((column(cell) + next) * width) / ROOM_COLUMNS)) as [number, number];
    const [top, bottom] = [0, 1].map((next) => Math.round(((row(cell) + next) * height) / ROOM_ROWS)) as [number, number];
    context.fillStyle = `rgb(${roomColour(cell, number).join(' ')})`;
    context.fillRect(left, top, right - left, bottom - top);
  }
}

/** Which colour of the cell's set is at a place of the cell, given in shares of it; −1 for none. */
function shadeAt({ data, width, height }: RoomPicture, cell: number, x: number, y: number): number {
  const pixelX = Math.min(width - 1, Math.floor(((column(cell) + x) * width) / ROOM_COLUMNS));
  const pixelY = Math.min(height - 1, Math.floor(((row(cell) + y) * height) / ROOM_ROWS));
  const at = (pixelY * width + pixelX) * 4;
  return shadeOf(cell, data[at] as number, data[at + 1] as number, data[at + 2] as number);
}

function shadeOf(cell: number, red: number, green: number, blue: number): number {
  return COLOURS[side(cell)].findIndex((colour) => [red, green, blue].every((value, channel) => (colour[channel] === 255 ? value > ON : value < OFF)));
}

function channelBits(red: number, green: number, blue: number, from: number): number {
  return (red >= from ? 4 : 0) | (green >= from ? 2 : 0) | (blue >= from ? 1 : 0);
}

/**
 * Whether one pixel has any colour of the room's there, of whatever frame: pieces of another frame's room are pieces, too.
 *
 * @param place column and row of its cell, added
 */
export function isRoomColour(place: number, red: number, green: number, blue: number): boolean {
  const on = channelBits(red, green, blue, SURELY_ON);
  // A channel in between is neither on nor off.
  return on === channelBits(red, green, blue, SURELY_OFF) && (((COLOUR_SETS[place % 2] as number) >> on) & 1) === 1;
}

/** One answer where all places agree, else −1. */
function agreed(picture: RoomPicture, cell: number, places: readonly number[]): number {
  const first = shadeAt(picture, cell, places[0] as number, places[0] as number);
  return places.every((y) => places.every((x) => shadeAt(picture, cell, x, y) === first)) ? first : -1;
}

/** Cells of those that fit of whose four neighbours two or more fit as well: by chance that is rare even in noise of the code's own colours. */
function countJoined(fits: readonly boolean[]): number {
  let joined = 0;
  for (let cell = 0; cell < CELLS; cell += 1) {
    if (!fits[cell]) continue;
    const left = column(cell) > 0 && fits[cell - 1];
    const right = column(cell) < ROOM_COLUMNS - 1 && fits[cell + 1];
    if ([left, right, fits[cell - ROOM_COLUMNS], fits[cell + ROOM_COLUMNS]].filter(Boolean).length >= 2) joined += 1;
  }
  return joined;
}

/** Looks for the code in a picture of any size that shows the whole frame. */
export function readRoomCode(picture: RoomPicture): RoomReading {
  const shades = Array.from({ length: CELLS }, (_cell, cell) => agreed(picture, cell, MIDDLE));
  if (shades.every((found) => found < 0)) return { legible: 0, sharp: 0, number: null };
  let best = { legible: 0, number: 0, fits: [] as boolean[] };
  for (let number = 0; number < ROOM_NUMBERS; number += 1) {
    const fits = shades.map((found, cell) => found === shade(cell, number));
    const legible = countJoined(fits);
    if (legible > best.legible) best = { legible, number, fits };
  }
  const sharp = countJoined(best.fits.map((fits, cell) => fits && agreed(picture, cell, CORNERS) === shade(cell, best.number)));
  return { legible: best.legible, sharp, number: best.legible > 0 ? best.number : null };
}

/** The colour in the middle of the cell at the top left: of the background, where somebody sits in the middle. */
export function readCorner({ width, height, data }: RoomPicture): [number, number, number] {
  const at = (Math.floor((0.5 * height) / ROOM_ROWS) * width + Math.floor((0.5 * width) / ROOM_COLUMNS)) * 4;
  return [data[at] as number, data[at + 1] as number, data[at + 2] as number];
}

/** Whether two colours are the same, coded or not. */
export const isColour = (pixel: readonly number[], colour: readonly number[]): boolean =>
  pixel.every((value, channel) => Math.abs(value - (colour[channel] as number)) < SAME_COLOUR);

/** Share of the cells whose middle shows neither the room nor the colour that stands behind the person, 0…1. */
export function readPerson(picture: RoomPicture, background: readonly [number, number, number]): number {
  let count = 0;
  for (let cell = 0; cell < CELLS; cell += 1) {
    const x = Math.floor(((column(cell) + 0.5) * picture.width) / ROOM_COLUMNS);
    const y = Math.floor(((row(cell) + 0.5) * picture.height) / ROOM_ROWS);
    const at = (y * picture.width + x) * 4;
    const pixel = [0, 1, 2].map((channel) => picture.data[at + channel] as number) as [number, number, number];
    if (!isColour(pixel, background) && shadeOf(cell, ...pixel) < 0) count += 1;
  }
  return count / CELLS;
}
