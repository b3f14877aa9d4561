import type { Mask } from '../types';
import type { MaskRuns, Region } from './runs';

/** Somebody else has to be this much bigger … */
const CLEARLY_BIGGER = 1.5;
/** … for so long before they are the main person; as long is waited for a main person who is gone. */
export const TAKEOVER_MS = 500;
/** What a region at the picture's edge weighs against one in its middle. */
const WEIGHT_AT_EDGE = 0.4;
/** Share of the smaller of two areas that has to be common for the same person in two masks. */
const SAME_OVERLAP = 0.2;
/** Without overlap, masks come seldom or the person is quick: as far and as unlike may the same person be. */
const SAME_DISTANCE = 0.25;
const SAME_AREA_RATIO = 2;

/**
 * Who among several people is the main person: the largest, with a preference for the picture's middle (its
 * horizontal middle: how high somebody sits says nothing). Whoever was it stays it, so that a passer-by who
 * fills the picture for a moment, or one mask without the main person, does not swap people.
 */
export class MainPerson {
  /** 1 where the main person was in the mask before; its length tells whether masks can be compared. */
  #cells = new Uint8Array(0);
  #area = 0;
  #centerX = 0;
  #centerY = 0;
  #seenMs = -Infinity;
  #challengedMs: number | null = null;

  reset(): void {
    this.#area = 0;
    this.#challengedMs = null;
  }

  /**
   * The region that is the main person, or the greatest part of it; null while there is nobody, or while the
   * one who was it may come back.
   *
   * @param minArea cells that make a person
   */
  find(runs: MaskRuns, mask: Mask, minArea: number, timeMs: number): Region | null {
    if (this.#cells.length !== mask.data.length) this.reset();
    if (this.#area > 0) {
      const same = this.#recognize(runs, minArea);
      if (same) return same;
      if (timeMs - this.#seenMs < TAKEOVER_MS) return null;
      this.reset();
    }
    return biggest(runs, mask, minArea, null);
  }

  /**
   * Whoever has been clearly bigger than the main person for long enough to take over; null for nobody.
   *
   * @param isPart whether a region belongs to the main person
   */
  findSuccessor(runs: MaskRuns, mask: Mask, minArea: number, timeMs: number, isPart: (region: Region) => boolean): Region | null {
    const rival = biggest(runs, mask, minArea, isPart);
    let main = 0;
    for (let id = 0; id < runs.regionCount; id++) {
      const region = runs.regions[id] as Region;
      if (region.inside && isPart(region)) main += weigh(region, mask);
    }
    if (!rival || weigh(rival, mask) < CLEARLY_BIGGER * main) {
      this.#challengedMs = null;
      return null;
    }
    this.#challengedMs ??= timeMs;
    return timeMs - this.#challengedMs >= TAKEOVER_MS ? rival : null;
  }

  /** Takes down where the main person is now. */
  remember(runs: MaskRuns, isPart: (region: Region) => boolean, timeMs: number): void {
    const cells = runs.width * runs.height;
    if (this.#cells.length !== cells) this.#cells = new Uint8Array(cells);
    let [area, sumX, sumY] = [0, 0, 0];
    for (let id = 0; id < runs.regionCount; id++) {
      const region = runs.regions[id] as Region;
      if (!region.inside || !isPart(region)) continue;
      area += region.area;
      sumX += region.sumX;
      sumY += region.sumY;
    }
    for (let run = 0; run < runs.runCount; run++) {
      const region = runs.regions[runs.regionOf[run] as number] as Region;
      this.#cells.fill(region.inside && isPart(region) ? 1 : 0, runs.starts[run], runs.ends[run]);
    }
    this.#area = area;
    this.#centerX = sumX / area / runs.width;
    this.#centerY = sumY / area / runs.height;
    this.#seenMs = timeMs;
  }

  /** The region that has most in common with the main person of the mask before. */
  #recognize(runs: MaskRuns, minArea: number): Region | null {
    let [best, most] = [null as Region | null, 0];
    for (let id = 0; id < runs.regionCount; id++) {
      const region = runs.regions[id] as Region;
      if (!region.inside || region.area < minArea) continue;
      const common = this.#commonCells(runs, region);
      if (common > most && common >= SAME_OVERLAP * Math.min(region.area, this.#area)) [best, most] = [region, common];
    }
    return best ?? this.#nearest(runs, minArea);
  }

  #commonCells(runs: MaskRuns, region: Region): number {
    let common = 0;
    for (let run = region.firstRun; run < runs.runCount; run++) {
      if ((runs.starts[run] as number) >= region.bottom * runs.width) break;
      if (runs.regionOf[run] !== region.id) continue;
      for (let at = runs.starts[run] as number; at < (runs.ends[run] as number); at++) common += this.#cells[at] as number;
    }
    return common;
  }

  #nearest(runs: MaskRuns, minArea: number): Region | null {
    let [best, least] = [null as Region | null, SAME_DISTANCE];
    for (let id = 0; id < runs.regionCount; id++) {
      const region = runs.regions[id] as Region;
      const unlike = Math.max(region.area / this.#area, this.#area / region.area);
      if (!region.inside || region.area < minArea || unlike > SAME_AREA_RATIO) continue;
      const away = Math.hypot(region.sumX / region.area / runs.width - this.#centerX, region.sumY / region.area / runs.height - this.#centerY);
      if (away < least) [best, least] = [region, away];
    }
    return best;
  }
}

function biggest(runs: MaskRuns, mask: Mask, minArea: number, isExcluded: ((region: Region) => boolean) | null): Region | null {
  let [best, heaviest] = [null as Region | null, 0];
  for (let id = 0; id < runs.regionCount; id++) {
    const region = runs.regions[id] as Region;
    if (!region.inside || region.area < minArea || isExcluded?.(region)) continue;
    const weight = weigh(region, mask);
    if (weight > heaviest) [best, heaviest] = [region, weight];
  }
  return best;
}

function weigh(region: Region, { width, geometry }: Mask): number {
  const center = ((region.sumX / region.area + 0.5) / width - geometry.offsetX) / geometry.scaleX;
  const offCenter = Math.min(1, Math.abs(2 * center - 1));
  return region.area * (1 + (WEIGHT_AT_EDGE - 1) * offCenter);
}
