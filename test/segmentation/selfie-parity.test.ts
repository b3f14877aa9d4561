import { expect } from 'chai';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { resolveAssetUrls } from '../../src/assets';
import { startBackend } from '../../src/segmentation/tf-runtime';
import type { Backend, Size } from '../../src/types';
import { intersectionOverUnion, readBitmap } from '../support/shared';

/*
 * The converted networks against MediaPipe's own solution, on a drawn portrait. The reference is what
 * scripts/make-selfie-reference.mjs stored: MediaPipe's float32 result in 16 bits, so true to 1/131070.
 */

interface Network extends Size {
  name: string;
  json: string;
}

interface Difference {
  mean: number;
  max: number;
}

const { selfieLandscape, selfieGeneral } = resolveAssetUrls();
const NETWORKS: Network[] = [
  { name: 'landscape', json: selfieLandscape.json, width: 256, height: 144 },
  { name: 'general', json: selfieGeneral.json, width: 256, height: 256 },
];

/** Largest differences of a probability. A GPU may compute in less than float32, the WASM backend does not. */
const LIMITS: Record<Backend, Difference> = {
  wasm: { mean: 1e-5, max: 1e-4 },
  webgl: { mean: 2e-3, max: 0.1 },
};

/** The picture as the network takes it, `[1, height, width, 3]`, RGB 0 … 1; the caller disposes it. */
async function readInput({ name, width, height }: Size & { name: string }): Promise<tf.Tensor4D> {
  const png = await (await fetch(new URL(`./reference/${name}.png`, import.meta.url))).blob();
  const bitmap = await createImageBitmap(png, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  expect([bitmap.width, bitmap.height]).to.deep.equal([width, height]);
  const rgb = readBitmap(bitmap).data.filter((_value, index) => index % 4 < 3);
  bitmap.close();
  return tf.tensor4d(Float32Array.from(rgb, (value) => value / 255), [1, height, width, 3]);
}

/** MediaPipe's person probability, 0 … 1, row by row from the top. */
async function readReference(name: string): Promise<Float32Array> {
  const { body } = await fetch(new URL(`./reference/${name}.mask.bin.gz`, import.meta.url));
  if (!body) throw new Error(`no reference for ${name}`);
  const view = new DataView(await new Response(body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
  return Float32Array.from({ length: view.byteLength / 2 }, (_value, index) => view.getUint16(index * 2, true) / 65535);
}

function compare(actual: Float32Array, expected: Float32Array): Difference {
  expect(actual.length, 'cells').to.equal(expected.length);
  const differences = actual.map((value, index) => Math.abs(value - (expected[index] as number)));
  return {
    mean: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    max: differences.reduce((most, difference) => Math.max(most, difference), 0),
  };
}

async function readOutput(model: GraphModel, input: tf.Tensor4D, { width, height }: Size, name: string): Promise<Float32Array> {
  const output = model.execute(input, name) as tf.Tensor;
  expect(output.shape, name).to.deep.equal([1, height, width, 1]);
  const values = (await output.data()) as Float32Array;
  output.dispose();
  return values;
}

const toProbability = (logits: Float32Array): Float32Array => logits.map((logit) => 1 / (1 + Math.exp(-logit)));

describe('bundled selfie model', () => {
  for (const backend of ['wasm', 'webgl'] as const) {
    for (const network of NETWORKS) {
      describe(`${network.name} on ${backend}`, () => {
        let tensorsBefore: number;
        let model: GraphModel;
        let input: tf.Tensor4D;

        before(async () => {
          await startBackend(backend, resolveAssetUrls());
          tensorsBefore = tf.memory().numTensors;
          model = await loadGraphModel(network.json);
          input = await readInput(network);
        });

        it('should take RGB of the network\'s size and name its outputs', () => {
          expect(model.inputs.map(({ name, shape }) => [name, shape])).to.deep.equal([['input', input.shape]]);
          expect(model.outputs.map(({ name }) => name)).to.deep.equal(['mask', 'logits']);
        });

        it('should give the mask that MediaPipe gives', async () => {
          const mask = await readOutput(model, input, network, 'mask');
          const reference = await readReference(network.name);
          const { mean, max } = compare(mask, reference);
          const isPerson = (values: Float32Array) => (index: number) => (values[index] as number) > 0.5;
          const iou = intersectionOverUnion(mask.length, isPerson(mask), isPerson(reference));
          console.log(`parity selfie ${network.name} ${backend}: mean ${mean.toExponential(1)}, max ${max.toExponential(1)}, IoU ${iou.toFixed(4)}`);
          expect(mean, 'mean difference').to.be.at.most(LIMITS[backend].mean);
          expect(max, 'largest difference').to.be.at.most(LIMITS[backend].max);
          expect(iou, 'IoU').to.be.at.least(0.99);
        });

        it('should give logits whose sigmoid is the mask', async () => {
          const mask = await readOutput(model, input, network, 'mask');
          const logits = await readOutput(model, input, network, 'logits');
          expect(compare(toProbability(logits), mask).max).to.be.at.most(1e-4);
        });

        it('should leave no tensors behind', async () => {
          const tensors = tf.memory().numTensors;
          for (const name of ['mask', 'logits', 'logits']) await readOutput(model, input, network, name);
          expect(tf.memory().numTensors, 'after running').to.equal(tensors);
        });

        after(() => {
          input.dispose();
          model.dispose();
          expect(tf.memory().numTensors, 'after disposing').to.equal(tensorsBefore);
        });
      });
    }
  }
});
