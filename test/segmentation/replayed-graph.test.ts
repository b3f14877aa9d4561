import { expect } from 'chai';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { resolveAssetUrls } from '../../src/assets';
import { ReplayedGraph } from '../../src/segmentation/replayed-graph';
import { startBackend } from '../../src/segmentation/tf-runtime';
import { replace, restoreAll } from '../helpers/spies';

const SHAPE: [number, number, number, number] = [1, 144, 256, 3];

const valuesOf = (tensor: tf.Tensor): Float32Array => {
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
};

describe('ReplayedGraph', () => {
  let model: GraphModel;
  let pictures: tf.Tensor4D[];

  before(async () => {
    await startBackend('wasm', resolveAssetUrls());
    model = await loadGraphModel(resolveAssetUrls().selfieLandscape.json);
    pictures = [1, 2, 3].map((seed) => tf.randomUniform(SHAPE, 0, 1, 'float32', seed));
  });

  after(() => {
    model.dispose();
    tf.dispose(pictures);
  });

  afterEach(restoreAll);

  /** Kernels that TensorFlow.js was asked for, not those of a replay. */
  function countKernels(): () => number {
    const engine = tf.engine();
    const { runKernel } = engine;
    let count = 0;
    replace(engine, 'runKernel', function counting(...args: Parameters<typeof runKernel>) {
      count += 1;
      return runKernel.apply(engine, args);
    });
    return () => count;
  }

  it('should give the values of the graph, of every picture', () => {
    const replayed = new ReplayedGraph(model, 'logits');
    for (const picture of pictures) {
      const expected = valuesOf(model.execute(picture, 'logits') as tf.Tensor);
      expect(valuesOf(replayed.execute(picture))).to.deep.equal(expected);
    }
  });

  it('should ask for kernels for the first picture of a size alone, and leave nothing behind', () => {
    const replayed = new ReplayedGraph(model, 'logits');
    const kernels = countKernels();
    replayed.execute(pictures[0] as tf.Tensor4D).dispose();
    expect(kernels()).to.be.above(100);
    const [asked, tensors, values] = [kernels(), tf.memory().numTensors, tf.backend().numDataIds()];
    for (const picture of pictures) replayed.execute(picture).dispose();
    expect([kernels(), tf.memory().numTensors, tf.backend().numDataIds()]).to.deep.equal([asked, tensors, values]);
  });

  it('should leave the engine as it was', () => {
    const { runKernel } = tf.engine();
    new ReplayedGraph(model, 'logits').execute(pictures[0] as tf.Tensor4D).dispose();
    expect(tf.engine().runKernel).to.equal(runKernel);
  });

  it('should free what was made when a kernel fails, and work again', () => {
    const replayed = new ReplayedGraph(model, 'logits');
    const [first, second] = pictures as [tf.Tensor4D, tf.Tensor4D];
    const expected = valuesOf(replayed.execute(first));
    const values = tf.backend().numDataIds();
    expect(() => replayed.execute({ ...first, dataId: {}, shape: SHAPE } as unknown as tf.Tensor4D)).to.throw();
    expect(tf.backend().numDataIds()).to.equal(values);
    replayed.execute(second).dispose();
    expect(valuesOf(replayed.execute(first))).to.deep.equal(expected);
  });

  it('should run the graph each time where something in it is made anew', () => {
    let factor = 1;
    const changing = { weights: {}, execute: (picture: tf.Tensor) => tf.mul(picture, tf.scalar(factor)) } as unknown as GraphModel;
    const replayed = new ReplayedGraph(changing, 'any');
    const [picture] = pictures as [tf.Tensor4D];
    const once = valuesOf(replayed.execute(picture))[0] as number;
    factor = 2;
    expect(valuesOf(replayed.execute(picture))[0]).to.equal(2 * once);
  });
});
