import { VirtualBackgroundCamera } from '../../src/define.ts';
import { Banners } from '../page/banners.ts';
import { byId } from '../page/dom.ts';
import { onLanguage, texts, translate } from '../page/language.ts';
import { fillLanguageSelect } from '../page/language-select.ts';
import { applyStartOptions, readStartOptions } from '../page/start-options.ts';
import { Call, type CallState } from './page/call.ts';
import { Chat } from './page/chat.ts';
import { dressButton } from './page/icons.ts';
import { parseJoinInformation } from './page/join-information.ts';
import { createMeetingServer, createMembership, type Membership } from './page/meeting-server.ts';
import { Microphones } from './page/microphones.ts';
import { Names } from './page/names.ts';
import { OwnPicture } from './page/own-picture.ts';
import { OwnVideo } from './page/own-video.ts';
import { rememberCamera, wasCameraOff } from './page/remembered-camera.ts';
import { ScreenBehind } from './page/screen-behind.ts';
import { Tiles } from './page/tiles.ts';
import { isCameraOn, isSharing, wayOf, type VideoState } from './page/video-state.ts';

const STATES = { out: 'stateOut', joining: 'stateJoining', in: 'stateIn', rejoining: 'stateRejoining' } as const satisfies Record<CallState, string>;

const server = createMeetingServer(import.meta.env.VITE_MEETING_API);
const camera = byId('camera', VirtualBackgroundCamera);
const video = byId('video', HTMLButtonElement);
const present = byId('present', HTMLButtonElement);
const share = byId('share', HTMLButtonElement);
const leave = byId('leave', HTMLButtonElement);
const end = byId('end', HTMLButtonElement);
const banners = new Banners(byId('banners', HTMLElement));
const tiles = new Tiles();
const behind = new ScreenBehind(camera);
const start = readStartOptions(location.search, 'blur');

applyStartOptions(camera, start);
fillLanguageSelect(byId('language', HTMLSelectElement), start.lang);

const picture = new OwnPicture(camera, {
  onProblem: showCameraProblem,
  onStarted: () => ownVideo.handlePictureStarted(),
  onStopped: () => ownVideo.handlePictureEnded(),
  onBroken: () => {
    showCameraProblem(texts().cameraStopped);
    ownVideo.handlePictureEnded();
  },
});
const ownVideo = new OwnVideo(wasCameraOff() ? 'out/off' : 'out/on', {
  picture,
  chooseScreen: () => navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } }),
  showBehind: (screen) => behind.show(screen),
  onChange: showVideoState,
  onProblem: (reason) => showCameraProblem(texts().videoFailed({ reason })),
});
const microphones = new Microphones({
  onProblem: (message) => banners.show('warning', 'microphone', message),
  onMuted: (muted) => tiles.setSelfMuted(muted),
});
const chat = new Chat({ onText: (text) => call?.sendChat(text), onStamp: (emoji) => call?.sendStamp(emoji) });

let call: Call | null = null;
let membership: Membership | null = null;
let state: CallState = 'out';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function setState(next: CallState): void {
  state = next;
  byId('state', HTMLElement).dataset['state'] = next;
  byId('state-text', HTMLElement).textContent = texts()[STATES[next]];
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
    banners.show('error', 'call', texts().joinFailed({ reason: messageOf(error) }));
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
  byId('self', HTMLElement).dataset['video'] = isCameraOn(next) ? 'on' : 'off';
  tiles.setSelfScreen(ownScreen);
  dressVideoButtons(next);
  showSharePossible();
  rememberCamera(isCameraOn(next));
}

/** Each says what a press does now. */
function dressVideoButtons(next: VideoState): void {
  const text = texts();
  const way = wayOf(next);
  if (isCameraOn(next)) dressButton(video, 'cameraOff', text.startButtonStop);
  else dressButton(video, 'camera', text.startButton);
  if (way === 'sharing') dressButton(present, 'stop', text.startButtonStopScreen);
  else dressButton(present, 'presenter', way === 'plain' ? text.stepInFront : text.present);
  if (way === 'plain') dressButton(share, 'stop', text.startButtonStopScreen);
  else dressButton(share, 'screen', way === 'sharing' ? text.stepAside : text.startButtonScreen);
}

/** What is shared can be stopped at any time, also while the connection is lost. */
function showSharePossible(): void {
  for (const button of [present, share]) button.disabled = state !== 'in' && !isSharing(ownVideo.state);
}

function showServer(): void {
  byId('title-field', HTMLElement).hidden = !server.hasTitles;
  byId('title', HTMLInputElement).disabled = !server.hasTitles;
  byId('titles-hint', HTMLElement).hidden = !server.hasTitles;
  byId('local-hint', HTMLElement).hidden = server.hasTitles;
}

function speak(): void {
  const text = texts();
  translate();
  dressVideoButtons(ownVideo.state);
  dressButton(leave, 'leave', text.leave);
  dressButton(end, 'end', text.endForAll);
  dressButton(byId('send', HTMLButtonElement), 'send', text.send);
  byId('state-text', HTMLElement).textContent = text[STATES[state]];
  tiles.setSelf(call?.self.name ?? null);
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
present.addEventListener('click', () => void ownVideo.toggleSharing('sharing'));
share.addEventListener('click', () => void ownVideo.toggleSharing('plain'));
leave.addEventListener('click', leaveCall);
end.addEventListener('click', () => void membership?.end?.().catch(showCallProblem));
camera.addEventListener('vbc-state-change', ({ detail }) => {
  byId('self', HTMLElement).dataset['state'] = detail.state;
  if (detail.state === 'running' && camera.source === 'camera') banners.clear('camera');
});
camera.addEventListener('vbc-error', ({ detail }) => {
  if (detail.code.startsWith('background')) banners.show('error', 'background', texts().errors[detail.code]);
});
window.addEventListener('pagehide', () => {
  giveUpMembership();
  leaveCall();
});

showServer();
setState('out');
onLanguage(speak);
if (start.source === 'sample') picture.useSample({ ...(start.pose && { pose: start.pose }), ...(start.hair && { hair: start.hair }) });
else if (start.source) camera.source = start.source;
ownVideo.begin();
