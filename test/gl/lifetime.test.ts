import { expect } from 'chai';
import type { Compositor } from '../../src/gl/compositor';
import type { Mask } from '../../src/types';
import { createCompositor, createLimitedCompositor, createMask, disposeCompositors, drawScene, expectNoGlError, fullMask, leftMask, readInput } from '../helpers/gl';
import { BLUE, colorAt, expectAll, expectColor, fill, GREEN, readCanvas, RED, solidCanvas } from '../helpers/pixels';

const NONE_LEFT = { textures: 0, framebuffers: 0, programs: 0, buffers: 0 };

/** Draws in every mode, so that every pass has made what it makes. */
function drawEverything(compositor: Compositor, width: number, height: number): void {
  const frame = solidCanvas({ width, height }, RED);
  compositor.setPicture(solidCanvas({ width: 40, height: 30 }, BLUE), { width: 40, height: 30 });
  for (const background of [
    { kind: 'none' }, { kind: 'color', color: [0, 1, 0] }, { kind: 'blur', radius: null }, { kind: 'picture', fit: 'cover' },
  ] as const) {
    for (const quality of ['low', 'high'] as const) drawScene(compositor, { frame, background, quality, mask: leftMask() });
    drawScene(compositor, { frame, background, mask: partMask() });
    drawScene(compositor, { frame, background });
  }
}

/** A part of the frame, with the whole around it. */
function partMask(cells = 8): Mask {
  const rect = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
  const geometry = { scaleX: 2, scaleY: 2, offsetX: -0.5, offsetY: -0.5 };
  return { ...createMask({ width: cells, height: cells }, () => 1, { geometry }), rect, around: createMask({ width: cells + 3, height: 5 }, () => 1) };
}

/** Calls that make and delete, counted at the context itself. */
function countCalls(gl: WebGL2RenderingContext): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of ['Texture', 'Framebuffer', 'Program', 'Buffer', 'Shader', 'VertexArray'] as const) {
    counts[kind] = 0;
    for (const [verb, change] of [['create', 1], ['delete', -1]] as const) {
      const name = `${verb}${kind}` as 'createTexture';
      const original = (gl[name] as (...args: unknown[]) => unknown).bind(gl);
      Object.assign(gl, {
        [name]: (...args: unknown[]) => {
          // Deleting null does nothing.
          if (verb === 'create' || args[0]) counts[kind] = (counts[kind] as number) + change;
          return original(...args);
        },
      });
    }
  }
  return counts;
}

describe('<virtual-background-camera> GL objects', () => {
  afterEach(disposeCompositors);

  for (const [bits, half, full] of [
    [384, true, true],
    [256, true, false],
    [128, false, false],
  ] as const) {
    it(`should cut the person out on a GPU with ${bits} bits for a pixel of all targets`, () => {
      const compositor = createLimitedCompositor(bits);
      expect(compositor.context).to.include({ floatTargets: half, fullFloatTargets: full });
      const picture = drawScene(compositor, { frame: solidCanvas({ width: 320, height: 180 }, RED), background: { kind: 'color', color: [0, 1, 0] }, mask: leftMask() });
      expectColor(colorAt(picture, 0.1, 0.5), RED);
      expectColor(colorAt(picture, 0.9, 0.5), GREEN);
    });
  }

  it('should make pictures smaller that are larger than the textures of the GPU', () => {
    const compositor = createCompositor();
    const { context } = compositor;
    const limit = context.gl.getParameter(context.gl.MAX_TEXTURE_SIZE) as number;
    const frame = solidCanvas({ width: limit * 2, height: 4 }, BLUE);
    fill(frame, RED, [0, 0, 0.5, 1]);
    const held = compositor.takeFrame(frame, { width: 320, height: 180 });
    expect(held.textureSize).to.deep.equal({ width: limit, height: 2 });
    compositor.render(held, { background: { kind: 'none' }, quality: 'low' });
    const picture = readCanvas(context.canvas as HTMLCanvasElement);
    expectColor(colorAt(picture, 0.1, 0.5), RED);
    expectColor(colorAt(picture, 0.9, 0.5), BLUE);
    compositor.releaseFrame(held);
  });

  it('should take the size of the frame, and follow it', () => {
    const compositor = createCompositor();
    const { canvas } = compositor.context;
    for (const [width, height] of [[320, 180], [180, 320], [33, 17], [320, 180]] as const) {
      const picture = drawScene(compositor, { frame: solidCanvas({ width, height }, RED), background: { kind: 'color', color: [0, 1, 0] }, mask: fullMask(0) });
      expect([canvas.width, canvas.height]).to.deep.equal([width, height]);
      expectAll(picture, GREEN, 0);
      expectNoGlError(compositor);
    }
  });

  it('should draw in every mode without a GL error', () => {
    const compositor = createCompositor();
    drawEverything(compositor, 320, 180);
    expectNoGlError(compositor);
  });

  it('should draw the smallest frame without a GL error', () => {
    const compositor = createCompositor();
    drawEverything(compositor, 1, 1);
    expectNoGlError(compositor);
  });

  it('should not gather objects over 50 changes of size', () => {
    const compositor = createCompositor();
    drawEverything(compositor, 64, 36);
    readInput(compositor, { width: 64, height: 36 });
    const before = { ...compositor.counts };
    for (let index = 1; index <= 50; index += 1) {
      const frame = solidCanvas({ width: 64 + index, height: 36 + (index % 7) }, RED);
      for (const background of [{ kind: 'blur', radius: 6 }, { kind: 'picture', fit: 'cover' }] as const) {
        drawScene(compositor, { frame, background, mask: createMask({ width: 8 + index, height: 5 }, () => 1) });
        readInput(compositor, { width: 64 + (index % 5), height: 36 });
      }
      drawScene(compositor, { frame, background: { kind: 'color', color: [0, 1, 0] }, mask: partMask(8 + index) });
    }
    expect(compositor.counts).to.deep.equal(before);
  });

  it('should leave no object after dispose, however often it is called', () => {
    const compositor = createCompositor();
    drawEverything(compositor, 64, 36);
    expect(compositor.counts.textures).to.be.above(5);
    expect(compositor.counts.programs).to.be.above(5);
    compositor.dispose();
    expect(compositor.counts).to.deep.equal(NONE_LEFT);
    compositor.dispose();
    expect(compositor.counts).to.deep.equal(NONE_LEFT);
  });

  it('should delete what it creates, by the count of the calls', async () => {
    const { Compositor } = await import('../../src/gl/compositor');
    const canvas = document.createElement('canvas');
    const gl = canvas.getContext('webgl2', { alpha: false }) as WebGL2RenderingContext;
    const counts = countCalls(gl);
    const compositor = new Compositor(canvas);
    drawEverything(compositor, 64, 36);
    drawEverything(compositor, 96, 36);
    expect(counts['Texture']).to.be.above(5);
    compositor.dispose();
    expect(counts).to.deep.equal({ Texture: 0, Framebuffer: 0, Program: 0, Buffer: 0, Shader: 0, VertexArray: 0 });
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  });
});
