/**
 * Watches whether the system or the browser blurs a camera's background by itself (`backgroundBlur` of Media Capture
 * and Streams Extensions), which can be switched in the system's own camera menu at any time.
 */
export class SystemBlurWatch {
  readonly #track: MediaStreamTrack;
  readonly #onChange: () => void;
  #active: boolean;

  /** @param track stays the caller's */
  constructor(track: MediaStreamTrack, onChange: () => void) {
    this.#track = track;
    this.#onChange = onChange;
    this.#active = isBlurred(track);
    track.addEventListener('configurationchange', this.#handleChange);
  }

  /** Whether the picture comes with its background blurred. */
  get active(): boolean {
    return this.#active;
  }

  /** Whether {@link switchOff} may succeed: where only the user can switch it, the one choice is `true`. */
  get canSwitchOff(): boolean {
    return this.#active && choicesOf(this.#track).includes(false);
  }

  /** @throws DOMException when the camera refuses */
  async switchOff(): Promise<void> {
    // Constraints replace each other as a whole.
    await this.#track.applyConstraints({ ...this.#track.getConstraints(), ...BLUR_OFF });
    this.#handleChange();
  }

  release(): void {
    this.#track.removeEventListener('configurationchange', this.#handleChange);
  }

  readonly #handleChange = (): void => {
    const active = isBlurred(this.#track);
    if (active === this.#active) return;
    this.#active = active;
    this.#onChange();
  };
}

const BLUR_OFF = { backgroundBlur: { exact: false } } as MediaTrackConstraints;

function isBlurred(track: MediaStreamTrack): boolean {
  return (track.getSettings() as { backgroundBlur?: boolean }).backgroundBlur === true;
}

function choicesOf(track: MediaStreamTrack): readonly boolean[] {
  const capabilities = typeof track.getCapabilities === 'function' ? track.getCapabilities() : {};
  return (capabilities as { backgroundBlur?: boolean[] }).backgroundBlur ?? [];
}
