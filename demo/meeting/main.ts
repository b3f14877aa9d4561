import { VirtualBackgroundCamera } from '../../src/define.ts';
import { Banners } from '../page/banners.ts';
import { CameraList } from '../page/camera-list.ts';
import { byId } from '../page/dom.ts';
import { Backgrounds } from './page/backgrounds.ts';
import { Call, type CallState } from './page/call.ts';
import { Chat } from './page/chat.ts';
import { parseJoinInformation } from './page/join-information.ts';
import { createMeetingServer, createMembership, type Membership } from './page/meeting-server.ts';
import { Microphones } from './page/microphones.ts';
import { Names } from './page/names.ts';
import { OwnPicture } from './page/own-picture.ts';
import { OwnVideo } from './page/own-video.ts';
import { rememberCamera, wasCameraOff } from './page/remembered-camera.ts';
import { Tiles } from './page/tiles.ts';
import { isCameraOn, isSharing, type VideoState } from './page/video-state.ts';

const STATES: Record<CallState, string> = { out: 'Not joined', joining: 'Joining …', in: 'In the meeting', rejoining: 'Connection lost, joining again …' };

const server = createMeetingServer(import.meta.env.VITE_MEETING_API);
const camera = byId('camera', VirtualBackgroundCamera);
const video = byId('video', HTMLButtonElement);
const share = byId('share', HTMLButtonElement);
const leave = byId('leave', HTMLButtonElement);
const end = byId('end', HTMLButtonElement);
const banners = new Banners(byId('banners', HTMLElement));
const tiles = new Tiles();
const backgrounds = new Backgrounds(camera);
const picture = new OwnPicture(camera, {
  onProblem: showCameraProblem,
  onEnded: () => {
    showCameraProblem('Your camera stopped, and is off now. Turn it on again, or choose another one first.');
    ownVideo.handlePictureEnded();
  },
});
const ownVideo = new OwnVideo(wasCameraOff() ? 'out/off' : 'out/on', {
  picture,
  chooseScreen: () => navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } }),
  showBehind: (screen) => backgrounds.showScreen(screen),
  onChange: showVideoState,
  onProblem: showCameraProblem,
});
const microphones = new Microphones({
  onProblem: (message) => banners.show('warning', 'microphone', message),
  onMuted: (muted) => tiles.setSelfMuted(muted),
});
const chat = new Chat({ onText: (text) => call?.sendChat(text), onStamp: (emoji) => call?.sendStamp(emoji) });
const cameras = new CameraList(byId('cameras', HTMLSelectElement), camera);

let call: Call | null = null;
let membership: Membership | null = null;
let state: CallState = 'out';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function setState(next: CallState): void {
  state = next;
  byId('state', HTMLElement).dataset['state'] = next;
  byId('state-text', HTMLElement).textContent = STATES[next];
  byId('join', HTMLElement).hidden = next !== 'out';
  leave.hidden = next === 'out';
  end.hidden = next === 'out' || !membership?.end;
  showSharePossible();
  if (next === 'in' || next === 'out') chat.setEnabled(next === 'in');
}

function showCameraProblem(message: string): void {
  banners.show('warning', 'camera', message);
}

/** @param name of the person, where it was asked for here */
function join(next: Membership, name?: string): void {
  // Asked for twice: one answer is enough.
  if (call) {
    next.leave();
    return;
  }
  banners.clear('call');
  try {
    call = createCall(next, name);
  } catch (error) {
    next.leave();
    banners.show('error', 'call', `This join information cannot be used: ${messageOf(error)}`);
    return;
  }
  membership = next;
  tiles.setSelf(call.self.name);
  setState('joining');
  void call.join(byId('sound', HTMLAudioElement));
}

/** Called when the person has left, and when the page is closed; the server hears of it once. */
function giveUpMembership(): void {
  membership?.leave();
  membership = null;
}

function createCall({ information, listNames }: Membership, name?: string): Call {
  const names = new Names(listNames, name ? [[information.Attendee.AttendeeId, name]] : []);
  const created: Call = new Call(information, names, {
    onState: (next) => {
      const first = state === 'joining' && next === 'in';
      setState(next);
      if (!first) return;
      void microphones.use(created.audioVideo);
      ownVideo.enter(created);
    },
    onEnd: (reason) => {
      if (reason) banners.show('error', 'call', reason);
      ownVideo.leave();
      void microphones.use(null);
      call = null;
      giveUpMembership();
      tiles.clear();
      tiles.setSelf(null);
      setState('out');
    },
    onPresence: (person, present) => {
      if (person.attendeeId === created.self.attendeeId) return;
      if (!present) return tiles.remove(person.attendeeId);
      tiles.add(person.attendeeId, person.name);
      void names.find(person.attendeeId).then((found) => found && tiles.rename(person.attendeeId, found));
    },
    onMuted: (attendeeId, muted) => tiles.setMuted(attendeeId, muted),
    onVideo: (tile) => {
      // What is shared from here stands in the own tile already.
      if (tile.attendeeId.split('#')[0] === created.self.attendeeId) return;
      tiles.showVideo(tile, (tileId, element) => created.audioVideo.bindVideoElement(tileId, element));
    },
    onVideoGone: (tileId) => tiles.hideVideo(tileId),
    onChat: (text, from, sentMs) => chat.show(text, from, from.attendeeId === created.self.attendeeId, sentMs),
    onStamp: (emoji, from) => {
      if (Chat.isStamp(emoji)) tiles.stamp(emoji, from.attendeeId === created.self.attendeeId ? null : from.attendeeId);
    },
    onContentEnded: () => ownVideo.stopSharing(),
  });
  return created;
}

/** Own video ends at once; the meeting reports the end of the call when it has taken note of it. */
function leaveCall(): void {
  ownVideo.leave();
  call?.leave();
}

function showVideoState(next: VideoState, ownScreen: MediaStream | null): void {
  const on = isCameraOn(next);
  video.setAttribute('aria-pressed', String(on));
  video.textContent = on ? 'Camera on' : 'Camera off';
  byId('self', HTMLElement).dataset['video'] = on ? 'on' : 'off';
  tiles.setSelfScreen(ownScreen);
  const sharing = isSharing(next);
  share.setAttribute('aria-pressed', String(sharing));
  share.textContent = sharing ? 'Stop sharing' : 'Share screen';
  showSharePossible();
  rememberCamera(on);
}

/** What is shared can be stopped at any time, also while the connection is lost. */
function showSharePossible(): void {
  share.disabled = state !== 'in' && !isSharing(ownVideo.state);
}

function showServer(): void {
  byId('title-field', HTMLElement).hidden = !server.hasTitles;
  byId('title', HTMLInputElement).disabled = !server.hasTitles;
  byId('titles-hint', HTMLElement).hidden = !server.hasTitles;
  byId('local-hint', HTMLElement).hidden = server.hasTitles;
}

const showCallProblem = (error: unknown): void => banners.show('error', 'call', messageOf(error));

byId('join-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const name = byId('name', HTMLInputElement).value.trim();
  server.join({ title: byId('title', HTMLInputElement).value, name }).then((next) => join(next, name), showCallProblem);
});
byId('paste-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  try {
    join(createMembership(parseJoinInformation(byId('information', HTMLTextAreaElement).value)));
  } catch (error) {
    showCallProblem(error);
  }
});
video.addEventListener('click', () => ownVideo.toggleCamera());
share.addEventListener('click', () => void ownVideo.toggleSharing());
leave.addEventListener('click', leaveCall);
end.addEventListener('click', () => void membership?.end?.().catch(showCallProblem));
byId('cameras', HTMLSelectElement).addEventListener('change', () => picture.useCamera());
camera.addEventListener('vbc-state-change', ({ detail }) => {
  byId('self', HTMLElement).dataset['state'] = detail.state;
  if (detail.state !== 'running') return;
  if (camera.source === 'camera') banners.clear('camera');
  // The names of cameras are known once one may be used.
  void cameras.renew();
});
camera.addEventListener('vbc-error', ({ detail }) => {
  if (detail.code.startsWith('background')) banners.show('error', 'background', detail.message);
});
window.addEventListener('pagehide', () => {
  giveUpMembership();
  leaveCall();
});

showServer();
setState('out');
backgrounds.choose('blur');
void cameras.renew();
ownVideo.begin();
