/** Digests by name, in the order of their strength. */
const ALGORITHMS = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;
/** 32, 48 and 64 bytes in base64. */
const EXPRESSION = /^(?:(sha256)-[A-Za-z0-9+/]{43}=|(sha384)-[A-Za-z0-9+/]{64}|(sha512)-[A-Za-z0-9+/]{86}==)$/;

type AlgorithmName = keyof typeof ALGORITHMS;

/**
 * Checks bytes against digests in the syntax of Subresource Integrity: one or more of `sha256-<base64>`, `sha384-…`,
 * `sha512-…`; of several, any one of the strongest kind has to fit.
 *
 * @param integrity none of it may be misspelt: whoever asks for a check must not go without one
 * @param name of the file, for the message
 * @throws {Error} naming the file and both digests; that `integrity` breaks its rule; or that the page isn't secure,
 *   where browsers make no digests
 */
export async function checkIntegrity(bytes: BufferSource, integrity: string, name: string): Promise<void> {
  const { algorithm, digests } = parseIntegrity(integrity);
  if (!canDigest()) throw new Error(`${name} could not be checked: browsers make digests only on https:// pages and on localhost`);
  const found = `${algorithm}-${toBase64(await crypto.subtle.digest(ALGORITHMS[algorithm], bytes))}`;
  if (!digests.includes(found)) throw new Error(`${name} is not the file that was expected: its digest is ${found}, not ${digests.join(' or ')}`);
}

/** Whether {@link checkIntegrity} can do its work in this page. */
export function canDigest(): boolean {
  return Boolean((globalThis.crypto as Crypto | undefined)?.subtle);
}

function parseIntegrity(integrity: string): { algorithm: AlgorithmName; digests: string[] } {
  const parts = integrity.trim().split(/\s+/);
  const found = parts.map((part) => EXPRESSION.exec(part)?.slice(1).find(Boolean) as AlgorithmName | undefined);
  const algorithm = (Object.keys(ALGORITHMS) as AlgorithmName[]).reverse().find((name) => found.includes(name));
  if (!algorithm || found.includes(undefined)) {
    throw new Error(`model-integrity must be sha256-, sha384- or sha512- and the digest in base64; got '${integrity}'`);
  }
  return { algorithm, digests: parts.filter((part) => part.startsWith(`${algorithm}-`)) };
}

function toBase64(digest: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
