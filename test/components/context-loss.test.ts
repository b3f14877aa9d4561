import { expect } from 'chai';
import { CODE_COLOURS } from '../../demo/drawn-sample';
import { cleanUp, createElement, itWithModel, previewOf, recordEvents, sampleStream, trackOf, waitForState, watchFrames } from '../helpers/element';
import { countPixels, distance } from '../helpers/pixels';
import { replace } from '../helpers/spies';
import { waitFor } from '../helpers/wait';

/** The contexts that the page's canvases make from now on; the window host draws on one of them. */
function spyOnContexts(): WebGL2RenderingContext[] {
  const contexts: WebGL2RenderingContext[] = [];
  const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
  replace(HTMLCanvasElement.prototype, 'getContext', function getContext(this: HTMLCanvasElement, ...args: unknown[]) {
    const context = original.apply(this, args);
    if (context instanceof WebGL2RenderingContext) contexts.push(context);
    return context;
  });
  return contexts;
}

describe('<virtual-background-camera> with a lost GPU context', () => {
  afterEach(cleanUp);

  itWithModel('should say so, show nothing of the room, and go on when it is back', async () => {
    const contexts = spyOnContexts();
    const element = createElement({ host: 'window', source: sampleStream({ background: 'code' }) });
    const stream = await element.start();
    const events = recordEvents(element);
    const gl = contexts.find((context) => context.canvas.width === 320);
    const extension = gl?.getExtension('WEBGL_lose_context');
    if (!extension) throw new Error('The drawing context was not found');

    extension.loseContext();
    await waitForState(element, 'interrupted');
    expect(events.warnings.map(({ code }) => code)).to.deep.equal(['webgl-context-lost']);
    extension.restoreContext();
    let frames = 0;
    await watchFrames(previewOf(element), (picture) => {
      const room = countPixels(picture, (color) => CODE_COLOURS.some((code) => distance(color, code) < 60));
      // The rim of a first mask has up to a fiftieth; the room itself is more than half.
      expect(room / (picture.width * picture.height), 'of the room').to.be.below(0.05);
      return (frames += 1) > 5 && element.state === 'running';
    });
    expect(events.states).to.deep.equal(['interrupted', 'running']);
    expect(events.errors).to.deep.equal([]);
    expect(element.stream).to.equal(stream);
    expect(trackOf(stream).readyState).to.equal('live');
    expect(element.stats.rawFrames).to.equal(0);
  });

  itWithModel('should stop while it is lost', async () => {
    const contexts = spyOnContexts();
    const element = createElement({ host: 'window' });
    const stream = await element.start();
    contexts.find((context) => context.canvas.width === 320)?.getExtension('WEBGL_lose_context')?.loseContext();
    await waitForState(element, 'interrupted');
    element.stop();
    expect(element).to.include({ state: 'idle', stream: null });
    expect(trackOf(stream).readyState).to.equal('ended');
    expect(await element.start()).to.be.instanceOf(MediaStream);
    await waitFor('figures', () => element.stats.outputFrames > 0);
  });
});
