import { expect } from 'chai';
import '../../src/define';

describe('smoke', () => {
  it('should run', async () => {
    const camera = document.createElement('virtual-background-camera');
    camera.background = '#00ff00';
    camera.quality = 'medium';
    camera.modelUrl = '/shared/models/bodypix/';
    camera.modelFallback = 'none'; camera.backend = 'webgl';
    camera.width = 640; camera.height = 360;
    for (const type of ['vbc-state-change', 'vbc-warning', 'vbc-error']) camera.addEventListener(type, (e) => console.log(type, JSON.stringify((e as CustomEvent).detail), (e as CustomEvent).detail?.message));
    document.body.append(camera);
    const stream = await camera.start();
    expect(stream.getVideoTracks()).to.have.length(1);
    await new Promise((r) => setTimeout(r, 4000));
    console.log(JSON.stringify(camera.stats), JSON.stringify(stream.getVideoTracks()[0]!.getSettings()));
    camera.stop();
    expect(camera.stream).to.equal(null);
  });
});
