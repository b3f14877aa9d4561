/**
 * IEEE 754 binary16 ("half") to and from numbers. Node 20 has no Float16Array, and TensorFlow.js stores
 * float16 weights as the same little-endian 16-bit words that TFLite does.
 */

const EXPONENT_BIAS = 15;
const MANTISSA_BITS = 10;
const SMALLEST_NORMAL = 2 ** -14;
const SMALLEST_SUBNORMAL = 2 ** -24;
const SMALLEST_INFINITE = 65520;
const INFINITE = 0x7c00;
const NOT_A_NUMBER = 0x7e00;

/**
 * @param {Uint8Array} bytes Little-endian binary16 words.
 * @returns {Float32Array} The same numbers; every binary16 number has an exact float32.
 */
export function decodeFloat16(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, index) => decodeWord(view.getUint16(index * 2, true)));
}

/**
 * @param {Float32Array} values
 * @returns {Uint8Array} Little-endian binary16 words, rounded to nearest, ties to even; infinite from 65520 on.
 */
export function encodeFloat16(values) {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint16(index * 2, encodeWord(value), true));
  return bytes;
}

/** @param {number} word 0 … 65535 */
function decodeWord(word) {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> MANTISSA_BITS) & 0x1f;
  const mantissa = word & 0x3ff;
  if (exponent === 0) return sign * mantissa * SMALLEST_SUBNORMAL;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - EXPONENT_BIAS);
}

/** @param {number} value */
function encodeWord(value) {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= SMALLEST_INFINITE) return sign | INFINITE;
  if (magnitude < SMALLEST_NORMAL) return sign | roundHalfToEven(magnitude / SMALLEST_SUBNORMAL);
  const exponent = Math.floor(Math.log2(magnitude));
  // log2 may be off by one beside a power of two; a mantissa of 1024 or more then carries into the exponent.
  const mantissa = roundHalfToEven((magnitude / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + EXPONENT_BIAS) << MANTISSA_BITS) + mantissa);
}

/** @param {number} value Not negative. */
function roundHalfToEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
