/**
 * npm run meeting:soak [-- --minutes 5]: a long call of the real Chime SDK, whose figures must not grow: the page's
 * heap after a garbage collection, the memory of the client's browser, frames that go missing.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { processTree } from './process-tree.mjs';
import { MAX_ROOM_SHARE, describeMeasured, judge, rangesOf } from './judge.mjs';
import { BLUE, GREEN, Participant, cssOf } from './participant.mjs';
import { Stage } from './stage.mjs';

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } });
const ROUND_MS = 15_000;
const WARM_UP_ROUNDS = 2;
/** Growth from the first to the last third of the call that is still noise. */
const MAX_HEAP_GROWTH_MB = 2;
const MAX_MEMORY_GROWTH = 0.1;
const MB = 1024 * 1024;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Memory of a process and its children that is theirs alone, MB; NaN where there is no /proc. */
function memoryMb(rootPid) {
  let kilobytes = 0;
  for (const pid of processTree(rootPid)) {
    try {
      kilobytes += Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
    } catch {
      // ended meanwhile
    }
  }
  return kilobytes ? kilobytes / 1024 : Number.NaN;
}

const stage = await Stage.open();
try {
  const participant = await Participant.open(stage);
  await participant.startElement();
  console.log(`joined in ${Math.round(await participant.join())} ms`);
  await participant.sendVideo();
  await participant.watch([GREEN, BLUE]);
  const ranges = rangesOf((await participant.measure(3000)).frames);
  const rounds = [];
  const count = Math.max(3, Math.round((Number(options.minutes) * 60_000) / ROUND_MS));
  for (let round = -WARM_UP_ROUNDS; round < count; round += 1) {
    const measured = await participant.measure(ROUND_MS);
    const heapMb = await participant.page.evaluate(() => {
      globalThis.gc();
      return performance.memory.usedJSHeapSize;
    }) / MB;
    const memory = memoryMb(stage.clientProcessId);
    console.log(`${round < 0 ? 'warm-up' : `${((round + 1) * ROUND_MS) / 1000} s`}: ${describeMeasured(measured, ranges)}; heap ${heapMb.toFixed(1)} MB, browser ${memory.toFixed(0)} MB`);
    if (judge(measured, ranges).room > MAX_ROOM_SHARE) throw new Error('The room was seen');
    if (round >= 0) rounds.push({ heapMb, memory, fps: measured.fps });
    // Changes are part of a call; a background that stays behind would show here.
    await participant.page.evaluate((color) => globalThis.camera.setAttribute('background', color), cssOf(round % 2 ? BLUE : GREEN));
  }
  const third = Math.floor(rounds.length / 3);
  const compare = (key) => ({ first: median(rounds.slice(0, third).map((round) => round[key])), last: median(rounds.slice(-third).map((round) => round[key])) });
  const heap = compare('heapMb');
  const memory = compare('memory');
  const fps = compare('fps');
  console.log(`first third → last third: heap ${heap.first.toFixed(1)} → ${heap.last.toFixed(1)} MB, browser ${memory.first.toFixed(0)} → ${memory.last.toFixed(0)} MB, ${fps.first.toFixed(1)} → ${fps.last.toFixed(1)} frames a second`);
  const failed = heap.last - heap.first > MAX_HEAP_GROWTH_MB || memory.last > memory.first * (1 + MAX_MEMORY_GROWTH);
  console.log(failed ? 'It grows.' : 'No growth.');
  process.exitCode = failed ? 1 : 0;
} finally {
  await stage.close();
}
