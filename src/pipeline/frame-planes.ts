import type { PictureRect, Size } from '../types';

/** Where one channel of a frame lies in memory. */
interface Plane extends Size {
  /** Bytes before its first sample, from one row to the next, and from one sample to the next. */
  offset: number;
  stride: number;
  step: number;
}

/** Writes one pixel of RGB from its three channels, 0…255. */
type WritePixel = (a: number, b: number, c: number, into: Uint8Array, at: number) => void;

interface Layout {
  /** Luma and two colour differences, or red, green and blue. */
  planes: readonly [Plane, Plane, Plane];
  isRgb: boolean;
}

/** Shares of red and blue in luma (ITU-R BT.709, BT.601, BT.2020). */
const LUMA: Partial<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  smpte170m: [0.299, 0.114],
  bt470bg: [0.299, 0.114],
  'bt2020-ncl': [0.2627, 0.0593],
};
/** Up to this many samples for each that is wanted, one is interpolated; beyond, those under it are averaged. */
const INTERPOLATED_RATIO = 2;

const WHOLE: PictureRect = { x: 0, y: 0, width: 1, height: 1 };

/**
 * A frame that lies in memory, from which small copies are made without the GPU: reading a drawn copy back waits for
 * everything that was drawn before. The copies have the network's input size, or the guide's; the frame's pixels are read
 * and never changed.
 */
export class FramePlanes {
  /** Room for the next frame's bytes. */
  readonly buffer: ArrayBuffer;
  readonly #bytes: Uint8Array;
  readonly #layout: Layout;
  readonly #writePixel: WritePixel;

  private constructor(buffer: ArrayBuffer, layout: Layout, { matrix, fullRange }: VideoColorSpace) {
    this.buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#layout = layout;
    this.#writePixel = layout.isRgb ? copyRgb : createConversion(LUMA[matrix ?? ''] ?? (LUMA.smpte170m as readonly [number, number]), fullRange ?? false);
  }

  /**
   * Copies a frame's bytes as they are.
   *
   * @param frame stays the caller's
   * @param buffer of an earlier frame, to be used again
   * @returns null where the frame is not in memory, or in a form that is not known here
   */
  static async read(frame: VideoFrame, buffer: ArrayBuffer | null): Promise<FramePlanes | null> {
    const { format, visibleRect, colorSpace } = frame;
    if (!format || !visibleRect || isTurned(frame)) return null;
    try {
      const size = frame.allocationSize();
      const bytes = buffer?.byteLength === size ? buffer : new ArrayBuffer(size);
      const layout = layOut(format, await frame.copyTo(bytes), visibleRect);
      return layout && new FramePlanes(bytes, layout, colorSpace);
    } catch {
      // Closed meanwhile, or of a kind that this browser does not copy: it is drawn instead.
      return null;
    }
  }

  /**
   * A small copy of the frame, averaged in the encoded values, as the networks were trained on.
   *
   * @param rect null = the whole frame
   * @param into RGBA 0…255, sRGB-encoded, top row first
   */
  sample(rect: PictureRect | null, size: Size, into: Uint8Array): void {
    const channels = this.#layout.planes.map((plane) => resample(this.#bytes, plane, rect ?? WHOLE, size)) as [Float32Array, Float32Array, Float32Array];
    const [a, b, c] = channels;
    for (let at = 0, to = 0; at < a.length; at++, to += 4) {
      this.#writePixel(a[at] as number, b[at] as number, c[at] as number, into, to);
      into[to + 3] = 255;
    }
  }
}

/** `rotation` and `flip` of a frame: newer than the browsers' common types. */
function isTurned(frame: VideoFrame): boolean {
  const { rotation = 0, flip = false } = frame as VideoFrame & { rotation?: number; flip?: boolean };
  return rotation !== 0 || flip;
}

function layOut(format: VideoPixelFormat, planes: PlaneLayout[], { width, height }: Size): Layout | null {
  const [first, second, third] = planes;
  if (!first) return null;
  const luma = { offset: first.offset, stride: first.stride, step: 1, width, height };
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const inBytes = (channel: number): Plane => ({ offset: first.offset + channel, stride: first.stride, step: 4, width, height });
  switch (format) {
    case 'I420':
    case 'I420A':
      if (!second || !third) return null;
      return { isRgb: false, planes: [luma, { ...second, ...half, step: 1 }, { ...third, ...half, step: 1 }] };
    case 'NV12':
      if (!second) return null;
      return { isRgb: false, planes: [luma, { ...second, ...half, step: 2 }, { ...second, offset: second.offset + 1, ...half, step: 2 }] };
    case 'RGBA':
    case 'RGBX':
      return { isRgb: true, planes: [inBytes(0), inBytes(1), inBytes(2)] };
    case 'BGRA':
    case 'BGRX':
      return { isRgb: true, planes: [inBytes(2), inBytes(1), inBytes(0)] };
    default:
      return null;
  }
}

/** One channel at the wanted size, 0…255. */
function resample(bytes: Uint8Array, plane: Plane, rect: PictureRect, size: Size): Float32Array {
  const ratio = Math.max((rect.width * plane.width) / size.width, (rect.height * plane.height) / size.height);
  return ratio <= INTERPOLATED_RATIO ? interpolate(bytes, plane, rect, size) : average(bytes, plane, rect, size);
}

/** Samples on either side of each wanted place along one axis, and the share of the second. */
function findNeighbours(from: number, extent: number, length: number, count: number): { first: Int32Array; second: Int32Array; share: Float32Array } {
  const [first, second, share] = [new Int32Array(count), new Int32Array(count), new Float32Array(count)];
  for (let index = 0; index < count; index++) {
    const place = Math.min(length - 1, Math.max(0, (from + ((index + 0.5) / count) * extent) * length - 0.5));
    first[index] = Math.floor(place);
    second[index] = Math.min(length - 1, Math.floor(place) + 1);
    share[index] = place - Math.floor(place);
  }
  return { first, second, share };
}

function interpolate(bytes: Uint8Array, { offset, stride, step, ...plane }: Plane, rect: PictureRect, { width, height }: Size): Float32Array {
  const columns = findNeighbours(rect.x, rect.width, plane.width, width);
  const rows = findNeighbours(rect.y, rect.height, plane.height, height);
  const out = new Float32Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const above = offset + (rows.first[y] as number) * stride;
    const below = offset + (rows.second[y] as number) * stride;
    const down = rows.share[y] as number;
    for (let x = 0; x < width; x++, to++) {
      const left = (columns.first[x] as number) * step;
      const right = (columns.second[x] as number) * step;
      const along = columns.share[x] as number;
      const upper = (bytes[above + left] as number) * (1 - along) + (bytes[above + right] as number) * along;
      const lower = (bytes[below + left] as number) * (1 - along) + (bytes[below + right] as number) * along;
      out[to] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}

/** First sample of each wanted one's share along one axis, and behind the last one's. */
function findBounds(from: number, extent: number, length: number, count: number): Int32Array {
  return Int32Array.from({ length: count + 1 }, (_bound, index) => Math.min(length, Math.max(0, Math.round((from + (index / count) * extent) * length))));
}

function average(bytes: Uint8Array, { offset, stride, step, ...plane }: Plane, rect: PictureRect, { width, height }: Size): Float32Array {
  const columns = findBounds(rect.x, rect.width, plane.width, width);
  const rows = findBounds(rect.y, rect.height, plane.height, height);
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = Math.min(plane.height - 1, rows[y] as number);
    const bottom = Math.max(top + 1, rows[y + 1] as number);
    for (let row = top; row < bottom; row++) {
      const start = offset + row * stride;
      for (let x = 0, to = y * width; x < width; x++, to++) {
        const left = Math.min(plane.width - 1, columns[x] as number);
        const right = Math.max(left + 1, columns[x + 1] as number);
        let sum = 0;
        for (let at = start + left * step, end = start + right * step; at < end; at += step) sum += bytes[at] as number;
        out[to] = (out[to] as number) + sum / ((right - left) * (bottom - top));
      }
    }
  }
  return out;
}

function copyRgb(red: number, green: number, blue: number, into: Uint8Array, at: number): void {
  into[at] = red + 0.5;
  into[at + 1] = green + 0.5;
  into[at + 2] = blue + 0.5;
}

/** @param luma shares of red and blue */
function createConversion([red, blue]: readonly [number, number], fullRange: boolean): WritePixel {
  const green = 1 - red - blue;
  const [black, lumaScale, chromaScale] = fullRange ? [0, 1, 1] : [16, 255 / 219, 255 / 224];
  const redPerV = 2 * (1 - red) * chromaScale;
  const bluePerU = 2 * (1 - blue) * chromaScale;
  const greenPerU = (-2 * blue * (1 - blue) * chromaScale) / green;
  const greenPerV = (-2 * red * (1 - red) * chromaScale) / green;
  return (y, u, v, into, at) => {
    const light = (y - black) * lumaScale + 0.5;
    into[at] = clamp(light + redPerV * (v - 128));
    into[at + 1] = clamp(light + greenPerU * (u - 128) + greenPerV * (v - 128));
    into[at + 2] = clamp(light + bluePerU * (u - 128));
  };
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
