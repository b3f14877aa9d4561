/** For any page: `watchTrack` has a worker look at every frame of a track. */
let watches = 0;
const workers = new Map();

/** @returns {number} by which the watch is named */
globalThis.watchTrack = (track, regions, flats) => {
  const worker = new Worker(new URL('./watch.worker.mjs', import.meta.url), { type: 'module' });
  const { readable } = new MediaStreamTrackProcessor({ track });
  worker.postMessage({ readable, regions, flats }, [readable]);
  workers.set(++watches, worker);
  return watches;
};

/** The colours, any of which the room's places may have from now on. */
globalThis.expectFlats = (watch, flats) => workers.get(watch).postMessage({ flats });

/** What was seen since the last call. */
globalThis.takeWatched = (watch) => new Promise((resolve) => {
  const worker = workers.get(watch);
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage({ take: true });
});

globalThis.endWatch = (watch) => {
  workers.get(watch).terminate();
  workers.delete(watch);
};
