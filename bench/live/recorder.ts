import type { RecorderRequest, RecorderResponse } from './recorder.worker';
import { readTrack, type RecordedFrame } from './recording';

/** The worker that reads tracks, for the page. */
export class Recorder {
  readonly #worker = new Worker('/page/recorder.worker.js', { type: 'module' });

  /** Counts the frames of a track from now on. */
  count(track: MediaStreamTrack): void {
    const readable = readTrack(track);
    this.#send({ type: 'count', readable }, [readable]);
  }

  async countedFrames(): Promise<number> {
    const response = await this.#ask({ type: 'report' });
    if (response.type !== 'counted') throw new Error('The recorder answered something else');
    return response.frames;
  }

  /** @returns all frames of each track in that time */
  async record(tracks: readonly MediaStreamTrack[], durationMs: number): Promise<RecordedFrame[][]> {
    const readables = tracks.map(readTrack);
    const response = await this.#ask({ type: 'record', readables, durationMs }, readables);
    if (response.type === 'failed') throw new Error(response.message);
    if (response.type !== 'recorded') throw new Error('The recorder answered something else');
    return response.tracks;
  }

  close(): void {
    this.#worker.terminate();
  }

  async #ask(request: RecorderRequest, transfer: Transferable[] = []): Promise<RecorderResponse> {
    const answer = new Promise<RecorderResponse>((resolve, reject) => {
      this.#worker.addEventListener('message', ({ data }: MessageEvent<RecorderResponse>) => resolve(data), { once: true });
      this.#worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true });
    });
    this.#send(request, transfer);
    return answer;
  }

  #send(request: RecorderRequest, transfer: Transferable[]): void {
    this.#worker.postMessage(request, transfer);
  }
}
