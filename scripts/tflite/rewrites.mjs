/**
 * Rewrites of a {@link Graph} that leave its result as it is, up to float32 rounding, and make it cheaper for
 * TensorFlow.js, where each operator costs a call and a pass over its map. Measured by bench (see README there).
 */

/** @import { Constant, Graph, GraphNode } from './graph.mjs' */

const CONVOLUTIONS = new Set(['conv', 'depthwise']);
const FUSABLE = new Set(['relu', 'sigmoid']);

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
 * A 1×1 convolution behind bilinear enlargement moves before it: the one mixes channels, the other cells, and
 * the cells' weights add up to one, so the bias may pass too. Four times fewer cells to convolve.
 *
 * @param {Graph} graph
 */
export function convolveBeforeEnlarging(graph) {
  for (const node of [...graph.nodes.values()]) {
    const resize = graph.nodes.get(node.inputs[0]);
    if (node.op !== 'conv' || resize?.op !== 'resize' || !isPointwise(node, graph)) continue;
    if (node.attributes.activation !== 'linear' || !graph.feedsOnly(resize.name, node)) continue;
    const [, height, width] = graph.node(resize.inputs[0]).shape;
    const channels = node.shape[3];
    graph.replaceUses(node.name, resize.name);
    node.inputs[0] = resize.inputs[0];
    node.shape = [1, height, width, channels];
    resize.inputs[0] = node.name;
    resize.shape = [...resize.shape.slice(0, 3), channels];
  }
  graph.tidy();
}

/**
 * The mean of a sum is the sum of the means, and twofold enlargement with half-pixel centres keeps the mean
 * (each cell hands out a total weight of four, at the border too). So the sum of two large maps, made only for
 * its mean, is not needed.
 *
 * @param {Graph} graph
 */
export function splitMeans(graph) {
  for (const node of [...graph.nodes.values()]) {
    const sum = graph.nodes.get(node.inputs[0]);
    if (node.op !== 'mean' || sum?.op !== 'add' || !graph.feedsOnly(sum.name, node)) continue;
    const parts = sum.inputs.map((input, index) => graph.add({ name: `${node.name}/part_${index}`, op: 'mean', inputs: [beforeDoubling(graph.node(input), graph)], shape: node.shape, attributes: {} }));
    Object.assign(node, { op: 'add', inputs: parts });
  }
  graph.tidy();
}

/** @param {GraphNode} node @param {Graph} graph */
function beforeDoubling(node, graph) {
  if (node.op !== 'resize' || !node.attributes.halfPixelCenters) return node.name;
  const [, height, width] = graph.node(node.inputs[0]).shape;
  return node.shape[1] === 2 * height && node.shape[2] === 2 * width ? node.inputs[0] : node.name;
}

/** @param {GraphNode} node @param {Graph} graph */
function isPointwise({ inputs, attributes }, graph) {
  const [height, width] = graph.constant(inputs[1]).shape;
  return height === 1 && width === 1 && attributes.strides.every((/** @type {number} */ stride) => stride === 1);
}
