import type { Mask, People } from '../types';
import { MainPerson } from './main-person';
import { CELL_DISTANCE, FARTHEST, measureDistances, type CellWindow } from './distance';
import { MaskRuns, insideAbove, type Region } from './runs';

/** Where the kept people are, in frame coordinates 0…1. */
export interface PersonBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** An island smaller than this share of the picture (at 640×360 a patch of 30×30 pixels) … */
export const MIN_ISLAND_SHARE = 0.004;
/** … or, where cells are coarse, a lonely cell, goes … */
const MIN_ISLAND_CELLS = 1.5;
/** … unless it is so big beside the biggest region: then people are small in this picture. */
const ISLAND_TO_PERSON = 0.25;
/**
 * A hand beyond the gap under an arm, or a head above a dark beard, lies no further off than this share of the
 * picture's longer side, or one cell.
 */
const NEAR_GAP = 0.05;
const NEAR_GAP_CELLS = 1;
/** Beside the main person, parts are smaller than this; what is bigger is a neighbour … */
const PART_TO_PERSON = 0.3;
/** … unless it stands above or below: head and shoulders share so much of the narrower one's width. */
const STACKED_OVERLAP = 0.6;
/** A hand hangs on a forearm that hangs on a shoulder. */
const PART_ROUNDS = 3;
/** Holes up to this share of the picture may be filled. The gap of an arm akimbo is bigger, mostly … */
export const MAX_HOLE_SHARE = 0.015;
/** … and where it is small, its middle is surely room, while a hole that the network tore is full of doubt. */
const HOLE_MEAN_PROBABILITY = 0.1;
const HOLE_LEAST_PROBABILITY = 0.02;
/** So small (19×19 pixels at 640×360), nobody looks through a hole whatever it is, but sees it flicker. */
export const TINY_HOLE_SHARE = 0.0015;
/** How far the soft rim of a dropped or filled region reaches: share of the longer side, or cells. */
const RIM = 0.03;
const RIM_CELLS = 2;
/** A logit so far from 0 is a sure verdict: 0.03 % off. */
const SURE_LOGIT = 8;

/** What becomes of a region; bits, so that several make a set. */
const ROOM = 1;
const KEPT = 2;
const DROPPED = 4;
const FILLED = 8;

/**
 * Keeps what belongs to people and drops what doesn't, on the network's small mask: islands go, small doubtful
 * holes are filled, and with `main` everybody but one person goes. Remembers who that was. One person who
 * touches another cannot be told from them.
 */
export class MaskRegions {
  readonly #runs = new MaskRuns();
  readonly #main = new MainPerson();
  /** By region. */
  #fates = new Uint8Array(0);
  #sums = new Float32Array(0);
  #leasts = new Float32Array(0);
  /** By cell. */
  #classes = new Uint8Array(0);
  #toSource = new Uint8Array(0);
  #toOther = new Uint8Array(0);
  readonly #isKept = (region: Region): boolean => this.#fates[region.id] === KEPT;

  /** Another source: nobody is known. */
  reset(): void {
    this.#main.reset();
  }

  /**
   * Edits `mask.data` in place.
   *
   * @param timeMs when the mask's frame arrived, any clock that only goes forward
   * @returns the box around what is kept, or null without a person
   */
  apply(mask: Mask, people: People, timeMs = performance.now()): PersonBox | null {
    const runs = this.#runs;
    runs.label(mask);
    this.#resize(mask.data.length);
    for (let id = 0; id < runs.regionCount; id++) this.#fates[id] = (runs.regions[id] as Region).inside ? DROPPED : ROOM;
    const minArea = Math.max(MIN_ISLAND_SHARE * mask.data.length, MIN_ISLAND_CELLS);
    if (people === 'main') this.#keepMain(mask, minArea, timeMs);
    else this.#keepAll(minArea);
    const filled = this.#chooseHoles(mask);
    const dropped = this.#fates.subarray(0, runs.regionCount).includes(DROPPED);
    if (dropped || filled) this.#paint();
    if (dropped) this.#settle(mask, DROPPED, KEPT, -1);
    if (filled) this.#settle(mask, FILLED, ROOM | DROPPED, 1);
    return this.#findBox(mask);
  }

  #resize(cells: number): void {
    if (this.#classes.length === cells) return;
    this.#fates = new Uint8Array(cells);
    this.#sums = new Float32Array(cells);
    this.#leasts = new Float32Array(cells);
    this.#classes = new Uint8Array(cells);
    this.#toSource = new Uint8Array(cells);
    this.#toOther = new Uint8Array(cells);
  }

  #keepAll(minArea: number): void {
    const { regions, regionCount } = this.#runs;
    this.#main.reset();
    let largest = 0;
    for (let id = 0; id < regionCount; id++) if (this.#fates[id] === DROPPED) largest = Math.max(largest, (regions[id] as Region).area);
    // Nothing that could be a person: what there is of it are the network's slips.
    if (largest < minArea) return;
    const enough = Math.min(minArea, ISLAND_TO_PERSON * largest);
    for (let id = 0; id < regionCount; id++) if (this.#fates[id] === DROPPED && (regions[id] as Region).area >= enough) this.#fates[id] = KEPT;
    this.#keepParts(null);
  }

  #keepMain(mask: Mask, minArea: number, timeMs: number): void {
    const main = this.#main.find(this.#runs, mask, minArea, timeMs);
    if (!main) return;
    this.#fates[main.id] = KEPT;
    this.#keepParts(main);
    const successor = this.#main.findSuccessor(this.#runs, mask, minArea, timeMs, this.#isKept);
    if (successor) {
      for (let id = 0; id < this.#runs.regionCount; id++) if (this.#fates[id] === KEPT) this.#fates[id] = DROPPED;
      this.#main.reset();
      this.#fates[successor.id] = KEPT;
      this.#keepParts(successor);
    }
    this.#main.remember(this.#runs, this.#isKept, timeMs);
  }

  /** Keeps what is near to what is kept; with a main person, only what can be a part of them. */
  #keepParts(main: Region | null): void {
    const { width, height, regions, regionCount } = this.#runs;
    const reach = 1 + Math.max(NEAR_GAP * Math.max(width, height), NEAR_GAP_CELLS);
    for (let round = 0; round < PART_ROUNDS; round++) {
      let candidates = false;
      for (let id = 0; id < regionCount; id++) {
        const candidate = this.#fates[id] === DROPPED && (!main || canBePart(regions[id] as Region, main));
        this.#leasts[id] = candidate ? FARTHEST : -1;
        candidates ||= candidate;
      }
      if (!candidates) return;
      this.#paint();
      const window = this.#windowAround((id) => (this.#leasts[id] as number) >= 0, reach);
      measureDistances(this.#classes, KEPT, this.#toSource, width, window);
      if (!this.#keepNearest(reach * CELL_DISTANCE)) return;
    }
  }

  /** Keeps the candidates (regions with a least distance to be found) within `reach`. */
  #keepNearest(reach: number): boolean {
    const { starts, ends, regionOf, runCount, regionCount } = this.#runs;
    for (let run = 0; run < runCount; run++) {
      const id = regionOf[run] as number;
      let least = this.#leasts[id] as number;
      if (least < 0) continue;
      for (let at = starts[run] as number; at < (ends[run] as number); at++) least = Math.min(least, this.#toSource[at] as number);
      this.#leasts[id] = least;
    }
    let found = false;
    for (let id = 0; id < regionCount; id++) {
      const least = this.#leasts[id] as number;
      if (least < 0 || least > reach) continue;
      this.#fates[id] = KEPT;
      found = true;
    }
    return found;
  }

  /** Marks the holes to fill; true when there are any. */
  #chooseHoles(mask: Mask): boolean {
    const { regions, regionCount, regionOf } = this.#runs;
    const cells = mask.data.length;
    let candidates = false;
    for (let id = 0; id < regionCount; id++) {
      const region = regions[id] as Region;
      const { left, top, right, bottom } = region;
      const isHole = !region.inside && region.area <= MAX_HOLE_SHARE * cells && left > 0 && top > 0 && right < mask.width && bottom < mask.height;
      // What lies left of a hole's topmost run is the region around it.
      const candidate = isHole && this.#fates[regionOf[region.firstRun - 1] as number] === KEPT;
      this.#leasts[id] = candidate ? 1 : -1;
      this.#sums[id] = 0;
      candidates ||= candidate;
    }
    if (!candidates) return false;
    this.#measureHoles(mask);
    let filled = false;
    for (let id = 0; id < regionCount; id++) {
      const least = this.#leasts[id] as number;
      if (least < 0) continue;
      const { area } = regions[id] as Region;
      const doubtful = (this.#sums[id] as number) / area > HOLE_MEAN_PROBABILITY && least > HOLE_LEAST_PROBABILITY;
      if (!doubtful && area > TINY_HOLE_SHARE * cells) continue;
      this.#fates[id] = FILLED;
      filled = true;
    }
    return filled;
  }

  /** Sum and least of the probabilities in the candidates. */
  #measureHoles({ data, kind }: Mask): void {
    const { starts, ends, regionOf, runCount } = this.#runs;
    for (let run = 0; run < runCount; run++) {
      const id = regionOf[run] as number;
      let least = this.#leasts[id] as number;
      if (least < 0) continue;
      let sum = this.#sums[id] as number;
      for (let at = starts[run] as number; at < (ends[run] as number); at++) {
        const value = data[at] as number;
        const probability = kind === 'logit' ? 1 / (1 + Math.exp(-value)) : Math.max(0, value);
        sum += probability;
        least = Math.min(least, probability);
      }
      this.#sums[id] = sum;
      this.#leasts[id] = least;
    }
  }

  #paint(): void {
    const { starts, ends, regionOf, runCount } = this.#runs;
    for (let run = 0; run < runCount; run++) this.#classes.fill(this.#fates[regionOf[run] as number] as number, starts[run], ends[run]);
  }

  /**
   * Moves the regions of one fate surely to the other side, and their soft rims with them: limits what a cell
   * may be, all the way in the region, less and less towards what lies across the rim, and no more where the
   * rim ends. A rim is limited only as far as it is nearer to this region than to the others, or nearly so.
   *
   * @param side 1 = to person, -1 = to room
   */
  #settle(mask: Mask, source: number, other: number, side: 1 | -1): void {
    const { data, width, height, kind } = mask;
    const rim = Math.max(RIM * Math.max(width, height), RIM_CELLS);
    const window = this.#windowAround((id) => this.#fates[id] === source, rim);
    measureDistances(this.#classes, source, this.#toSource, width, window);
    measureDistances(this.#classes, other, this.#toOther, width, window);
    const middle = insideAbove(kind);
    const sure = side * (kind === 'logit' ? SURE_LOGIT : 0.5);
    const rimDistance = rim * CELL_DISTANCE;
    for (let y = window.top; y < window.bottom; y++) {
      for (let at = y * width + window.left; at < y * width + window.right; at++) {
        const away = this.#toSource[at] as number;
        if (away >= rimDistance || (this.#classes[at] as number) & other) continue;
        const across = away / (away + (this.#toOther[at] as number));
        const freedom = Math.max(ease(2 * across - 1), ease((2 * away) / rimDistance - 1));
        const limit = middle + sure * (1 - freedom);
        if (side * ((data[at] as number) - limit) < 0) data[at] = limit;
      }
    }
  }

  /** The cells within `margin` of some regions. */
  #windowAround(isWanted: (id: number) => boolean, margin: number): CellWindow {
    const { width, height, regions, regionCount } = this.#runs;
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let id = 0; id < regionCount; id++) {
      if (!isWanted(id)) continue;
      const region = regions[id] as Region;
      left = Math.min(left, region.left);
      top = Math.min(top, region.top);
      right = Math.max(right, region.right);
      bottom = Math.max(bottom, region.bottom);
    }
    const more = Math.ceil(margin);
    return { left: Math.max(0, left - more), top: Math.max(0, top - more), right: Math.min(width, right + more), bottom: Math.min(height, bottom + more) };
  }

  #findBox({ width, height, geometry }: Mask): PersonBox | null {
    const { regions, regionCount } = this.#runs;
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let id = 0; id < regionCount; id++) {
      if (this.#fates[id] !== KEPT) continue;
      const region = regions[id] as Region;
      left = Math.min(left, region.left);
      top = Math.min(top, region.top);
      right = Math.max(right, region.right);
      bottom = Math.max(bottom, region.bottom);
    }
    if (right === 0) return null;
    const toFrame = (cell: number, cells: number, offset: number, scale: number): number => Math.min(1, Math.max(0, (cell / cells - offset) / scale));
    return {
      left: toFrame(left, width, geometry.offsetX, geometry.scaleX),
      top: toFrame(top, height, geometry.offsetY, geometry.scaleY),
      right: toFrame(right, width, geometry.offsetX, geometry.scaleX),
      bottom: toFrame(bottom, height, geometry.offsetY, geometry.scaleY),
    };
  }
}

/** Whether a region near the main person can be a part of them: something small, or head and shoulders. */
function canBePart(region: Region, main: Region): boolean {
  if (region.area <= PART_TO_PERSON * main.area) return true;
  const common = Math.min(region.right, main.right) - Math.max(region.left, main.left);
  return common >= STACKED_OVERLAP * Math.min(region.right - region.left, main.right - main.left);
}

/** Smoothstep, 0…1. */
function ease(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
