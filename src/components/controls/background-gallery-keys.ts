const EPSILON_PX = 2;

/**
 * Where a key leads to from a tile of a grid: sideways through all and around the ends, up and down within the column,
 * Home and End.
 *
 * @param tiles in reading order
 * @returns null when the key is none of them, or leads nowhere
 */
export function nextTile(key: string, tiles: readonly HTMLElement[], at: number, rightToLeft: boolean): number | null {
  switch (key) {
    case 'ArrowRight':
      return around(at + (rightToLeft ? -1 : 1), tiles.length);
    case 'ArrowLeft':
      return around(at + (rightToLeft ? 1 : -1), tiles.length);
    case 'ArrowDown':
      return inColumn(tiles, at, 1);
    case 'ArrowUp':
      return inColumn(tiles, at, -1);
    case 'Home':
      return 0;
    case 'End':
      return tiles.length - 1;
    default:
      return null;
  }
}

const around = (index: number, length: number): number => (index + length) % length;

/** The tile below or above; below the last whole row, the last tile. At an edge it stays. */
function inColumn(tiles: readonly HTMLElement[], at: number, direction: 1 | -1): number {
  const boxes = tiles.map((tile) => tile.getBoundingClientRect());
  const first = boxes[0]?.top ?? 0;
  const columns = boxes.filter(({ top }) => Math.abs(top - first) < EPSILON_PX).length;
  const next = at + direction * columns;
  if (next < 0) return at;
  if (next < tiles.length) return next;
  const isLastRow = Math.floor(at / columns) === Math.floor((tiles.length - 1) / columns);
  return isLastRow ? at : tiles.length - 1;
}
