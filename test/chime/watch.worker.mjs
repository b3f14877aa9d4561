/**
 * Looks at every frame of a track: the mean colours of some regions and how far their pixels are from a flat
 * colour, and when the frame came. In a worker, where no page's rest slows it.
 */
const TICK_MS = 50;
const STALL_MS = 150;
const WIDTH = 96;

let regions;
let frames = [];
let flats = [];
let lastFrame = 0;
/** While the whole machine stood still no frame could come. */
let stalled = 0;
let lastTick = performance.now();
setInterval(() => {
  const now = performance.now();
  if (now - lastTick > STALL_MS) stalled += now - lastTick;
  lastTick = now;
}, TICK_MS);

function read(context, { left, top, width, height }) {
  const { canvas } = context;
  const rectangle = [left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height].map(Math.round);
  return context.getImageData(...rectangle.slice(0, 2), Math.max(1, rectangle[2]), Math.max(1, rectangle[3])).data;
}

function meanOf(pixels) {
  const sums = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) for (let channel = 0; channel < 3; channel += 1) sums[channel] += pixels[at + channel];
  return sums.map((sum) => Math.round(sum / (pixels.length / 4)));
}

/** Share of the pixels that are not of the colour. */
function shareOff(pixels, [red, green, blue], tolerance) {
  let off = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const distance = Math.max(Math.abs(pixels[at] - red), Math.abs(pixels[at + 1] - green), Math.abs(pixels[at + 2] - blue));
    if (distance > tolerance) off += 1;
  }
  return off / (pixels.length / 4);
}

let context;
function look(frame) {
  const width = frame.displayWidth;
  const height = frame.displayHeight;
  const rows = Math.round((WIDTH * height) / width);
  if (context?.canvas.height !== rows) context = new OffscreenCanvas(WIDTH, rows).getContext('2d', { willReadFrequently: true });
  context.drawImage(frame, 0, 0, WIDTH, rows);
  const now = performance.now();
  const gapMs = lastFrame ? Math.max(0, now - lastFrame - stalled) : 0;
  lastFrame = now;
  stalled = 0;
  const room = regions.room.map((region) => read(context, region));
  frames.push({
    width,
    height,
    gapMs,
    person: regions.person.map((region) => meanOf(read(context, region))),
    room: room.map(meanOf),
    // The best of the colours that may be there: while one is changed for another, either.
    off: flats.length ? Math.min(...flats.map(({ color, tolerance }) => Math.max(...room.map((pixels) => shareOff(pixels, color, tolerance))))) : 1,
  });
}

async function watch(readable) {
  const reader = readable.getReader();
  for (;;) {
    const { done, value: frame } = await reader.read();
    if (done) return;
    try {
      look(frame);
    } finally {
      frame.close();
    }
  }
}

onmessage = ({ data }) => {
  if (data.readable) {
    regions = data.regions;
    watch(data.readable);
  }
  if (data.flats) flats = data.flats;
  if (data.take) {
    const openGapMs = lastFrame ? Math.max(0, performance.now() - lastFrame - stalled) : 0;
    postMessage({ frames, openGapMs });
    frames = [];
  }
};
