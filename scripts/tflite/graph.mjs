/**
 * The network between reader and emitter: nodes named by what they compute, in execution order, over NHWC
 * tensors. Its operators are few and close to TensorFlow's; `emit.mjs` lists them.
 */

/**
 * @typedef {object} Constant
 * @property {number[]} shape
 * @property {Float32Array | Int32Array} values
 *
 * @typedef {'linear' | 'relu' | 'relu6' | 'sigmoid'} Activation
 *
 * @typedef {object} GraphNode
 * @property {string} name
 * @property {string} op `input`, `conv`, `depthwise`, `relu`, `sigmoid`, `hardSwish`, `multiply`, `add`,
 *   `mean` (over height and width), `resize` (bilinear), `deconv` (transposed 2×2, stride 2), `reshape`, `transpose`
 * @property {string[]} inputs Names of nodes and constants. Convolutions: picture, filter (HWIO, or HWC1 for
 *   depthwise), bias. Resize, reshape and transpose: map, and a constant with the size, shape or order.
 * @property {number[]} shape Of the result, `[1, height, width, channels]` but for reshape and transpose.
 * @property {Record<string, any>} attributes Convolutions: `strides` `[vertical, horizontal]`, `padding`,
 *   `activation`; resize: `alignCorners`, `halfPixelCenters`.
 */

export class Graph {
  /** @type {Map<string, GraphNode>} In execution order. */
  nodes = new Map();

  /** @type {Map<string, Constant>} */
  constants = new Map();

  /** @type {string[]} Names of nodes whose results the caller wants. */
  outputs = [];

  /** @param {GraphNode} node @returns {string} Its name. */
  add(node) {
    if (this.nodes.has(node.name) || this.constants.has(node.name)) throw new Error(`two nodes are named "${node.name}"`);
    this.nodes.set(node.name, node);
    return node.name;
  }

  /** @param {string} name @param {Constant} constant @returns {string} The name. */
  addConstant(name, constant) {
    if (this.nodes.has(name) || this.constants.has(name)) throw new Error(`two nodes are named "${name}"`);
    this.constants.set(name, constant);
    return name;
  }

  /** @param {string} name @returns {GraphNode} */
  node(name) {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no node is named "${name}"`);
    return node;
  }

  /** @param {string} name @returns {Constant} */
  constant(name) {
    const constant = this.constants.get(name);
    if (!constant) throw new Error(`no constant is named "${name}"`);
    return constant;
  }

  /** @param {string} name @returns {GraphNode[]} Nodes that read it. */
  consumers(name) {
    return [...this.nodes.values()].filter((node) => node.inputs.includes(name));
  }

  /** True when `name` may be altered for the sake of `consumer`: nobody else sees it. @param {string} name @param {GraphNode} consumer */
  feedsOnly(name, consumer) {
    const consumers = this.consumers(name);
    return consumers.length === 1 && consumers[0] === consumer && !this.outputs.includes(name);
  }

  /** Lets every reader of `before` read `after` instead. @param {string} before @param {string} after */
  replaceUses(before, after) {
    for (const node of this.nodes.values()) node.inputs = node.inputs.map((input) => (input === before ? after : input));
    this.outputs = this.outputs.map((output) => (output === before ? after : output));
  }

  /** Gives a node another name, everywhere. @param {string} before @param {string} after */
  rename(before, after) {
    const node = this.node(before);
    this.nodes = new Map([...this.nodes].map(([name, each]) => (each === node ? [after, node] : [name, each])));
    node.name = after;
    this.replaceUses(before, after);
  }

  /** Drops what no output needs, and puts the rest in execution order. */
  tidy() {
    /** @type {Map<string, GraphNode>} */
    const nodes = new Map();
    /** @type {Map<string, Constant>} */
    const constants = new Map();
    const visit = (/** @type {string} */ name) => {
      if (nodes.has(name) || constants.has(name)) return;
      if (this.constants.has(name)) {
        constants.set(name, this.constant(name));
        return;
      }
      const node = this.node(name);
      node.inputs.forEach(visit);
      nodes.set(name, node);
    };
    this.outputs.forEach(visit);
    this.nodes = nodes;
    this.constants = constants;
  }
}
