/**
 * Whether a picture comes from another origin that didn't send it with CORS: then neither WebGL nor a
 * VideoFrame may have it. The element must hold a picture already.
 */
export function isTainted(picture: HTMLImageElement | HTMLVideoElement): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(picture, 0, 0, 1, 1);
  try {
    context?.getImageData(0, 0, 1, 1);
    return false;
  } catch {
    return true;
  }
}
