/** The background that {@link composite} looks for, as red, green and blue. */
export const TEAL = [0, 128, 128];

/**
 * Runs in the page: starts the element and waits until what it sends shows the background in a corner and something
 * else in the middle: the person.
 *
 * @param {number[]} background
 * @param {boolean} [hasPerson] false where the camera shows none: Firefox draws its own
 */
export async function composite([red, green, blue], hasPerson = true) {
  await customElements.whenDefined('virtual-background-camera');
  const element = document.querySelector('virtual-background-camera');
  const warnings = [];
  element.addEventListener('vbc-warning', ({ detail }) => warnings.push(detail.code));
  const video = Object.assign(document.createElement('video'), { srcObject: await element.start(), muted: true });
  await video.play();
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const distance = (x, y) => {
    const [r, g, b] = context.getImageData(x, y, 1, 1).data;
    return Math.hypot(r - red, g - green, b - blue);
  };
  for (;;) {
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    context.drawImage(video, 0, 0, 64, 36);
    if (distance(2, 2) < 30 && (!hasPerson || distance(32, 24) > 60)) break;
  }
  const { state, stats } = element;
  element.stop();
  return { state, rawFrames: stats.rawFrames, model: stats.model, host: stats.host, warnings };
}
