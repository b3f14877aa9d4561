import { parseArgs } from 'node:util';

const HELP = `npm run score: mattes against references

Runs the pipeline (real shaders and networks, in Chromium) over the test people and over drawn figures with exact
alpha, beside the BodyPix package's own segmentPerson and the raw masks, and scores all of them with the test
set's own scorer. Needs ../shared (people, scorer, weights).

  npm run score -- [options]            the pipeline, each picture with its own mask (the locked score)
  npm run score -- --live [options]     the built element in real time, see below

  --every N         scores every Nth picture (default 15; 1 = all). The pipeline sees the ones between as well.
  --lead-in N       for a quick look: the pipeline only sees the N pictures before each one that counts, afresh.
                    Of drawn figures every third picture counts (spill and trail), so nothing is left out there
  --pairs           scores the picture after each of these too: the flicker columns need successive ones
  --method A,B      methods by parts of their ids: ours, selfie, ours/body-pix/low, raw, package, same-net.
                    unfiltered (ours with temporalStrength 0) only runs when named; all = everything
  --item A,B        items by parts of their ids, or dev, drawn, clip, still
  --set KEY=VALUE   a setting of the pipeline, as often as needed: --set temporalStrength=0.5 --set people=all.
                    lightWrap is 0 unless set, since light from the new background is no alpha.
  --sheets          writes side-by-side pictures to results/sheets, an item and picture each, a row a method
  --sheet-frames N  pictures an item on sheets (default 3)
  --name NAME       results/NAME.json and results/NAME.md (default score)
  --jobs N          browsers' pages at work at a time (default 1)
  --fresh           scores again what is known from an earlier run

Columns, means over pictures, then over items (see the scorer's header for the exact words):
  IoU    intersection over union at alpha 0.5                     more is better
  BF1    boundary F-score, tolerance 1 % of the diagonal          more is better
  BF.3   the same at 0.3 %: 2.2 px at 640 x 360                   more is better
  MAD    mean alpha error x 1000                                  less is better
  edge   the same within 1 % of the diagonal of the boundary      less is better
  dtSSD  error of alpha's change from picture to picture x 100    less is better
  still  alpha's change where the reference's is still, x 1000    less is better: flicker

Of items with exact mattes, item by item:
  room %, worst %   in how much of the picture the room is seen, mean and worst picture: see Live

Of drawn figures also:
  spill  how much of the old room's colour is in what was kept, in a band around the exact boundary: where the kept
         layer's colour lies between the figure's own and the room's, times its alpha, x 1000 (measures.ts has the
         exact words). Bands: 0.3 % of the diagonal (spill) and 1 % (wide). "plain" is plain alpha blending with the
         same matte, ratio is spill / plain.
  trail  of the walk at one body width a second: pixels a row whose alpha is off by over 10 %, within 64 px of
         the figure's rim behind it and in front of it, in pixels at 640 x 360 (measures.ts has the exact words).

Live: --live

The built element (dist/, built again when src/ is newer) in a page, in real time. The browser's fake camera plays a
clip whose pictures carry their numbers as a small grey pattern on the person; pictures are taken from a clone of the
outgoing track for one loop of the clip, and each tells by its number which picture of the camera, and which matte,
it is compared with. The background is one flat colour B, chosen per clip to be far from all that is in it; with the
camera's picture F the alpha of what came out is solved from O = aF + (1 - a)B by least squares. The same is done to
MediaPipe tasks-vision (ImageSegmenter on the CPU with a bare blend; bench/rivals, installed when first needed, with
the element's own landscape model, to which the metadata that it asks for is added; its
telemetry is refused by the page's policy) and to the method of 2020.
About 12 s a method and clip, and the scorer after that. Writes results/live.json and results/live.md.

  --method A,B      by parts of ids: ours/MODEL/QUALITY/BACKEND/HOST with selfie, body-pix; low, medium, high, auto;
                    wasm, webgl; worker, window. Others: tasks-vision, 2020/wasm, 2020/webgl, floor (no background at
                    all). all = everything; by default selfie low, medium and auto, body-pix medium, selfie medium
                    on webgl and on the window, tasks-vision and 2020/wasm
  --item A,B        by parts of ids: exact_dancer_bookshelf, exact_suit_office, fast_dancer (at twice the speed),
                    drawn_wave, drawn_walk, drawn_turn, drawn_lean; only when named, and without room share, since
                    their mattes are not exact: fast_signer, asl_dark_hoodie, lab_woman, office_two_men_720p. dev, drawn, exact, all
  --set NAME=VALUE  an attribute of the element, as often as needed: --set people=main. light-wrap is 0 unless set
  --seconds N       length of the window in which processor time is measured (default 3)
  --busy N          N processes that burn the processor beside it, from before the start until the last picture
  --sheets          results/sheets/live-CLIP-METHOD.png: source, output, alpha, and where the room is seen, of
                    --sheet-frames moments (default 3) and of the picture with most of the room
  --name NAME       results/NAME.json and results/NAME.md (default live)

Columns beside the scorer's:
  room %     share of the picture's pixels, further than 4 px (at 640 x 360) from the person's exact matte, whose alpha
             is over 10 %: there the room is seen. Mean of the pictures, in %
  worst %    the same of the worst picture
  fps        pictures a second that show another picture of the camera than the one before
  CPU-ms     processor time of the browser's whole process tree for each of these, in a window in which no pictures
             are taken: camera, page, preview and GPU process and all. Compare it with the floor's
  latency    from the camera's track to the outgoing track, milliseconds
  unread     frames in which no number could be read, so that they were not compared, of all: the curtain, or a person
             of whom not even the chest is left
  load       the machine's load average before the start: above one or so, others had the processor, and frame rates,
             latencies and live mattes are worth little
  scored     pictures that were compared, of all but the first 10 after the clip jumps from its end to its start

Masks, pictures and scores are kept in .cache/score and used again while what they are made from is the same.
`;

/** @returns the options, or null after help was shown */
export function readOptions(args = process.argv.slice(2)) {
  const { values } = parseArgs({
    args,
    options: {
      live: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '3' },
      busy: { type: 'string', default: '0' },
      help: { type: 'boolean', short: 'h', default: false },
      every: { type: 'string', default: '15' },
      'lead-in': { type: 'string' },
      pairs: { type: 'boolean', default: false },
      method: { type: 'string', default: '' },
      item: { type: 'string', default: '' },
      set: { type: 'string', multiple: true, default: [] },
      sheets: { type: 'boolean', default: false },
      'sheet-frames': { type: 'string', default: '3' },
      name: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  return {
    leadIn: values['lead-in'] === undefined ? null : number(values['lead-in'], '--lead-in'),
    every: wholeNumber(values.every, '--every'),
    pairs: values.pairs,
    methods: list(values.method),
    items: list(values.item),
    settings: Object.fromEntries(values.set.map(readSetting)),
    sheets: values.sheets,
    sheetFrames: wholeNumber(values['sheet-frames'], '--sheet-frames'),
    live: values.live,
    seconds: number(values.seconds, '--seconds'),
    busy: number(values.busy, '--busy'),
    name: values.name ?? (values.live ? 'live' : 'score'),
    jobs: wholeNumber(values.jobs, '--jobs'),
    fresh: values.fresh,
  };
}

const list = (text) => text.split(',').filter(Boolean);

function number(text, option) {
  const value = Number(text);
  if (!(value >= 0 && value < Infinity)) throw new Error(`${option} must be a number from 0; got '${text}'`);
  return value;
}

function wholeNumber(text, option) {
  const value = number(text, option);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} must be a whole number from 1; got '${text}'`);
  return value;
}

/** Numbers, true, false and null are taken as such, all else as text. */
function readSetting(text) {
  const [, key, value] = /^([\w-]+)=(.*)$/.exec(text) ?? [];
  if (!key) throw new Error(`--set must be KEY=VALUE; got '${text}'`);
  try {
    return [key, JSON.parse(value)];
  } catch {
    return [key, value];
  }
}
