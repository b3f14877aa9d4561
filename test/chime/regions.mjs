/** Places in the clips' pictures that are always the person, or always the room; as shares of the picture. */
const REGIONS = {
  lab_woman: {
    person: [{ left: 0.58, top: 0.7, width: 0.15, height: 0.25 }, { left: 0.58, top: 0.16, width: 0.1, height: 0.2 }],
    room: [{ left: 0.03, top: 0.04, width: 0.25, height: 0.75 }, { left: 0.34, top: 0.04, width: 0.1, height: 0.22 }, { left: 0.88, top: 0.04, width: 0.1, height: 0.4 }],
  },
  drawn: {
    person: [{ left: 0.42, top: 0.78, width: 0.16, height: 0.18 }, { left: 0.47, top: 0.26, width: 0.07, height: 0.16 }],
    room: [{ left: 0.03, top: 0.04, width: 0.24, height: 0.75 }, { left: 0.35, top: 0.02, width: 0.05, height: 0.2 }, { left: 0.74, top: 0.04, width: 0.22, height: 0.75 }],
  },
};

/** A picture cut out of the middle: where its regions are; those of which less than half is left are left out. */
function withinCrop(regions, share) {
  const start = (1 - share) / 2;
  return regions.flatMap(({ left, width, ...rest }) => {
    const from = Math.max(start, left);
    const to = Math.min(start + share, left + width);
    return to - from < width / 2 ? [] : [{ left: (from - start) / share, width: (to - from) / share, ...rest }];
  });
}

/**
 * @param {string} clip
 * @param {number} [share] of the width that is left of the picture, its middle
 * @returns {{person: object[], room: object[]}}
 */
export function regionsOf(clip, share = 1) {
  const { person, room } = REGIONS[clip];
  return { person: withinCrop(person, share), room: withinCrop(room, share) };
}
