import { ASSETS, type AssetName } from './asset-digests';
import type { DownloadFile, Downloads } from './downloads';
import { checkIntegrity } from './integrity';

/** A file of the package at its address: what it must weigh is known. */
export function packageFile(name: AssetName, url: string): DownloadFile {
  return { url, bytes: ASSETS[name].bytes };
}

export function packageDigest(name: AssetName): string {
  return ASSETS[name].integrity;
}

/**
 * Fetches a file of the package and makes sure that it is the one that was built with this code.
 *
 * @throws {Error} naming the file, and how it differs
 */
export function fetchPackageFile(downloads: Downloads, name: AssetName, url: string): Promise<ArrayBuffer> {
  return downloads.fetch({ files: [packageFile(name, url)], mayChange: false, integrity: packageDigest(name), take: ([bytes]) => bytes as ArrayBuffer });
}

/** What servers for development put at the end of a script: a comment. */
const SOURCE_MAP = /^\s*(?:\/\/# sourceMappingURL=\S+\s*)?$/;

/**
 * As {@link fetchPackageFile}, for a script that somebody else will load. A comment at its end that names a source map
 * makes no difference.
 *
 * @param limitMs how long it may take
 */
export function checkPackageScript(downloads: Downloads, name: AssetName, url: string, limitMs: number): Promise<void> {
  return downloads.fetch({
    files: [{ url }],
    mayChange: false,
    limitMs,
    take: async ([bytes = new ArrayBuffer(0)]) => {
      const { bytes: length, integrity } = ASSETS[name];
      const added = new TextDecoder().decode(bytes.slice(length));
      await checkIntegrity(SOURCE_MAP.test(added) ? bytes.slice(0, length) : bytes, integrity, url);
    },
  });
}
