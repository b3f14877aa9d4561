const STORE = '/score-store';

/** @returns null when the store has no such file */
export async function readStored(path: string): Promise<Blob | null> {
  const response = await fetch(`${STORE}/${path}`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.blob();
}

export async function store(path: string, body: BodyInit, room = STORE): Promise<void> {
  const response = await fetch(`${room}/${path}`, { method: 'PUT', body });
  if (!response.ok) throw new Error(`${path} could not be written: ${response.status}`);
}

/** A 2D context of an offscreen canvas whose pixels are read. */
export function createContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas');
  return context;
}

/** A matte as an opaque grey picture. */
export function toGrey(matte: Uint8ClampedArray, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < matte.length; pixel++) {
    image.data.fill(matte[pixel] as number, pixel * 4, pixel * 4 + 3);
    image.data[pixel * 4 + 3] = 255;
  }
  return image;
}

export async function encodePng(image: ImageData): Promise<Blob> {
  const context = createContext(image.width, image.height);
  context.putImageData(image, 0, 0);
  return context.canvas.convertToBlob();
}

/** Straight RGBA of a picture. */
export function readPixels(source: CanvasImageSource, width: number, height: number): ImageData {
  const context = createContext(width, height);
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** @returns the values of a grey picture, 0…255 a pixel; the bitmap is closed */
export function readGrey(bitmap: ImageBitmap): Uint8ClampedArray {
  const { data } = readPixels(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return Uint8ClampedArray.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4] as number);
}
