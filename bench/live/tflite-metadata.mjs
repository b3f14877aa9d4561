/**
 * Gives a TensorFlow Lite model the metadata without which MediaPipe's tasks refuse it: that its input are RGB values
 * from 0 to 1. The model itself stays as it is, byte for byte: offsets in a flatbuffer only point forward, so that a
 * new root that stands before the old file may point at everything in it.
 *
 * Formats: TensorFlow's lite/schema/schema.fbs and tflite-support's metadata_schema.fbs.
 */
import { Builder, ByteBuffer } from 'flatbuffers';

/** Fields of the tables, in the order of their schemas. */
const MODEL_FIELDS = 7;
const [VERSION, OPERATOR_CODES, SUBGRAPHS, DESCRIPTION, BUFFERS, METADATA] = [0, 1, 2, 3, 4, 6];
/** No part of a model is aligned to more. */
const ALIGNMENT = 16;
const IMAGE_PROPERTIES = 2;
const NORMALIZATION_OPTIONS = 1;
const RGB = 1;

/**
 * @param {Uint8Array} model of one input, an RGB picture of 0…1, and one output
 * @returns {Uint8Array} the same with metadata
 */
export function addMetadata(model) {
  const prefix = buildPrefix(model, describe());
  const joined = new Uint8Array(prefix.length + model.length);
  joined.set(prefix);
  joined.set(model, prefix.length);
  return joined;
}

/** @returns the `ModelMetadata`: how pixels of 0…255 become what the network wants */
function describe() {
  const builder = new Builder(256);
  const table = (fields, fill) => {
    builder.startObject(fields);
    fill();
    return builder.endObject();
  };
  const vector = (offsets) => {
    builder.startVector(4, offsets.length, 4);
    for (const offset of [...offsets].reverse()) builder.addOffset(offset);
    return builder.endVector();
  };
  const floats = (value) => {
    builder.startVector(4, 1, 4);
    builder.addFloat32(value);
    return builder.endVector();
  };
  const [mean, deviation] = [floats(0), floats(255)];
  const normalization = table(2, () => { builder.addFieldOffset(0, mean, 0); builder.addFieldOffset(1, deviation, 0); });
  const unit = table(2, () => { builder.addFieldInt8(0, NORMALIZATION_OPTIONS, 0); builder.addFieldOffset(1, normalization, 0); });
  const image = table(2, () => builder.addFieldInt8(0, RGB, 0));
  const content = table(3, () => { builder.addFieldInt8(0, IMAGE_PROPERTIES, 0); builder.addFieldOffset(1, image, 0); });
  const units = vector([unit]);
  const input = table(7, () => { builder.addFieldOffset(3, content, 0); builder.addFieldOffset(4, units, 0); });
  const output = table(7, () => undefined);
  const [inputs, outputs] = [vector([input]), vector([output])];
  const subgraph = table(10, () => { builder.addFieldOffset(2, inputs, 0); builder.addFieldOffset(3, outputs, 0); });
  const subgraphs = vector([subgraph]);
  builder.finish(table(8, () => builder.addFieldOffset(3, subgraphs, 0)), 'M001');
  return builder.asUint8Array();
}

/** Where the old model's root has its fields, from the start of the file. */
function readRoot(model) {
  const buffer = new ByteBuffer(model);
  const root = buffer.readInt32(0);
  const at = (field) => buffer.__offset(root, 4 + 2 * field);
  const place = (field) => {
    if (!at(field)) throw new Error(`The model has no field ${field}`);
    return buffer.__indirect(root + at(field));
  };
  const buffers = place(BUFFERS);
  return {
    version: buffer.readInt32(root + at(VERSION)),
    operatorCodes: place(OPERATOR_CODES),
    subgraphs: place(SUBGRAPHS),
    description: place(DESCRIPTION),
    buffers: Array.from({ length: buffer.readInt32(buffers) }, (_, index) => buffer.__indirect(buffers + 4 + 4 * index)),
  };
}

/** The new root, with a list of buffers that has one more than the old, up to where the old file follows. */
function buildPrefix(model, metadata) {
  const old = readRoot(model);
  const count = old.buffers.length + 1;
  const name = new TextEncoder().encode('TFLITE_METADATA\0');
  // Tables follow their lists of fields; all begins at multiples of four.
  const modelFields = 8;
  const root = modelFields + 4 + 2 * MODEL_FIELDS + 2;
  const buffers = root + 4 * 7;
  const list = buffers + 4 + 4 * count;
  const entryFields = list + 8;
  const entry = entryFields + 8;
  const label = entry + 12;
  const bufferFields = label + 4 + name.length;
  const buffer = bufferFields + 8;
  const data = Math.ceil((buffer + 8 + 4) / ALIGNMENT) * ALIGNMENT - 4;
  const length = Math.ceil((data + 4 + metadata.length) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const words = (at, values) => values.forEach((value, index) => view.setUint16(at + 2 * index, value, true));
  const number = (at, value) => view.setInt32(at, value, true);
  const point = (at, target) => number(at, target - at);
  point(0, root);
  bytes.set(new TextEncoder().encode('TFL3'), 4);
  // Size of this list, of the table, then each field's place in the table; the fifth, an old kind of metadata, is not there.
  words(modelFields, [4 + 2 * MODEL_FIELDS, 28, 4, 8, 12, 16, 20, 0, 24]);
  number(root, root - modelFields);
  number(root + 4, old.version);
  point(root + 8, length + old.operatorCodes);
  point(root + 12, length + old.subgraphs);
  point(root + 16, length + old.description);
  point(root + 20, buffers);
  point(root + 24, list);
  number(buffers, count);
  for (const [index, place] of [...old.buffers.map((at) => length + at), buffer].entries()) point(buffers + 4 + 4 * index, place);
  number(list, 1);
  point(list + 4, entry);
  words(entryFields, [8, 12, 4, 8]);
  number(entry, entry - entryFields);
  point(entry + 4, label);
  number(entry + 8, count - 1);
  number(label, name.length - 1);
  bytes.set(name, label + 4);
  words(bufferFields, [6, 8, 4]);
  number(buffer, buffer - bufferFields);
  point(buffer + 4, data);
  number(data, metadata.length);
  bytes.set(metadata, data + 4);
  return bytes;
}

/** Field numbers, for whoever reads them back. */
export const MODEL_METADATA_FIELD = METADATA;
