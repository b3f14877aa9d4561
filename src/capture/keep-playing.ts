/**
 * Plays a video again whenever something else paused it: browsers do so with what a frozen page plays, and don't take
 * it back when the page goes on.
 *
 * @returns ends it; to be called before one's own `pause()`
 */
export function keepPlaying(video: HTMLVideoElement): () => void {
  const handlePause = (): void => {
    // Rejects where the browser wants a gesture first: nothing to do then.
    if (!video.ended) void video.play().catch(() => undefined);
  };
  video.addEventListener('pause', handlePause);
  return () => video.removeEventListener('pause', handlePause);
}
