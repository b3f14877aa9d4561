import { VirtualBackgroundCamera } from '../../src/define.ts';
import { Banners } from '../page/banners.ts';
import { CameraList } from '../page/camera-list.ts';
import { byId } from '../page/dom.ts';
import { Backgrounds } from './page/backgrounds.ts';
import { Call, type CallState } from './page/call.ts';
import { Chat } from './page/chat.ts';
import { createLocalAttendee, parseJoinInformation, type JoinInformation } from './page/join-information.ts';
import { Microphones } from './page/microphones.ts';
import { OwnPicture } from './page/own-picture.ts';
import { Tiles } from './page/tiles.ts';

const STATES: Record<CallState, string> = { out: 'Not joined', joining: 'Joining …', in: 'In the meeting', rejoining: 'Connection lost, joining again …' };

const camera = byId('camera', VirtualBackgroundCamera);
const video = byId('video', HTMLButtonElement);
const share = byId('share', HTMLButtonElement);
const leave = byId('leave', HTMLButtonElement);
const banners = new Banners(byId('banners', HTMLElement));
const tiles = new Tiles();
const backgrounds = new Backgrounds(camera);
const picture = new OwnPicture(camera, (message) => banners.show('warning', 'camera', message));
const microphones = new Microphones({
  onProblem: (message) => banners.show('warning', 'microphone', message),
  onMuted: (muted) => tiles.setSelfMuted(muted),
});
const chat = new Chat({ onText: (text) => call?.sendChat(text), onStamp: (emoji) => call?.sendStamp(emoji) });
const cameras = new CameraList(byId('cameras', HTMLSelectElement), camera);

let call: Call | null = null;
let state: CallState = 'out';
let videoOn = true;
let screen: MediaStream | null = null;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function setState(next: CallState): void {
  state = next;
  byId('state', HTMLElement).dataset['state'] = next;
  byId('state-text', HTMLElement).textContent = STATES[next];
  byId('join', HTMLElement).hidden = next !== 'out';
  leave.hidden = next === 'out';
  share.disabled = next !== 'in';
  if (next === 'in' || next === 'out') chat.setEnabled(next === 'in');
}

function join(information: JoinInformation): void {
  banners.clear('call');
  try {
    call = createCall(information);
  } catch (error) {
    banners.show('error', 'call', `This join information cannot be used: ${messageOf(error)}`);
    return;
  }
  tiles.setSelf(call.self.name);
  setState('joining');
  void call.join(byId('sound', HTMLAudioElement));
}

function createCall(information: JoinInformation): Call {
  const created: Call = new Call(information, {
    onState: (next) => {
      const first = state === 'joining' && next === 'in';
      setState(next);
      if (!first) return;
      void microphones.use(created.audioVideo);
      void sendVideo();
    },
    onEnd: (reason) => {
      if (reason) banners.show('error', 'call', reason);
      stopSharing();
      void microphones.use(null);
      call = null;
      tiles.clear();
      tiles.setSelf(null);
      setState('out');
    },
    onPresence: (person, present) => {
      if (person.attendeeId === created.self.attendeeId) return;
      if (present) tiles.add(person.attendeeId, person.name);
      else tiles.remove(person.attendeeId);
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
    onVideoInputEnded: () => banners.show('warning', 'camera', 'Your camera stopped. Choose a camera to go on.'),
    onContentEnded: stopSharing,
  });
  return created;
}

/** The stream, never the raw camera: it is there once the background is. */
async function sendVideo(): Promise<void> {
  const stream = await picture.start();
  if (!stream || !call) return;
  if (videoOn && !screen) await call.sendVideo(stream);
  else call.hideVideo();
}

async function startSharing(): Promise<void> {
  if (!call) return;
  try {
    screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } });
  } catch {
    return; // The person thought better of it.
  }
  screen.getVideoTracks()[0]?.addEventListener('ended', stopSharing);
  const stream = await picture.start();
  if (!stream || !call) return stopSharing();
  backgrounds.showScreen(screen);
  // One picture says it all: the person stands in front of what is shared.
  call.hideVideo();
  // A clone, since the SDK stops what it was given when the sharing ends.
  await call.audioVideo.startContentShare(stream.clone());
  showSharing(true);
}

function stopSharing(): void {
  if (!screen) return;
  for (const track of screen.getTracks()) track.stop();
  screen = null;
  backgrounds.showScreen(null);
  showSharing(false);
  if (!call) return;
  call.audioVideo.stopContentShare();
  void sendVideo();
}

function showSharing(sharing: boolean): void {
  share.setAttribute('aria-pressed', String(sharing));
  share.textContent = sharing ? 'Stop sharing' : 'Share screen';
}

async function turnVideo(on: boolean): Promise<void> {
  videoOn = on;
  video.setAttribute('aria-pressed', String(on));
  video.textContent = on ? 'Camera on' : 'Camera off';
  byId('self', HTMLElement).dataset['video'] = on ? 'on' : 'off';
  if (on) {
    await (call ? sendVideo() : picture.start());
    return;
  }
  if (call) {
    call.hideVideo();
    await call.audioVideo.stopVideoInput();
  }
  // The camera's light goes out, too.
  if (!screen) camera.stop();
}

byId('local-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const name = byId('name', HTMLInputElement).value;
  createLocalAttendee(name).then(join, (error: unknown) => banners.show('error', 'call', messageOf(error)));
});
byId('paste-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  try {
    join(parseJoinInformation(byId('information', HTMLTextAreaElement).value));
  } catch (error) {
    banners.show('error', 'call', messageOf(error));
  }
});
video.addEventListener('click', () => void turnVideo(!videoOn));
share.addEventListener('click', () => void (screen ? stopSharing() : startSharing()));
leave.addEventListener('click', () => call?.leave());
byId('cameras', HTMLSelectElement).addEventListener('change', () => picture.useCamera());
camera.addEventListener('vbc-state-change', ({ detail }) => {
  byId('self', HTMLElement).dataset['state'] = detail.state;
  // The names of cameras are told once one may be used.
  if (detail.state === 'running') void cameras.renew();
});
camera.addEventListener('vbc-error', ({ detail }) => {
  if (detail.code.startsWith('background')) banners.show('error', 'background', detail.message);
});
window.addEventListener('pagehide', () => call?.leave());

setState('out');
backgrounds.choose('blur');
void cameras.renew();
void picture.start();
