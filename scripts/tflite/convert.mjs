/** TensorFlow Lite selfie model → TensorFlow.js graph model. */
import { emitGraphModel } from './emit.mjs';
import { lowerTflite } from './lower.mjs';
import { readTflite } from './reader.mjs';
import { convolveBeforeEnlarging, expandDeconvolution, expandHardSwish, fuseActivations, poolInTwoSteps } from './rewrites.mjs';

/** In this order: activations are found before hard-swish takes its own form. */
const REWRITES = [fuseActivations, convolveBeforeEnlarging, expandHardSwish, expandDeconvolution, poolInTwoSteps];

/**
 * @param {Uint8Array} bytes Content of a `.tflite` file that ends in a sigmoid.
 * @param {{ weightsPath: string, source: string }} options Where the JSON finds its weights, beside itself;
 *   and what it was made from.
 * @returns {{ json: string, weights: Uint8Array }} A network from `input`, RGB 0 … 1, `[1, height, width, 3]`, to
 *   `mask`, person probability 0 … 1, and `logits`, the same before the sigmoid, `[1, height, width, 1]`.
 */
export function convertTflite(bytes, { weightsPath, source }) {
  const graph = lowerTflite(readTflite(bytes));
  for (const rewrite of REWRITES) rewrite(graph);
  nameEnds(graph);
  return emitGraphModel(graph, { weightsPath, generatedBy: source, convertedBy: 'scripts/build-assets.mjs' });
}

/** @param {import('./graph.mjs').Graph} graph */
function nameEnds(graph) {
  const input = [...graph.nodes.values()].find(({ op }) => op === 'input');
  const mask = graph.node(graph.outputs[0]);
  if (!input || mask.op !== 'sigmoid') throw new Error(`expected an input and a sigmoid at the end, got ${mask.op}`);
  graph.rename(input.name, 'input');
  graph.rename(mask.inputs[0], 'logits');
  graph.rename(mask.name, 'mask');
  graph.outputs = ['mask', 'logits'];
}
