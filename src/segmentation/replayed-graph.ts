import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, NamedTensorMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';

/** Where a step's input comes from: an earlier step by its index, the picture, or the weights. */
type Origin = { step: number } | { weight: object } | 'picture';

interface Step {
  kernel: KernelFunc;
  attrs: NamedAttrMap | undefined;
  inputs: { name: string; origin: Origin; shape: number[]; dtype: tf.DataType }[];
  /** Steps whose outputs no later step needs. */
  spent: number[];
}

interface Recording {
  backend: tf.KernelBackend;
  /** Null: what ran cannot be repeated. */
  steps: Step[] | null;
}

/** Sizes of pictures that a network meets: the whole frame, three shapes of crops, and these on each rung of quality. */
const MAX_RECORDINGS = 12;

/**
 * A network whose kernels are noted while it runs for the first time on pictures of one size, and from then on are called
 * one after the other, as a graph of CUDA is captured and launched. TensorFlow.js' own way through a graph costs as much
 * again for each of its hundred nodes (names looked up, attributes read, scopes and tensors counted) as a small kernel
 * does: without it the selfie network takes 28 % less time on WASM. Values are the same, since the kernels are.
 *
 * On WebGL the graph itself runs: there the GPU's time counts.
 */
export class ReplayedGraph {
  readonly #graph: GraphModel;
  readonly #output: string;
  /** By the picture's shape. */
  readonly #recordings = new Map<string, Recording>();

  /** @param output name of the one node that is wanted */
  constructor(graph: GraphModel, output: string) {
    this.#graph = graph;
    this.#output = output;
  }

  /**
   * @param picture stays the caller's
   * @returns belongs to the caller
   */
  execute(picture: tf.Tensor4D): tf.Tensor4D {
    if (tf.getBackend() !== 'wasm') return this.#run(picture);
    const key = picture.shape.join('×');
    const known = this.#recordings.get(key);
    if (known?.backend !== tf.backend()) return this.#record(picture, key);
    return known.steps ? replay(known.steps, picture, known.backend) : this.#run(picture);
  }

  #run(picture: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => this.#graph.execute(picture, this.#output) as tf.Tensor4D);
  }

  #record(picture: tf.Tensor4D, key: string): tf.Tensor4D {
    const weights = new Set(Object.values(this.#graph.weights).flatMap((tensors) => tensors.map(({ dataId }) => dataId)));
    const recorder = new Recorder(picture, weights);
    const engine = tf.engine();
    const { runKernel } = engine;
    engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(name: string, inputs: NamedTensorMap, attrs?: NamedAttrMap): T => {
      const outputs = runKernel.call(engine, name, inputs, attrs) as T;
      recorder.note(name, inputs, attrs, outputs);
      return outputs;
    };
    let result: tf.Tensor4D;
    try {
      result = this.#run(picture);
    } finally {
      engine.runKernel = runKernel;
    }
    const [oldest] = this.#recordings.keys();
    if (oldest !== undefined && this.#recordings.size >= MAX_RECORDINGS) this.#recordings.delete(oldest);
    this.#recordings.set(key, { backend: tf.backend(), steps: recorder.finish(result) });
    return result;
  }
}

/** Notes kernels as they run, and who makes and who needs which values. */
class Recorder {
  readonly #picture: object;
  readonly #weights: ReadonlySet<object>;
  readonly #steps: Step[] = [];
  /** The last step that gave these values; one that only reshapes gives those of its input. */
  readonly #makers = new Map<object, number>();
  #isRepeatable = true;

  constructor({ dataId }: tf.Tensor, weights: ReadonlySet<object>) {
    this.#picture = dataId;
    this.#weights = weights;
  }

  note(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap | undefined, outputs: tf.Tensor | tf.Tensor[]): void {
    const kernel = tf.getKernel(name, 'wasm')?.kernelFunc;
    if (!kernel || Array.isArray(outputs)) {
      this.#isRepeatable = false;
      return;
    }
    // Optional inputs are undefined or null.
    const given = Object.entries(inputs as Record<string, tf.Tensor | null | undefined>).filter((entry): entry is [string, tf.Tensor] => Boolean(entry[1]));
    this.#steps.push({
      kernel,
      attrs,
      inputs: given.map(([key, { dataId, shape, dtype }]) => ({ name: key, origin: this.#originOf(dataId), shape, dtype })),
      spent: [],
    });
    this.#makers.set(outputs.dataId, this.#steps.length - 1);
  }

  /** @returns null where what ran cannot be repeated */
  finish({ dataId }: tf.Tensor): Step[] | null {
    const last = this.#steps.length - 1;
    if (!this.#isRepeatable || this.#makers.get(dataId) !== last) return null;
    const neededLast = this.#steps.map((_step, index) => index);
    this.#steps.forEach(({ inputs }, index) => {
      for (const { origin } of inputs) if (typeof origin === 'object' && 'step' in origin) neededLast[origin.step] = index;
    });
    neededLast.forEach((at, step) => {
      if (step !== last) (this.#steps[at] as Step).spent.push(step);
    });
    return this.#steps;
  }

  #originOf(dataId: object): Origin {
    const step = this.#makers.get(dataId);
    if (step !== undefined) return { step };
    if (dataId === this.#picture) return 'picture';
    // Made on the way from something else than tensors: it is gone by the next time.
    if (!this.#weights.has(dataId)) this.#isRepeatable = false;
    return { weight: dataId };
  }
}

function replay(steps: readonly Step[], picture: tf.Tensor4D, backend: tf.KernelBackend): tf.Tensor4D {
  const made: (TensorInfo | null)[] = steps.map(() => null);
  const free = (step: number): void => {
    const info = made[step];
    if (info) backend.disposeData(info.dataId);
    made[step] = null;
  };
  try {
    steps.forEach(({ kernel, attrs, inputs, spent }, index) => {
      const given: Record<string, TensorInfo> = {};
      for (const { name, origin, shape, dtype } of inputs) given[name] = { dataId: dataIdOf(origin), shape, dtype };
      made[index] = kernel({ inputs: given, ...(attrs && { attrs }), backend }) as TensorInfo;
      spent.forEach(free);
    });
    const result = tf.engine().makeTensorFromTensorInfo(made.at(-1) as TensorInfo) as tf.Tensor4D;
    made[made.length - 1] = null;
    return result;
  } finally {
    // Nothing, unless a kernel threw.
    made.forEach((_info, step) => free(step));
  }

  function dataIdOf(origin: Origin): object {
    if (origin === 'picture') return picture.dataId;
    return 'weight' in origin ? origin.weight : (made[origin.step] as TensorInfo).dataId;
  }
}
