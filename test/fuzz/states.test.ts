/** The element under sequences of whatever a page, a user and a machine can do to it, in any order and at any moment. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { AsyncCommand } from 'fast-check';
import type { VirtualBackgroundCamera } from '../../src/define';
import { placesOf, type Place } from '../helpers/backends';
import { cleanUp, itWithModel } from '../helpers/element';
import { nextTask } from '../helpers/wait';
import { Subject, SOURCES, type Model, type SourceName } from './element-model';
import { SECONDS, SEED, assertFor } from './fuzzing';

/** Until the document has taken the element for removed. */
const REMOVED_MS = 300;
/** Until it runs, on a machine that has other things to do. */
const RUNNING_MS = 3000;

/** For the pictures of the last run; without a GPU they take long. */
const LAST_LOOK_MS = 5000;

type Step = AsyncCommand<Model, Subject>;

/** A step that is told to the model and done to the element; then all that has to hold is looked at. */
function step(name: string, run: (model: Model, subject: Subject) => void | Promise<void>, applies: (model: Readonly<Model>) => boolean = () => true): Step {
  return {
    check: applies,
    run: async (model, subject) => {
      await run(model, subject);
      await subject.element.updateComplete;
      subject.check(model);
    },
    toString: () => name,
  };
}

const startStep = step('start()', (model, subject) => {
  model.started = true;
  model.wasOpen = (subject.runs && model.wasOpen) || model.background === 'none';
  subject.start(model.wasOpen);
  expect(subject.runs, 'something began').to.equal(true);
});
const start = fc.constant(startStep);
const stop = fc.constant(step('stop()', (model, subject) => {
  model.started = false;
  subject.element.stop();
}));
const wait = fc.integer({ min: 0, max: 400 }).map((ms) => step(`wait ${ms} ms`, () => nextTask(ms)));
/** Where it can: a source without frames keeps it loading. */
const waitStep = step('wait until it runs', async (_model, { element }) => {
  const end = performance.now() + RUNNING_MS;
  while (['opening', 'loading', 'interrupted'].includes(element.state) && performance.now() < end) await nextTask(20);
}, ({ started }) => started);
const waitForRunning = fc.constant(waitStep);
const look = fc.constant(step('look', (_model, subject) => subject.look(), ({ started, wasOpen }) => started && !wasOpen));
const setBackground = fc.constantFrom('none', 'blur', 'blur:3', 'bokeh', 'red', '/missing.png', '/test/segmentation/reference/landscape.png', 'blur:x', '').map((background) =>
  step(`background = '${background}'`, (model, { element }) => {
    // What is wrong or missing leaves the one before, or a plain colour.
    if (background === 'none') model.wasOpen = true;
    model.background = background === 'none' || !['', 'blur:x'].includes(background) ? background : model.background;
    element.background = background;
  }));
const setSource = fc.constantFrom<SourceName>(...SOURCES).map((name) => step(`source = ${name}`, (_model, subject) => subject.setSource(name)));
const settings: fc.Arbitrary<[keyof VirtualBackgroundCamera, unknown]> = fc.oneof(
  fc.tuple(fc.constant('quality' as const), fc.constantFrom('low', 'medium', 'high', 'auto', 'best')),
  fc.tuple(fc.constant('model' as const), fc.constantFrom('selfie', 'body-pix', 'other')),
  fc.tuple(fc.constantFrom('width' as const, 'height' as const), fc.constantFrom(160, 320, 33, 0)),
  fc.tuple(fc.constant('frameRate' as const), fc.constantFrom(1, 15, 30, -1)),
  fc.tuple(fc.constant('people' as const), fc.constantFrom('main', 'all')),
  fc.tuple(fc.constantFrom('edgeSoftness' as const, 'lightWrap' as const, 'temporalStrength' as const), fc.constantFrom(0, 0.5, 1, 2)),
  fc.tuple(fc.constant('debug' as const), fc.constantFrom('mask', 'time', 'matte', 'blocks', 'colors', 'other', null)),
  fc.tuple(fc.constant('backgroundFit' as const), fc.constantFrom('cover', 'contain', 'fill')),
  fc.tuple(fc.constant('deviceId' as const), fc.constantFrom('nobody', null)),
  fc.tuple(fc.constant('mirrored' as const), fc.boolean()),
);
const set = settings.map(([key, value]) => step(`${key} = ${String(value)}`, (_model, { element }) => void Object.assign(element, { [key]: value })));
const hide = fc.boolean().map((hidden) => step(hidden ? 'hide' : 'show', (model, subject) => {
  model.hidden = hidden;
  subject.setHidden(hidden);
}));
const move = fc.constant(step('move in the page', (_model, subject) => {
  subject.setInPage(false);
  subject.setInPage(true);
}, ({ inPage }) => inPage));
const remove = fc.constant(step('remove', async (model, subject) => {
  subject.setInPage(false);
  model.inPage = false;
  model.started = false;
  await nextTask(REMOVED_MS);
}, ({ inPage }) => inPage));
const add = fc.constant(step('add', (model, subject) => {
  subject.setInPage(true);
  model.inPage = true;
}, ({ inPage }) => !inPage));
const loseContext = fc.integer({ min: 0, max: 120 }).map((ms) => step(`lose the GPU context for ${ms} ms`, ({ host }, subject) => subject.loseContext(host, ms)));
const stopTrack = fc.constant(step('stop the track that went out', (_model, { element }) => void element.stream?.getTracks()[0]?.stop()));
const endCamera = fc.constant(step('unplug the camera', (_model, { cameraTracks }) => {
  const track = cameraTracks.at(-1);
  track?.stop();
  track?.dispatchEvent(new Event('ended'));
}));

// Those that bring it to run come more often: most of the others need it to.
const COMMANDS = [start, start, waitForRunning, waitForRunning, wait, look, look, look, stop, setBackground, setSource, set, set, hide, move, remove, add, loseContext, stopTrack, endCamera];

/** What came of one sequence. */
interface Played {
  states: string[];
  /** That were searched for the room. */
  frames: number;
}

async function play({ host, backend }: Place, commands: Iterable<Step>): Promise<Played> {
  const subject = new Subject({ host, backend });
  try {
    const model: Model = { host, started: false, wasOpen: false, background: 'blue', inPage: true, hidden: false };
    await fc.asyncModelRun(() => ({ model, real: subject }), commands);
    subject.check(model);
    await subject.revive(model);
    const revived = { ...model, started: true, inPage: true };
    subject.check(revived);
    await subject.look(LAST_LOOK_MS);
    subject.check(revived);
    await subject.end();
    return { states: subject.events.states, frames: subject.searchedFrames };
  } finally {
    subject.release();
    cleanUp();
  }
}

describe(`<virtual-background-camera> under random use (seed ${SEED})`, () => {
  afterEach(cleanUp);

  for (const { backend, host } of placesOf()) {
    itWithModel(`should keep its promises in every order of things, and run again after each, ${host} host, backend ${backend}`, async function () {
      // Shrinking a failure takes as long again.
      this.timeout(180_000 + 3 * SECONDS * 1000);
      const states = new Set<string>();
      let frames = 0;
      // Without a GPU the shared context is slow, and what is under way ends only after this.
      await assertFor(SECONDS / (backend === 'wasm' ? 2 : 4), [fc.boolean(), fc.commands(COMMANDS, { maxCommands: 20 })], async (runsAtFirst, commands) => {
        const played = await play({ host, backend }, runsAtFirst ? [startStep, waitStep, ...commands] : commands);
        for (const state of played.states) states.add(state);
        frames += played.frames;
      });
      expect([...states], 'came to run').to.include('running');
      expect(frames, 'frames that were searched for the room').to.be.above(0);
      if (SECONDS >= 60) console.log(`${host} host, backend ${backend}, seed ${SEED}: ${[...states].join(' ')}; ${frames} frames without the room`);
    });
  }
});
