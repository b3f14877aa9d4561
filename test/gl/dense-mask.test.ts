import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import { createCompositor, createMask, disposeCompositors, drawScene, expectNoGlError, readInput } from '../helpers/gl';
import { farthest, pixelAt, solidCanvas, WHITE } from '../helpers/pixels';
import { QUALITIES, type Mask } from '../../src/types';

const FRAME = { width: 320, height: 180 };
const SCENE = { frame: solidCanvas(FRAME, WHITE), background: { kind: 'color', color: [0, 0, 0] }, inputSize: { width: 64, height: 36 } } as const;

/** The mask as TensorFlow.js leaves it on the GPU: four values in a texel, rows of the texture filled up. */
function toDenseTexture(gl: WebGL2RenderingContext, { data }: Mask, rowTexels: number): WebGLTexture {
  const rows = Math.ceil(data.length / 4 / rowTexels);
  const values = new Float32Array(rows * rowTexels * 4).fill(99);
  values.set(data);
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, rowTexels, rows, 0, gl.RGBA, gl.FLOAT, values);
  return texture;
}

describe('<virtual-background-camera> mask on the GPU', () => {
  let compositor: Compositor;

  beforeEach(() => {
    compositor = createCompositor();
  });

  afterEach(disposeCompositors);

  for (const [width, height, rowTexels] of [[24, 14, 10], [23, 13, 9], [5, 3, 1], [17, 1, 5]] as const) {
    it(`should be laid out as the one from the processor: ${width}×${height} cells in rows of ${rowTexels} texels`, () => {
      const mask = createMask({ width, height }, (column, row) => (((column * 7 + row * 5) % 11) - 5.25) * 2, { kind: 'logit' });
      const fromProcessor = drawScene(compositor, { ...SCENE, mask });
      compositor.clearMask();
      compositor.setFrame(SCENE.frame, FRAME);
      readInput(compositor, SCENE.inputSize);
      const { gl } = compositor.context;
      const texture = toDenseTexture(gl, mask, rowTexels);
      compositor.setDenseMask({ ...mask, texture, rowTexels });
      gl.deleteTexture(texture);
      const fromGpu = drawScene(compositor, SCENE);
      expect(fromGpu.drawnAs).to.equal('person');
      expect(farthest(fromGpu, ([red], column, row) => Math.abs(red - pixelAt(fromProcessor, column, row)[0]))).to.be.at.most(2);
      expect(farthest(fromGpu, ([red]) => red), 'something of the person').to.be.above(100);
    });
  }

  it('should take a texture of logits that never got its values for the room', () => {
    const mask = createMask({ width: 24, height: 14 }, () => 0, { kind: 'logit' });
    compositor.setFrame(SCENE.frame, FRAME);
    readInput(compositor, SCENE.inputSize);
    const texture = toDenseTexture(compositor.context.gl, mask, 10);
    compositor.setDenseMask({ ...mask, texture, rowTexels: 10 });
    compositor.context.gl.deleteTexture(texture);
    expect(farthest(drawScene(compositor, SCENE), ([red]) => red)).to.be.below(5);
  });

  for (const kind of ['logit', 'probability'] as const) {
    for (const quality of QUALITIES) {
      it(`should show no room where a network on the GPU gives no numbers: ${kind}, ${quality}`, () => {
        const mask = createMask({ width: 24, height: 14 }, () => Number.NaN, { kind });
        const { gl } = compositor.context;
        compositor.setFrame(SCENE.frame, FRAME);
        readInput(compositor, SCENE.inputSize);
        const texture = toDenseTexture(gl, mask, 10);
        compositor.setDenseMask({ ...mask, texture, rowTexels: 10 });
        gl.deleteTexture(texture);
        expect(farthest(drawScene(compositor, { ...SCENE, quality }), ([red]) => red), 'of the white room').to.equal(0);
      });
    }
  }

  it('should give way to a mask from the processor, and go with the compositor', () => {
    const mask = createMask({ width: 8, height: 4 }, () => 0);
    const { gl } = compositor.context;
    drawScene(compositor, SCENE);
    const texture = toDenseTexture(gl, createMask({ width: 8, height: 4 }, () => 1), 4);
    compositor.setDenseMask({ ...mask, texture, rowTexels: 4 });
    gl.deleteTexture(texture);
    expect(farthest(drawScene(compositor, SCENE), ([red]) => -red), 'all person').to.equal(-255);
    expect(farthest(drawScene(compositor, { ...SCENE, mask }), ([red]) => red), 'no person').to.equal(0);
    expectNoGlError(compositor);
    compositor.dispose();
    expect(compositor.counts).to.deep.equal({ textures: 0, framebuffers: 0, programs: 0, buffers: 0 });
  });
});
