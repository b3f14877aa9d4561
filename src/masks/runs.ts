import type { Mask } from '../types';

/** A connected component of a mask's inside or outside. Boxes are in cells, right and bottom exclusive. */
export interface Region {
  id: number;
  inside: boolean;
  /** Cells. */
  area: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Sum of the columns and rows of its cells: over `area`, the centre of gravity. */
  sumX: number;
  sumY: number;
  /** Its topmost, there leftmost run. */
  firstRun: number;
}

/** The value at which a cell is inside. */
export function insideAbove(kind: Mask['kind']): number {
  return kind === 'logit' ? 0 : 0.5;
}

/**
 * Connected components of a mask, over runs of equal cells in a row instead of over single cells: a person has
 * a handful of runs a row. Two scans with union-find, after He, Chao and Suzuki, "A run-based two-scan labeling
 * algorithm" (2008).
 *
 * The inside is 8-connected, since thin things (fingers, a cable, a coarse grid's slanted arm) hang together by
 * corners; the outside is then 4-connected, or a hole could leak through the corner that closes it.
 *
 * Buffers and regions are reused: what is read here holds until the next `label`.
 */
export class MaskRuns {
  width = 0;
  height = 0;
  runCount = 0;
  regionCount = 0;
  readonly regions: Region[] = [];
  /** First cell of a run as an index into the mask, and the cell after its last. */
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  /** Id of each run's region. */
  regionOf = new Int32Array(0);
  #inside = new Uint8Array(0);
  /** Union-find: a run's parent is never behind it. */
  #parents = new Int32Array(0);

  label(mask: Mask): void {
    this.#resize(mask.width, mask.height);
    this.runCount = 0;
    let above = 0;
    for (let y = 0; y < this.height; y++) {
      const row = this.runCount;
      this.#scanRow(mask.data, y, insideAbove(mask.kind));
      if (y > 0) this.#joinRows(above, row);
      above = row;
    }
    this.#collect();
  }

  #resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    const cells = width * height;
    if (this.starts.length >= cells) return;
    this.starts = new Int32Array(cells);
    this.ends = new Int32Array(cells);
    this.regionOf = new Int32Array(cells);
    this.#parents = new Int32Array(cells);
    this.#inside = new Uint8Array(cells);
  }

  #scanRow(data: Float32Array, y: number, threshold: number): void {
    const end = (y + 1) * this.width;
    let at = y * this.width;
    let run = this.runCount;
    while (at < end) {
      const inside = (data[at] as number) > threshold;
      this.starts[run] = at;
      do at++;
      while (at < end && (data[at] as number) > threshold === inside);
      this.ends[run] = at;
      this.#inside[run] = inside ? 1 : 0;
      this.#parents[run] = run;
      run += 1;
    }
    this.runCount = run;
  }

  /** Runs fill their rows without gaps, so one walk along both rows meets every pair that touches. */
  #joinRows(above: number, below: number): void {
    const [ends, inside, { width }] = [this.ends, this.#inside, this];
    let [upper, lower] = [above, below];
    while (upper < below && lower < this.runCount) {
      const upperEnd = (ends[upper] as number) + width;
      const lowerEnd = ends[lower] as number;
      const same = inside[upper] === inside[lower];
      if (same) this.#union(upper, lower);
      if (upperEnd < lowerEnd) upper += 1;
      else if (lowerEnd < upperEnd) lower += 1;
      else {
        // A corner where four runs meet crosswise: the two that are inside hold together.
        if (!same && upper + 1 < below) {
          if (inside[upper]) this.#union(upper, lower + 1);
          else this.#union(upper + 1, lower);
        }
        upper += 1;
        lower += 1;
      }
    }
  }

  #union(a: number, b: number): void {
    const [first, second] = [this.#rootOf(a), this.#rootOf(b)];
    if (first < second) this.#parents[second] = first;
    else this.#parents[first] = second;
  }

  #rootOf(run: number): number {
    const parents = this.#parents;
    let at = run;
    let parent = parents[at] as number;
    while (parent !== at) {
      const grandparent = parents[parent] as number;
      parents[at] = grandparent;
      at = grandparent;
      parent = parents[at] as number;
    }
    return at;
  }

  #collect(): void {
    this.regionCount = 0;
    let [row, y] = [0, 0];
    for (let run = 0; run < this.runCount; run++) {
      const start = this.starts[run] as number;
      if (start >= row + this.width) {
        row += this.width;
        y += 1;
      }
      const root = this.#rootOf(run);
      const region = root === run ? this.#openRegion(run, y) : (this.regions[this.regionOf[root] as number] as Region);
      this.regionOf[run] = region.id;
      addRun(region, start - row, (this.ends[run] as number) - row, y);
    }
  }

  #openRegion(run: number, y: number): Region {
    const id = this.regionCount++;
    const region = (this.regions[id] ??= { id, inside: false, area: 0, left: 0, top: 0, right: 0, bottom: 0, sumX: 0, sumY: 0, firstRun: 0 });
    region.inside = this.#inside[run] === 1;
    region.area = region.sumX = region.sumY = region.right = region.bottom = 0;
    region.left = this.width;
    region.top = y;
    region.firstRun = run;
    return region;
  }
}

function addRun(region: Region, left: number, right: number, y: number): void {
  const length = right - left;
  region.area += length;
  region.sumX += (length * (left + right - 1)) / 2;
  region.sumY += length * y;
  region.left = Math.min(region.left, left);
  region.right = Math.max(region.right, right);
  region.bottom = y + 1;
}
