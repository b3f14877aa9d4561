/** The segmentation worker, which breaks on order. */
import * as tf from '@tensorflow/tfjs-core';
import '../../src/segmentation.worker';

export type SegmentationOrder = 'throw' | 'die' | 'hang-thread' | 'hang-inference' | 'nan' | 'slow' | 'well';

const SLOW_MS = 3000;

let order: SegmentationOrder = 'well';
new BroadcastChannel('vbc-segmentation-faults').onmessage = ({ data }: MessageEvent<SegmentationOrder>) => {
  order = data;
  if (order === 'throw') throw new Error('out of memory');
  if (order === 'die') self.close();
};

const read = tf.Tensor.prototype.data as (this: tf.Tensor) => Promise<Float32Array>;
tf.Tensor.prototype.data = async function data(this: tf.Tensor) {
  const values = await read.call(this);
  if (order === 'nan') values.fill(Number.NaN);
  if (order === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  if (order === 'hang-inference') await new Promise(() => undefined);
  // For ever, as far as anybody waits: a thread that computes cannot be talked to.
  while (order === 'hang-thread');
  return values;
} as typeof tf.Tensor.prototype.data;
