import { expect } from 'chai';
import { loadBackground, type BackgroundInput } from '../../../src/engine/background/background';
import { expectRejection } from '../../helpers/errors';
import { jpegWithOrientation, pngOf, toBlob } from '../../helpers/media';
import { BLUE, colorAt, contextOf, createCanvas, expectAll, expectColor, fill, GREEN, readPicture, RED, solidCanvas, type Picture } from '../../helpers/pixels';
import { environment, otherOrigin, PICTURE_PATH } from '../../helpers/servers';
import { replace, restoreAll, spyOnObjectUrls } from '../../helpers/spies';
import { defer, rejectionOf } from '../../helpers/wait';

const SIZE = { width: 40, height: 20 };
const urls: string[] = [];

function toUrl(blob: Blob): string {
  const url = URL.createObjectURL(blob);
  urls.push(url);
  return url;
}

const load = (input: BackgroundInput, signal = new AbortController().signal) => loadBackground(input, signal);

/** Loads a still picture and reads it; the bitmap is closed. */
async function read(input: BackgroundInput): Promise<Picture> {
  const { bitmap, kind, movie } = await load(input);
  expect(kind).to.deep.equal({ kind: 'picture' });
  expect(movie).to.equal(null);
  if (!bitmap) throw new Error('No bitmap');
  const picture = readPicture(bitmap, { width: bitmap.width, height: bitmap.height });
  bitmap.close();
  return picture;
}

async function imageElement(src: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

const svg = (attributes: string): Blob =>
  new Blob([`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="100%" height="100%" fill="#00f"/></svg>`], { type: 'image/svg+xml' });

describe('<virtual-background-camera> background image', () => {
  afterEach(() => {
    restoreAll();
    for (const url of urls.splice(0)) URL.revokeObjectURL(url);
  });

  it('should load an image by URL, Blob, File and element', async () => {
    const blob = await pngOf(SIZE, GREEN);
    const url = toUrl(blob);
    for (const input of [url, ` ${url} `, blob, new File([blob], 'green.png', { type: blob.type }), new Blob([blob]), await imageElement(url)]) {
      const picture = await read(input);
      expect(picture).to.include(SIZE);
      expectAll(picture, GREEN);
    }
  });

  it('should load an image by an address relative to the page', async () => {
    const picture = await read(PICTURE_PATH);
    expect(picture.width).to.be.above(100);
  });

  it('should keep straight alpha', async () => {
    const canvas = createCanvas(SIZE);
    contextOf(canvas).fillStyle = 'rgb(200 100 40 / 50%)';
    contextOf(canvas).fillRect(0, 0, 40, 20);
    const { bitmap } = await load(await toBlob(canvas));
    const picture = readPicture(bitmap as ImageBitmap, SIZE);
    expect(picture.data[3]).to.be.closeTo(128, 1);
    expectColor(colorAt(picture, 0.5, 0.5), [200, 100, 40], 3);
  });

  it('should say which address the server does not have', async () => {
    await expectRejection(load('/missing-picture.png'), 'background-load-failed', /^background '.*\/missing-picture\.png' could not be loaded: the server answered 404$/);
  });

  it('should say what is not an image', async () => {
    await expectRejection(load('/package.json'), 'background-load-failed', /package\.json' \(type 'application\/json.*\) could not be decoded as an image$/);
    await expectRejection(load(new File(['hello'], 'notes.txt', { type: 'text/plain' })), 'background-load-failed', /'notes\.txt' \(type 'text\/plain', 5 bytes\)/);
    await expectRejection(load(new Blob([])), 'background-load-failed', /Blob \(type 'unknown', 0 bytes\) could not be decoded/);
    await expectRejection(load(new Blob(['<svg'], { type: 'image/svg+xml' })), 'background-load-failed', /could not be decoded as an image$/);
    const broken = new Image();
    broken.src = '/missing-picture.png';
    await expectRejection(load(broken), 'background-load-failed', /missing-picture\.png' could not be decoded/);
  });

  it('should draw an SVG large, in its own shape', async () => {
    const live = spyOnObjectUrls();
    const picture = await read(svg('width="40" height="20"'));
    expect(picture).to.include({ width: 1920, height: 960 });
    expectColor(colorAt(picture, 0.99, 0.99), BLUE);
    expect(live.size, 'object URLs left').to.equal(0);
  });

  it('should draw an SVG without a size, from a Blob and from an element', async () => {
    for (const attributes of ['', 'viewBox="0 0 30 10"']) {
      const blob = svg(attributes);
      for (const input of [blob, await imageElement(toUrl(blob))]) {
        const picture = await read(input);
        expect(picture.width).to.be.above(1000);
        expectColor(colorAt(picture, 0.5, 0.5), BLUE);
      }
    }
  });

  it('should leave no object URL of a broken SVG', async () => {
    const live = spyOnObjectUrls();
    await rejectionOf(load(new Blob(['<svg'], { type: 'image/svg+xml' })));
    expect(live.size).to.equal(0);
  });

  it('should shrink what is larger than any output, in its shape', async () => {
    const canvas = solidCanvas({ width: 6000, height: 300 }, GREEN);
    fill(canvas, RED, [0, 0, 0.5, 1]);
    const picture = await read(await toBlob(canvas));
    expect(picture).to.include({ width: 2560, height: 128 });
    expectColor(colorAt(picture, 0.25, 0.5), RED);
    expectColor(colorAt(picture, 0.75, 0.5), GREEN);
  });

  it('should turn a photo as its EXIF orientation says', async () => {
    const canvas = solidCanvas({ width: 64, height: 32 }, BLUE);
    fill(canvas, RED, [0, 0, 0.5, 1]);
    for (const input of [await jpegWithOrientation(canvas, 6), toUrl(await jpegWithOrientation(canvas, 6)), await imageElement(toUrl(await jpegWithOrientation(canvas, 6)))]) {
      const picture = await read(input);
      expect(picture).to.include({ width: 32, height: 64 });
      expectColor(colorAt(picture, 0.5, 0.2), RED, 12, 'top');
      expectColor(colorAt(picture, 0.5, 0.8), BLUE, 12, 'bottom');
    }
    expect(await read(await jpegWithOrientation(canvas, 1)), 'orientation 1').to.include({ width: 64, height: 32 });
  });

  it("should leave the page's ImageBitmap open", async () => {
    const bitmap = await createImageBitmap(solidCanvas(SIZE, RED));
    const loaded = await load(bitmap);
    expect(loaded.bitmap).not.to.equal(bitmap);
    loaded.bitmap?.close();
    loaded.release();
    expect(bitmap.width).to.equal(40);
    bitmap.close();
    await expectRejection(load(bitmap), 'background-load-failed', /ImageBitmap could not be decoded/);
  });

  it('should tell a picture of another origin without CORS from one that is not there', async () => {
    await expectRejection(load(otherOrigin(PICTURE_PATH)), 'background-cross-origin', /landscape\.png' is on another origin, which must send it with CORS/);
    const nowhere = new URL('https://localhost:1/picture.png').href;
    await expectRejection(load(nowhere), 'background-load-failed', /localhost:1\/picture\.png' could not be loaded/);
  });

  it('should refuse an image element of another origin without CORS', async () => {
    const image = await imageElement(otherOrigin(PICTURE_PATH));
    await expectRejection(load(image), 'background-cross-origin', /landscape\.png' is on another origin, which must send it with CORS/);
  });

  /** As a server that sends CORS, behind a cache that holds an answer without it. @returns how the file was asked for */
  function cacheWithoutCors(): (string | undefined)[] {
    const asked: (string | undefined)[] = [];
    replace(globalThis, 'fetch', async (_url: URL, { cache }: RequestInit) => {
      asked.push(cache);
      if (cache !== 'reload') throw new TypeError('Failed to fetch');
      return new Response(await pngOf(SIZE, GREEN));
    });
    return asked;
  }

  it('should ask once more, past the cache, for a picture of another origin that the cache holds without CORS', async () => {
    const asked = cacheWithoutCors();
    expectAll(await read(otherOrigin(PICTURE_PATH)), GREEN);
    expect(asked).to.deep.equal([undefined, 'reload']);
    await expectRejection(load('/picture.png'), 'background-load-failed', /picture\.png' could not be loaded/);
    expect(asked, "the page's own files").to.deep.equal([undefined, 'reload', undefined]);
  });

  it('should load an image element without crossorigin by its address, where its server allows it', async () => {
    const image = await imageElement(otherOrigin(PICTURE_PATH));
    cacheWithoutCors();
    expectAll(await read(image), GREEN);
  });

  it('should name the missing attribute where the address cannot be asked', async () => {
    const image = await imageElement(otherOrigin(PICTURE_PATH));
    replace(globalThis, 'fetch', () => Promise.reject(new TypeError('connect-src')));
    await expectRejection(load(image), 'background-cross-origin', /landscape\.png' is on another origin, and its <img> has no attribute crossorigin/);
  });

  (environment.shared ? it : it.skip)(`should take a picture of another origin that is sent with CORS (${environment.sharedReason})`, async () => {
    const { items } = (await (await fetch('/shared/testdata/dev/manifest.json')).json()) as { items: { type: string; file: string }[] };
    const still = items.find(({ type }) => type === 'still')?.file ?? '';
    expect((await read(otherOrigin(`/shared/testdata/dev/${still}`))).width).to.be.above(100);
  });

  it('should stop the download when it is superseded', async () => {
    const started = defer<AbortSignal>();
    replace(globalThis, 'fetch', (_url: URL, { signal }: { signal: AbortSignal }) => {
      started.resolve(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
    const controller = new AbortController();
    const loading = load('/picture.png', controller.signal);
    expect((await started.promise).aborted).to.equal(false);
    const reason = new Error('superseded');
    controller.abort(reason);
    expect(await rejectionOf(loading)).to.equal(reason);
  });

  it('should close a bitmap that comes too late', async () => {
    const decoded = defer<ImageBitmap>();
    const original = createImageBitmap;
    replace(globalThis, 'createImageBitmap', () => decoded.promise);
    const controller = new AbortController();
    const loading = load(await pngOf(SIZE, RED), controller.signal);
    const reason = new Error('superseded');
    controller.abort(reason);
    const bitmap = await original(solidCanvas(SIZE, RED));
    decoded.resolve(bitmap);
    expect(await rejectionOf(loading)).to.equal(reason);
    expect(bitmap.width, 'closed').to.equal(0);
  });
});
