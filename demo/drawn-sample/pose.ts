/** What the figure does. */
export const POSES = ['sway', 'still', 'walk', 'wave', 'hold', 'turn', 'lean'] as const;
export type PoseName = (typeof POSES)[number];

/** Width of the body in figure units (1 = height of the picture). */
export const BODY_WIDTH = 0.64;

/** Everything about the figure that changes with time. Lengths in figure units, angles in radians. */
export interface Pose {
  /** Place of the body's middle, right of the picture's middle. */
  x: number;
  /** Downward offset of the whole figure. */
  y: number;
  /** Turn of the body about the middle of the bottom edge. */
  lean: number;
  /** Turn of the head towards a shoulder. */
  tilt: number;
  /** The head looks to the side: −1…1, positive to the right of the picture. */
  turn: number;
  /** How wide the figure is seen: 1 = from the front; less, as it turns to its side. */
  breadth: number;
  /** 0 = open eyes, 1 = closed. */
  blink: number;
  /** How far the hair swings to the side, −1…1. */
  hairSwing: number;
  /** The raised arm, if any, and its movement, −1…1. */
  arm: 'none' | 'wave' | 'hold';
  armSwing: number;
}

const BLINK_EVERY_MS = 3700;
const BLINK_MS = 220;

const wave = (timeMs: number, periodMs: number, shift = 0): number =>
  Math.sin((timeMs / periodMs) * 2 * Math.PI + shift);

const STILL: Pose = {
  x: 0, y: 0, lean: 0, tilt: 0, turn: 0, breadth: 1, blink: 0, hairSwing: 0, arm: 'none', armSwing: 0,
};

function blinkAt(timeMs: number): number {
  const phase = (((timeMs + 1500) % BLINK_EVERY_MS) + BLINK_EVERY_MS) % BLINK_EVERY_MS;
  return phase < BLINK_MS ? Math.sin((phase / BLINK_MS) * Math.PI) : 0;
}

function swayAt(timeMs: number): Pose {
  return {
    x: 0.03 * wave(timeMs, 5200) + 0.008 * wave(timeMs, 2300, 1),
    y: 0.004 * wave(timeMs, 3900),
    lean: 0.03 * wave(timeMs, 6100, 0.4),
    tilt: 0.06 * wave(timeMs, 4700, 2),
    turn: 0.8 * wave(timeMs, 7300, 0.5),
    breadth: 1,
    blink: blinkAt(timeMs),
    hairSwing: wave(timeMs, 5200, -0.8),
    arm: 'none',
    armSwing: 0,
  };
}

/** From side to side at one body width a second: it never stands still and never leaves the picture. */
function walkAt(timeMs: number, halfWidth: number): Pose {
  const reach = Math.max(halfWidth - BODY_WIDTH / 2, 0.1);
  const way = ((timeMs / 1000) * BODY_WIDTH) / (2 * reach);
  const phase = ((way % 2) + 2) % 2;
  const forward = phase < 1;
  return {
    ...STILL,
    x: (forward ? phase * 2 - 1 : 3 - phase * 2) * reach,
    y: 0.006 * (1 + wave(timeMs, 500)),
    tilt: 0.02 * wave(timeMs, 1000),
    turn: forward ? 0.7 : -0.7,
    blink: blinkAt(timeMs),
    hairSwing: forward ? -0.8 : 0.8,
  };
}

/** Least breadth of a body that turns: further, and the drawn head looks like none. */
const NARROW = 0.65;
/** With this period the body's width changes by one body width a second at the fastest. */
const TURN_PERIOD_MS = Math.PI * (1 - NARROW) * 1000;

/** Turns to one side and back, then to the other. */
function turnAt(timeMs: number): Pose {
  const side = wave(timeMs, 2 * TURN_PERIOD_MS);
  return { ...STILL, breadth: 1 - (1 - NARROW) * side * side, turn: side, blink: blinkAt(timeMs), hairSwing: -0.5 * side };
}

/** Height of the head's middle above the point that the figure leans about. */
const HEAD_HEIGHT = 0.7;
const LEAN = 0.35;
/** With this period the head moves at one body width a second at the fastest. */
const LEAN_PERIOD_MS = ((2 * Math.PI * LEAN * HEAD_HEIGHT) / BODY_WIDTH) * 1000;

function leanAt(timeMs: number): Pose {
  const side = wave(timeMs, LEAN_PERIOD_MS);
  return { ...STILL, lean: LEAN * side, tilt: -0.1 * side, turn: 0.3 * side, blink: blinkAt(timeMs), hairSwing: -0.6 * side };
}

/**
 * The pose at a time; depends on its arguments alone.
 *
 * @param halfWidth Half the picture's width in figure units, for the way that `walk` takes.
 */
export function poseAt(name: PoseName, timeMs: number, halfWidth: number): Pose {
  switch (name) {
    case 'still':
      return STILL;
    case 'walk':
      return walkAt(timeMs, halfWidth);
    case 'wave':
      return { ...swayAt(timeMs), x: -0.08, turn: 0.2, arm: 'wave', armSwing: wave(timeMs, 900) };
    case 'hold':
      return { ...swayAt(timeMs), x: -0.06, arm: 'hold', armSwing: wave(timeMs, 3100) };
    case 'turn':
      return turnAt(timeMs);
    case 'lean':
      return leanAt(timeMs);
    case 'sway':
      return swayAt(timeMs);
  }
}
