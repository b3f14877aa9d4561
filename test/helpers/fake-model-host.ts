import type { ModelHost } from '../../src/engine/model/model-loader';
import type { LoadRequest } from '../../src/segmentation/messages';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import type { Backend, ModelName, Quality } from '../../src/types';
import { defer, waitFor, type Deferred } from './wait';

interface PendingLoad {
  request: LoadRequest;
  signal: AbortSignal;
  answer: Deferred<SegmenterSpec>;
}

/** A place for networks in which a test settles every load itself, and which keeps what was loaded last, as the real ones do. */
export class FakeModelHost implements ModelHost {
  /** `model quality` of every load, and `unload`, in order. */
  readonly calls: string[] = [];
  /** `model quality` of what makes masks there. */
  loaded: string | null = null;
  readonly #backend: Backend;
  readonly #pending: PendingLoad[] = [];

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  load(request: LoadRequest, signal: AbortSignal): Promise<SegmenterSpec> {
    const answer = defer<SegmenterSpec>();
    this.calls.push(nameOf(request));
    this.#pending.push({ request, signal, answer });
    return answer.promise;
  }

  unload(): void {
    this.calls.push('unload');
    this.loaded = null;
  }

  /** The oldest load that was not answered yet, as soon as there is one. */
  async next(): Promise<PendingLoad> {
    return waitFor(`a load on ${this.#backend}`, () => this.#pending.shift());
  }

  /** Answers the next load, which has to be of this model and quality. */
  async finish(expected: string, inferenceMs: number, variant?: string): Promise<void> {
    const { request, answer } = await this.#expect(expected);
    this.loaded = expected;
    answer.resolve(specOf(request.model, request.quality, this.#backend, inferenceMs, variant));
  }

  async fail(expected: string, error: unknown): Promise<void> {
    const { answer } = await this.#expect(expected);
    answer.reject(error);
  }

  async #expect(expected: string): Promise<PendingLoad> {
    const pending = await this.next();
    if (nameOf(pending.request) !== expected) throw new Error(`Expected '${expected}' on ${this.#backend}; got '${nameOf(pending.request)}'`);
    return pending;
  }
}

function nameOf({ model, quality }: LoadRequest): string {
  return `${model} ${quality}`;
}

function specOf(model: ModelName, quality: Quality, backend: Backend, inferenceMs: number, variant = `${model} ${quality}`): SegmenterSpec {
  return { model, backend, variant, input: { kind: 'strided', longSide: 369, stride: 16 }, inferenceMs };
}
