/** What the test server says about this machine. */
export interface TestEnvironment {
  shared: boolean;
  sharedReason: string;
}

export const environment = (await (await fetch('/__test-env.json')).json()) as TestEnvironment;

/** The test server under another name, which makes it another origin. */
export function otherOrigin(path: string): string {
  const url = new URL(path, location.href);
  url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return url.href;
}

/** A picture that the server sends without CORS. */
export const PICTURE_PATH = '/test/segmentation/reference/landscape.png';
