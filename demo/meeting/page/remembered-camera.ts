const KEY = 'meeting-camera';

/** Whether the camera was off in this tab before the page was loaded again: then it stays off. */
export function wasCameraOff(): boolean {
  try {
    return sessionStorage.getItem(KEY) === 'off';
  } catch {
    return false; // Without storage every page is a first visit.
  }
}

export function rememberCamera(on: boolean): void {
  try {
    sessionStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage may be forbidden for this site.
  }
}
