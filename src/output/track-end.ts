/**
 * Lets the listeners of a track hear events that this library dispatches, where the browser keeps those from
 * them: on Firefox' tracks only the handler `onended` hears them, and listeners that were added with Mozilla's
 * own fourth argument. Nothing changes where listeners hear them anyway.
 *
 * @returns the same track
 */
export function hearDispatched<Track extends MediaStreamTrack>(track: Track): Track {
  let heard = false;
  track.addEventListener('vbc-probe', () => (heard = true), { once: true });
  track.dispatchEvent(new Event('vbc-probe'));
  if (heard) return track;
  const add = EventTarget.prototype.addEventListener as (...args: unknown[]) => void;
  track.addEventListener = (...[type, listener, options]: Parameters<EventTarget['addEventListener']>) => add.call(track, type, listener, options, true);
  return track;
}

/** Ends a live track and tells whoever listens: `stop()` itself is silent; the Chime SDK and others wait for the event. */
export function endTrack(track: MediaStreamTrack): void {
  if (track.readyState === 'ended') return;
  track.stop();
  track.dispatchEvent(new Event('ended'));
}
