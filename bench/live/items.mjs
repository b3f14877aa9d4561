import { readDevItems } from '../score/items.mjs';

/** What the camera plays: how many pictures a second, and in each loop at most as many as the code has numbers for. */
const CAMERA_FPS = 30;

/** Drawn figures that move at about one body width a second; loops end where they begin, or nearly. */
const DRAWN = [
  { id: 'drawn_wave', pose: 'wave', hair: 'short', frames: 135, about: 'a drawn arm that waves' },
  { id: 'drawn_walk', pose: 'walk', hair: 'long', frames: 107, about: 'a drawn figure that walks at one body width a second, both ways' },
  { id: 'drawn_turn', pose: 'turn', hair: 'short', frames: 132, about: 'a drawn figure that turns to its side and back' },
  { id: 'drawn_lean', pose: 'lean', hair: 'short', frames: 142, about: 'a drawn figure that leans from side to side' },
];

/** The set's clips, and how fast they are played. */
const CLIPS = [
  { id: 'exact_dancer_bookshelf', about: 'a dancer, head and hands that move fast' },
  { id: 'exact_suit_office', about: 'a man in a suit, small and calm' },
  { id: 'fast_dancer', clip: 'exact_dancer_bookshelf', speed: 2, about: 'the dancer at twice the speed' },
  { id: 'fast_signer', clip: 'asl_dark_hoodie', repeat: 1, about: 'the signer at twice the speed: a head and hands that move fast' },
  { id: 'asl_dark_hoodie', about: 'a calm signer' },
  { id: 'lab_woman', about: 'a woman at a desk' },
  { id: 'office_two_men_720p', about: 'two men, 1280 × 720' },
];

/** Left out unless named: their mattes are good, but not exact. */
const ON_REQUEST = new Set(['fast_signer', 'asl_dark_hoodie', 'lab_woman', 'office_two_men_720p']);

/**
 * @returns {Promise<any[]>} each with the item whose pictures it shows, which of them in order, and the item's own
 *   numbers of the pictures that have mattes
 */
export async function readLiveItems() {
  const dev = await readDevItems();
  const clips = CLIPS.map(({ id, clip = id, speed = 1, repeat, about }) => {
    const item = dev.find((one) => one.id === clip);
    // Fifteen pictures a second are shown twice each; other rates than the camera's are played at the camera's.
    const times = repeat ?? (item.fps === CAMERA_FPS / 2 ? 2 : 1);
    const sourceFrames = item.matteFrames.filter((frame) => frame % speed === 0).flatMap((frame) => Array(times).fill(frame));
    return { id, about, exact: item.how === 'exact', set: 'dev', item, sourceFrames };
  });
  const drawn = DRAWN.map(({ id, pose, hair, frames, about }) => {
    const item = { id, type: 'drawn', file: '', width: 640, height: 360, fps: CAMERA_FPS, frames, framesFolder: '', drawn: { pose, hair }, how: 'exact' };
    return { id, about, exact: true, set: 'drawn', item, sourceFrames: Array.from({ length: frames }, (_, frame) => frame) };
  });
  return [...clips, ...drawn];
}

/** @param {string[]} wanted parts of ids, or `dev`, `drawn`, `exact`; none = those with exact mattes */
export function chooseLiveItems(items, wanted) {
  if (wanted.length === 0) return items.filter(({ id }) => !ON_REQUEST.has(id));
  const names = ({ id, set, exact }, one) => one === 'all' || one === set || (one === 'exact' && exact) || id.includes(one);
  for (const one of wanted) {
    if (!items.some((item) => names(item, one))) throw new Error(`--item ${one} names no live clip; there are: ${items.map(({ id }) => id).join(' ')}`);
  }
  return items.filter((item) => wanted.some((one) => names(item, one)));
}
