import { expect } from 'chai';
import { loadBackground, parseBackground, validateBackground, withFit } from '../../../src/engine/background/background';
import { SCENES } from '../../../src/types';
import { expectRejection, expectThrow } from '../../helpers/errors';
import { replace, restoreAll } from '../../helpers/spies';

const bytes = (text: string): number[] => {
  const kind = parseBackground(text);
  if (kind?.kind !== 'color') throw new Error(`'${text}' is no colour`);
  return kind.color.map((value) => Math.round(value * 255));
};

describe('<virtual-background-camera> background', () => {
  afterEach(restoreAll);

  it('should read none and blur', () => {
    expect(parseBackground('none')).to.deep.equal({ kind: 'none' });
    expect(parseBackground(' blur ')).to.deep.equal({ kind: 'blur', radius: null, shape: 'gaussian' });
    expect(parseBackground('blur:12')).to.deep.equal({ kind: 'blur', radius: 12, shape: 'gaussian' });
    expect(parseBackground('blur: 2.5px')).to.deep.equal({ kind: 'blur', radius: 2.5, shape: 'gaussian' });
    expect(parseBackground('blur:200')).to.deep.equal({ kind: 'blur', radius: 200, shape: 'gaussian' });
  });

  it('should read bokeh', () => {
    expect(parseBackground(' bokeh ')).to.deep.equal({ kind: 'blur', radius: null, shape: 'disc' });
    expect(parseBackground('bokeh:24')).to.deep.equal({ kind: 'blur', radius: 24, shape: 'disc' });
    expect(parseBackground('bokeh: 0.5px')).to.deep.equal({ kind: 'blur', radius: 0.5, shape: 'disc' });
  });

  for (const text of ['blur:', 'blur:abc', 'blur:0', 'blur:-4', 'blur:9999', 'blur:200.1', 'blur:1e2', 'blur:12em', 'blur:12 12', 'blur:NaN', 'bokeh:', 'bokeh:0', 'bokeh:201', 'bokeh:big', 'bokeh:1:2', 'blur:\n']) {
    it(`should refuse ${text}`, () => {
      expectThrow(() => parseBackground(text), 'attribute-invalid', new RegExp(`^background ${text.split(':')[0]}:<px> must be a number above 0 and at most 200; got '`));
    });
  }

  it('should leave the built-in scenes to be painted', () => {
    for (const name of SCENES) {
      expect(parseBackground(` scene:${name} `), name).to.equal(null);
      expect(() => validateBackground(`scene:${name}`), name).not.to.throw();
    }
  });

  for (const text of ['scene:', 'scene:attic', 'scene:Office', 'scene:office beach', 'scene://office', 'scene:constructor']) {
    it(`should refuse ${text} and name the scenes that there are`, () => {
      for (const call of [parseBackground, validateBackground]) {
        const error = expectThrow(() => call(text), 'attribute-invalid', /^background scene:<name> must have one of the names /);
        expect(error.message).to.include(SCENES.join(', ')).and.to.include(`got '${text}'`);
      }
    });
  }

  it('should refuse an empty background', () => {
    for (const text of ['', '  ']) expectThrow(() => parseBackground(text), 'attribute-invalid', /^background must be none, blur, blur:<px>, bokeh, bokeh:<px>, scene:<name>, .*; got ''$/);
  });

  for (const [text, color] of [
    ['rebeccapurple', [102, 51, 153]],
    ['#0f0', [0, 255, 0]],
    ['#102030', [16, 32, 48]],
    ['rgb(1, 2, 3)', [1, 2, 3]],
    ['hsl(240 100% 50%)', [0, 0, 255]],
    ['white', [255, 255, 255]],
    ['black', [0, 0, 0]],
    // A video has no alpha: what is translucent lies over black.
    ['rgba(255, 255, 255, 0.5)', [128, 128, 128]],
    ['transparent', [0, 0, 0]],
    ['hwb(120 0% 0%)', [0, 255, 0]],
    ['color(srgb 1 0.5 0)', [255, 128, 0]],
    ['color(srgb 1 1 1 / 50%)', [128, 128, 128]],
    ['color(srgb-linear 1 0 0)', [255, 0, 0]],
    ['lab(0% 0 0)', [0, 0, 0]],
    ['oklch(1 0 0)', [255, 255, 255]],
  ] as const) {
    it(`should read the colour ${text}`, () => {
      expect(bytes(text)).to.deep.equal([...color]);
    });
  }

  it('should read colours where the browser lies about what is on a canvas', () => {
    replace(CanvasRenderingContext2D.prototype, 'getImageData', () => ({ data: [16, 212, 153, 248] }));
    expect(bytes('teal')).to.deep.equal([0, 128, 128]);
  });

  it('should not take CSS-wide words and variables for colours', () => {
    for (const text of ['inherit', 'initial', 'unset', 'var(--brand)']) expect(parseBackground(text), text).to.equal(null);
  });

  it('should leave addresses and pictures to be loaded', () => {
    for (const text of ['bokehs', 'blurred.png', 'bokeh.jpg', 'beach.png', '/a/b.webm', 'https://example.com/x', 'blob:null/1']) expect(parseBackground(text), text).to.equal(null);
    expect(parseBackground(new Blob())).to.equal(null);
  });

  it('should validate every kind of input without loading it', () => {
    const canvas = document.createElement('canvas');
    for (const input of ['none', 'beach.png', new Blob(), new File([], 'a.png'), new Image(), canvas, document.createElement('video'), new MediaStream()]) {
      expect(() => validateBackground(input), String(input)).not.to.throw();
    }
    for (const input of [null, undefined, 5, {}, [], document.createElement('p')]) {
      expectThrow(() => validateBackground(input), 'attribute-invalid', /^background must be a string, Blob, HTMLImageElement/);
    }
    expectThrow(() => validateBackground('https://'), 'attribute-invalid', /^background must be none, .* or a URL; got 'https:\/\/'$/);
  });

  it('should refuse to load what is no background', async () => {
    await expectRejection(loadBackground(7 as unknown as string, new AbortController().signal), 'attribute-invalid', /got Number$/);
  });

  it('should hand out a plain background at once', async () => {
    const loaded = await loadBackground('#00ff00', new AbortController().signal);
    expect(loaded).to.deep.include({ kind: { kind: 'color', color: [0, 1, 0] }, bitmap: null, movie: null });
    loaded.release();
    loaded.release();
  });

  it('should add the fit to pictures only', () => {
    expect(withFit({ kind: 'picture' }, 'contain')).to.deep.equal({ kind: 'picture', fit: 'contain' });
    expect(withFit({ kind: 'none' }, 'contain')).to.deep.equal({ kind: 'none' });
  });
});
