/** What the numbers of the watched frames mean. */

/** Colours of the person differ that much between the clip and what was coded, sent and decoded. */
const PERSON_TOLERANCE = 40;
/** A model may take a bottle on the shelf for an arm; a raw room is off everywhere. */
export const MAX_ROOM_SHARE = 0.1;
const MIN_PERSON_SHARE = 0.8;
const FROZEN_MS = 1000;
export const ATTEMPTS = 3;

/** Smallest and largest value of each channel of each region, in the clip itself. */
export function rangesOf(frames) {
  return frames[0].person.map((_region, place) => [0, 1, 2].map((channel) => {
    const values = frames.map(({ person }) => person[place][channel]);
    return { min: Math.min(...values) - PERSON_TOLERANCE, max: Math.max(...values) + PERSON_TOLERANCE };
  }));
}

/** Whether the picture shows the person's own colours at the person's places. */
export function showsPerson(frame, ranges) {
  return frame.person.every((color, place) => color.every((value, channel) => value >= ranges[place][channel].min && value <= ranges[place][channel].max));
}

/** Share of the frames that show the person, and the worst frame's share of the room's places that is not background. */
export function judge({ frames }, ranges) {
  return {
    person: frames.filter((frame) => showsPerson(frame, ranges)).length / Math.max(1, frames.length),
    room: Math.max(0, ...frames.map(({ off }) => off)),
  };
}

/** Nothing that a machine busy with something else may have caused. */
export function isSmooth(measured, ranges) {
  return measured.longestGapMs < FROZEN_MS && judge(measured, ranges).person >= MIN_PERSON_SHARE;
}

export function describeMeasured(measured, ranges) {
  const { sent, decoded, freezes, longestGapMs, size, fps } = measured;
  const { person, room } = judge(measured, ranges);
  return `${sent} frames sent, ${decoded} decoded (${fps.toFixed(1)} a second, ${size}), freezes: ${freezes}, longest gap ${Math.round(longestGapMs)} ms; ` +
    `person in ${Math.round(person * 100)} % of the frames, room in at most ${(room * 100).toFixed(1)} % of its places`;
}
