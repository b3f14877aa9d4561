/**
 * Runs in the page: MediaPipe's legacy selfie solution on one picture, and what its network really saw and said.
 *
 * The solution hands out an ImageBitmap of 8 bits. To get the network's own float32 numbers, two WebGL calls are
 * listened to on the way: the solution reads the input tensor back from the GPU with `readPixels`, and uploads
 * the network's result with `texSubImage2D`, both as RGBA float32 of the network's size.
 */

/* global SelfieSegmentation -- a classic script of the npm package, loaded by the page */

/**
 * @param {HTMLCanvasElement} canvas Of exactly the network's input size.
 * @param {number} modelSelection 1 = landscape, 0 = general.
 * @returns {Promise<{ input: Float32Array, mask: Float32Array, bitmapAlpha: Uint8ClampedArray }>}
 *   `input` RGB 0 … 1, `mask` person probability, both row by row from the top; `bitmapAlpha` the mask as the
 *   solution hands it out, 0 … 255.
 */
export async function runLegacySolution(canvas, modelSelection) {
  const tap = tapTensors(canvas.width * canvas.height);
  const solution = new SelfieSegmentation({ locateFile: (file) => `/package/${file}` });
  try {
    // Without this the network runs in float16 textures, which are no reference.
    solution.setOptions({ modelSelection, selfieMode: false, useCpuInference: true });
    const results = new Promise((resolve) => { solution.onResults(resolve); });
    await solution.send({ image: canvas });
    const { segmentationMask } = await results;
    const bitmapAlpha = readAlpha(segmentationMask, canvas.width, canvas.height);
    if (!tap.read || !tap.uploaded) throw new Error('the solution did not exchange float32 tensors with the GPU as expected');
    return { input: dropChannels(tap.read, 3), mask: dropChannels(tap.uploaded, 1), bitmapAlpha };
  } finally {
    tap.restore();
    await solution.close();
  }
}

/** Copies of the last float32 RGBA pictures of `cells` pixels that WebGL read back and uploaded. */
function tapTensors(cells) {
  const prototype = WebGL2RenderingContext.prototype;
  const { readPixels, texSubImage2D } = prototype;
  const tap = {
    read: null,
    uploaded: null,
    restore: () => Object.assign(prototype, { readPixels, texSubImage2D }),
  };
  const copy = (values, offset = 0) => values.slice(offset, offset + cells * 4);
  const isTensor = (width, height, type, values) => width * height === cells && type === WebGL2RenderingContext.FLOAT && values instanceof Float32Array;
  prototype.readPixels = function tappedReadPixels(...parameters) {
    readPixels.apply(this, parameters);
    const [, , width, height, , type, values, offset] = parameters;
    if (isTensor(width, height, type, values)) tap.read = copy(values, offset);
  };
  prototype.texSubImage2D = function tappedTexSubImage2D(...parameters) {
    texSubImage2D.apply(this, parameters);
    const [, , , , width, height, , type, values, offset] = parameters;
    if (isTensor(width, height, type, values)) tap.uploaded = copy(values, offset);
  };
  return tap;
}

/** The first `kept` of every four channels. */
function dropChannels(rgba, kept) {
  return rgba.filter((_, index) => index % 4 < kept);
}

/** Alpha is not touched by premultiplication, so it survives a 2D canvas unharmed. */
function readAlpha(bitmap, width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data.filter((_, index) => index % 4 === 3);
}
