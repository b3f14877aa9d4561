import { BLOCK, VERDICTS, type Verdict, type Verdicts } from '../matte/verdicts';
import type { Size } from '../types';
import type { GlContext, Mesh } from './gl-context';

/** Corners of two triangles, shares of a rectangle's width and height. */
const CORNERS = [0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1] as const;

/**
 * The output's blocks as rectangles, by verdict: so each part of a picture is drawn by a program that does only what is
 * seen there. Together they cover the output.
 */
export class BlockMesh {
  readonly #context: GlContext;
  readonly #mesh: Mesh;
  readonly #ranges: Record<Verdict, { first: number; count: number }> = {
    background: { first: 0, count: 0 },
    rim: { first: 0, count: 0 },
    person: { first: 0, count: 0 },
  };

  constructor(context: GlContext) {
    this.#context = context;
    this.#mesh = context.createMesh();
  }

  /** @param output in pixels; the last column and row of blocks may reach beyond it */
  update({ values, width, height }: Verdicts, output: Size): void {
    const positions: number[] = [];
    for (const [index, verdict] of VERDICTS.entries()) {
      const first = positions.length / 2;
      for (let row = 0; row < height; row++) {
        let left = 0;
        while (left < width) {
          const value = values[row * width + left];
          let right = left + 1;
          while (right < width && values[row * width + right] === value) right += 1;
          if (value === index) addRectangle(positions, { left, right, row }, output);
          left = right;
        }
      }
      this.#ranges[verdict] = { first, count: positions.length / 2 - first };
    }
    this.#context.fillMesh(this.#mesh, new Float32Array(positions));
  }

  /** @returns null where no block has the verdict */
  partOf(verdict: Verdict): { mesh: Mesh; first: number; count: number } | null {
    const range = this.#ranges[verdict];
    return range.count > 0 ? { mesh: this.#mesh, ...range } : null;
  }

  dispose(): void {
    this.#context.deleteMesh(this.#mesh);
  }
}

/** In clip coordinates; the canvas has its first row at the top, where they are 1. */
function addRectangle(positions: number[], { left, right, row }: { left: number; right: number; row: number }, { width, height }: Size): void {
  const toX = (block: number): number => (2 * Math.min(width, block * BLOCK)) / width - 1;
  const toY = (block: number): number => 1 - (2 * Math.min(height, block * BLOCK)) / height;
  const [x, y] = [toX(left), toY(row)];
  const [across, down] = [toX(right) - x, toY(row + 1) - y];
  for (let corner = 0; corner < CORNERS.length; corner += 2) positions.push(x + (CORNERS[corner] as number) * across, y + (CORNERS[corner + 1] as number) * down);
}
