import { expect } from 'chai';
import type { FrameCopier, Look } from '../../src/masks/mask-source';
import { WorkerMaskSource } from '../../src/masks/worker-source';
import type { DataRequest, DataResponse } from '../../src/segmentation/messages';
import { FULL_FRAME_GEOMETRY, type SegmenterSpec } from '../../src/segmentation/network-input';
import type { SegmentedPicture } from '../../src/segmentation/network-service';
import { expectRejection } from '../helpers/errors';
import { nextTask, waitFor } from '../helpers/wait';

const SPEC: SegmenterSpec = { model: 'selfie', backend: 'wasm', variant: 'fake', inferenceMs: 1, input: { kind: 'fixed', sizes: [{ width: 8, height: 4 }] } };
const LOOK: Look = { size: { width: 8, height: 4 }, rect: null };
const CROP: Look = { size: { width: 6, height: 6 }, rect: { x: 0.2, y: 0.1, width: 0.5, height: 0.5 } };

/** The other end of a data channel: a segmentation worker, or the window that names one. */
class FakeEnd {
  readonly requests: DataRequest[] = [];
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = (event: MessageEvent<DataRequest>) => this.requests.push(event.data);
  }

  send(response: DataResponse, transfer: Transferable[] = []): void {
    this.#port.postMessage(response, transfer);
  }

  async request(index: number): Promise<DataRequest> {
    await waitFor(`request ${index}`, () => this.requests.length > index);
    return this.requests[index] as DataRequest;
  }

  answer({ id, buffer, width, height }: DataRequest, value = 1, inferenceMs = 3): void {
    const mask = { width, height, data: new Float32Array(width * height).fill(value), kind: 'probability', geometry: FULL_FRAME_GEOMETRY } as const;
    this.send({ type: 'mask', id, mask, buffer, inferenceMs }, [buffer]);
  }

  close(): void {
    this.#port.close();
  }
}

describe('<virtual-background-camera> WorkerMaskSource', () => {
  let control: FakeEnd;
  let source: WorkerMaskSource;
  let specChanges: number;
  let ends: FakeEnd[];
  /** What was asked of the frame. */
  let reads: { look: Look; into: Uint8Array }[];
  let frame: FrameCopier;

  beforeEach(() => {
    const { port1, port2 } = new MessageChannel();
    control = new FakeEnd(port2);
    ends = [control];
    source = new WorkerMaskSource(port1);
    specChanges = 0;
    source.onSpecChange = () => (specChanges += 1);
    reads = [];
    frame = {
      size: { width: 640, height: 360 },
      timeMs: 0,
      read: (look, into) => {
        reads.push({ look, into });
        into.fill(reads.length);
      },
      draw: () => {
        throw new Error('Pixels cross to a worker, not textures');
      },
    };
  });

  afterEach(() => {
    source.dispose();
    for (const end of ends) end.close();
  });

  /** The window names a worker. */
  function connect(): FakeEnd {
    const { port1, port2 } = new MessageChannel();
    control.send({ type: 'connect', port: port1 }, [port1]);
    const worker = new FakeEnd(port2);
    ends.push(worker);
    return worker;
  }

  async function connectReady(spec = SPEC): Promise<FakeEnd> {
    const worker = connect();
    const before = specChanges;
    worker.send({ type: 'spec', spec });
    await waitFor('the network', () => specChanges > before);
    return worker;
  }

  it('should say which network answers, and when none does any more', async () => {
    expect(source.spec).to.equal(null);
    const worker = await connectReady();
    expect(source.spec).to.deep.equal(SPEC);
    worker.send({ type: 'spec', spec: null });
    await waitFor('no network', () => specChanges === 2);
    expect(source.spec).to.equal(null);
  });

  it('should send the small picture that was asked for, and answer with its mask', async () => {
    const worker = await connectReady();
    for (const [index, look] of [LOOK, CROP].entries()) {
      const { width, height } = look.size;
      const result = source.segment(frame, look);
      expect(reads[index]?.look).to.equal(look);
      const request = await worker.request(index);
      expect(request).to.include({ type: 'segment', width, height });
      expect([...new Uint8Array(request.buffer)]).to.deep.equal(Array(width * height * 4).fill(index + 1));
      worker.answer(request, 0.25, 12);
      const { mask, inferenceMs } = await result;
      expect(inferenceMs).to.equal(12);
      expect(mask).to.include({ width, height, kind: 'probability' });
      expect([...mask.data]).to.deep.equal(Array(width * height).fill(0.25));
    }
  });

  it('should hand the buffer over, and use the one that comes back for the next picture of the size', async () => {
    const worker = await connectReady();
    const first = source.segment(frame, LOOK);
    expect(reads[0]?.into.buffer.byteLength, 'it has left this thread').to.equal(0);
    const request = await worker.request(0);
    const marked = new Uint8Array(request.buffer);
    worker.answer(request);
    await first;
    expect(marked.byteLength, 'and the other').to.equal(0);
    let seen: number[] = [];
    void source.segment({ ...frame, read: (_look, into) => (seen = [...into]) }, LOOK).catch(() => undefined);
    expect(seen, 'what lay in the buffer before').to.deep.equal(Array(8 * 4 * 4).fill(1));
    void source.segment({ ...frame, read: (_look, into) => (seen = [...into]) }, CROP).catch(() => undefined);
    expect(seen, 'another size').to.deep.equal(Array(6 * 6 * 4).fill(0));
  });

  it('should fail with what the worker says', async () => {
    const worker = await connectReady();
    const result = source.segment(frame, LOOK);
    const { id, buffer } = await worker.request(0);
    worker.send({ type: 'segment-failed', id, buffer, error: { code: 'model-load-failed', message: 'general.bin is not there' } });
    await expectRejection(result, 'model-load-failed', /^general\.bin is not there$/);
    const next = source.segment(frame, LOOK);
    worker.answer(await worker.request(1));
    expect((await next).mask.width).to.equal(8);
  });

  it('should give no frame the answer to another', async () => {
    const worker = await connectReady();
    const result = source.segment(frame, LOOK);
    const request = await worker.request(0);
    let settled = false;
    void result.then(() => (settled = true));
    const other = { ...request, buffer: new ArrayBuffer(request.buffer.byteLength) };
    worker.answer({ ...other, id: request.id + 1 }, 0.9);
    worker.answer({ ...other, buffer: new ArrayBuffer(8), id: request.id - 1 }, 0.8);
    await nextTask(20);
    expect(settled).to.equal(false);
    worker.answer(request, 0.25);
    expect((await result).mask.data[0]).to.equal(0.25);
  });

  it('should call off what a worker owed when another takes its place, and listen to the new one alone', async () => {
    const broken = await connectReady();
    const owed = source.segment(frame, LOOK);
    const late = await broken.request(0);
    const replacement = connect();
    await expectRejection(owed, 'aborted', /./);
    expect(source.spec, 'until the new one has a network').to.equal(null);
    broken.answer(late, 0.9);
    broken.send({ type: 'spec', spec: { ...SPEC, variant: 'broken' } });
    replacement.send({ type: 'spec', spec: { ...SPEC, variant: 'new' } });
    await waitFor('the new network', () => source.spec?.variant === 'new');
    let result: SegmentedPicture | null = null;
    void source.segment(frame, LOOK).then((answer) => (result = answer));
    const request = await replacement.request(0);
    broken.answer({ ...late, id: request.id, buffer: new ArrayBuffer(128) }, 0.9);
    await nextTask(20);
    expect(result, 'the answer of the broken one').to.equal(null);
    replacement.answer(request, 0.25);
    await waitFor('the answer', () => result);
    expect((result as unknown as SegmentedPicture).mask.data[0]).to.equal(0.25);
    expect(broken.requests).to.have.length(1);
  });

  it('should call off what is on its way at the end, and hear nothing more', async () => {
    const worker = await connectReady();
    const owed = source.segment(frame, LOOK);
    await worker.request(0);
    source.dispose();
    await expectRejection(owed, 'aborted', /./);
    worker.send({ type: 'spec', spec: null });
    control.send({ type: 'spec', spec: null });
    await nextTask(20);
    expect(specChanges).to.equal(1);
    source.dispose();
  });
});
