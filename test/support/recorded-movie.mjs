/** Runs in a page: a second of a moving bar, as WebM in base64. */
async function record() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm;codecs=vp8' });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  for (let step = 0; step < 20; step += 1) {
    context.fillStyle = '#204080';
    context.fillRect(0, 0, 160, 90);
    context.fillStyle = '#ffc040';
    context.fillRect(step * 7, 20, 20, 50);
    await new Promise((later) => setTimeout(later, 40));
  }
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * A small movie for pages to play behind people.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @returns {Promise<Buffer>} WebM
 */
export async function recordMovie(browser) {
  const page = await browser.newPage();
  try {
    return Buffer.from(await page.evaluate(record), 'base64');
  } finally {
    await page.close();
  }
}
