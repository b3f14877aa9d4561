/**
 * {@link Graph} → the two files of a TensorFlow.js graph model (what `loadGraphModel` reads): a JSON with the
 * topology and the weights' manifest, and the weights themselves.
 */
import { decodeFloat16, encodeFloat16 } from './float16.mjs';

/** @import { Activation, Constant, Graph, GraphNode } from './graph.mjs' */

/**
 * @typedef {object} EmittedNode
 * @property {string} name
 * @property {string} op
 * @property {string[]} [input]
 * @property {Record<string, object>} [attr]
 */

/**
 * How each node of the graph is called in TensorFlow.js, and the attributes that its converter reads
 * (tfjs-converter, src/operations/op_list). Each has a kernel in the WASM and the WebGL backend.
 *
 * @type {Record<string, { op: string, attributes?: (node: GraphNode, graph: Graph) => Record<string, object> }>}
 */
const EMITTERS = {
  input: { op: 'Placeholder', attributes: ({ shape }) => ({ dtype: { type: 'DT_FLOAT' }, shape: { shape: tensorShape(shape) } }) },
  conv: { op: '_FusedConv2D', attributes: convolutionAttributes },
  depthwise: { op: 'FusedDepthwiseConv2dNative', attributes: convolutionAttributes },
  relu: { op: 'Relu' },
  sigmoid: { op: 'Sigmoid' },
  multiply: { op: 'Mul' },
  add: { op: 'AddV2' },
  mean: { op: 'AvgPool', attributes: poolAttributes },
  resize: { op: 'ResizeBilinear', attributes: ({ attributes }) => ({ align_corners: { b: attributes.alignCorners }, half_pixel_centers: { b: attributes.halfPixelCenters } }) },
  reshape: { op: 'Reshape' },
  transpose: { op: 'Transpose' },
};

/** @type {Record<Activation, string[]>} */
const FUSED_ACTIVATIONS = { linear: [], relu: ['Relu'], relu6: ['Relu6'], sigmoid: ['Sigmoid'] };

/** Every TensorFlow.js operator that an emitted graph may hold. */
export const EMITTED_OPERATORS = ['Const', ...Object.values(EMITTERS).map(({ op }) => op)];

/**
 * @param {Graph} graph
 * @param {{ weightsPath: string, generatedBy: string, convertedBy: string }} options
 * @returns {{ json: string, weights: Uint8Array }} The same bytes for the same graph.
 */
export function emitGraphModel(graph, { weightsPath, generatedBy, convertedBy }) {
  const stored = [...graph.constants].map(([name, constant]) => storeConstant(name, constant));
  const nodes = [...graph.nodes.values()].map((node) => emitNode(node, graph));
  const model = {
    format: 'graph-model',
    generatedBy,
    convertedBy,
    signature: signatureOf(graph),
    modelTopology: { node: [...[...graph.constants].map(emitConstant), ...nodes], versions: { producer: 1, minConsumer: 1 } },
    weightsManifest: [{ paths: [weightsPath], weights: stored.map(({ entry }) => entry) }],
  };
  return { json: `${JSON.stringify(model)}\n`, weights: new Uint8Array(Buffer.concat(stored.map(({ bytes }) => bytes))) };
}

/** @param {Graph} graph */
function signatureOf(graph) {
  const describe = (/** @type {GraphNode} */ { name, shape }) => [name, { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: tensorShape(shape) }];
  return {
    inputs: Object.fromEntries([...graph.nodes.values()].filter(({ op }) => op === 'input').map(describe)),
    outputs: Object.fromEntries(graph.outputs.map((name) => describe(graph.node(name)))),
  };
}

/** @param {GraphNode} node @param {Graph} graph @returns {EmittedNode} */
function emitNode(node, graph) {
  const emitter = EMITTERS[node.op];
  if (!emitter) throw new Error(`"${node.name}": no TensorFlow.js operator is known for ${node.op}`);
  return { name: node.name, op: emitter.op, input: node.inputs, attr: emitter.attributes?.(node, graph) ?? {} };
}

/** The value itself lies in the weights. @param {[string, Constant]} entry @returns {EmittedNode} */
function emitConstant([name, { values }]) {
  return { name, op: 'Const', attr: { dtype: { type: values instanceof Int32Array ? 'DT_INT32' : 'DT_FLOAT' } } };
}

/**
 * Float16 halves the download and loses nothing, the selfie models' weights being float16 in the first place.
 * A constant that float16 would round (a sixth, of hard-swish) stays float32.
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
  return {
    strides: integers([1, ...strides, 1]),
    padding: text(padding),
    fused_ops: { list: { s: ['BiasAdd', ...FUSED_ACTIVATIONS[activation]].map(base64) } },
    num_args: integer(1),
  };
}

/**
 * The mean over windows that fill the map. Not `Mean`: the WASM backend transposes the whole map for that.
 *
 * @param {GraphNode} node
 * @param {Graph} graph
 */
function poolAttributes({ inputs: [input], shape }, graph) {
  const [, height, width] = graph.node(input).shape;
  const window = integers([1, height / shape[1], width / shape[2], 1]);
  return { ksize: window, strides: window, padding: text('VALID') };
}

/** Protocol buffers in JSON have 64-bit integers as text and bytes as base64. */
const integer = (/** @type {number} */ value) => ({ i: String(value) });
const integers = (/** @type {number[]} */ values) => ({ list: { i: values.map(String) } });
const base64 = (/** @type {string} */ value) => Buffer.from(value).toString('base64');
const text = (/** @type {string} */ value) => ({ s: base64(value) });
const tensorShape = (/** @type {number[]} */ shape) => ({ dim: shape.map((size) => ({ size: String(size) })) });
