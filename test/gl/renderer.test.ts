import { expect } from 'chai';
import { GlContext } from '../../src/gl/gl-context';
import { webgl2Of, type GlCanvas } from '../../src/gl/webgl2';
import { askRenderer, probeRenderer } from '../../src/gl/renderer';
import { POWER_PREFERENCES } from '../../src/types';
import { createCanvas } from '../helpers/pixels';

const SIZE = { width: 1, height: 1 };

/** A canvas of a browser that has no WebGL2 for it. */
function withoutWebgl2(answer: () => null = () => null): GlCanvas {
  return Object.assign(createCanvas(SIZE), { getContext: answer });
}

/** A canvas whose context names this renderer. */
function drawnBy(name: string): GlCanvas {
  const canvas = createCanvas(SIZE);
  const gl = webgl2Of(canvas) as WebGL2RenderingContext;
  gl.getParameter = () => name;
  return canvas;
}

describe('<virtual-background-camera> renderer', () => {
  it('should name what draws here, the same at every call', () => {
    const renderer = probeRenderer();
    expect(renderer?.name).to.be.a('string').and.not.equal('');
    expect(probeRenderer()).to.equal(renderer);
    for (const preference of POWER_PREFERENCES) expect(probeRenderer(preference)?.name, preference).to.be.a('string').and.not.equal('');
  });

  for (const [how, canvas] of [
    ['returns null', withoutWebgl2()],
    ['throws', withoutWebgl2(() => {
      throw new TypeError("'webgl2' is not a valid value for OffscreenRenderingContextType");
    })],
  ] as const) {
    it(`should ask the next canvas where the first one ${how}`, () => {
      const second = createCanvas(SIZE);
      expect(askRenderer([canvas, second])?.name).to.equal(probeRenderer()?.name);
      expect(webgl2Of(second)?.isContextLost(), 'given back').to.equal(true);
    });
  }

  it('should have none where no canvas has WebGL2', () => {
    expect(askRenderer([withoutWebgl2(), withoutWebgl2()])).to.equal(null);
  });

  it('should leave no context alive, and ask no further canvas than it needs', () => {
    const canvases = [createCanvas(SIZE), createCanvas(SIZE)];
    let asked = 0;
    function* count(): Generator<GlCanvas> {
      for (const canvas of canvases) {
        asked += 1;
        yield canvas;
      }
    }
    askRenderer(count());
    expect(asked).to.equal(1);
    expect(webgl2Of(canvases[0] as GlCanvas)?.isContextLost()).to.equal(true);
  });

  it('should rely on nothing while the GPU is away', () => {
    const canvas = createCanvas(SIZE);
    webgl2Of(canvas)?.getExtension('WEBGL_lose_context')?.loseContext();
    expect(askRenderer([canvas])).to.deep.equal({ name: '', software: true });
  });

  for (const [name, software] of [
    ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
    ['llvmpipe (LLVM 15.0.7, 256 bits)', true],
    ['ANGLE (Microsoft, Microsoft Basic Render Driver (0x0000008C) Direct3D11 vs_5_0 ps_5_0, D3D11)', true],
    ['Apple Software Renderer', true],
    ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
    ['Apple GPU', false],
    ['Mali-G78', false],
  ] as const) {
    it(`should take ${name} for ${software ? 'the processor' : 'a GPU'}`, () => {
      expect(askRenderer([drawnBy(name)])).to.deep.equal({ name, software });
    });
  }

  it('should ask for the GPU that the page asked for, by default for none', () => {
    for (const preference of [undefined, ...POWER_PREFERENCES]) {
      const asked: unknown[] = [];
      const canvas = createCanvas(SIZE);
      const getContext = canvas.getContext.bind(canvas) as (type: string, attributes?: unknown) => unknown;
      Object.assign(canvas, {
        getContext: (type: string, attributes?: WebGLContextAttributes) => {
          asked.push(attributes?.powerPreference);
          return getContext(type, attributes);
        },
      });
      const context = new GlContext(canvas, preference);
      expect(asked).to.deep.equal([preference ?? 'default']);
      context.dispose();
      context.gl.getExtension('WEBGL_lose_context')?.loseContext();
    }
  });
});
