import type { AudioVideoFacade } from 'amazon-chime-sdk-js';
import { byId } from '../../page/dom.ts';
import { onLanguage, texts } from '../../page/language.ts';
import { dressButton } from './icons.ts';

/** The choice of the microphone, and whether it is on. */
export class Microphones {
  readonly #select = byId('microphones', HTMLSelectElement);
  readonly #toggle = byId('microphone', HTMLButtonElement);
  readonly #onProblem: (message: string) => void;
  readonly #onMuted: (muted: boolean) => void;
  #audioVideo: AudioVideoFacade | null = null;
  #on = true;

  constructor({ onProblem, onMuted }: { onProblem: (message: string) => void; onMuted: (muted: boolean) => void }) {
    this.#onProblem = onProblem;
    this.#onMuted = onMuted;
    this.#toggle.addEventListener('click', () => this.#turn(!this.#on));
    this.#select.addEventListener('change', () => void this.#start());
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#renew());
    onLanguage(() => {
      this.#dress();
      void this.#renew();
    });
  }

  /** Sends sound into the meeting; null: out of it, and the microphone goes off. */
  async use(audioVideo: AudioVideoFacade | null): Promise<void> {
    const before = this.#audioVideo;
    this.#audioVideo = audioVideo;
    if (before && !audioVideo) await before.stopAudioInput();
    if (audioVideo) await this.#start();
  }

  async #start(): Promise<void> {
    if (!this.#audioVideo) return;
    try {
      await this.#audioVideo.startAudioInput(this.#select.value || 'default');
      this.#turn(this.#on);
      await this.#renew();
    } catch {
      this.#turn(false);
      this.#onProblem(texts().noMicrophone);
    }
  }

  #turn(on: boolean): void {
    this.#on = on;
    this.#dress();
    if (on) this.#audioVideo?.realtimeUnmuteLocalAudio();
    else this.#audioVideo?.realtimeMuteLocalAudio();
    this.#onMuted(!on);
  }

  /** It says what a press does. */
  #dress(): void {
    if (this.#on) dressButton(this.#toggle, 'microphoneOff', texts().mute);
    else dressButton(this.#toggle, 'microphone', texts().unmute);
  }

  async #renew(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const microphones = devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId && deviceId !== 'default');
    const chosen = this.#select.value;
    const options = microphones.map(({ label, deviceId }, index) => new Option(label || texts().microphoneNumbered({ number: index + 1 }), deviceId));
    this.#select.replaceChildren(new Option(texts().microphoneDefault, ''), ...options);
    this.#select.value = microphones.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  }
}
