/**
 * npm run janus [-- --rounds 5]: long calls of the element by Janus and by plain WebRTC, one beside the other. In
 * each round the background and the camera change, the track is muted and unmuted, and each side's page is hidden once.
 * Ends with a table of both, and with an error when the room was seen in any decoded frame.
 */
import { parseArgs } from 'node:util';
import { Call, OLIVE, VIOLET, cssOf } from './call.mjs';
import { isJanusMissing } from './janus.mjs';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be a whole number from 1; got '${options.rounds}'`);
const missing = isJanusMissing();
if (missing) throw new Error(missing);

const WINDOW_MS = 5000;
const HIDDEN_FRAMES = 30;
const SMALL = { width: 480, height: 270 };
const isColour = (colour) => ({ corner }) => corner.every((value, channel) => Math.abs(value - colour[channel]) < 45);

const sleep = (ms) => new Promise((later) => setTimeout(later, ms));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** What can be changed in a call, and how long it takes until it is seen at the other end. */
async function timeChanges(call) {
  const timed = {};
  async function time(what, act, isSeen) {
    const started = performance.now();
    await act();
    await call.untilLast(what, isSeen);
    timed[what] = performance.now() - started;
  }
  const { sender } = call;
  await time('background', () => call.run(sender, 'setBackground', cssOf(OLIVE)), isColour(OLIVE));
  await call.run(sender, 'setBackground', cssOf(VIOLET));
  await call.untilLast('the old background', isColour(VIOLET));
  await time('camera', () => call.run(sender, 'changeCamera', { ...SMALL, frameRate: 15 }), ({ showsPerson }) => showsPerson);
  await call.untilFrames(10);
  await call.run(sender, 'changeCamera', null);
  await call.untilLast('the first camera', ({ showsBackground, corner }) => showsBackground && isColour(VIOLET)({ corner }));
  await time('mute', () => call.run(sender, 'setMuted', true), ({ corner }) => corner.every((value) => value < 40));
  await time('unmute', () => call.run(sender, 'setMuted', false), isColour(VIOLET));
  for (const side of ['sender', 'receiver']) await call.whileHidden(call[side], () => call.untilFrames(HIDDEN_FRAMES));
  await call.untilLast('the picture', isColour(VIOLET));
  return timed;
}

/** @param {string} way how the call is connected @param {{name: string, choose: () => Promise<unknown>}[]} sizes measured */
async function runCall(way, connect, sizesOf) {
  const call = await Call.open({ janus: way === 'Janus' });
  try {
    console.log(`${way}: the element runs on host="${await call.start()}"`);
    const firstMs = await connect(call);
    await call.untilLast('the picture', isColour(VIOLET));
    const measured = [];
    const changes = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, choose } of sizesOf(call)) {
        await choose();
        await sleep(1000);
        const figures = await call.measure(WINDOW_MS);
        measured.push({ name, ...figures });
        console.log(`${way}, ${name}: ${figures.fps.toFixed(1)} frames a second, ${figures.size} ${figures.codec}, ${Math.round(figures.kbps)} kbit/s, ${Math.round(figures.bufferMs)} ms in the buffer, ${figures.freezes} freezes`);
      }
      changes.push(await timeChanges(call));
    }
    const seen = await call.run(call.receiver, 'seen');
    if (call.problems.length) throw new Error(`${way}: ${call.problems.join('\n')}`);
    return { way, firstMs, measured, changes, seen };
  } finally {
    await call.close();
  }
}

const large = { name: 'large', choose: async () => undefined };
const results = [
  await runCall('plain WebRTC', (call) => call.connectPlainly(), () => [large]),
  await runCall('Janus', (call) => call.connectByJanus(), (call) => [
    { name: 'small', choose: () => call.run(call.receiver, 'chooseLayer', 0) },
    { name: 'large', choose: () => call.run(call.receiver, 'chooseLayer', 1) },
  ]),
];

console.log('\n| | frames a second | kbit/s | buffer, ms | freezes | first frame, ms | background, camera, mute, unmute seen after, ms | frames looked at | with the room |');
console.log('|---|---|---|---|---|---|---|---|---|');
for (const { way, firstMs, measured, changes, seen } of results) {
  for (const name of new Set(measured.map((entry) => entry.name))) {
    const of = (key) => median(measured.filter((entry) => entry.name === name).map((entry) => entry[key]));
    const times = ['background', 'camera', 'mute', 'unmute'].map((what) => Math.round(median(changes.map((timed) => timed[what])))).join(', ');
    const freezes = measured.filter((entry) => entry.name === name).reduce((sum, entry) => sum + entry.freezes, 0);
    console.log(`| ${way}, ${name} (${measured.find((entry) => entry.name === name).size}) | ${of('fps').toFixed(1)} | ${Math.round(of('kbps'))} | ${Math.round(of('bufferMs'))} | ${freezes} | ${Math.round(firstMs)} | ${times} | ${seen.frames} | ${seen.raw} |`);
  }
}
if (results.some(({ seen }) => seen.raw > 0)) throw new Error('The room was seen');
