/** Compiles the code of README.md and of the docs with strict settings, against the built package and the SDKs. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { buildPackage } from '../../scripts/build.mjs';
import { CACHE, ROOT } from '../../scripts/paths.mjs';
import { installCallSdks } from './support/call-sdks.mjs';
import { blocksOf, compilePages } from './support/docs-types.mjs';
import { whyNoRegistry } from './support/packed.mjs';

/** Compiled by the frameworks' own checkers, in types-frameworks.test.mjs. */
const FRAMEWORKS = ['docs/react.md', 'docs/frameworks.md'];
const CALL_SDKS = 'docs/call-sdks.md';
/** What a page leaves to its reader. */
const GIVEN = {
  'docs/livekit.md': { room: "import('livekit-client').Room" },
  'docs/twilio.md': { room: "import('twilio-video').Room" },
  'docs/webrtc.md': { peer: 'RTCPeerConnection' },
};

describe('the code of the docs', async () => {
  const noRegistry = await whyNoRegistry();
  let pages;

  before(async () => {
    await buildPackage({ ifStale: true });
    pages = ['README.md', ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
  });

  it('should compile as pasted into a strict TypeScript file', async () => {
    const names = pages.filter((name) => !FRAMEWORKS.includes(name) && name !== CALL_SDKS);
    const { output, modules } = await compilePages(join(CACHE, 'docs'), names.map((name) => ({ name, given: GIVEN[name] })));
    assert.equal(output, '');
    assert.ok(modules > 25, `${modules} modules`);
  });

  it('should compile against the types of each call SDK', { skip: noRegistry }, async () => {
    const given = {
      client: "import('agora-rtc-sdk-ng').IAgoraRTCClient", zoomClient: "ReturnType<typeof import('@zoom/videosdk').default.createClient>",
      call: "import('@stream-io/video-client').Call", transport: "import('mediasoup-client').types.Transport",
      session: "import('@vonage/client-sdk-video').Session",
    };
    const { output, modules } = await compilePages(await installCallSdks(), [{ name: CALL_SDKS, given }]);
    assert.equal(output, '');
    assert.ok(modules > 15, `${modules} modules`);
  });

  it('should say of each fragment why it is one, and have none that is not code', async () => {
    for (const name of pages) {
      for (const { fragment, language } of blocksOf(await readFile(join(ROOT, name), 'utf8'))) {
        if (fragment !== undefined) assert.ok(fragment.length > 10 && ['ts', 'html'].includes(language), `${name}: ${fragment}`);
      }
    }
  });
});
