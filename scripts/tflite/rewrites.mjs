/**
 * Rewrites of a {@link Graph} that leave its result as it is, up to float32 rounding, and fit it to
 * TensorFlow.js, where every operator costs a call and a pass over its map.
 */

/** @import { Graph, GraphNode } from './graph.mjs' */

const CONVOLUTIONS = new Set(['conv', 'depthwise']);
const FUSABLE = new Set(['relu', 'sigmoid']);
const POINTWISE = { strides: [1, 1], padding: 'SAME', activation: 'linear' };
/** Means over more cells than this are taken in two steps. */
const LARGE_MAP_CELLS = 1024;

/** An activation right behind a convolution becomes a part of it. @param {Graph} graph */
export function fuseActivations(graph) {
  for (const node of [...graph.nodes.values()]) {
    const producer = graph.nodes.get(node.inputs[0]);
    if (!FUSABLE.has(node.op) || !producer || !CONVOLUTIONS.has(producer.op)) continue;
    if (producer.attributes.activation !== 'linear' || !graph.feedsOnly(producer.name, node)) continue;
    producer.attributes.activation = node.op;
    graph.replaceUses(node.name, producer.name);
  }
  graph.tidy();
}

/**
 * A 1×1 convolution behind bilinear enlargement moves before it, where it has fewer cells to convolve and the
 * enlargement fewer channels: the one mixes channels, the other cells, and since the cells' weights add up to
 * one, the bias may pass too.
 *
 * @param {Graph} graph
 */
export function convolveBeforeEnlarging(graph) {
  for (const node of [...graph.nodes.values()]) {
    const resize = graph.nodes.get(node.inputs[0]);
    if (node.op !== 'conv' || resize?.op !== 'resize' || !isPointwise(node, graph)) continue;
    if (node.attributes.activation !== 'linear' || !graph.feedsOnly(resize.name, node)) continue;
    const [, height, width] = graph.node(resize.inputs[0]).shape;
    if (height * width > resize.shape[1] * resize.shape[2]) continue;
    graph.replaceUses(node.name, resize.name);
    node.inputs[0] = resize.inputs[0];
    resize.inputs[0] = node.name;
    resize.shape = node.shape;
    node.shape = [1, height, width, node.shape[3]];
  }
  graph.tidy();
}

/** @param {GraphNode} node @param {Graph} graph */
function isPointwise({ inputs, attributes }, graph) {
  const [height, width] = graph.constant(inputs[1]).shape;
  return height === 1 && width === 1 && attributes.strides.every((/** @type {number} */ stride) => stride === 1);
}

/**
 * Hard-swish, x · relu6(x + 3) / 6 (Howard et al., "Searching for MobileNetV3", 2019), which TensorFlow.js does
 * not have. The gate relu6(x + 3) is a depthwise 1×1 convolution with ones, which takes both its steps in one
 * pass over the map.
 *
 * The division stays an operator of its own: folded into the weights before it, it would make them inexact in
 * float16.
 *
 * @param {Graph} graph
 */
export function expandHardSwish(graph) {
  const sixth = shared(graph, 'hard_swish/sixth', [], 1 / 6);
  for (const node of [...graph.nodes.values()]) {
    if (node.op !== 'hardSwish') continue;
    const { name, shape } = node;
    const [input] = node.inputs;
    const channels = shape[3];
    const ones = shared(graph, `hard_swish/ones_${channels}`, [1, 1, channels, 1], 1);
    const threes = shared(graph, `hard_swish/threes_${channels}`, [channels], 3);
    const gate = graph.add({ name: `${name}/gate`, op: 'depthwise', inputs: [input, ones, threes], shape, attributes: { ...POINTWISE, activation: 'relu6' } });
    const product = graph.add({ name: `${name}/product`, op: 'multiply', inputs: [input, gate], shape, attributes: {} });
    Object.assign(node, { op: 'multiply', inputs: [product, sixth] });
  }
  graph.tidy();
}

/**
 * The transposed 2×2 convolution with stride 2, whose windows do not overlap: a 1×1 convolution to four
 * channels, one for each cell of the window (row by row), and those dealt out. Dealing out is a transposition
 * rather than DepthToSpace, for which the WASM backend divides out the place of every single value.
 *
 * @param {Graph} graph
 */
export function expandDeconvolution(graph) {
  for (const node of [...graph.nodes.values()]) {
    if (node.op !== 'deconv') continue;
    const { name } = node;
    const [input] = node.inputs;
    const [, height, width] = graph.node(input).shape;
    const cells = graph.add({ name: `${name}/cells`, op: 'conv', inputs: [input, ...cellWeights(node, graph)], shape: [1, height, width, 4], attributes: { ...POINTWISE } });
    const split = addReshape(graph, `${name}/split`, cells, [height, width, 2, 2]);
    const order = graph.addConstant(`${name}/order`, { shape: [4], values: Int32Array.of(0, 2, 1, 3) });
    const dealt = graph.add({ name: `${name}/dealt`, op: 'transpose', inputs: [split, order], shape: [height, 2, width, 2], attributes: {} });
    graph.replaceUses(name, addReshape(graph, `${name}/map`, dealt, node.shape));
  }
  graph.tidy();
}

/** @param {GraphNode} node @param {Graph} graph @returns {string[]} Names of filter `[1, 1, inputs, 4]` and bias `[4]`. */
function cellWeights({ name, inputs: [, filterName, biasName] }, graph) {
  const { shape: [, , inputs], values } = graph.constant(filterName);
  const filter = Float32Array.from(values, (_, index) => values[(index % 4) * inputs + Math.floor(index / 4)]);
  const bias = new Float32Array(4).fill(graph.constant(biasName).values[0]);
  return [
    graph.addConstant(`${name}/cells/filter`, { shape: [1, 1, inputs, 4], values: filter }),
    graph.addConstant(`${name}/cells/bias`, { shape: [4], values: bias }),
  ];
}

/** @param {Graph} graph @param {string} name @param {string} input @param {number[]} shape */
function addReshape(graph, name, input, shape) {
  const constant = graph.addConstant(`${name}/shape`, { shape: [shape.length], values: Int32Array.from(shape) });
  return graph.add({ name, op: 'reshape', inputs: [input, constant], shape, attributes: {} });
}

/** A constant of one value, added when first asked for. @param {Graph} graph @param {string} name @param {number[]} shape @param {number} value */
function shared(graph, name, shape, value) {
  if (graph.constants.has(name)) return name;
  const size = shape.reduce((product, length) => product * length, 1);
  return graph.addConstant(name, { shape, values: new Float32Array(size).fill(value) });
}

/**
 * The mean over a large map becomes the mean of the means of equal windows: on the GPU one step would have a
 * handful of threads (one a channel) each read the whole map.
 *
 * @param {Graph} graph
 */
export function poolInTwoSteps(graph) {
  for (const node of [...graph.nodes.values()]) {
    if (node.op !== 'mean') continue;
    const [input] = node.inputs;
    const [, height, width, channels] = graph.node(input).shape;
    if (height * width <= LARGE_MAP_CELLS) continue;
    const shape = [1, height / divisorNearRoot(height), width / divisorNearRoot(width), channels];
    node.inputs = [graph.add({ name: `${node.name}/windows`, op: 'mean', inputs: [input], shape, attributes: {} })];
  }
  graph.tidy();
}

/** @param {number} size @returns {number} Its largest divisor that is not above its square root. */
function divisorNearRoot(size) {
  let divisor = Math.floor(Math.sqrt(size));
  while (size % divisor !== 0) divisor -= 1;
  return divisor;
}
