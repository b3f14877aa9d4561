import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the scripts make and may remake at any time; ignored by git. */
export const CACHE = join(ROOT, '.cache');

/** Test people and model weights that only the maintainers' machines have, beside the checkout. */
export const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));

/** The library build. */
export const DIST = join(ROOT, 'dist');

export const hasShared = () => existsSync(join(SHARED, 'testdata/dev/manifest.json'));
