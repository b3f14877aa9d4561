/**
 * Reads a TensorFlow Lite model into plain objects.
 *
 * The field numbers and codes below are those of the public TFLite schema (tensorflow/lite/schema/schema.fbs);
 * only what the selfie models use is listed, and anything else is an error rather than a guess.
 */
import { ByteBuffer } from 'flatbuffers';
import { decodeFloat16 } from './float16.mjs';

/**
 * @typedef {'FLOAT32' | 'FLOAT16' | 'INT32'} TensorType
 * @typedef {object} TfliteTensor
 * @property {string} name
 * @property {number[]} shape
 * @property {TensorType} type
 * @property {Uint8Array | null} bytes Little-endian content of a constant; null for what is computed.
 *
 * @typedef {object} TfliteOperator
 * @property {string} name Builtin name such as `CONV_2D`, or the name of a custom operator.
 * @property {number[]} inputs Indices of tensors; -1 for one left out.
 * @property {number[]} outputs
 * @property {Record<string, number>} options Enumerations and booleans as numbers.
 *
 * @typedef {object} TfliteModel
 * @property {TfliteTensor[]} tensors
 * @property {TfliteOperator[]} operators In execution order.
 * @property {number[]} inputs
 * @property {number[]} outputs
 */

const FILE_IDENTIFIER = 'TFL3';
const CUSTOM_OPERATOR = 32;

/** `BuiltinOperator` code → name and the fields of its options table: name → [field number, type]. */
const BUILTIN_OPERATORS = new Map([
  [0, { name: 'ADD', options: { activation: [0, 'int8'] } }],
  [1, { name: 'AVERAGE_POOL_2D', options: { padding: [0, 'int8'], strideWidth: [1, 'int32'], strideHeight: [2, 'int32'], filterWidth: [3, 'int32'], filterHeight: [4, 'int32'], activation: [5, 'int8'] } }],
  [3, { name: 'CONV_2D', options: { padding: [0, 'int8'], strideWidth: [1, 'int32'], strideHeight: [2, 'int32'], activation: [3, 'int8'], dilationWidth: [4, 'int32', 1], dilationHeight: [5, 'int32', 1] } }],
  [4, { name: 'DEPTHWISE_CONV_2D', options: { padding: [0, 'int8'], strideWidth: [1, 'int32'], strideHeight: [2, 'int32'], depthMultiplier: [3, 'int32'], activation: [4, 'int8'], dilationWidth: [5, 'int32', 1], dilationHeight: [6, 'int32', 1] } }],
  [6, { name: 'DEQUANTIZE', options: {} }],
  [14, { name: 'LOGISTIC', options: {} }],
  [18, { name: 'MUL', options: { activation: [0, 'int8'] } }],
  [19, { name: 'RELU', options: {} }],
  [23, { name: 'RESIZE_BILINEAR', options: { alignCorners: [2, 'int8'], halfPixelCenters: [3, 'int8'] } }],
  [40, { name: 'MEAN', options: { keepDims: [0, 'int8'] } }],
  [117, { name: 'HARD_SWISH', options: {} }],
]);

/** `TensorType` code → name and decoder. */
const TENSOR_TYPES = new Map([
  [0, 'FLOAT32'],
  [1, 'FLOAT16'],
  [2, 'INT32'],
]);

/**
 * @param {Uint8Array} bytes Content of a `.tflite` file.
 * @returns {TfliteModel}
 */
export function readTflite(bytes) {
  const buffer = new ByteBuffer(bytes);
  if (!buffer.__has_identifier(FILE_IDENTIFIER)) throw new Error('not a TensorFlow Lite model: the file identifier is not TFL3');
  const model = new Table(buffer, buffer.readInt32(0));
  const subgraphs = model.tables(2);
  if (subgraphs.length !== 1) throw new Error(`expected one subgraph, got ${subgraphs.length}`);
  const codes = model.tables(1).map(readOperatorCode);
  const contents = model.tables(4).map((content) => content.bytes(0));
  const [subgraph] = subgraphs;
  return {
    tensors: subgraph.tables(0).map((table) => readTensor(table, contents)),
    operators: subgraph.tables(3).map((table) => readOperator(table, codes)),
    inputs: subgraph.integers(1),
    outputs: subgraph.integers(2),
  };
}

/**
 * Content of a constant tensor as numbers.
 *
 * @param {TfliteTensor} tensor
 * @returns {Float32Array | Int32Array}
 */
export function tensorValues(tensor) {
  if (!tensor.bytes) throw new Error(`tensor "${tensor.name}" is not a constant`);
  if (tensor.type === 'FLOAT16') return decodeFloat16(tensor.bytes);
  // Copied because flatbuffer content need not lie at a multiple of four within the file.
  const { buffer } = tensor.bytes.slice();
  return tensor.type === 'INT32' ? new Int32Array(buffer) : new Float32Array(buffer);
}

/** Lookup of one flatbuffer table's fields by number. */
class Table {
  /**
   * @param {ByteBuffer} buffer
   * @param {number} position Byte offset of the table.
   */
  constructor(buffer, position) {
    this.buffer = buffer;
    this.position = position;
  }

  /** @param {number} field @returns {number} Byte offset of the field's content; 0 when the field is not stored. */
  at(field) {
    const offset = this.buffer.__offset(this.position, 4 + 2 * field);
    return offset ? this.position + offset : 0;
  }

  /** @param {number} field @param {'int8' | 'int32' | 'uint32'} type @param {number} [missing] The schema's default. */
  number(field, type, missing = 0) {
    const at = this.at(field);
    if (!at) return missing;
    if (type === 'int8') return this.buffer.readInt8(at);
    return type === 'int32' ? this.buffer.readInt32(at) : this.buffer.readUint32(at);
  }

  /** @param {number} field */
  string(field) {
    const at = this.at(field);
    return at ? String(this.buffer.__string(at)) : '';
  }

  /** @param {number} field @returns {Table | null} */
  table(field) {
    const at = this.at(field);
    return at ? new Table(this.buffer, this.buffer.__indirect(at)) : null;
  }

  /** @param {number} field @param {number} elementBytes @returns {number[]} Byte offset of each element of a vector. */
  elements(field, elementBytes) {
    const at = this.at(field);
    if (!at) return [];
    const start = this.buffer.__vector(at);
    return Array.from({ length: this.buffer.__vector_len(at) }, (_, index) => start + index * elementBytes);
  }

  /** @param {number} field */
  tables(field) {
    return this.elements(field, 4).map((at) => new Table(this.buffer, this.buffer.__indirect(at)));
  }

  /** @param {number} field */
  integers(field) {
    return this.elements(field, 4).map((at) => this.buffer.readInt32(at));
  }

  /** @param {number} field @returns {Uint8Array | null} A view into the file; null for an empty vector. */
  bytes(field) {
    const at = this.at(field);
    const length = at ? this.buffer.__vector_len(at) : 0;
    const start = length ? this.buffer.__vector(at) : 0;
    return length ? this.buffer.bytes().subarray(start, start + length) : null;
  }
}

/** @param {Table} table */
function readOperatorCode(table) {
  // Codes above 127 do not fit the old int8 field, so the schema has two fields: the larger one counts.
  const code = Math.max(table.number(0, 'int8'), table.number(3, 'int32'));
  if (code === CUSTOM_OPERATOR) return { name: table.string(1), options: {} };
  const builtin = BUILTIN_OPERATORS.get(code);
  if (!builtin) throw new Error(`unknown operator: TFLite builtin code ${code} is not among ${[...BUILTIN_OPERATORS.values()].map(({ name }) => name).join(', ')}`);
  return builtin;
}

/** @param {Table} table @param {(Uint8Array | null)[]} contents @returns {TfliteTensor} */
function readTensor(table, contents) {
  const name = table.string(3);
  const code = table.number(1, 'int8');
  const type = TENSOR_TYPES.get(code);
  if (!type) throw new Error(`tensor "${name}" has the unexpected TFLite type ${code}; known are ${[...TENSOR_TYPES.values()].join(', ')}`);
  return { name, shape: table.integers(0), type, bytes: contents[table.number(2, 'uint32')] };
}

/** @param {Table} table @param {ReturnType<typeof readOperatorCode>[]} codes @returns {TfliteOperator} */
function readOperator(table, codes) {
  const { name, options: fields } = codes[table.number(0, 'uint32')];
  const optionTable = table.table(4);
  const options = Object.fromEntries(
    Object.entries(fields).map(([option, [field, type, missing = 0]]) => [option, optionTable?.number(field, type, missing) ?? missing]),
  );
  return { name, inputs: table.integers(1), outputs: table.integers(2), options };
}
