/** TFLite operators → nodes of a {@link Graph}, one to one; `rewrites.mjs` improves on the result. */
import { Graph } from './graph.mjs';
import { tensorValues } from './reader.mjs';

/** @import { TfliteModel, TfliteOperator, TfliteTensor } from './reader.mjs' */

/** TFLite `Padding` enumeration. */
const PADDINGS = ['SAME', 'VALID'];

/** The transposed convolution of MediaPipe's own TFLite operators. */
export const DECONVOLUTION = 'Convolution2DTransposeBias';

/** How each operator becomes a node. @type {Record<string, (context: Lowering, operator: TfliteOperator) => void>} */
const LOWERINGS = {
  ADD: (context, operator) => context.node(operator, 'add', plainActivation(operator)),
  MUL: (context, operator) => context.node(operator, 'multiply', plainActivation(operator)),
  RELU: (context, operator) => context.node(operator, 'relu'),
  LOGISTIC: (context, operator) => context.node(operator, 'sigmoid'),
  HARD_SWISH: (context, operator) => context.node(operator, 'hardSwish'),
  DEQUANTIZE: (context, operator) => context.dequantize(operator),
  CONV_2D: (context, operator) => context.convolution(operator, 'conv'),
  DEPTHWISE_CONV_2D: (context, operator) => context.convolution(operator, 'depthwise'),
  MEAN: (context, operator) => context.mean(operator),
  AVERAGE_POOL_2D: (context, operator) => context.averagePool(operator),
  RESIZE_BILINEAR: (context, operator) => context.resize(operator),
  [DECONVOLUTION]: (context, operator) => context.deconvolution(operator),
};

/** Every TFLite operator that can be converted. */
export const KNOWN_OPERATORS = Object.keys(LOWERINGS);

/**
 * @param {TfliteModel} model One input picture `[1, height, width, 3]`, one output.
 * @returns {Graph} Nodes named after the model's tensors.
 */
export function lowerTflite(model) {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) throw new Error(`expected one input and one output, got ${model.inputs.length} and ${model.outputs.length}`);
  const context = new Lowering(model);
  for (const operator of model.operators) {
    const lower = LOWERINGS[operator.name];
    if (!lower) throw new Error(`unknown operator "${operator.name}"; known are ${KNOWN_OPERATORS.join(', ')}`);
    lower(context, operator);
  }
  context.graph.outputs = model.outputs.map((index) => context.names[index]);
  return context.graph;
}

class Lowering {
  graph = new Graph();

  /** @param {TfliteModel} model */
  constructor(model) {
    this.tensors = model.tensors;
    this.names = model.tensors.map(({ name }) => name);
    /** Output of a DEQUANTIZE → the float16 constant that it reads. @type {Map<number, number>} */
    this.dequantized = new Map();
    const [input] = model.inputs;
    this.graph.add({ name: this.names[input], op: 'input', inputs: [], shape: this.tensors[input].shape, attributes: {} });
  }

  /** @param {TfliteOperator} operator @param {string} op @param {Record<string, any>} [attributes] @param {string[]} [inputs] */
  node({ inputs: indices, outputs: [output] }, op, attributes = {}, inputs = indices.map((index) => this.names[index])) {
    const { name, shape, type } = this.tensors[output];
    if (type !== 'FLOAT32') throw new Error(`"${name}" is computed as ${type}; only FLOAT32 is known`);
    this.graph.add({ name, op, inputs, shape, attributes });
  }

  /** @param {TfliteOperator} operator */
  dequantize({ inputs: [input], outputs: [output] }) {
    const { name, type } = this.tensors[input];
    if (type !== 'FLOAT16') throw new Error(`"${name}" is dequantized from ${type}; only FLOAT16 is known`);
    this.dequantized.set(output, input);
  }

  /** @param {number} index @returns {{ tensor: TfliteTensor, values: Float32Array | Int32Array }} */
  constant(index) {
    const tensor = this.tensors[this.dequantized.get(index) ?? index];
    return { tensor, values: tensorValues(tensor) };
  }

  /** @param {TfliteOperator} operator @param {'conv' | 'depthwise'} op */
  convolution(operator, op) {
    const { options } = operator;
    if (options.dilationWidth !== 1 || options.dilationHeight !== 1) throw new Error(`${operator.name}: dilation is not known`);
    if (op === 'depthwise' && options.depthMultiplier !== 1) throw new Error(`${operator.name}: a depth multiplier of ${options.depthMultiplier} is not known`);
    this.node(
      operator,
      op,
      { ...plainActivation(operator), strides: [options.strideHeight, options.strideWidth], padding: PADDINGS[options.padding], activation: 'linear' },
      this.filterAndBias(operator, op === 'conv' ? ohwiToHwio : depthwiseFilter),
    );
  }

  /** @param {TfliteOperator} operator @param {typeof ohwiToHwio} arrange @returns {string[]} */
  filterAndBias({ inputs: [picture, filter, bias], outputs: [output] }, arrange) {
    const name = this.names[output];
    const weights = this.constant(filter);
    const biases = this.constant(bias);
    return [
      this.names[picture],
      this.graph.addConstant(`${name}/filter`, arrange(weights.tensor.shape, /** @type {Float32Array} */ (weights.values))),
      this.graph.addConstant(`${name}/bias`, { shape: biases.tensor.shape, values: biases.values }),
    ];
  }

  /** @param {TfliteOperator} operator */
  mean(operator) {
    const axes = [...this.constant(operator.inputs[1]).values].sort();
    if (axes.join() !== '1,2' || !operator.options.keepDims) throw new Error(`MEAN: expected height and width, kept; got axes ${axes}`);
    this.node(operator, 'mean', {}, [this.names[operator.inputs[0]]]);
  }

  /** @param {TfliteOperator} operator */
  averagePool(operator) {
    const [, height, width] = this.tensors[operator.inputs[0]].shape;
    const { filterHeight, filterWidth, padding } = operator.options;
    if (filterHeight !== height || filterWidth !== width || PADDINGS[padding] !== 'VALID') throw new Error(`AVERAGE_POOL_2D: expected one window over ${height}×${width}, got ${filterHeight}×${filterWidth}`);
    this.node(operator, 'mean', plainActivation(operator));
  }

  /** @param {TfliteOperator} operator */
  resize(operator) {
    const { alignCorners, halfPixelCenters } = operator.options;
    const size = this.constant(operator.inputs[1]);
    const name = this.graph.addConstant(`${this.names[operator.outputs[0]]}/size`, { shape: size.tensor.shape, values: size.values });
    this.node(operator, 'resize', { alignCorners: Boolean(alignCorners), halfPixelCenters: Boolean(halfPixelCenters) }, [this.names[operator.inputs[0]], name]);
  }

  /** @param {TfliteOperator} operator */
  deconvolution(operator) {
    const { shape } = this.constant(operator.inputs[1]).tensor;
    const [, height, width] = this.tensors[operator.inputs[0]].shape;
    const [, outputHeight, outputWidth] = this.tensors[operator.outputs[0]].shape;
    // Windows of the stride's size do not overlap, so the padding has no say.
    if (shape.slice(0, 3).join() !== '1,2,2' || outputHeight !== 2 * height || outputWidth !== 2 * width) throw new Error(`${DECONVOLUTION}: expected a 2×2 filter with stride 2 and one output, got filter ${shape}`);
    this.node(operator, 'deconv', {}, this.filterAndBias(operator, ohwiToHwio));
  }
}

/** The selfie models keep activations in operators of their own. @param {TfliteOperator} operator */
function plainActivation({ name, options }) {
  if (options.activation !== 0) throw new Error(`${name}: the built-in activation ${options.activation} is not known`);
  return {};
}

/**
 * @param {number[]} shape `[outputs, height, width, inputs]`
 * @param {Float32Array} values
 * @returns {import('./graph.mjs').Constant} `[height, width, inputs, outputs]`
 */
function ohwiToHwio([outputs, height, width, inputs], values) {
  const cells = height * width * inputs;
  const arranged = new Float32Array(values.length);
  for (let output = 0; output < outputs; output += 1) {
    for (let cell = 0; cell < cells; cell += 1) arranged[cell * outputs + output] = values[output * cells + cell];
  }
  return { shape: [height, width, inputs, outputs], values: arranged };
}

/** @param {number[]} shape `[1, height, width, channels]` @param {Float32Array} values @returns {import('./graph.mjs').Constant} `[height, width, channels, 1]` */
function depthwiseFilter([, height, width, channels], values) {
  return { shape: [height, width, channels, 1], values };
}
