import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ESLint } from 'eslint';
import { ROOT } from '../../scripts/paths.mjs';

const RULES = ['no-restricted-syntax', 'no-script-url', 'no-eval', 'no-implied-eval'];

describe('the lint rules against text that becomes markup or script', () => {
  let eslint;
  before(() => {
    const untyped = { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } };
    eslint = new ESLint({ cwd: ROOT, overrideConfig: [untyped], ruleFilter: ({ ruleId }) => RULES.includes(ruleId) });
  });

  async function rulesBroken(filePath, code) {
    const [result] = await eslint.lintText(code, { filePath: join(ROOT, filePath) });
    assert.equal(result.fatalErrorCount, 0, result.messages[0]?.message);
    return result.messages.map(({ ruleId }) => ruleId).filter((ruleId) => RULES.includes(ruleId));
  }

  for (const [file, code] of [
    ['src/components/x.ts', 'element.innerHTML = name;'],
    ['src/components/x.ts', "element['outerHTML'] = name;"],
    ['src/components/x.ts', "element.insertAdjacentHTML('beforeend', name);"],
    ['src/components/x.ts', 'Object.assign(element, { innerHTML: name });'],
    ['src/components/x.ts', 'document.write(name);'],
    ['src/components/x.ts', 'document.createRange().createContextualFragment(name);'],
    ['src/engine/x.ts', "new DOMParser().parseFromString(text, 'image/svg+xml');"],
    ['src/components/x.ts', "import { unsafeHTML } from 'lit/directives/unsafe-html.js';"],
    ['src/components/x.ts', "link.href = 'javascript:void 0';"],
    ['src/components/x.ts', 'frame.srcdoc = name;'],
    ['src/engine/x.ts', "eval('1');"],
    ['src/engine/x.ts', "new Worker('/worker.js');"],
    ['demo/x.ts', 'element.innerHTML = name;'],
  ]) {
    it(`should forbid in ${file}: ${code}`, async () => assert.ok((await rulesBroken(file, code)).length > 0));
  }

  for (const [file, code] of [
    ['src/components/x.ts', 'element.textContent = name;'],
    ['src/components/x.ts', "import { html } from 'lit';"],
    ['src/open-worker.ts', "export const worker = new Worker(new URL('./x.js', import.meta.url));"],
    ['test/components/x.test.ts', "template.innerHTML = '<p>';"],
  ]) {
    it(`should allow in ${file}: ${code}`, async () => assert.deepEqual(await rulesBroken(file, code), []));
  }
});
