import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ByteBuffer } from 'flatbuffers';
import { addMetadata } from '../../bench/live/tflite-metadata.mjs';
import { readTflite } from '../../scripts/tflite/reader.mjs';

const require = createRequire(import.meta.url);

/** Follows a table's field. */
const field = (buffer, table, index) => table + buffer.__offset(table, 4 + 2 * index);

describe('addMetadata', () => {
  it('should leave the model as it is', async () => {
    const model = new Uint8Array(await readFile(require.resolve('@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite')));
    assert.deepEqual(readTflite(addMetadata(model)), readTflite(model));
  });

  it('should say that the input is a picture of 0 to 1', async () => {
    const model = new Uint8Array(await readFile(require.resolve('@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite')));
    const buffer = new ByteBuffer(addMetadata(model));
    const root = buffer.readInt32(0);
    const entry = buffer.__indirect(buffer.__vector(field(buffer, root, 6)));
    assert.equal(buffer.__string(field(buffer, entry, 0)), 'TFLITE_METADATA');
    const index = buffer.readInt32(field(buffer, entry, 1));
    const buffers = field(buffer, root, 4);
    assert.equal(index, buffer.__vector_len(buffers) - 1);
    const data = field(buffer, buffer.__indirect(buffer.__vector(buffers) + 4 * index), 0);
    assert.equal(buffer.__vector(data) % 16, 0, 'aligned');
    const metadata = new ByteBuffer(buffer.bytes().slice(buffer.__vector(data), buffer.__vector(data) + buffer.__vector_len(data)));
    assert.equal(new TextDecoder().decode(metadata.bytes().subarray(4, 8)), 'M001');
    const follow = (table, number) => metadata.__indirect(metadata.__vector(field(metadata, table, number)));
    const input = follow(follow(metadata.readInt32(0), 3), 2);
    const options = metadata.__indirect(field(metadata, follow(input, 4), 1));
    const value = (number) => metadata.readFloat32(metadata.__vector(field(metadata, options, number)));
    assert.deepEqual([value(0), value(1)], [0, 255]);
  });
});
