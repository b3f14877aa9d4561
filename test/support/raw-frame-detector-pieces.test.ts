import { expect } from 'chai';
import { painters } from '../../src/scenes/painters';
import { closeLoopbacks, createLoopback } from '../helpers/loopback';
import { contextOf, createCanvas, readCanvas, readPicture, solidCanvas, type Rgb } from '../helpers/pixels';
import { waitFor } from '../helpers/wait';
import { drawRoomCode, PIECE_LIMITS, RawFrameDetector, ROOM_COLUMNS, ROOM_ROWS } from './raw-frame-detector';
import { CodedPerson, PHASES_PER_SECOND, phaseAt, readPhase, STILL_PHASE, WALK_PHASES } from './raw-frame-detector-person';
import { readPieces } from './raw-frame-detector-pieces';

const SIZE = { width: 320, height: 180 };
const SIZES = [SIZE, { width: 640, height: 360 }, { width: 160, height: 90 }, { width: 180, height: 320 }];
/** Some of the walk, forward and back, the ends with it. */
const SOME_PHASES = [0, 7, 20, 33, 54, 61, 80, 95, 107];
const BACKGROUND: Rgb = [140, 60, 130];

interface CutOut {
  phase: number;
  /** Of the frame that the mask was made for; the frame's own unless told. */
  maskPhase?: number;
  size?: typeof SIZE;
  /** What is done to the mask, as CSS filters do it. */
  maskFilter?: string;
  background?: HTMLCanvasElement;
}

/** An outgoing picture: a frame of the coded room, cut out with an exact mask, before a background. */
function cutOut({ phase, maskPhase = phase, size = SIZE, maskFilter = 'none', background = solidCanvas(size, BACKGROUND) }: CutOut): HTMLCanvasElement {
  const person = new CodedPerson(size);
  const canvas = createCanvas(size);
  const context = contextOf(canvas);
  drawRoomCode(context, size, phase);
  person.draw(context, phase);
  const mask = createCanvas(size);
  person.drawMask(contextOf(mask), maskPhase);
  context.globalCompositeOperation = 'destination-in';
  context.filter = maskFilter;
  context.drawImage(mask, 0, 0);
  context.filter = 'none';
  context.globalCompositeOperation = 'destination-over';
  context.drawImage(background, 0, 0, size.width, size.height);
  return canvas;
}

const shareOf = (options: CutOut): number => readPieces(readCanvas(cutOut(options))).pieceShare;

/** As {@link cutOut}, with a mask of some phases before. */
const withOldMask = (phase: number, age: number): CutOut => ({ phase, maskPhase: (phase - age + WALK_PHASES) % WALK_PHASES });

async function throughJpeg(canvas: HTMLCanvasElement, quality: number): Promise<ReturnType<typeof readCanvas>> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
  const bitmap = await createImageBitmap(blob as Blob);
  return readPicture(bitmap, { width: canvas.width, height: canvas.height });
}

describe('the person of the coded room', () => {
  it('should walk at one body width a second, there and back', () => {
    expect(phaseAt(0)).to.equal(0);
    expect(phaseAt(1000)).to.equal(PHASES_PER_SECOND);
    expect(phaseAt((1000 * WALK_PHASES) / PHASES_PER_SECOND + 1)).to.equal(0);
    const leftOf = (phase: number): number => {
      const canvas = createCanvas(SIZE);
      new CodedPerson(SIZE).drawMask(contextOf(canvas), phase);
      const { data, width } = readCanvas(canvas);
      // Of the head: half of the picture's height from the top, where the shoulders are not yet.
      const row = Math.round(SIZE.height / 4) * width;
      return Array.from({ length: width }, (_value, x) => data[(row + x) * 4 + 3] as number).findIndex((alpha) => alpha > 128);
    };
    expect((leftOf(10 + PHASES_PER_SECOND) - leftOf(10)) / SIZE.height).to.be.closeTo(0.64, 0.03);
    expect(leftOf(10)).to.equal(leftOf(WALK_PHASES - 10));
  });

  for (const size of SIZES) {
    it(`should tell its phase at ${size.width} × ${size.height}, cut out with its own mask`, () => {
      for (const phase of [...SOME_PHASES, STILL_PHASE]) expect(readPhase(readCanvas(cutOut({ phase, size })))).to.equal(phase);
    });
  }

  it('should tell its phase in a picture that was scaled', () => {
    for (const phase of SOME_PHASES) expect(readPhase(readPicture(cutOut({ phase, size: { width: 640, height: 360 } }), SIZE))).to.equal(phase);
  });

  it('should not be seen where nobody is', () => {
    for (let number = 0; number < 32; number += 1) {
      const room = createCanvas(SIZE);
      drawRoomCode(contextOf(room), SIZE, number);
      expect(readPhase(readCanvas(room))).to.equal(null);
    }
    for (const paint of Object.values(painters)) {
      const scene = createCanvas(SIZE);
      paint(scene);
      expect(readPhase(readCanvas(scene))).to.equal(null);
    }
  });
});

describe('pieces of the room', () => {
  for (const size of SIZES) {
    it(`should not be found at ${size.width} × ${size.height} where each frame has its own mask`, () => {
      for (const phase of [...SOME_PHASES, STILL_PHASE]) expect(readPieces(readCanvas(cutOut({ phase, size })))).to.deep.equal({ phase, pieces: 0, pieceShare: 0 });
    });
  }

  it('should not be found where the own mask is soft, or a little too wide', () => {
    for (const phase of SOME_PHASES) {
      expect(shareOf({ phase, maskFilter: 'blur(2px)' }), 'soft').to.be.below(PIECE_LIMITS.mean);
      expect(shareOf({ phase, maskFilter: 'drop-shadow(2px 0 0 black)' }), 'two pixels too wide').to.be.below(PIECE_LIMITS.mean);
    }
  });

  for (const age of [3, 4, 6, 10, 15, 30]) {
    it(`should be found where the mask is ${age} phases old (${Math.round((1000 * age) / PHASES_PER_SECOND)} ms)`, () => {
      for (const phase of [20, 33, 45, 80, 95]) {
        const { pieces, pieceShare } = readPieces(readCanvas(cutOut(withOldMask(phase, age))));
        expect(pieceShare).to.be.above(PIECE_LIMITS.worst);
        expect(pieces).to.be.above(2);
      }
    });
  }

  it('should grow with the age of the mask', () => {
    const shares = [1, 3, 6, 10, 15].map((age) => shareOf(withOldMask(33, age)));
    expect(shares).to.deep.equal([...shares].sort((a, b) => a - b));
  });

  it('should still be counted where the mask is so old that it cuts the code of the person', () => {
    const { phase, pieces, pieceShare } = readPieces(readCanvas(cutOut(withOldMask(33, 20))));
    expect(phase).to.equal(null);
    expect(pieceShare).to.be.above(0.05);
    expect(pieces).to.be.above(10);
  });

  it('should hide a mask of one phase: that far a network errs by itself', () => {
    for (const phase of [20, 33, 80]) expect(shareOf(withOldMask(phase, 1))).to.be.below(PIECE_LIMITS.mean);
  });

  it('should not be found in a still person, however old the mask', () => {
    expect(readPieces(readCanvas(cutOut({ phase: STILL_PHASE, maskPhase: STILL_PHASE })))).to.include({ pieces: 0 });
  });

  it('should be counted as cells, and as a share of the picture, where nobody is', () => {
    const canvas = solidCanvas(SIZE, BACKGROUND);
    const context = contextOf(canvas);
    context.beginPath();
    context.rect(0, 0, (2 * SIZE.width) / ROOM_COLUMNS, SIZE.height / ROOM_ROWS);
    context.clip();
    drawRoomCode(context, SIZE, 5);
    const { phase, pieces, pieceShare } = readPieces(readCanvas(canvas));
    expect({ phase, pieces }).to.deep.equal({ phase: null, pieces: 2 });
    expect(pieceShare).to.be.closeTo(2 / (ROOM_COLUMNS * ROOM_ROWS), 0.001);
  });

  it('should be told from the noise of JPEG', async () => {
    for (const quality of [0.9, 0.6, 0.3]) {
      for (const phase of [20, 80]) {
        expect(readPieces(await throughJpeg(cutOut({ phase }), quality)).pieceShare, `own mask, quality ${quality}`).to.be.below(PIECE_LIMITS.mean);
        expect(readPieces(await throughJpeg(cutOut(withOldMask(phase, 4)), quality)).pieceShare, `old mask, quality ${quality}`).to.be.above(PIECE_LIMITS.worst);
      }
    }
  });

  for (const [what, age] of [['its own mask', 0], ['an old mask', 6]] as const) {
    it(`should be told from the noise of a call, with ${what}`, async () => {
      const canvas = createCanvas(SIZE);
      const context = contextOf(canvas);
      const pictures = new Map<number, HTMLCanvasElement>();
      const draw = (): void => {
        const phase = phaseAt(performance.now());
        const picture = pictures.get(phase) ?? cutOut(withOldMask(phase, age));
        pictures.set(phase, picture);
        context.drawImage(picture, 0, 0);
      };
      draw();
      const stream = canvas.captureStream();
      const ticker = setInterval(draw, 1000 / PHASES_PER_SECOND);
      const detector = new RawFrameDetector({ background: BACKGROUND });
      try {
        const { sender, negotiate, received } = createLoopback();
        sender.addTrack(stream.getVideoTracks()[0] as MediaStreamTrack, stream);
        await negotiate();
        detector.watch((await received).getVideoTracks()[0] as MediaStreamTrack);
        await waitFor('frames', () => detector.readings.length > 40);
        const { pieceShare, mostPieceShare, raw } = detector.count();
        expect(raw).to.equal(0);
        if (age === 0) {
          expect(pieceShare).to.be.below(PIECE_LIMITS.mean);
          expect(mostPieceShare).to.be.below(PIECE_LIMITS.worst);
          expect(detector.readings.filter(({ phase }) => phase !== null).length, 'frames whose phase was read').to.be.above(20);
        } else expect(pieceShare).to.be.above(PIECE_LIMITS.worst);
      } finally {
        clearInterval(ticker);
        detector.stop();
        for (const track of stream.getTracks()) track.stop();
        closeLoopbacks();
      }
    });
  }

  it('should not be found in any scene behind the person', () => {
    for (const [name, paint] of Object.entries(painters)) {
      const background = createCanvas({ width: 640, height: 360 });
      paint(background);
      expect(shareOf({ phase: 33, background }), name).to.be.below(PIECE_LIMITS.mean);
    }
  });

  it('should take a background of the colours of the room for the room: that is the limit of what it tells', () => {
    expect(shareOf({ phase: 33, background: solidCanvas(SIZE, [0, 0, 255]) })).to.be.above(0.2);
  });
});
