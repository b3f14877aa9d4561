/** What a long visit does to the element, as functions that run in the soak's page. */

/** Pictures, colours and blurs, each loaded again. */
export const BACKGROUNDS = ['teal', '/picture.svg', 'blur', '#203040', 'bokeh:4', '/picture.svg?other'];

/** Runs in the page: full starts and stops. A part of them is stopped while it opens and while it loads. */
export async function startAndStop(times) {
  const { camera } = globalThis;
  const ends = { full: 0, early: 0 };
  for (let run = 0; run < times; run += 1) {
    const starting = camera.start();
    if (run % 4 === 3) {
      starting.catch(() => undefined);
      if (run % 8 === 7) await new Promise((later) => setTimeout(later, 60));
      ends.early += 1;
    } else {
      await starting;
      ends.full += 1;
    }
    camera.stop();
  }
  return ends;
}

/** Runs in the page: changes of the background, of which each tenth is waited for until frames came out. */
export async function changeBackgrounds(times, backgrounds) {
  const { camera } = globalThis;
  for (let change = 0; change < times; change += 1) {
    camera.background = backgrounds[change % backgrounds.length];
    await camera.updateComplete;
    // Some are superseded while they load, most are not.
    if (change % 3) await new Promise((later) => setTimeout(later));
    if (change % 10) continue;
    const { outputFrames } = camera.stats;
    while (camera.stats.outputFrames === outputFrames) await new Promise((later) => setTimeout(later, 20));
  }
  camera.background = backgrounds[0];
  await camera.updateComplete;
}

/** Runs in the page: until nothing that was under way can make the next sample another one. */
export async function settle() {
  await new Promise((later) => setTimeout(later, 600));
}
