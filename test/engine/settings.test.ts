import { expect } from 'chai';
import { Engine } from '../../src/engine/engine';
import { attributeName, DEFAULT_SETTINGS, validateSetting, type EngineSettings } from '../../src/engine/settings';
import { expectThrow } from '../helpers/errors';

type Case = [keyof EngineSettings, unknown, RegExp];

const WRONG: Case[] = [
  ['backgroundFit', 'zoom', /^background-fit must be cover, contain or fill; got 'zoom'$/],
  ['quality', 'best', /^quality must be auto, low, medium or high; got 'best'$/],
  ['quality', null, /^quality must be .*; got null$/],
  ['model', 'yolo', /^model must be body-pix or selfie; got 'yolo'$/],
  ['modelFallback', 'yes', /^model-fallback must be selfie or none; got 'yes'$/],
  ['modelUrl', 'http://', /^model-url must be a URL; got 'http:\/\/'$/],
  ['assetBase', 'https://:80', /^asset-base must be a URL; got/],
  ['facingMode', 'back', /^facing-mode must be user, environment, left or right; got 'back'$/],
  ['backend', 'cuda', /^backend must be auto, wasm or webgl; got 'cuda'$/],
  ['powerPreference', 'fast', /^power-preference must be default, high-performance or low-power; got 'fast'$/],
  ['powerPreference', null, /^power-preference must be .*; got null$/],
  ['host', 'server', /^host must be auto, worker or window; got 'server'$/],
  ['width', 0, /^width must be a number from 16 to 7680; got 0$/],
  ['width', Number.NaN, /^width must be a number from 16 to 7680; got NaN$/],
  ['width', 'wide', /^width must be a number from 16 to 7680; got 'wide'$/],
  ['height', -360, /^height must be a number from 16 to 7680; got -360$/],
  ['height', Infinity, /^height must be .*; got Infinity$/],
  ['height', null, /^height must be .*; got null$/],
  ['frameRate', 0, /^frame-rate must be a number from 1 to 240; got 0$/],
  ['frameRate', 1000, /^frame-rate must be a number from 1 to 240; got 1000$/],
  ['background', '', /^background must be none, blur, blur:<px>, bokeh, bokeh:<px>, scene:<name>, a CSS colour or a URL; got ''$/],
  ['background', 'blur:abc', /^background blur:<px> must be a number above 0 and at most 200; got 'blur:abc'$/],
  ['background', 'http://', /^background must be none, .* or a URL; got 'http:\/\/'$/],
  ['background', 7, /^background must be a string, Blob, .*; got Number$/],
  ['background', document.createElement('p'), /^background must be a string, Blob, .*; got HTMLParagraphElement$/],
  ['source', '', /^source must be camera, screen, the URL of a movie, .*; got ''$/],
  ['source', 3, /^source must be camera, screen, .*; got 3$/],
];

const RIGHT: [keyof EngineSettings, unknown, unknown][] = [
  ['backgroundFit', 'contain', 'contain'],
  ['quality', 'auto', 'auto'],
  ['facingMode', null, null],
  ['powerPreference', 'high-performance', 'high-performance'],
  ['width', 640.5, 640.5],
  ['frameRate', 240, 240],
  ['modelUrl', '', null],
  ['modelUrl', 'models/', new URL('models/', document.baseURI).href],
  ['assetBase', 'https://cdn.example/vbc', 'https://cdn.example/vbc'],
  ['background', 'blur:12', 'blur:12'],
  ['background', 'picture.png', 'picture.png'],
  ['source', 'movie.webm', 'movie.webm'],
];

describe('<virtual-background-camera> settings', () => {
  for (const [key, value, message] of WRONG) {
    it(`should refuse ${attributeName(key)} = ${String(value)}`, () => {
      expectThrow(() => validateSetting(key, value), 'attribute-invalid', message);
    });
  }

  for (const [key, value, kept] of RIGHT) {
    it(`should take ${attributeName(key)} = '${String(value)}'`, () => {
      expect(validateSetting(key, value)).to.equal(kept);
    });
  }

  it('should have defaults that pass their own rules', () => {
    for (const [key, value] of Object.entries(DEFAULT_SETTINGS)) {
      expect(validateSetting(key as keyof EngineSettings, value), key).to.equal(value);
    }
  });

  it('should name attributes as HTML does', () => {
    expect(['background', 'backgroundFit', 'deviceId', 'modelUrl', 'frameRate'].map(attributeName)).to.deep.equal([
      'background', 'background-fit', 'device-id', 'model-url', 'frame-rate',
    ]);
  });

  it('should change all settings of a patch or none', () => {
    const engine = new Engine();
    expectThrow(() => engine.set({ quality: 'low', width: -1 }), 'attribute-invalid', /^width/);
    expect(engine.settings).to.deep.equal(DEFAULT_SETTINGS);
    engine.set({ quality: 'low', width: 320 });
    expect(engine.settings).to.deep.equal({ ...DEFAULT_SETTINGS, quality: 'low', width: 320 });
  });

  it('should leave the settings alone when only asked to check one', () => {
    const engine = new Engine();
    expect(engine.check('modelUrl', 'weights/')).to.equal(new URL('weights/', document.baseURI).href);
    expect(engine.settings.modelUrl).to.equal(null);
  });
});
