import type { Context2D } from './canvas.ts';

/** Cells of the code across and down. */
export const CODE_COLUMNS = 16;
export const CODE_ROWS = 9;

/** How long one picture of the code stands, in milliseconds. */
export const CODE_STEP_MS = 500;

/** Saturated colours that neither the figure nor any background of the demo has; sRGB, 0…255. */
export const CODE_COLOURS = [
  [255, 0, 255],
  [0, 255, 0],
  [0, 255, 255],
  [255, 255, 0],
] as const;

/**
 * The colour of one cell of the code, for leak detectors: a pixel of the output near this colour shows the
 * raw background. Cells that touch at a side differ, and every cell changes with every step.
 *
 * @param column 0…{@link CODE_COLUMNS} − 1, from the left.
 * @param row 0…{@link CODE_ROWS} − 1, from the top.
 * @param timeMs Time of the picture in milliseconds.
 * @returns Red, green, blue, sRGB, 0…255.
 */
export function codeColour(column: number, row: number, timeMs: number): readonly [number, number, number] {
  const step = Math.floor(timeMs / CODE_STEP_MS);
  const index = (((column + 2 * row + step) % 4) + 4) % 4;
  return CODE_COLOURS[index] ?? CODE_COLOURS[0];
}

/** Left edge, top edge, width and height of a cell in whole pixels, for a picture of the given size. */
export function codeCell(
  column: number,
  row: number,
  size: { width: number; height: number },
): { x: number; y: number; width: number; height: number } {
  const x = Math.round((column * size.width) / CODE_COLUMNS);
  const y = Math.round((row * size.height) / CODE_ROWS);
  return {
    x,
    y,
    width: Math.round(((column + 1) * size.width) / CODE_COLUMNS) - x,
    height: Math.round(((row + 1) * size.height) / CODE_ROWS) - y,
  };
}

/** Fills the picture with the code at a time. */
export function drawCode(context: Context2D, size: { width: number; height: number }, timeMs: number): void {
  for (let row = 0; row < CODE_ROWS; row += 1) {
    for (let column = 0; column < CODE_COLUMNS; column += 1) {
      const cell = codeCell(column, row, size);
      context.fillStyle = `rgb(${codeColour(column, row, timeMs).join(' ')})`;
      context.fillRect(cell.x, cell.y, cell.width, cell.height);
    }
  }
}
