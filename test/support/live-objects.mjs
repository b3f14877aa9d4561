/**
 * Counts what lives: GL objects, GPU contexts and media tracks that were made and not yet ended, in a page or a worker.
 *
 * Runs before any other script of its global scope; `globalThis.liveObjects()` then tells.
 */
export function countLiveObjects() {
  const counts = { textures: 0, framebuffers: 0, programs: 0, shaders: 0, buffers: 0, vertexArrays: 0, samplers: 0, syncs: 0, queries: 0 };
  const kinds = {
    Texture: 'textures', Framebuffer: 'framebuffers', Program: 'programs', Shader: 'shaders', Buffer: 'buffers', VertexArray: 'vertexArrays', Sampler: 'samplers', Query: 'queries',
  };
  const live = new WeakSet();
  const take = (object, kind) => {
    if (object && !live.has(object)) {
      live.add(object);
      counts[kind] += 1;
    }
    return object;
  };
  const drop = (object, kind) => {
    // Deleting null, or twice, does nothing.
    if (object && live.delete(object)) counts[kind] -= 1;
  };
  const wrap = (owner, name, around) => {
    const original = owner?.[name];
    if (!original) return;
    owner[name] = function wrapped(...args) {
      return around.call(this, original, args);
    };
  };
  const gl = globalThis.WebGL2RenderingContext?.prototype;
  for (const [name, kind] of Object.entries(kinds)) {
    wrap(gl, `create${name}`, function create(original, args) {
      return take(original.apply(this, args), kind);
    });
    wrap(gl, `delete${name}`, function remove(original, args) {
      drop(args[0], kind);
      return original.apply(this, args);
    });
  }
  wrap(gl, 'fenceSync', function create(original, args) {
    return take(original.apply(this, args), 'syncs');
  });
  wrap(gl, 'deleteSync', function remove(original, args) {
    drop(args[0], 'syncs');
    return original.apply(this, args);
  });

  /** Weak: what nobody holds any more is not live. */
  let tracks = [];
  const noteTracks = (stream) => {
    for (const track of stream.getTracks()) tracks.push(new WeakRef(track));
    return stream;
  };
  const devices = globalThis.navigator.mediaDevices;
  wrap(devices, 'getUserMedia', async function open(original, args) {
    return noteTracks(await original.apply(devices, args));
  });
  wrap(globalThis.HTMLCanvasElement?.prototype, 'captureStream', function capture(original, args) {
    return noteTracks(original.apply(this, args));
  });
  wrap(globalThis.MediaStreamTrack?.prototype, 'clone', function clone(original, args) {
    const track = original.apply(this, args);
    tracks.push(new WeakRef(track));
    return track;
  });
  const Generator = globalThis.MediaStreamTrackGenerator;
  if (Generator) {
    globalThis.MediaStreamTrackGenerator = class extends Generator {
      constructor(...args) {
        super(...args);
        tracks.push(new WeakRef(this));
      }
    };
  }

  /** Open bitmaps that were made here: closed and transferred ones don't count. */
  let bitmaps = [];
  wrap(globalThis, 'createImageBitmap', async function make(original, args) {
    const bitmap = await original.apply(globalThis, args);
    bitmaps.push(new WeakRef(bitmap));
    return bitmap;
  });

  /**
   * Engines of TensorFlow.js. The package keeps its engine off the global object, in an object that nothing else holds:
   * its name is caught when it is set. The engine's own memory() would start a backend.
   */
  const engines = [];
  Object.defineProperty(Object.prototype, '_tfengine', {
    configurable: true,
    get: () => undefined,
    set(engine) {
      engines.push(engine);
      Object.defineProperty(this, '_tfengine', { value: engine, writable: true, configurable: true });
    },
  });

  globalThis.liveObjects = () => {
    tracks = tracks.filter((reference) => reference.deref()?.readyState === 'live');
    bitmaps = bitmaps.filter((reference) => (reference.deref()?.width ?? 0) > 0);
    const tensors = engines.reduce((total, { state }) => total + state.numTensors, 0);
    return { ...counts, tensors, tracks: tracks.length, bitmaps: bitmaps.length };
  };
}
