/** The page's half of the faults that the browser's driver injects. */
import { build } from 'esbuild';
import { ROOT } from '../../scripts/paths.mjs';

/** The scripts of the page, by their paths: {@link stageScript} as `/stage.js`, and the detector's worker. */
export async function bundleStage(options) {
  const shared = { bundle: true, format: 'esm', write: false, absWorkingDir: ROOT, target: 'es2022', logLevel: 'silent' };
  const [stage, worker] = await Promise.all([
    build({ ...shared, stdin: { contents: stageScript(options), resolveDir: ROOT, loader: 'js' } }),
    build({ ...shared, entryPoints: ['test/support/raw-frame-detector.worker.ts'] }),
  ]);
  return { '/stage.js': stage.outputFiles[0].text, '/raw-frame-detector.worker.ts': worker.outputFiles[0].text };
}

/**
 * What a row of docs/reliability.md tells of the room beside the person, in percent of the picture.
 *
 * @param {{ pieceShare: number, mostPieceShare: number }} count of the detector
 */
export function piecesOf({ pieceShare, mostPieceShare }) {
  const inPercent = (share) => Math.round(100_000 * share) / 1000;
  return { mean: inPercent(pieceShare), worst: inPercent(mostPieceShare) };
}

/** Two counts of one case, the second of a later detector or a later run. */
export function addCounts(earlier, later) {
  const frames = earlier.frames + later.frames;
  return {
    frames,
    raw: earlier.raw + later.raw,
    pieceShare: (earlier.frames * earlier.pieceShare + later.frames * later.pieceShare) / Math.max(1, frames),
    mostPieceShare: Math.max(earlier.mostPieceShare, later.mostPieceShare),
  };
}

/**
 * A script that makes `globalThis.stage`: the same room and detector as in the browser's own tests, around the element
 * that is in the page.
 *
 * @param {{ background: readonly number[], mostHeld: number }} options the background's colour; frames of a camera that
 *   are held at most
 */
export const stageScript = ({ background, mostHeld }) => `
import { CodedRoom, PIECE_LIMITS, RawFrameDetector } from './test/support/raw-frame-detector.ts';
const element = document.querySelector('virtual-background-camera');
const events = { states: [], errors: [], warnings: [] };
element.addEventListener('vbc-state-change', ({ detail }) => events.states.push(detail.state));
element.addEventListener('vbc-error', ({ detail }) => events.errors.push(detail.code));
element.addEventListener('vbc-warning', ({ detail }) => events.warnings.push(detail.code));
const now = () => performance.timeOrigin + performance.now();
const sleep = (ms) => new Promise((later) => setTimeout(later, ms));
const handedOut = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  handedOut.push(...stream.getTracks());
  return stream;
};
/** Whether the detector finds the room in the camera itself. */
async function seesRoom() {
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  const detector = new RawFrameDetector();
  detector.watch(camera.getVideoTracks()[0]);
  while (detector.readings.length < 10) await sleep(20);
  camera.getVideoTracks()[0].stop();
  // What is on its way is read and closed: unclosed frames count against the camera.
  await sleep(300);
  detector.stop();
  return detector.count().raw >= 9;
}
const held = [];
/** The next frame of a reader, or null after a while without one. */
const nextFrame = (reader) => Promise.race([reader.read(), sleep(2500).then(() => null)]);
globalThis.stage = {
  limits: PIECE_LIMITS,
  /** Takes frames of the camera and closes none, until the browser gives no more. @returns how many */
  async holdFrames() {
    const [track] = (await getUserMedia({ video: true })).getVideoTracks();
    this.holderTrack = track;
    this.holder = new MediaStreamTrackProcessor({ track }).readable.getReader();
    while (held.length < ${mostHeld}) {
      const next = await nextFrame(this.holder);
      if (!next) return held.length;
      held.push(next.value);
    }
    return held.length;
  },
  /** Whether it still gives none. The camera of it stays on meanwhile. */
  async holdsAll() {
    return (await nextFrame(this.holder)) === null;
  },
  letGo() {
    for (const frame of held.splice(0)) frame.close();
    this.holderTrack.stop();
  },
  /** The room is wanted until {@link coverRoom}; only who comes after {@link watchAnew} is looked at. */
  async showRoom() {
    element.background = 'none';
    while (element.stats.rawFrames < 5) await sleep(20);
  },
  async coverRoom() {
    element.background = 'rgb(${background.join(' ')})';
    await element.updateComplete;
    this.isRoomShownBefore = true;
  },
  async start(source, { isSeen = false, ...room } = {}) {
    await customElements.whenDefined('virtual-background-camera');
    if (source === 'camera' && !isSeen && !(await seesRoom())) throw new Error('The camera does not show the coded room');
    this.room = source === 'camera' ? null : new CodedRoom(room);
    element.source = this.room?.stream ?? 'camera';
    this.detector = new RawFrameDetector({ background: ${JSON.stringify(background)} });
    this.marked = 0;
    this.stream = await element.start();
    this.detector.watch(this.stream.getVideoTracks()[0]);
  },
  /** With a worker of its own: the one before may have lost the GPU, too. */
  watchAnew() {
    this.earlier = this.detector.count();
    // The drawn person was in the GPU's memory.
    this.room.resize(320, 180);
    this.detector.stop();
    this.detector = new RawFrameDetector({ background: ${JSON.stringify(background)} });
    this.detector.watch(this.stream.getVideoTracks()[0]);
    this.marked = 0;
  },
  /** Ends all; what the package's own should have let go of is counted by the driver. */
  stop() {
    element.stop();
    this.detector?.stop();
    this.room?.stop();
  },
  liveTracks() {
    return [...handedOut, this.stream?.getVideoTracks()[0]].filter((track) => track?.readyState === 'live').length;
  },
  mark() {
    this.markMs = now();
    this.marked = this.detector.readings.length;
  },
  look() {
    const { readings } = this.detector;
    const back = readings.slice(this.marked).findLast((reading) => this.detector.showsPerson(reading));
    return {
      ...this.detector.count(),
      ...events,
      state: element.state,
      error: element.error?.code ?? null,
      sinceMark: readings.length - this.marked,
      lastMs: readings.at(-1)?.atMs ?? 0,
      outputFrames: element.stats.outputFrames,
      back: Boolean(back),
      person: readings.at(-1)?.person ?? null,
      sameStream: element.stream === this.stream,
      track: this.stream?.getVideoTracks()[0]?.readyState,
      raw: this.detector.count().raw + (this.isRoomShownBefore ? 0 : element.stats.rawFrames),
      markMs: this.markMs,
    };
  },
};`;
