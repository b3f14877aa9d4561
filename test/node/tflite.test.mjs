import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { Script } from 'node:vm';
import { join } from 'node:path';
import { ByteBuffer } from 'flatbuffers';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { ASSET_FILES, buildAssets } from '../../scripts/build-assets.mjs';
import { convertTflite } from '../../scripts/tflite/convert.mjs';
import { EMITTED_OPERATORS } from '../../scripts/tflite/emit.mjs';
import { decodeFloat16, encodeFloat16 } from '../../scripts/tflite/float16.mjs';
import { KNOWN_OPERATORS, lowerTflite } from '../../scripts/tflite/lower.mjs';
import { readTflite, tensorValues } from '../../scripts/tflite/reader.mjs';
import { joinThreadScript } from '../../scripts/wasm-threads.mjs';

const MODELS = [
  { file: 'selfie_segmentation_landscape.tflite', size: [144, 256] },
  { file: 'selfie_segmentation.tflite', size: [256, 256] },
];
const OPERATORS = 246;
const WEIGHT_BYTES_LIMIT = 215_000;
const JSON_BYTES_LIMIT = 55_000;

/** TensorFlow operator → the kernel that TensorFlow.js runs for it. */
const KERNELS = {
  _FusedConv2D: 'FusedConv2D',
  FusedDepthwiseConv2dNative: 'FusedDepthwiseConv2D',
  Mul: 'Multiply',
  AddV2: 'Add',
};
const WITHOUT_KERNEL = new Set(['Const', 'Placeholder']);

async function readModel(file) {
  return new Uint8Array(await readFile(createRequire(import.meta.url).resolve(`@mediapipe/selfie_segmentation/${file}`)));
}

/** A copy of a model with other bytes in a table of its root: `edit` gets the first table of the vector `field`. */
function withFirstTable(bytes, field, edit) {
  const buffer = new ByteBuffer(bytes.slice());
  const root = buffer.readInt32(0);
  const vector = buffer.__vector(root + buffer.__offset(root, 4 + 2 * field));
  const table = buffer.__indirect(vector);
  edit(buffer, table, (number) => table + buffer.__offset(table, 4 + 2 * number));
  return buffer.bytes();
}

for (const { file, size } of MODELS) {
  describe(file, () => {
    let bytes;
    before(async () => {
      bytes = await readModel(file);
    });

    it('should be read whole', () => {
      const { operators, tensors, inputs, outputs } = readTflite(bytes);
      assert.equal(operators.length, OPERATORS);
      assert.deepEqual([...new Set(operators.map(({ name }) => name))].filter((name) => !KNOWN_OPERATORS.includes(name)), []);
      assert.deepEqual(inputs.map((index) => tensors[index].shape), [[1, ...size, 3]]);
      assert.deepEqual(outputs.map((index) => tensors[index].shape), [[1, ...size, 1]]);
    });

    it('should become a graph of operators that the WASM backend has', () => {
      const { modelTopology, signature } = JSON.parse(convertTflite(bytes, { weightsPath: 'x.bin', source: 'test' }).json);
      const used = [...new Set(modelTopology.node.map(({ op }) => op))];
      assert.deepEqual(used.filter((op) => !EMITTED_OPERATORS.includes(op)), []);
      const kernels = new Set(getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
      assert.deepEqual(used.filter((op) => !WITHOUT_KERNEL.has(op) && !kernels.has(KERNELS[op] ?? op)), []);
      assert.deepEqual(Object.keys(signature.inputs), ['input']);
      assert.deepEqual(Object.keys(signature.outputs), ['mask', 'logits']);
    });

    it('should name each node once, and after its inputs', () => {
      const { modelTopology } = JSON.parse(convertTflite(bytes, { weightsPath: 'x.bin', source: 'test' }).json);
      const seen = new Set();
      for (const { name, input = [] } of modelTopology.node) {
        assert.ok(!seen.has(name), `${name} comes twice`);
        assert.deepEqual(input.filter((each) => !seen.has(each)), [], name);
        seen.add(name);
      }
    });

    it('should stay small, its weights the numbers of the original', () => {
      const { json, weights } = convertTflite(bytes, { weightsPath: 'x.bin', source: 'test' });
      assert.ok(weights.length <= WEIGHT_BYTES_LIMIT, `${weights.length} bytes of weights`);
      assert.ok(json.length <= JSON_BYTES_LIMIT, `${json.length} bytes of JSON`);
      const [{ weights: entries }] = JSON.parse(json).weightsManifest;
      const float32 = entries.filter(({ dtype, quantization }) => dtype === 'float32' && quantization?.dtype !== 'float16');
      assert.deepEqual(float32.map(({ name }) => name), ['hard_swish/sixth']);
    });

    it('should be converted to the same bytes each time', () => {
      const options = { weightsPath: 'x.bin', source: 'test' };
      assert.deepEqual(convertTflite(bytes, options), convertTflite(bytes, options));
    });
  });
}

describe('TFLite reader', () => {
  let bytes;
  before(async () => {
    bytes = await readModel(MODELS[0].file);
  });

  it('should refuse a file that is no model', () => {
    assert.throws(() => readTflite(new Uint8Array(64)), /not a TensorFlow Lite model/);
  });

  it('should name an operator that it does not know', () => {
    const OPERATOR_CODES = 1;
    const foreign = withFirstTable(bytes, OPERATOR_CODES, (buffer, _table, at) => buffer.writeInt8(at(0), 99));
    assert.throws(() => readTflite(foreign), /unknown operator: TFLite builtin code 99/);
    const model = readTflite(bytes);
    model.operators[0].name = 'Landmarks2TransformMatrix';
    assert.throws(() => lowerTflite(model), /unknown operator "Landmarks2TransformMatrix"/);
  });

  it('should name a tensor of a type that it does not know', () => {
    const SUBGRAPHS = 2;
    const INT8 = 9;
    const foreign = withFirstTable(bytes, SUBGRAPHS, (buffer, _subgraph, at) => {
      const tensors = buffer.__vector(at(0));
      const constant = readTflite(bytes).tensors.findIndex(({ type }) => type === 'FLOAT16');
      const tensor = buffer.__indirect(tensors + 4 * constant);
      buffer.writeInt8(tensor + buffer.__offset(tensor, 6), INT8);
    });
    assert.throws(() => readTflite(foreign), /tensor ".+" has the unexpected TFLite type 9/);
  });

  it('should say which tensor holds no constant', () => {
    const { tensors, inputs: [input] } = readTflite(bytes);
    assert.throws(() => tensorValues(tensors[input]), /is not a constant/);
  });
});

describe('float16', () => {
  it('should read and write every number as it is', () => {
    const words = Uint16Array.from({ length: 65_536 }, (_, word) => word).filter((word) => (word & 0x7c00) !== 0x7c00 || (word & 0x3ff) === 0);
    assert.deepEqual(new Uint16Array(encodeFloat16(decodeFloat16(new Uint8Array(words.buffer))).buffer), words);
  });

  it('should round to the nearest, ties to even', () => {
    const round = (...values) => [...decodeFloat16(encodeFloat16(Float32Array.from(values)))];
    assert.deepEqual(round(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2048.9, 2 ** -25, 65_519, 65_520), [1, 1 + 2 ** -9, 2048, 0, 65_504, Number.POSITIVE_INFINITY]);
    assert.deepEqual(round(1 - 2 ** -13, Number.NaN), [1, Number.NaN]);
  });
});

describe('build-assets', () => {
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assets-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const readAll = (from) => Promise.all(ASSET_FILES.map((name) => readFile(join(from, name))));

  it('should make every file, and nothing else', async () => {
    assert.deepEqual(await buildAssets({ folder }), { built: true, folder });
    assert.deepEqual((await readdir(folder)).sort(), [...ASSET_FILES].sort());
  });

  it('should do nothing when all is there', async () => {
    const times = () => Promise.all(ASSET_FILES.map(async (name) => (await stat(join(folder, name))).mtimeMs));
    const made = await times();
    assert.deepEqual(await buildAssets({ folder }), { built: false, folder });
    assert.deepEqual(await times(), made);
  });

  it('should make the same files again when one is missing or old', async () => {
    const first = await readAll(folder);
    await rm(join(folder, 'selfie-general.bin'));
    assert.equal((await buildAssets({ folder })).built, true);
    await utimes(join(folder, 'NOTICE.txt'), 0, 0);
    assert.equal((await buildAssets({ folder })).built, true);
    assert.deepEqual(await readAll(folder), first);
  });

  it('should leave no half-written file when it fails', async () => {
    const blocked = join(folder, 'blocked');
    await mkdir(join(blocked, ASSET_FILES[0]), { recursive: true });
    await assert.rejects(buildAssets({ folder: blocked }));
    assert.deepEqual(await readdir(blocked), [ASSET_FILES[0]]);
  });

  it('should put what threads run into one plain script, which loads no other', async () => {
    const text = await readFile(join(folder, 'tfjs-backend-wasm-threads.worker.js'), 'utf8');
    assert.doesNotThrow(() => new Script(text));
    assert.match(text, /WasmBackendModuleThreadedSimd\(Module\)/);
    assert.doesNotMatch(text, /createObjectURL|importScripts\(e\.|module\.exports\.wasmWorkerContents/);
    // Smaller files become data: addresses in some bundlers.
    assert.ok(text.length > 10_000);
  });

  it('should make no thread script of another version of the backend', async () => {
    const read = (name) => readFile(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd${name}`), 'utf8');
    const files = { factory: await read('.js'), worker: await read('.worker.js'), source: 'the package 4.22.0' };
    assert.ok(joinThreadScript(files).includes('the package 4.22.0'));
    const others = [{ worker: files.worker.replace('importScripts(e.data.urlOrBlob)', 'import(e.data.urlOrBlob)') }, { worker: '' }, { factory: `export ${files.factory}` }];
    for (const other of others) assert.throws(() => joinThreadScript({ ...files, ...other }), /cannot be made of the package 4\.22\.0/);
  });

  it('should say whose work the files are', async () => {
    const notice = await readFile(join(folder, 'NOTICE.txt'), 'utf8');
    for (const words of ['MediaPipe Selfie Segmentation', 'Google', 'TensorFlow.js', 'Apache License 2.0', '@mediapipe/selfie_segmentation 0.', '@tensorflow/tfjs-backend-wasm 4.']) {
      assert.ok(notice.includes(words), words);
    }
  });
});
