/**
 * In the page, before the tests: what a failed assertion compared goes to the runner as a structured clone, and where it
 * holds a stream, a track or an element, that throws, nothing is sent, and the file "does not finish" after ten minutes
 * in place of telling what failed. Such things are sent as text.
 */
function sendWhatCannotBeCloned() {
  const original = globalThis.structuredClone;
  globalThis.structuredClone = (value, options) => {
    try {
      return original(value, options);
    } catch (error) {
      if (value?.type !== 'wtr-session-finished') throw error;
      const seen = new WeakSet();
      const text = JSON.stringify(value, (_key, part) => {
        if (typeof part === 'function' || typeof part === 'bigint' || part instanceof EventTarget) return String(part);
        if (typeof part !== 'object' || part === null) return part;
        if (seen.has(part)) return '[seen before]';
        seen.add(part);
        return part;
      });
      return JSON.parse(text);
    }
  };
}

/** The page that a test file runs in. @param {string} framework address of the test framework's script */
export const testPage = (framework) =>
  `<!doctype html><html><body><script>(${sendWhatCannotBeCloned})()</script><script type="module" src="${framework}"></script></body></html>`;
