import type { Device, VideoTransformDevice } from 'amazon-chime-sdk-js';
import { createVirtualBackground, type VirtualBackground, type VirtualBackgroundOptions } from '../create-virtual-background';
import type { EngineSettings } from '../engine/settings';
import { VirtualBackgroundError } from '../errors';
import { followed } from './followed-signal';
import { sizeOf } from './track-size';

/** What a device shares with those that `chooseNewInnerDevice` makes of it. */
interface Shared {
  options: VirtualBackgroundOptions;
  background: VirtualBackground | null;
  /** Ends the one that is being made. */
  starting: AbortController | null;
  input: MediaStream | null;
}

/**
 * A virtual background as a `VideoTransformDevice` of the Amazon Chime SDK, for apps that let the SDK open the
 * camera: `startVideoInput(new ChimeVideoTransformDevice(deviceId, { background: 'blur' }))`.
 */
export class ChimeVideoTransformDevice implements VideoTransformDevice {
  readonly #device: Device;
  #shared: Shared;

  /**
   * @param device a device id, MediaDeviceInfo, constraints or MediaStream, as `startVideoInput` takes
   * @param options as of createVirtualBackground
   */
  constructor(device: Device, options: VirtualBackgroundOptions = {}) {
    this.#device = device;
    this.#shared = { options, background: null, starting: null, input: null };
  }

  /** Null until the SDK has given a stream to transform, and after {@link stop}. */
  get background(): VirtualBackground | null {
    return this.#shared.background;
  }

  /** Only ever the picture with its background: empty until there is one. */
  get outputMediaStream(): MediaStream {
    return this.#shared.background?.stream ?? new MediaStream();
  }

  /** Changes settings, before it runs and while it does. @throws VirtualBackgroundError `attribute-invalid` */
  set(patch: Partial<Omit<EngineSettings, 'source'>>): void {
    this.#shared.background?.set(patch);
    this.#shared.options = { ...this.#shared.options, ...patch };
  }

  /** The same background in front of another camera; to be passed to `startVideoInput`, and this one to be let go. */
  chooseNewInnerDevice(device: Device): ChimeVideoTransformDevice {
    const chosen = new ChimeVideoTransformDevice(device);
    chosen.#shared = this.#shared;
    return chosen;
  }

  intrinsicDevice(): Promise<Device> {
    return Promise.resolve(this.#device);
  }

  async transformStream(input?: MediaStream): Promise<MediaStream> {
    const shared = this.#shared;
    const source = input?.getVideoTracks()[0];
    if (!input || !source) throw new VirtualBackgroundError('source-unsupported', 'The device gave a stream without a video track');
    shared.input = input;
    const { background, options } = shared;
    if (background) {
      background.set({ ...sizeOf(source), source });
      return background.start();
    }
    shared.starting?.abort();
    const starting = new AbortController();
    shared.starting = starting;
    const made = await createVirtualBackground(source, {
      ...sizeOf(source),
      ...options,
      signal: followed(options.signal, starting),
      keepAlive: true,
      onStateChange: (state) => {
        options.onStateChange?.(state);
        // The SDK listens to the camera's track alone: its end makes it stop the video and say so.
        if (state === 'failed') shared.input?.getVideoTracks()[0]?.dispatchEvent(new Event('ended'));
      },
    });
    shared.background = made;
    return made.stream;
  }

  /** The SDK turned the video off. The model stays loaded for some seconds, in case it is turned on again. */
  onOutputStreamDisconnect(): void {
    for (const track of this.#shared.background?.stream.getTracks() ?? []) track.stop();
    // A stream that the app opened is the app's to stop.
    if (!(this.#device instanceof MediaStream)) this.#stopInput();
  }

  /** Turns the camera off and frees everything. */
  stop(): Promise<void> {
    this.#stopInput();
    this.#shared.starting?.abort();
    this.#shared.background?.stop();
    this.#shared.background = null;
    return Promise.resolve();
  }

  #stopInput(): void {
    for (const track of this.#shared.input?.getTracks() ?? []) track.stop();
  }
}
