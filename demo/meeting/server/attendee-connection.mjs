import { FrameType, PingPongType, StreamMediaType, StreamServiceType, decodeFrame, encodeFrame, frameName } from './signal-frames.mjs';

/** Close code for a message that the server cannot read or answer. */
const INTERNAL_ERROR = 4500;

/** One WebSocket of an attendee, from JOIN to LEAVE. */
export class AttendeeConnection {
  #socket;
  #meeting;
  #work = Promise.resolve();

  /**
   * @param {import('ws').WebSocket} socket
   * @param {{id: string, attendee: {AttendeeId: string, ExternalUserId: string}, audioStreamId: number, meeting: import('./local-meeting.mjs').LocalMeeting}} options
   */
  constructor(socket, { id, attendee, audioStreamId, meeting }) {
    this.#socket = socket;
    this.#meeting = meeting;
    this.id = id;
    this.attendee = attendee;
    this.audioStreamId = audioStreamId;
    this.joined = false;
    /** Media flows; from then on the others see the attendee. */
    this.present = false;
    this.muted = false;
    /** The video that it sends, as the others are told of it; null when it sends none. */
    this.source = null;
    this.ids = null;
    socket.on('message', (message) => this.#queue(message));
    socket.on('close', (code) => meeting.handleGone(this, code));
    socket.on('error', () => undefined); // a close follows
  }

  send(type, content) {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeFrame(type, content));
  }

  close(code, reason) {
    this.#socket.close(code, reason);
  }

  /** Tells the client why, and closes the line. @param {number} audioStatus @param {number} code */
  end(audioStatus, code) {
    this.send(FrameType.AUDIO_STATUS, { audioStatus: { audioStatus } });
    this.close(code, 'The meeting is over for this attendee');
  }

  /** Cuts the line without a goodbye, as a broken network does: the client sees the code 1006. */
  drop() {
    this.#socket.terminate();
  }

  /** Frames are handled one after the other, in the order they came. */
  #queue(message) {
    this.#work = this.#work.then(async () => {
      const frame = decodeFrame(message);
      this.#meeting.emit('frame', { attendeeId: this.attendee.AttendeeId, type: frameName(frame.type) });
      await this.#handle(frame);
    }).catch((error) => {
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      this.#meeting.emit('problem', error);
      this.close(INTERNAL_ERROR, 'The frame could not be handled');
    });
  }

  async #handle(frame) {
    switch (frame.type) {
      case FrameType.PING_PONG:
        if (frame.pingPong.type === PingPongType.PING) this.send(FrameType.PING_PONG, { pingPong: { type: PingPongType.PONG, pingId: frame.pingPong.pingId } });
        return;
      case FrameType.JOIN:
        this.joined = true;
        // No TURN credentials: then the client uses no relay.
        this.send(FrameType.JOIN_ACK, { joinack: {} });
        this.send(FrameType.INDEX, { index: this.#meeting.index() });
        return;
      case FrameType.SUBSCRIBE:
        await this.#subscribe(frame.sub);
        return;
      case FrameType.DATA_MESSAGE:
        this.#meeting.relay(this, frame.dataMessage.messages);
        return;
      case FrameType.AUDIO_CONTROL:
        this.muted = frame.audioControl.muted;
        this.#meeting.tellPresence([this]);
        return;
      case FrameType.LEAVE:
        this.send(FrameType.LEAVE_ACK, { leaveAck: {} });
        this.#meeting.handleGone(this, 1000);
        return;
      default: // Measurements of the client, and wishes about the quality that the media host does not heed.
    }
  }

  async #subscribe({ duplex, sendStreams, receiveStreamIds, sdpOffer }) {
    const sent = duplex === StreamServiceType.RX ? undefined : sendStreams.find(({ mediaType }) => mediaType === StreamMediaType.VIDEO);
    if (sent) this.ids ??= this.#meeting.allocateStream();
    const host = await this.#meeting.openMedia();
    const { sdpAnswer, tracks } = await host.subscribe({
      connection: this.id,
      attendeeId: this.attendee.AttendeeId,
      sdpOffer,
      receiveStreamIds,
      sendStreamId: sent ? this.ids.streamId : null,
    });
    const allocations = sent ? [{ trackLabel: sent.trackLabel, ...this.ids }] : [];
    this.send(FrameType.SUBSCRIBE_ACK, { suback: { duplex, sdpAnswer, tracks, allocations } });
    this.#meeting.emit('subscribed', { attendeeId: this.attendee.AttendeeId, streamId: sent ? this.ids.streamId : null });
    if (!this.present) this.#meeting.welcome(this);
    if (Boolean(sent) !== Boolean(this.source)) {
      this.source = sent ? this.#describe(sent) : null;
      this.#meeting.tellIndex();
    }
  }

  #describe({ framerate, maxBitrateKbps, width, height, trackLabel }) {
    const { AttendeeId: attendeeId, ExternalUserId: externalUserId } = this.attendee;
    return { ...this.ids, attendeeId, externalUserId, mediaType: StreamMediaType.VIDEO, trackLabel, framerate, maxBitrateKbps, width, height };
  }
}
