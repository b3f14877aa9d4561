import { expect } from 'chai';
import { loadBackground, type BackgroundInput } from '../../../src/engine/background/background';
import { expectRejection } from '../../helpers/errors';
import { playMovie, recordMovie } from '../../helpers/media';
import { BLUE, colorAt, createCanvas, distance, expectColor, fill, GREEN, readPicture, RED, solidCanvas } from '../../helpers/pixels';
import { environment, otherOrigin } from '../../helpers/servers';
import { restoreAll, spyOnObjectUrls } from '../../helpers/spies';
import { rejectionOf, waitFor } from '../../helpers/wait';

const SIZE = { width: 64, height: 36 };
const load = (input: BackgroundInput, signal = new AbortController().signal) => loadBackground(input, signal);

/** Colour in the middle of what the movie shows now. */
const middleOf = (movie: HTMLVideoElement) => colorAt(readPicture(movie, SIZE), 0.5, 0.5);

async function loadMovie(input: BackgroundInput) {
  const { kind, bitmap, movie, release } = await load(input);
  expect(kind).to.deep.equal({ kind: 'picture' });
  expect(bitmap).to.equal(null);
  if (!movie) throw new Error('No movie');
  return { movie, release };
}

describe('<virtual-background-camera> background movie', () => {
  let blob: Blob;
  let url: string;

  before(async () => {
    blob = await recordMovie(SIZE, GREEN);
    url = URL.createObjectURL(blob);
  });

  after(() => URL.revokeObjectURL(url));
  afterEach(restoreAll);

  it('should play a movie by URL in a muted loop, and let go of it', async () => {
    const { movie, release } = await loadMovie(url);
    expect(movie).to.include({ muted: true, loop: true, paused: false, isConnected: false });
    expect([movie.videoWidth, movie.videoHeight]).to.deep.equal([64, 36]);
    expectColor(middleOf(movie), GREEN, 40);
    release();
    release();
    expect(movie.paused).to.equal(true);
    expect(movie.getAttribute('src')).to.equal(null);
  });

  it('should have a picture to draw as soon as it is there', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { movie, release } = await loadMovie(url);
      expectColor(middleOf(movie), GREEN, 40);
      release();
    }
  });

  it('should play a movie from a Blob and revoke its object URL', async () => {
    const live = spyOnObjectUrls();
    const { movie, release } = await loadMovie(new File([blob], 'green.webm', { type: 'video/webm' }));
    expect(live.size).to.equal(1);
    // It plays; its first picture may be a moment away.
    await waitFor('a picture', () => middleOf(movie)[1] > 100);
    expectColor(middleOf(movie), GREEN, 40);
    release();
    expect(live.size).to.equal(0);
  });

  it('should revoke the object URL of a Blob that is no movie', async () => {
    const live = spyOnObjectUrls();
    await expectRejection(load(new File(['no movie'], 'no.webm', { type: 'video/webm' })), 'background-load-failed', /^background 'no\.webm' could not be played as a movie/);
    expect(live.size).to.equal(0);
  });

  it("should leave a page's own player alone", async () => {
    const player = await playMovie(url);
    const { movie, release } = await loadMovie(player);
    expect(movie).to.equal(player);
    release();
    expect(player.paused).to.equal(false);
    expect(player.src).to.equal(url);
    player.removeAttribute('src');
    player.load();
  });

  it("should show a stream, and leave the page's tracks live", async () => {
    const canvas = solidCanvas(SIZE, BLUE);
    const stream = canvas.captureStream();
    const { movie, release } = await loadMovie(stream);
    expectColor(middleOf(movie), BLUE, 10);
    release();
    expect(movie.srcObject).to.equal(null);
    expect(stream.getVideoTracks()[0]?.readyState).to.equal('live');
    stream.getVideoTracks()[0]?.stop();
  });

  it('should follow a stream whose track is exchanged', async () => {
    const [stream, other] = [solidCanvas(SIZE, BLUE).captureStream(), solidCanvas(SIZE, RED).captureStream()];
    const [first, second] = [stream, other].map((one) => one.getVideoTracks()[0] as MediaStreamTrack) as [MediaStreamTrack, MediaStreamTrack];
    const { movie, release } = await loadMovie(stream);
    expectColor(middleOf(movie), BLUE, 10);
    stream.removeTrack(first);
    first.stop();
    stream.addTrack(second);
    await waitFor('the other track', () => distance(middleOf(movie), RED) < 10);
    release();
    expect(second.readyState).to.equal('live');
    second.stop();
  });

  it('should refuse a stream that shows nothing', async () => {
    await expectRejection(load(new MediaStream()), 'background-load-failed', /^background must be a stream with a live video track/);
    const stream = createCanvas(SIZE).captureStream();
    stream.getVideoTracks()[0]?.stop();
    await expectRejection(load(stream), 'background-load-failed', /live video track/);
  });

  it('should show a canvas live, and end its stream', async () => {
    const canvas = solidCanvas(SIZE, RED);
    const streams: MediaStream[] = [];
    const capture = canvas.captureStream.bind(canvas);
    canvas.captureStream = (rate?: number) => {
      streams.push(capture(rate));
      return streams[0] as MediaStream;
    };
    const { movie, release } = await loadMovie(canvas);
    expectColor(middleOf(movie), RED, 10);
    fill(canvas, BLUE);
    await waitFor('the new picture', () => distance(middleOf(movie), BLUE) < 10);
    release();
    expect(streams.flatMap((stream) => stream.getTracks()).map(({ readyState }) => readyState)).to.deep.equal(['ended']);
  });

  it('should refuse a canvas that holds a picture of another origin', async () => {
    const image = new Image();
    image.src = otherOrigin('/test/segmentation/reference/landscape.png');
    await image.decode();
    const canvas = createCanvas(SIZE);
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    await expectRejection(load(canvas), 'background-cross-origin', /^background canvas is on another origin/);
  });

  it('should say that a movie is not there', async () => {
    await expectRejection(load('/missing.webm'), 'background-load-failed', /^background '.*\/missing\.webm' could not be played as a movie/);
  });

  (environment.shared ? it : it.skip)(`should refuse a player of another origin without CORS (${environment.sharedReason})`, async () => {
    const player = await playMovie(otherOrigin('/shared/testdata/dev/clips/lab_woman.webm'));
    await expectRejection(load(player), 'background-cross-origin', /lab_woman\.webm' is on another origin/);
    player.removeAttribute('src');
    player.load();
  });

  it('should let go of a movie when it is superseded', async () => {
    const live = spyOnObjectUrls();
    const controller = new AbortController();
    const loading = load(blob, controller.signal);
    expect(live.size).to.equal(1);
    const reason = new Error('superseded');
    controller.abort(reason);
    expect(await rejectionOf(loading)).to.equal(reason);
    expect(live.size).to.equal(0);
  });

  it('should end the stream of a canvas when it is superseded', async () => {
    const canvas = solidCanvas(SIZE, RED);
    const stream = canvas.captureStream();
    canvas.captureStream = () => stream;
    const controller = new AbortController();
    const loading = load(canvas, controller.signal);
    controller.abort(new Error('superseded'));
    await rejectionOf(loading);
    expect(stream.getVideoTracks()[0]?.readyState).to.equal('ended');
  });
});
