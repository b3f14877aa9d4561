import { expect } from 'chai';
import { Cover, LOST_PERSON_MS, fillWith } from '../../../src/pipeline/hosts/cover';
import type { BackgroundMode } from '../../../src/gl/compositor';
import { FALLBACK_COLOR } from '../../../src/gl/fallback-color';
import { colorAt, expectColor, readPicture, solidCanvas } from '../../helpers/pixels';

const NONE: BackgroundMode = { kind: 'none' };
const RED: BackgroundMode = { kind: 'color', color: [1, 0, 0] };
const GREEN: BackgroundMode = { kind: 'color', color: [0, 1, 0] };
const LATE_MS = LOST_PERSON_MS + 1;

describe('Cover', () => {
  let cover: Cover;
  const want = (background: BackgroundMode): void => cover.noteWanted({ quality: 'low', background });
  beforeEach(() => (cover = new Cover()));

  it('should be due for a room that was shown once another background is wanted, until it is covered', () => {
    want(NONE);
    cover.noteShown('raw', 0);
    expect(cover.isDue(0), 'wanted').to.equal(false);
    want(RED);
    expect(cover.isDue(0)).to.equal(true);
    cover.noteShown('cover', 0);
    expect(cover.isDue(0), 'covered').to.equal(false);
  });

  it('should doubt for a moment that the room was drawn over: the GPU may be dead already', () => {
    want(NONE);
    cover.noteShown('raw', 0);
    want(RED);
    cover.noteShown('person', 1000);
    cover.noteShown('person', 1040);
    expect(cover.isDue(1050)).to.equal(true);
    expect(cover.isDue(1300), 'later').to.equal(false);
    want(NONE);
    expect(cover.isDue(1050), 'wanted again').to.equal(false);
  });

  it('should be due for a person once the context is lost for longer than a person may stay', () => {
    want(RED);
    cover.noteShown('person', 0);
    expect(cover.isDue(LATE_MS), 'not lost').to.equal(false);
    cover.noteLost(0);
    cover.noteLost(LATE_MS);
    expect(cover.isDueForPerson(LOST_PERSON_MS - 1), 'not yet').to.equal(false);
    expect(cover.isDueForPerson(LATE_MS), 'lost again meanwhile').to.equal(true);
    expect(cover.isDue(LATE_MS)).to.equal(true);
    cover.noteRestored();
    expect(cover.isDueForPerson(LATE_MS), 'restored').to.equal(false);
  });

  it('should never be due where the room is wanted, nor where nothing was shown', () => {
    want(RED);
    cover.noteLost(0);
    expect(cover.isDue(LATE_MS), 'nothing shown').to.equal(false);
    want(NONE);
    cover.noteShown('raw', 0);
    expect(cover.isDue(LATE_MS), 'the room').to.equal(false);
    expect(cover.isDueForPerson(LATE_MS)).to.equal(false);
  });

  it('should have the wanted colour, and be due again when that changes', () => {
    want(RED);
    cover.noteShown('person', 0);
    cover.noteLost(0);
    cover.noteShown('cover', 10);
    expect(cover.isDue(LATE_MS), 'covered').to.equal(false);
    want(RED);
    expect(cover.isDue(LATE_MS), 'the same colour').to.equal(false);
    want(GREEN);
    expect(cover.color).to.deep.equal([0, 1, 0]);
    expect(cover.isDueForPerson(LATE_MS), 'another colour').to.equal(true);
    expect(cover.isDue(20), 'at once').to.equal(true);
    cover.noteShown('cover', 30);
    expect(cover.isDue(LATE_MS), 'covered with it').to.equal(false);
    want({ kind: 'blur', radius: null });
    expect(cover.color, 'no colour of its own').to.deep.equal(FALLBACK_COLOR);
  });

  it('should fill the whole picture', () => {
    const size = { width: 20, height: 10 };
    const canvas = solidCanvas(size, [10, 20, 30]);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('No 2D canvas');
    fillWith(context, [1, 0.5, 0]);
    const picture = readPicture(canvas, size);
    for (const at of [0.01, 0.5, 0.99]) expectColor(colorAt(picture, at, at), [255, 128, 0], 2);
  });
});
