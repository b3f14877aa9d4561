import { expect } from 'chai';
import { ScenePainter } from '../../src/scenes/scene-painter';
import { paintSceneFile } from '../../src/scenes/painters';
import type { SceneOrder } from '../../src/scenes/messages';
import { expectRejection } from '../helpers/errors';
import { readPicture } from '../helpers/pixels';
import { replace, restoreAll, spyOnWorkers } from '../helpers/spies';
import { rejectionOf, waitFor } from '../helpers/wait';

const small = (name: SceneOrder['name']): SceneOrder => ({ name, width: 64, height: 36 });

async function sizeOf(blob: Blob): Promise<number[]> {
  const bitmap = await createImageBitmap(blob);
  const size = [bitmap.width, bitmap.height];
  bitmap.close();
  return size;
}

async function pixelsOf(picture: Promise<Blob>): Promise<number[]> {
  const bitmap = await createImageBitmap(await picture);
  const { data } = readPicture(bitmap, { width: bitmap.width, height: bitmap.height });
  bitmap.close();
  return [...data];
}

describe('ScenePainter', () => {
  afterEach(restoreAll);

  it('should paint in a worker, one for all, and let it go when nothing is left to paint', async () => {
    const { live, started } = spyOnWorkers();
    const painter = new ScenePainter();
    const pictures = await Promise.all([painter.paint(small('waves')), painter.paint(small('office')), painter.paint({ name: 'waves', width: 96, height: 54 })]);
    expect(await Promise.all(pictures.map(sizeOf))).to.deep.equal([[64, 36], [64, 36], [96, 54]]);
    expect(started).to.deep.equal(['scene']);
    await waitFor('the worker to be gone', () => live.size === 0);
  });

  it('should give the same picture as the page does', async () => {
    const { started } = spyOnWorkers();
    const [worker, page] = await Promise.all([new ScenePainter().paint(small('city')), paintSceneFile('city', { width: 64, height: 36 })].map(pixelsOf));
    // A page's canvas may be drawn by the graphics chip, a worker's need not be.
    const difference = page!.reduce((sum, value, index) => sum + Math.abs(value - worker![index]!), 0) / page!.length;
    expect(difference, 'mean difference of a channel').to.be.below(3);
    expect(started).to.deep.equal(['scene']);
  });

  it('should paint a picture once, also for two who ask at a time', async () => {
    const painter = new ScenePainter();
    const [first, second] = await Promise.all([painter.paint(small('waves')), painter.paint(small('waves'))]);
    expect(second).to.equal(first);
    const { started } = spyOnWorkers();
    expect(await painter.paint(small('waves'))).to.equal(first);
    expect(started).to.deep.equal([]);
  });

  it('should paint large pictures first', async () => {
    const painter = new ScenePainter();
    const order: string[] = [];
    const paint = (request: SceneOrder): Promise<unknown> => painter.paint(request).then(() => order.push(`${request.name} ${request.width}`));
    await Promise.all([paint(small('waves')), paint(small('city')), paint(small('office')), paint({ name: 'gradient', width: 160, height: 90 })]);
    // The first was begun before the others were known.
    expect(order).to.deep.equal(['waves 64', 'gradient 160', 'city 64', 'office 64']);
  });

  it('should drop what nobody waits for any more', async () => {
    const messages: unknown[] = [];
    class ListeningWorker extends Worker {
      override postMessage(message: unknown): void {
        messages.push((message as SceneOrder).name);
        super.postMessage(message);
      }
    }
    replace(globalThis, 'Worker', ListeningWorker);
    const painter = new ScenePainter();
    const [one, both] = [new AbortController(), new AbortController()];
    const begun = painter.paint(small('waves'));
    const dropped = rejectionOf(painter.paint(small('lake'), one.signal));
    const left = rejectionOf(painter.paint(small('city'), both.signal));
    const kept = painter.paint(small('city'));
    one.abort(new Error('superseded'));
    both.abort(new Error('superseded'));
    expect(String(await dropped)).to.equal('Error: superseded');
    expect(String(await left)).to.equal('Error: superseded');
    await Promise.all([begun, kept]);
    expect(messages).to.deep.equal(['waves', 'city']);
    expect(String(await rejectionOf(painter.paint(small('beach'), AbortSignal.abort(new Error('too late')))))).to.equal('Error: too late');
  });

  it('should paint in the page where the worker cannot be made', async () => {
    replace(globalThis, 'Worker', function Refused() {
      throw new DOMException('another origin', 'SecurityError');
    });
    expect(await sizeOf(await new ScenePainter().paint(small('beach')))).to.deep.equal([64, 36]);
  });

  it('should paint in the page when the worker does not run, and not try it again', async () => {
    const NativeWorker = Worker;
    let started = 0;
    replace(globalThis, 'Worker', function Missing(_url: URL, options: WorkerOptions) {
      started += 1;
      return new NativeWorker('/no/such/file.js', options);
    });
    const painter = new ScenePainter();
    const pictures = await Promise.all([painter.paint(small('beach')), painter.paint(small('forest'))]);
    expect(await Promise.all(pictures.map(sizeOf))).to.deep.equal([[64, 36], [64, 36]]);
    await painter.paint(small('office'));
    expect(started).to.equal(1);
  });

  it('should paint in the page where workers have no canvas', async () => {
    replace(globalThis, 'OffscreenCanvas', undefined);
    const { started } = spyOnWorkers();
    expect(await sizeOf(await new ScenePainter().paint(small('gradient')))).to.deep.equal([64, 36]);
    expect(started).to.deep.equal([]);
  });

  it('should say what failed, and go on with the next', async () => {
    const painter = new ScenePainter();
    const failed = painter.paint({ ...small('lake'), name: 'attic' as 'lake' });
    const next = painter.paint(small('waves'));
    await expectRejection(failed, 'background-load-failed', /^background scene:attic could not be painted/);
    expect(await sizeOf(await next)).to.deep.equal([64, 36]);
  });
});
