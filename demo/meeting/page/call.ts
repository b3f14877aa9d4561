import {
  ConsoleLogger,
  DefaultDeviceController,
  DefaultMeetingSession,
  LogLevel,
  MeetingSessionConfiguration,
  MeetingSessionStatusCode,
  type AudioVideoFacade,
  type AudioVideoObserver,
  type DataMessage,
  type VideoTileState,
} from 'amazon-chime-sdk-js';
import { texts } from '../../page/language.ts';
import { ContentShare } from './content-share.ts';
import type { JoinInformation } from './join-information.ts';
import type { Names } from './names.ts';
import type { VideoCall } from './own-video.ts';

export type CallState = 'out' | 'joining' | 'in' | 'rejoining';

export interface Person {
  attendeeId: string;
  name: string;
}

export interface CallCallbacks {
  onState(state: CallState): void;
  /** The meeting ended, or this side was thrown out; null when it left by itself. */
  onEnd(reason: string | null): void;
  onPresence(person: Person, present: boolean): void;
  onMuted(attendeeId: string, muted: boolean): void;
  /** A picture of somebody else, or of what somebody shares. */
  onVideo(tile: { tileId: number; attendeeId: string; name: string; content: boolean }): void;
  onVideoGone(tileId: number): void;
  onChat(text: string, from: Person, sentMs: number): void;
  onStamp(emoji: string, from: Person): void;
  /** The meeting ended what was shared from here. */
  onContentEnded(): void;
}

const CHAT = 'chat';
const STAMP = 'stamp';
const LAST_EVENTS_MS = 1000;
const CHAT_LIFETIME_MS = 300_000;
const CONTENT = '#content';

const REASONS = {
  [MeetingSessionStatusCode.MeetingEnded]: 'endEnded',
  [MeetingSessionStatusCode.AudioAttendeeRemoved]: 'endRemoved',
  [MeetingSessionStatusCode.AudioJoinedFromAnotherDevice]: 'endElsewhere',
  [MeetingSessionStatusCode.SignalingBadRequest]: 'endOutdated',
  [MeetingSessionStatusCode.TaskFailed]: 'endUnreachable',
} as const satisfies Partial<Record<MeetingSessionStatusCode, string>>;

function reasonOf(code: MeetingSessionStatusCode): string {
  const text = texts();
  return code in REASONS ? text[REASONS[code as keyof typeof REASONS]] : text.endLost({ status: MeetingSessionStatusCode[code] });
}

/** One stay in a meeting, on the Amazon Chime SDK. */
export class Call implements AudioVideoObserver, VideoCall {
  readonly #callbacks: CallCallbacks;
  readonly #session: DefaultMeetingSession;
  readonly #content: ContentShare;
  readonly #names: Names;
  readonly self: Person;
  #muted = new Set<string>();
  #isLeaving = false;

  constructor({ Meeting, Attendee }: JoinInformation, names: Names, callbacks: CallCallbacks) {
    this.#names = names;
    this.#callbacks = callbacks;
    const logger = new ConsoleLogger('meeting', LogLevel.WARN);
    this.#session = new DefaultMeetingSession(new MeetingSessionConfiguration(Meeting, Attendee), logger, new DefaultDeviceController(logger));
    this.self = { attendeeId: Attendee.AttendeeId, name: names.nameOf(Attendee.AttendeeId, Attendee.ExternalUserId) || texts().you };
    const { audioVideo } = this;
    audioVideo.addObserver(this);
    this.#content = new ContentShare(audioVideo, () => callbacks.onContentEnded());
    audioVideo.realtimeSubscribeToAttendeeIdPresence((attendeeId, present, name) => this.#handlePresence(attendeeId, present, names.nameOf(attendeeId, name)));
    audioVideo.realtimeSubscribeToReceiveDataMessage(CHAT, (message) => callbacks.onChat(message.text(), this.#senderOf(message), message.timestampMs));
    audioVideo.realtimeSubscribeToReceiveDataMessage(STAMP, (message) => callbacks.onStamp(message.text(), this.#senderOf(message)));
  }

  get audioVideo(): AudioVideoFacade {
    return this.#session.audioVideo;
  }

  async join(sound: HTMLAudioElement): Promise<void> {
    await this.audioVideo.bindAudioElement(sound);
    this.audioVideo.start();
  }

  async sendVideo(stream: MediaStream, signal: AbortSignal): Promise<void> {
    await this.audioVideo.startVideoInput(stream);
    if (!signal.aborted) this.audioVideo.startLocalVideoTile();
  }

  hideVideo(): void {
    if (this.audioVideo.hasStartedLocalVideoTile()) this.audioVideo.stopLocalVideoTile();
  }

  stopVideo(): void {
    this.hideVideo();
    void this.audioVideo.stopVideoInput();
  }

  shareContent(stream: MediaStream | null): void {
    this.#content.send(stream);
  }

  sendChat(text: string): void {
    this.audioVideo.realtimeSendDataMessage(CHAT, text, CHAT_LIFETIME_MS);
    this.#callbacks.onChat(text, this.self, Date.now());
  }

  sendStamp(emoji: string): void {
    this.audioVideo.realtimeSendDataMessage(STAMP, emoji);
    this.#callbacks.onStamp(emoji, this.self);
  }

  leave(): void {
    this.#isLeaving = true;
    this.audioVideo.stop();
  }

  audioVideoDidStartConnecting(reconnecting: boolean): void {
    if (!this.#isLeaving) this.#callbacks.onState(reconnecting ? 'rejoining' : 'joining');
  }

  audioVideoDidStart(): void {
    // A join that is cancelled is completed first, and then undone.
    if (!this.#isLeaving) this.#callbacks.onState('in');
  }

  audioVideoDidStop(status: Parameters<NonNullable<AudioVideoObserver['audioVideoDidStop']>>[0]): void {
    const code = status.statusCode();
    const left = code === MeetingSessionStatusCode.OK || code === MeetingSessionStatusCode.Left;
    this.#callbacks.onEnd(left ? null : reasonOf(code));
    // The SDK publishes its last events a moment later, and throws where nobody can catch it if their session is gone.
    setTimeout(() => void this.#session.destroy(), LAST_EVENTS_MS);
  }

  videoTileDidUpdate({ localTile, tileId, boundAttendeeId, boundExternalUserId, isContent }: VideoTileState): void {
    if (localTile || !boundAttendeeId || tileId === null) return;
    this.#callbacks.onVideo({ tileId, attendeeId: boundAttendeeId, name: this.#names.nameOf(boundAttendeeId, boundExternalUserId), content: isContent });
  }

  videoTileWasRemoved(tileId: number): void {
    this.#callbacks.onVideoGone(tileId);
  }

  #handlePresence(attendeeId: string, present: boolean, name: string): void {
    // What is shared has a tile of its own, but is no person.
    if (attendeeId.endsWith(CONTENT)) return;
    this.#callbacks.onPresence({ attendeeId, name }, present);
    if (!present || this.#muted.has(attendeeId)) return;
    this.#muted.add(attendeeId);
    this.audioVideo.realtimeSubscribeToVolumeIndicator(attendeeId, (_id, _volume, muted) => {
      if (muted !== null) this.#callbacks.onMuted(attendeeId, muted);
    });
  }

  #senderOf({ senderAttendeeId, senderExternalUserId }: DataMessage): Person {
    return { attendeeId: senderAttendeeId, name: this.#names.nameOf(senderAttendeeId, senderExternalUserId) };
  }
}
