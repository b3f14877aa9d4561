/**
 * {@link Graph} → the two files of a TensorFlow.js graph model (what `loadGraphModel` reads): a JSON with the
 * topology and the weights' manifest, and the weights themselves.
 */
import { decodeFloat16, encodeFloat16 } from './float16.mjs';

/** @import { Constant, Graph, GraphNode } from './graph.mjs' */

/**
 * @typedef {object} EmittedNode
 * @property {string} name
 * @property {string} op
 * @property {string[]} [input]
 * @property {Record<string, object>} [attr]
 */

const DATA_TYPE = { T: { type: 'DT_FLOAT' } };

/** How each node of the graph is called in TensorFlow.js. @type {Record<string, { op: string, attributes: (node: GraphNode, graph: Graph) => Record<string, object> }>} */
const EMITTERS = {
  input: { op: 'Placeholder', attributes: ({ shape }) => ({ dtype: { type: 'DT_FLOAT' }, shape: tensorShape(shape) }) },
  conv: { op: '_FusedConv2D', attributes: convolutionAttributes },
  depthwise: { op: 'FusedDepthwiseConv2dNative', attributes: convolutionAttributes },
  relu: { op: 'Relu', attributes: () => DATA_TYPE },
  relu6: { op: 'Relu6', attributes: () => DATA_TYPE },
  transpose: { op: 'Transpose', attributes: () => DATA_TYPE },
  tile: { op: 'Tile', attributes: () => DATA_TYPE },
  sigmoid: { op: 'Sigmoid', attributes: () => DATA_TYPE },
  multiply: { op: 'Mul', attributes: () => DATA_TYPE },
  add: { op: 'AddV2', attributes: () => DATA_TYPE },
  mean: { op: 'AvgPool', attributes: wholeMapPool },
  resize: { op: 'ResizeBilinear', attributes: ({ attributes }) => ({ ...DATA_TYPE, align_corners: { b: attributes.alignCorners }, half_pixel_centers: { b: attributes.halfPixelCenters } }) },
  reshape: { op: 'Reshape', attributes: () => DATA_TYPE },
  concat: { op: 'ConcatV2', attributes: ({ inputs }) => ({ ...DATA_TYPE, N: integer(inputs.length - 1) }) },
  depthToSpace: { op: 'DepthToSpace', attributes: ({ attributes }) => ({ ...DATA_TYPE, block_size: integer(attributes.blockSize), data_format: text('NHWC') }) },
};

/** Every TensorFlow.js operator that an emitted graph may hold. */
export const EMITTED_OPERATORS = ['Const', ...Object.values(EMITTERS).map(({ op }) => op)];

/**
 * @param {Graph} graph
 * @param {{ weightsPath: string, generatedBy: string, convertedBy: string, format?: 'float16' }} options
 * @returns {{ json: string, weights: Uint8Array }} The same bytes for the same graph.
 */
export function emitGraphModel(graph, { weightsPath, generatedBy, convertedBy }) {
  const stored = [...graph.constants].map(([name, constant]) => storeConstant(name, constant));
  const model = {
    format: 'graph-model',
    generatedBy,
    convertedBy,
    signature: signatureOf(graph),
    modelTopology: { node: [...graph.constants].map(emitConstant).concat([...graph.nodes.values()].map((node) => emitNode(node, graph))), library: {}, versions: { producer: 1 } },
    weightsManifest: [{ paths: [weightsPath], weights: stored.map(({ entry }) => entry) }],
  };
  return { json: `${JSON.stringify(model)}\n`, weights: concatenate(stored.map(({ bytes }) => bytes)) };
}

/** @param {Graph} graph */
function signatureOf(graph) {
  const describe = (/** @type {GraphNode} */ { name, shape }) => [name, { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: tensorShape(shape).shape }];
  return {
    inputs: Object.fromEntries([...graph.nodes.values()].filter(({ op }) => op === 'input').map(describe)),
    outputs: Object.fromEntries(graph.outputs.map((name) => describe(graph.node(name)))),
  };
}

/** @param {GraphNode} node @param {Graph} graph @returns {EmittedNode} */
function emitNode(node, graph) {
  const emitter = EMITTERS[node.op];
  if (!emitter) throw new Error(`"${node.name}": no TensorFlow.js operator is known for ${node.op}`);
  return { name: node.name, op: emitter.op, input: node.inputs, attr: emitter.attributes(node, graph) };
}

/** @param {[string, Constant]} entry @returns {EmittedNode} */
function emitConstant([name, { shape, values }]) {
  const dtype = values instanceof Int32Array ? 'DT_INT32' : 'DT_FLOAT';
  return { name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: tensorShape(shape).shape } } } };
}

/**
 * Float16 halves the download, and most weights are float16 in the first place, so nothing is lost; those
 * that a rewrite has scaled keep float32 where float16 would round them.
 *
 * @param {string} name
 * @param {Constant} constant
 */
function storeConstant(name, { shape, values }) {
  if (values instanceof Int32Array) return { entry: { name, shape, dtype: 'int32' }, bytes: littleEndian(values) };
  const bytes = encodeFloat16(values);
  const lossless = decodeFloat16(bytes).every((value, index) => value === values[index]);
  if (!lossless) return { entry: { name, shape, dtype: 'float32' }, bytes: littleEndian(values) };
  return { entry: { name, shape, dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } }, bytes };
}

/** @param {Float32Array | Int32Array} values */
function littleEndian(values) {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => (values instanceof Int32Array ? view.setInt32(index * 4, value, true) : view.setFloat32(index * 4, value, true)));
  return bytes;
}

/** @param {GraphNode} node */
function convolutionAttributes({ attributes }) {
  const { strides, padding, activation } = attributes;
  const activations = { linear: [], relu: ['Relu'], relu6: ['Relu6'], sigmoid: ['Sigmoid'] };
  return {
    ...DATA_TYPE,
    strides: integers([1, ...strides, 1]),
    padding: text(padding),
    fused_ops: { list: { s: ['BiasAdd', ...activations[activation]].map(base64) } },
    num_args: integer(1),
  };
}

/** The mean over a map, as one pooling window: `Mean` transposes the whole map first. @param {GraphNode} node @param {Graph} graph */
function wholeMapPool({ inputs: [input] }, graph) {
  const [, height, width] = graph.node(input).shape;
  const window = integers([1, height, width, 1]);
  return { ...DATA_TYPE, ksize: window, strides: window, padding: text('VALID') };
}

/** Protocol buffers in JSON have 64-bit integers as text and bytes as base64. */
const integer = (/** @type {number} */ value) => ({ i: String(value) });
const integers = (/** @type {number[]} */ values) => ({ list: { i: values.map(String) } });
const base64 = (/** @type {string} */ value) => Buffer.from(value).toString('base64');
const text = (/** @type {string} */ value) => ({ s: base64(value) });
const tensorShape = (/** @type {number[]} */ shape) => ({ shape: { dim: shape.map((size) => ({ size: String(size) })) } });

/** @param {Uint8Array[]} parts */
function concatenate(parts) {
  return new Uint8Array(Buffer.concat(parts));
}
