import { expect } from 'chai';
import { Compositor } from '../../src/gl/compositor';
import { GlContext } from '../../src/gl/gl-context';
import blurDiscSource from '../../src/shaders/blur-disc.frag.glsl?raw';
import blurPrepareSource from '../../src/shaders/blur-prepare.frag.glsl?raw';
import blurSource from '../../src/shaders/blur.frag.glsl?raw';
import compositeSource from '../../src/shaders/composite.frag.glsl?raw';
import debugSource from '../../src/shaders/debug.frag.glsl?raw';
import downsampleSource from '../../src/shaders/downsample.frag.glsl?raw';
import fitSource from '../../src/shaders/fit.frag.glsl?raw';
import { expectThrow } from '../helpers/errors';
import { createCanvas } from '../helpers/pixels';
import { replace, restoreAll } from '../helpers/spies';

const SHADERS = {
  'blur-disc': blurDiscSource,
  'blur-prepare': blurPrepareSource,
  blur: blurSource,
  composite: compositeSource,
  debug: debugSource,
  downsample: downsampleSource,
  fit: fitSource,
};
const EMPTY = '#version 300 es\nprecision highp float;\nout vec4 outColor;\nvoid main() { outColor = vec4(1.0); }\n';

describe('<virtual-background-camera> shaders', () => {
  let context: GlContext;

  beforeEach(() => {
    context = new GlContext(createCanvas({ width: 8, height: 8 }));
  });

  afterEach(() => {
    restoreAll();
    context.gl.getExtension('WEBGL_lose_context')?.loseContext();
  });

  /** Every permutation that a pass makes. */
  const permutationsOf = (name: string): Record<string, number>[] => {
    if (name === 'blur') return [{ LINEAR: 0 }, { LINEAR: 1 }];
    if (name === 'blur-prepare') return [{ MODE: 0 }, { MODE: 1 }, { MODE: 2 }];
    if (name === 'debug') return [1, 2, 3, 5].map((VIEW) => ({ VIEW }));
    if (name !== 'composite') return [{}];
    return [0, 1, 2, 3].flatMap((BACKGROUND) => [0, 1].map((PERSON) => ({ BACKGROUND, PERSON })));
  };

  for (const [name, source, defines] of Object.entries(SHADERS).flatMap(([name, source]) => permutationsOf(name).map((defines) => [name, source, defines] as const))) {
    it(`should compile ${name}.frag.glsl ${JSON.stringify(defines)} and document its inputs`, () => {
      const program = context.createProgram(name, source, defines);
      expect(context.gl.getProgramParameter(program.info.program, context.gl.LINK_STATUS)).to.equal(true);
      const header = source.split('precision highp')[0] ?? '';
      expect(source.startsWith('#version 300 es\n')).to.equal(true);
      expect(header).to.match(/Purpose: /).and.to.match(/Output: /);
      for (const uniform of Object.keys(program.info.uniformSetters)) {
        expect(header, `the header comment of ${name}.frag.glsl`).to.include(uniform.replace('[0]', ''));
      }
    });
  }

  it('should name the pass, the stage and the line of a shader that does not compile', () => {
    const source = EMPTY.replace('vec4(1.0)', 'wrong(1.0)');
    const error = expectThrow(() => context.createProgram('sharpen', source), 'shader-failed', /Pass 'sharpen'/);
    expect(error.message).to.match(/fragment/i);
    expect(error.message).to.match(/0:4/);
    expect(error.message).to.include('wrong(1.0)');
    expect(context.counts.programs).to.equal(0);
  });

  it('should name the pass of a shader that does not link', () => {
    const source = EMPTY.replace('out vec4', 'in vec3 v_missing;\nout vec4').replace('vec4(1.0)', 'vec4(v_missing, 1.0)');
    expectThrow(() => context.createProgram('sharpen', source), 'shader-failed', /Pass 'sharpen'/);
  });

  it('should refuse a uniform that the pass does not have', () => {
    const program = context.createProgram('plain', EMPTY);
    expectThrow(() => context.draw(program, null, { u_missing: 1 }), 'internal', /Pass 'plain' has no uniform 'u_missing'/);
  });

  it('should say how to get WebGL2 when there is none', () => {
    replace(HTMLCanvasElement.prototype, 'getContext', () => null);
    expectThrow(() => new Compositor(createCanvas({ width: 8, height: 8 })), 'webgl2-unavailable', /WebGL2 is not available: update the browser/);
  });

  it('should not take a context that is lost', () => {
    const canvas = createCanvas({ width: 8, height: 8 });
    new GlContext(canvas).gl.getExtension('WEBGL_lose_context')?.loseContext();
    expectThrow(() => new GlContext(canvas), 'webgl2-unavailable', /WebGL2/);
  });

  it('should refuse a framebuffer that the GPU cannot draw into', () => {
    const before = { ...context.counts };
    replace(context.gl, 'checkFramebufferStatus', () => context.gl.FRAMEBUFFER_UNSUPPORTED);
    expectThrow(() => context.createTarget({ width: 4, height: 4 }, 'rgba16f'), 'internal', /Framebuffer 4×4 rgba16f is incomplete/);
    expect(context.counts).to.deep.equal(before);
  });
});
