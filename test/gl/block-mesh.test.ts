import { expect } from 'chai';
import { BlockMesh } from '../../src/gl/block-mesh';
import { GlContext } from '../../src/gl/gl-context';
import { BLOCK, VERDICTS, type Verdicts } from '../../src/matte/verdicts';
import compositeSource from '../../src/shaders/composite.frag.glsl?raw';
import { createNoise } from '../helpers/drawn-mask';
import { createCanvas, expectAll, pixelAt, readCanvas, type Rgb } from '../helpers/pixels';

const COLORS: readonly Rgb[] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]];

describe('<virtual-background-camera> blocks of the output', () => {
  for (const output of [{ width: 64, height: 48 }, { width: 61, height: 43 }, { width: 1280, height: 720 }]) {
    it(`should cover every pixel of ${output.width}×${output.height} once, by its own verdict`, () => {
      const context = new GlContext(createCanvas(output));
      const mesh = new BlockMesh(context);
      const program = context.createProgram('colour', compositeSource, { BACKGROUND: 3, PERSON: 0 });
      const noise = createNoise(5);
      const size = { width: Math.ceil(output.width / BLOCK), height: Math.ceil(output.height / BLOCK) };
      const verdicts: Verdicts = { ...size, values: Uint8Array.from({ length: size.width * size.height }, () => Math.floor(1.5 + 1.49 * noise())) };
      mesh.update(verdicts, output);
      let vertices = 0;
      for (const [index, verdict] of VERDICTS.entries()) {
        const part = mesh.partOf(verdict);
        vertices += part?.count ?? 0;
        if (part) context.draw(program, null, { u_color: (COLORS[index] as Rgb).map((value) => value / 255) }, part);
      }
      expect(vertices % 6).to.equal(0);
      const picture = readCanvas(context.canvas as HTMLCanvasElement);
      const wrong = Array.from({ length: output.height }, (_row, y) => y).filter((y) =>
        Array.from({ length: output.width }, (_column, x) => x).some((x) => {
          const value = verdicts.values[Math.floor(y / BLOCK) * size.width + Math.floor(x / BLOCK)] as number;
          return pixelAt(picture, x, y).join() !== (COLORS[value] as Rgb).join();
        }),
      );
      expect(wrong, 'rows').to.deep.equal([]);
      // One verdict everywhere leaves nothing of the others.
      mesh.update({ ...verdicts, values: verdicts.values.fill(1) }, output);
      expect([mesh.partOf('background'), mesh.partOf('person')]).to.deep.equal([null, null]);
      context.draw(program, null, { u_color: [1, 1, 1] }, mesh.partOf('rim') ?? undefined);
      expectAll(readCanvas(context.canvas as HTMLCanvasElement), [255, 255, 255]);
      mesh.dispose();
      context.deleteProgram(program);
      context.dispose();
      expect(context.counts).to.deep.equal({ textures: 0, framebuffers: 0, programs: 0, buffers: 0 });
      context.gl.getExtension('WEBGL_lose_context')?.loseContext();
    });
  }
});
