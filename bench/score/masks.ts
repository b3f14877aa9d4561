import { resolveAssetUrls } from '../../src/assets';
import { createSegmenter } from '../../src/segmentation/create-segmenter';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import { ContextRuntime } from '../../src/segmentation/context-runtime';
import type { Segmenter } from '../../src/segmentation/segmenter';
import { segmentPicture, startBackend } from '../../src/segmentation/tf-runtime';
import type { Backend, Mask, ModelName, Quality, Size, SmallPicture } from '../../src/types';
import { readStored, store } from './pixels';

export interface MaskSourceOptions {
  /** As in the product: in a worker on WASM, or in a GPU context. */
  place: 'worker' | 'context';
  model: ModelName;
  quality: Quality;
  /** Folder in the store; names everything that the masks hang on but the small picture. */
  folder: string;
  modelUrl: string;
}

/**
 * A network that remembers: the mask of each small picture is kept under the hash of its pixels, so a run after a
 * change of the compositor needs no inference.
 */
export class MaskSource {
  readonly #options: MaskSourceOptions;
  readonly #folder: string;
  #loading: Promise<(picture: SmallPicture) => Promise<Mask>> | null = null;
  #spec: SegmenterSpec | null = null;

  private constructor(options: MaskSourceOptions) {
    this.#options = options;
    this.#folder = `${options.folder}/${options.place}-${options.model}-${options.model === 'selfie' ? 'any' : options.quality}`;
  }

  static async open(options: MaskSourceOptions): Promise<MaskSource> {
    const source = new MaskSource(options);
    const file = `${source.#folder}/spec.json`;
    const stored = await readStored(file);
    if (stored) {
      source.#spec = JSON.parse(await stored.text()) as SegmenterSpec;
    } else {
      await source.#load();
      await store(file, JSON.stringify(source.#spec));
    }
    return source;
  }

  get spec(): SegmenterSpec {
    return this.#spec as SegmenterSpec;
  }

  async segment(picture: SmallPicture): Promise<Mask> {
    const digest = await crypto.subtle.digest('SHA-256', picture.pixels as Uint8Array<ArrayBuffer>);
    const name = Array.from(new Uint8Array(digest, 0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const file = `${this.#folder}/${picture.width}x${picture.height}/${name}.mask`;
    const stored = await readStored(file);
    if (stored) return unpack(await stored.arrayBuffer());
    const mask = await (await this.#load())(picture);
    await store(file, pack(mask));
    return mask;
  }

  #load(): Promise<(picture: SmallPicture) => Promise<Mask>> {
    this.#loading ??= this.#options.place === 'worker' ? this.#loadOnWasm() : this.#loadInContext();
    return this.#loading;
  }

  async #loadOnWasm(): Promise<(picture: SmallPicture) => Promise<Mask>> {
    const segmenter = await this.#create(await startTensorFlow());
    return (picture) => segmentPicture(segmenter, picture);
  }

  async #loadInContext(): Promise<(picture: SmallPicture) => Promise<Mask>> {
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2') as WebGL2RenderingContext;
    const runtime = new ContextRuntime(gl);
    const segmenter = await this.#create(await runtime.start());
    return async ({ pixels, width, height }) => {
      const { picture, dispose } = runtime.createBlank({ width, height });
      gl.bindTexture(gl.TEXTURE_2D, picture.texture);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      return runtime.segment(segmenter, picture).finally(dispose);
    };
  }

  async #create(backend: Backend): Promise<Segmenter> {
    const { model, quality, modelUrl } = this.#options;
    const request = { model, quality, backend, modelUrl, assets: resolveAssetUrls() };
    const segmenter = await createSegmenter(request, backend, { onProgress: () => undefined, onWarning: ({ message }) => console.warn(message) });
    this.#spec = { ...segmenter.spec, inferenceMs: 0 };
    return segmenter;
  }
}

/** On WASM, where the same picture gives the same mask on every machine. */
export function startTensorFlow(): ReturnType<typeof startBackend> {
  return startBackend('wasm', resolveAssetUrls());
}

/** Length of the header, header as JSON, values. */
function pack({ data, ...header }: Mask): Blob {
  const text = JSON.stringify(header);
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4);
  return new Blob([new Uint32Array([padded.length]), padded, data as Float32Array<ArrayBuffer>]);
}

function unpack(buffer: ArrayBuffer): Mask {
  const [length = 0] = new Uint32Array(buffer, 0, 1);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length))) as Omit<Mask, 'data'>;
  return { ...header, data: new Float32Array(buffer, 4 + length) };
}

/** The mask at each pixel of a picture, 0…255: linear between cells, or the cells as they are. */
export function spreadMask(mask: Mask, { width, height }: Size, smooth: boolean): Uint8ClampedArray {
  const { geometry, rect = { x: 0, y: 0, width: 1, height: 1 } } = mask;
  const probability = Float32Array.from(mask.data, (value) => (mask.kind === 'logit' ? 1 / (1 + Math.exp(-value)) : value));
  const columns = Array.from({ length: width }, (_, x) => cellsAt((((x + 0.5) / width) * geometry.scaleX + geometry.offsetX) * mask.width, mask.width, smooth));
  const spread = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    const row = cellsAt((((y + 0.5) / height) * geometry.scaleY + geometry.offsetY) * mask.height, mask.height, smooth);
    const [top, bottom] = [row.from * mask.width, row.to * mask.width];
    for (let x = 0; x < width; x++) {
      const { from, to, share } = columns[x] as Cells;
      const above = (probability[top + from] as number) * (1 - share) + (probability[top + to] as number) * share;
      const below = (probability[bottom + from] as number) * (1 - share) + (probability[bottom + to] as number) * share;
      const isInside = (x + 0.5) / width >= rect.x && (x + 0.5) / width <= rect.x + rect.width && (y + 0.5) / height >= rect.y && (y + 0.5) / height <= rect.y + rect.height;
      spread[y * width + x] = isInside ? 255 * (above * (1 - row.share) + below * row.share) : 0;
    }
  }
  return spread;
}

interface Cells {
  from: number;
  to: number;
  /** Of the second. */
  share: number;
}

function cellsAt(position: number, count: number, smooth: boolean): Cells {
  const clamp = (cell: number): number => Math.min(count - 1, Math.max(0, cell));
  if (!smooth) return { from: clamp(Math.floor(position)), to: clamp(Math.floor(position)), share: 0 };
  const from = Math.floor(position - 0.5);
  return { from: clamp(from), to: clamp(from + 1), share: position - 0.5 - from };
}
