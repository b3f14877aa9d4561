/** The functions of GLSL by these names. */
export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

export function smoothstep(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}
