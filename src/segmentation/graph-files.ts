import { io } from '@tensorflow/tfjs-core';
import { joinBytes, type DownloadFile, type Downloads } from './downloads';

/** Bytes of one value as it is stored. */
const BYTES_OF: Partial<Record<string, number>> = { float32: 4, int32: 4, uint32: 4, complex64: 8, float16: 2, uint16: 2, uint8: 1, bool: 1 };

export interface GraphFiles {
  /** The model.json. */
  json: DownloadFile;
  /** Digest of the model.json itself. */
  jsonIntegrity?: string | undefined;
  /** Where a weights file lies that the model.json names; beside it when left out. */
  weightsUrl?(path: string): string;
  /** Digest of all weights, in the order in which the model.json names the files. */
  weightsIntegrity?: string | undefined;
  /** Whether other files may lie at these addresses one day. */
  mayChange: boolean;
}

/**
 * Fetches a graph model, as its model.json describes it.
 *
 * @returns what `loadGraphModel` takes
 * @throws {Error} naming the file that cannot be loaded, has another size than the model.json says, or another digest;
 *   the downloads' reason when they are aborted
 */
export async function fetchGraph(downloads: Downloads, { json, jsonIntegrity, weightsUrl, weightsIntegrity, mayChange }: GraphFiles): Promise<io.IOHandler> {
  const model = await downloads.fetch({
    files: [{ ...json, isIndex: true }],
    mayChange,
    integrity: jsonIntegrity,
    take: ([bytes]) => parseModel(bytes as ArrayBuffer, json.url),
  });
  const urlOf = weightsUrl ?? ((path: string) => new URL(path, json.url).href);
  const groups = model.weightsManifest.map(({ paths, weights }) => ({ urls: paths.map(urlOf), bytes: sizeOfGroup(weights) }));
  const weightData = await downloads.fetch({
    // Of several files only the sum is told.
    files: groups.flatMap(({ urls, bytes }) => urls.map((url) => ({ url, ...(urls.length === 1 && bytes !== null ? { bytes } : {}) }))),
    // Who says which bytes it wants has said that they don't change.
    mayChange: mayChange && weightsIntegrity === undefined,
    integrity: weightsIntegrity,
    take: (parts) => {
      checkGroups(groups, parts);
      return joinBytes(parts);
    },
  });
  const artifacts = await io.getModelArtifactsForJSON(model, (manifest) => Promise.resolve([manifest.flatMap(({ weights }) => weights), weightData]));
  return { load: () => Promise.resolve(artifacts) };
}

function parseModel(bytes: ArrayBuffer, url: string): io.ModelJSON {
  let model: Partial<io.ModelJSON> | null;
  try {
    model = JSON.parse(new TextDecoder().decode(bytes)) as Partial<io.ModelJSON> | null;
  } catch (error) {
    throw new Error(`${url} is not JSON`, { cause: error });
  }
  if (!model?.modelTopology || !Array.isArray(model.weightsManifest)) throw new Error(`${url} is not the model.json of a graph model`);
  return model as io.ModelJSON;
}

interface Group {
  urls: string[];
  /** Null when its weights are of a kind whose size they don't tell. */
  bytes: number | null;
}

function checkGroups(groups: readonly Group[], parts: readonly ArrayBuffer[]): void {
  let index = 0;
  for (const { urls, bytes } of groups) {
    const got = parts.slice(index, (index += urls.length)).reduce((sum, part) => sum + part.byteLength, 0);
    if (bytes !== null && got !== bytes) throw new Error(`${urls.join(' + ')} have ${got} bytes instead of ${bytes}: the files are incomplete or others`);
  }
}

/** Bytes of the weights as they are stored, which the model.json tells by shape and type. */
export function sizeOfGroup(weights: readonly io.WeightsManifestEntry[]): number | null {
  let bytes = 0;
  for (const { shape, dtype, quantization } of weights) {
    const each = BYTES_OF[quantization?.dtype ?? dtype];
    if (each === undefined) return null;
    bytes += shape.reduce((product, length) => product * length, each);
  }
  return bytes;
}
