import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { ROOT } from '../../scripts/paths.mjs';

const RULE = 'local/arrows';

describe('import arrows', () => {
  let eslint;
  before(() => {
    // Only the arrows matter here; without types the made-up files need not exist.
    const untyped = { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } };
    eslint = new ESLint({ cwd: ROOT, overrideConfig: [untyped], ruleFilter: ({ ruleId }) => ruleId === RULE });
  });

  async function messages(filePath, code) {
    const [result] = await eslint.lintText(code, { filePath: join(ROOT, filePath) });
    assert.equal(result.fatalErrorCount, 0, result.messages[0]?.message);
    return result.messages.filter(({ ruleId }) => ruleId === RULE).map(({ message }) => message);
  }

  const allowed = [
    ['src/components/x.ts', "import { Engine } from '../engine/engine';"],
    ['src/components/deep/x.ts', "import { html } from 'lit'; import { html as other } from 'lit/static-html.js';"],
    ['src/engine/x.ts', "import { Compositor } from '../gl/compositor.js'; import type { Mask } from '../types';"],
    ['src/pipeline/hosts/x.ts', "import { MaskTracker } from '../../masks/tracker'; import { Compositor } from '../../gl/compositor';"],
    ['src/masks/x.ts', "import type { SegmenterSpec } from '../segmentation/network-input';"],
    ['src/gl/x.ts', "import source from '../shaders/mask.frag.glsl?raw'; import * as twgl from 'twgl.js';"],
    ['src/segmentation/x.ts', "import { other } from './other.ts'; await import('@tensorflow/tfjs-backend-webgl');"],
    ['src/integrations/x.ts', "import type { Stats } from '../engine/engine'; import type { A } from 'amazon-chime-sdk-js';"],
    ['src/integrations/x.ts', "import { createVirtualBackground } from '../create-virtual-background';"],
    ['src/define.ts', "import { VirtualBackgroundCamera } from './index';"],
    ['demo/x.ts', "import '../src/define'; import { x } from './other';"],
    ['test/gl/x.test.ts', "import { Compositor } from '../../src/gl/compositor';"],
  ];
  for (const [file, code] of allowed) {
    it(`should allow in ${file}: ${code}`, async () => assert.deepEqual(await messages(file, code), []));
  }

  const forbidden = [
    ['src/components/x.ts', "import { Compositor } from '../gl/compositor';", 'src/gl/compositor'],
    ['src/pipeline/x.ts', "import { Engine } from '../engine/engine';", 'src/engine/engine'],
    ['src/masks/x.ts', "import { Pipeline } from '../pipeline/pipeline';", 'src/pipeline/pipeline'],
    ['src/engine/x.ts', "import { Element } from '../components/element';", 'src/components/element'],
    ['src/engine/x.ts', "import * as tf from '@tensorflow/tfjs-core';", '@tensorflow/tfjs-core'],
    ['src/capture/x.ts', "import type { Track } from '../output/track';", 'src/output/track'],
    ['src/segmentation/deep/x.ts', "import { Pass } from '../../gl/pass.js';", 'src/gl/pass'],
    ['src/segmentation/x.ts', "await import('../gl/pass');", 'src/gl/pass'],
    ['src/gl/x.ts', "export { mask } from '../segmentation/mask';", 'src/segmentation/mask'],
    ['src/output/x.ts', "export * from '../capture/camera';", 'src/capture/camera'],
    ['src/output/x.ts', "let x: import('../capture/camera').Camera;", 'src/capture/camera'],
    ['src/shaders/x.ts', "import { x } from '../types';", 'src/types'],
    ['src/errors.ts', "import { x } from './types';", 'src/types'],
    ['src/integrations/x.ts', "import { Engine } from '../engine/engine';", 'types only'],
    ['src/integrations/x.ts', "import { A } from 'amazon-chime-sdk-js';", 'types only'],
    ['demo/x.ts', "import { Engine } from '../src/engine/engine';", 'src/engine/engine'],
  ];
  for (const [file, code, named] of forbidden) {
    it(`should forbid in ${file}: ${code}`, async () => {
      const found = await messages(file, code);
      assert.equal(found.length, 1);
      assert.ok(found[0].includes(named), found[0]);
    });
  }
});
