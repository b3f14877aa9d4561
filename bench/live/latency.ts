/** A picture seen at the end of a track; without a number where its code cannot be read. */
export interface Sighting {
  timeMs: number;
  number: number | null;
}

/**
 * How long pictures took from one end to the other. The clip comes round again, so the last time that the camera
 * showed a number before it came out is what counts.
 *
 * @returns milliseconds, one for each picture that came out and whose number the camera was seen to show before
 */
export function latenciesOf(camera: readonly Sighting[], output: readonly Sighting[]): number[] {
  return output.flatMap(({ number, timeMs }) => {
    if (number === null) return [];
    const shown = camera.findLast((sighting) => sighting.number === number && sighting.timeMs <= timeMs);
    return shown ? [timeMs - shown.timeMs] : [];
  });
}

/**
 * @param share 0…1
 * @returns the value below which that share of the values lies, by nearest rank; NaN of none
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
