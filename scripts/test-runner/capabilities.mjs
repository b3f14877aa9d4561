/**
 * What a browser has of the APIs that the element uses. Runs in the page, so it uses nothing from outside.
 *
 * @returns {Record<string, boolean | string>} `renderer` is a name, the others say whether it is there
 */
export function probeCapabilities() {
  const gl = document.createElement('canvas').getContext('webgl2');
  const offscreen = typeof OffscreenCanvas === 'function' && Boolean(new OffscreenCanvas(4, 4).getContext('webgl2'));
  // A function of one SIMD instruction.
  const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  const stream = canvas.captureStream?.(30);
  const track = stream?.getVideoTracks()[0];
  const found = {
    renderer: String(gl?.getParameter(gl.RENDERER) ?? 'none'),
    webgl2: Boolean(gl),
    floatTargets: Boolean(gl?.getExtension('EXT_color_buffer_float')),
    offscreenWebgl2: offscreen,
    wasmSimd: WebAssembly.validate(new Uint8Array(simd)),
    captureStream: Boolean(track),
    requestFrame: Boolean(track && ('requestFrame' in track || 'requestFrame' in stream)),
    canvasFrameRate: track?.getSettings?.().frameRate !== undefined,
    videoFrameCallback: 'requestVideoFrameCallback' in HTMLVideoElement.prototype,
    videoFrame: typeof VideoFrame === 'function',
    frameStreams: typeof MediaStreamTrackProcessor === 'function' && typeof MediaStreamTrackGenerator === 'function',
    camera: typeof navigator.mediaDevices?.getUserMedia === 'function',
    peerConnection: typeof RTCPeerConnection === 'function',
    mediaRecorder: typeof MediaRecorder === 'function',
  };
  track?.stop();
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return found;
}
