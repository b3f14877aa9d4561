import { linear, type AnyCanvas, type Context2D } from './canvas';
import { paintBooks, paintContact, paintLeaves, paintPile, paintPot } from './furniture';
import { DESIGN_HEIGHT, DESIGN_WIDTH, paintDesign, paintGlow, paintSoft } from './tools';

/** Upright boards and shelves, design units; a board is `BOARD` thick. */
const UPRIGHTS = [-20, 372, 776, 1180, 1584, 1932] as const;
const SHELVES = [40, 318, 596, 874, 1140] as const;
const BOARD = 24;

const BINDINGS = [
  [46, 62, 84], [104, 52, 46], [188, 168, 132], [62, 84, 78], [148, 108, 72], [216, 206, 186], [84, 76, 92], [132, 66, 54], [58, 58, 62], [158, 146, 120], [92, 110, 120],
] as const;

/** What stands in a compartment: shares of its width that are books, from the left, and what fills the rest. */
type Rest = 'nothing' | 'plant' | 'vase' | 'pile' | 'bowl' | 'frame';
const ROWS: readonly (readonly { books: number; rest: Rest }[])[] = [
  [{ books: 0.66, rest: 'vase' }, { books: 0.97, rest: 'nothing' }, { books: 0.5, rest: 'pile' }, { books: 0.94, rest: 'nothing' }, { books: 0.45, rest: 'plant' }],
  [{ books: 0.95, rest: 'nothing' }, { books: 0.52, rest: 'frame' }, { books: 0.97, rest: 'nothing' }, { books: 0.6, rest: 'bowl' }, { books: 0.93, rest: 'nothing' }],
  [{ books: 0.5, rest: 'plant' }, { books: 0.96, rest: 'nothing' }, { books: 0.96, rest: 'nothing' }, { books: 0.96, rest: 'nothing' }, { books: 0.6, rest: 'pile' }],
  [{ books: 0.96, rest: 'nothing' }, { books: 0.6, rest: 'pile' }, { books: 0.95, rest: 'nothing' }, { books: 0.56, rest: 'vase' }, { books: 0.95, rest: 'nothing' }],
];

function paintRest(context: Context2D, rest: Rest, x: number, y: number): void {
  if (rest === 'nothing') return;
  paintContact(context, { x, y }, 110, 0.5);
  if (rest === 'vase') paintPot(context, { x, y, width: 84, height: 156, taper: 0.5, colours: ['#e9e2d4', '#cfc5b2', '#8d8271'] });
  if (rest === 'bowl') paintPot(context, { x, y, width: 132, height: 58, taper: 0.42, colours: ['#c98f63', '#a86d44', '#6a4128'] });
  if (rest === 'pile') {
    const height = paintPile(context, { x: x - 70, y }, 140, ['#4d5a5c', '#b7a583', '#7a4a3d', '#d9cfba']);
    paintPot(context, { x: x + 6, y: y - height, width: 46, height: 44, taper: 0.7, colours: ['#dcb98a', '#b98d58', '#74552f'] });
  }
  if (rest === 'plant') {
    paintLeaves(context, { x, y: y - 62, size: 118, count: 26, fan: 3.3, seed: 800 + x, root: '#20402f', dark: [44, 88, 58], light: [128, 168, 104] });
    paintPot(context, { x, y, width: 88, height: 74, taper: 0.72, colours: ['#d8d2c6', '#b9b0a0', '#7f7667'] });
  }
  if (rest === 'frame') {
    context.fillStyle = '#2d2620';
    context.fillRect(x - 74, y - 196, 148, 196);
    context.fillStyle = '#efe8da';
    context.fillRect(x - 64, y - 186, 128, 176);
    context.fillStyle = linear(context, [0, y - 160, 0, y - 40], [[0, '#a9bcc4'], [0.55, '#d8d3c4'], [0.56, '#7c8f86'], [1, '#4f6560']]);
    context.fillRect(x - 42, y - 160, 84, 122);
  }
}

function paintCompartment(context: Context2D, column: number, row: number): void {
  const left = UPRIGHTS[column]! + BOARD;
  const width = UPRIGHTS[column + 1]! - left;
  const [top, floor] = [SHELVES[row]! + BOARD, SHELVES[row + 1]!];
  context.save();
  context.beginPath();
  context.rect(left, top, width, floor - top);
  context.clip();
  context.fillStyle = linear(context, [0, top, 0, floor], [[0, '#3a2b1f'], [0.35, '#5a4432'], [1, '#6e543d']]);
  context.fillRect(left, top, width, floor - top);
  const { books, rest } = ROWS[row]![column]!;
  const right = (column + row) % 2 === 0;
  const booksWidth = width * books - 12;
  const booksLeft = right && rest !== 'nothing' ? left + width - booksWidth - 6 : left + 8;
  paintBooks(context, { x: booksLeft, y: floor, width: booksWidth, height: 200, seed: 700 + 41 * row + 13 * column, bindings: BINDINGS });
  const restMiddle = (width * (1 - books)) / 2;
  paintRest(context, rest, right ? left + restMiddle + 8 : left + width - restMiddle - 8, floor);
  // The board above keeps the lamp's light off, and the side of the board to the left throws its shadow.
  context.fillStyle = linear(context, [0, top, 0, top + 120], [[0, 'rgb(18 11 6 / 50%)'], [1, 'rgb(18 11 6 / 0%)']]);
  context.fillRect(left, top, width, 120);
  context.fillStyle = linear(context, [left, 0, left + 70, 0], [[0, 'rgb(18 11 6 / 32%)'], [1, 'rgb(18 11 6 / 0%)']]);
  context.fillRect(left, top, 70, floor - top);
  context.restore();
}

function paintBoards(context: Context2D): void {
  for (const x of UPRIGHTS) {
    context.fillStyle = linear(context, [x, 0, x + BOARD, 0], [[0, '#9a7450'], [0.25, '#86623f'], [1, '#5a3f28']]);
    context.fillRect(x, 0, BOARD, DESIGN_HEIGHT);
  }
  for (const y of SHELVES) {
    context.fillStyle = linear(context, [0, y, 0, y + BOARD], [[0, '#a98058'], [0.3, '#8f6943'], [1, '#573c25']]);
    context.fillRect(0, y, DESIGN_WIDTH, BOARD);
  }
}

/** A wall of books in warm light, a little out of focus. */
export function drawBookshelf(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSoft(context, 2.6, (soft) => {
      soft.fillStyle = '#3a2b20';
      soft.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
      for (const row of ROWS.keys()) for (let column = 0; column < UPRIGHTS.length - 1; column += 1) paintCompartment(soft, column, row);
      paintBoards(soft);
    });
    paintGlow(context, { x: 300, y: 120, radius: 1200, rgb: '255 222 170', strength: 0.42 });
    paintGlow(context, { x: 1500, y: 200, radius: 900, rgb: '255 214 160', strength: 0.2 });
    context.fillStyle = linear(context, [0, 620, 0, DESIGN_HEIGHT], [[0, 'rgb(24 15 9 / 0%)'], [1, 'rgb(24 15 9 / 30%)']]);
    context.fillRect(0, 620, DESIGN_WIDTH, 460);
  });
}
