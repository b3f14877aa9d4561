/**
 * Runs in the media host's page. Stands in for the meeting's media servers: one RTCPeerConnection for each
 * connection of an attendee; what one sends, the others receive. Video goes on as it was decoded and is coded
 * again, sound is mixed, so that everybody hears all others in one track.
 */

/** Chromium starts at 300 kbit/s, which makes the first seconds small and blurred. */
const START_BITRATE_KBPS = 1200;

const connections = new Map();
/** Incoming video tracks, by the meeting's stream id. */
const videoTracks = new Map();
let audioContext;

/** The offer's media sections: `{kind, mid, direction}`, in order. */
function readSections(sdp) {
  return sdp.split(/^(?=m=)/m).slice(1).map((text) => ({
    kind: text.match(/^m=(\w+)/)[1],
    mid: text.match(/^a=mid:(\S+)/m)?.[1],
    direction: text.match(/^a=(sendrecv|sendonly|recvonly|inactive)/m)?.[1] ?? 'sendrecv',
    ssrc: Number(text.match(/^a=ssrc:(\d+)/m)?.[1] ?? 0),
  }));
}

/** Tells the sending browser where to start: as a parameter of every video format, which Chromium reads. */
function withStartBitrate(sdp) {
  return sdp.split(/^(?=m=)/m).map((section) => {
    if (!section.startsWith('m=video')) return section;
    const formats = [...section.matchAll(/^a=rtpmap:(\d+) (VP8|VP9|H264|AV1)\//gm)].map(([, format]) => format);
    return formats.reduce((text, format) => {
      const parameter = `x-google-start-bitrate=${START_BITRATE_KBPS}`;
      const line = new RegExp(`^a=fmtp:${format} .*$`, 'm');
      if (line.test(text)) return text.replace(line, (found) => `${found};${parameter}`);
      return text.replace(new RegExp(`^a=rtpmap:${format} .*$`, 'm'), (found) => `${found}\r\na=fmtp:${format} ${parameter}`);
    }, section);
  }).join('');
}

function gathered(peer) {
  return new Promise((done) => {
    const look = () => peer.iceGatheringState === 'complete' && done();
    peer.addEventListener('icegatheringstatechange', look);
    look();
  });
}

class Connection {
  constructor({ id, attendeeId }) {
    this.id = id;
    /** Of the person: a shared screen is an attendee of its own, `<attendee>#content`. */
    this.person = attendeeId.split('#')[0];
    this.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    /** What the attendee gets: stream id by transceiver. */
    this.receives = new Map();
    /** A stream for each section that goes out; its id is the label by which the client finds whose picture it is. */
    this.labels = new Map();
    this.sends = null;
    this.work = Promise.resolve();
  }

  /** One subscription after the other: each is a negotiation. */
  subscribe(request) {
    const answered = this.work.then(() => this.answer(request));
    this.work = answered.catch(() => undefined);
    return answered;
  }

  async answer({ sdpOffer, receiveStreamIds, sendStreamId }) {
    const { peer } = this;
    await peer.setRemoteDescription({ type: 'offer', sdp: sdpOffer });
    const transceivers = new Map(peer.getTransceivers().map((transceiver) => [transceiver.mid, transceiver]));
    this.receives.clear();
    let videoSections = 0;
    for (const { kind, mid, direction } of readSections(sdpOffer)) {
      const transceiver = transceivers.get(mid);
      const streamId = kind === 'video' ? receiveStreamIds[videoSections++] : 0;
      // A section that the client closed stays in its place, without a life.
      if (!transceiver || transceiver.direction === 'stopped') continue;
      if (kind === 'audio') await this.connectAudio(transceiver, direction);
      else if (kind === 'video') await this.connectVideo(transceiver, direction, streamId ?? 0, sendStreamId);
    }
    if (!sendStreamId) this.stopSending();
    const answer = await peer.createAnswer();
    await peer.setLocalDescription({ type: 'answer', sdp: withStartBitrate(answer.sdp) });
    await gathered(peer);
    return { sdpAnswer: withStartBitrate(peer.localDescription.sdp), tracks: this.describeTracks() };
  }

  async connectVideo(transceiver, direction, streamId, sendStreamId) {
    if (direction === 'recvonly' && streamId) {
      this.receives.set(transceiver, streamId);
      if (!this.labels.has(transceiver.mid)) this.labels.set(transceiver.mid, new MediaStream());
      transceiver.sender.setStreams(this.labels.get(transceiver.mid));
      transceiver.direction = 'sendonly';
      await transceiver.sender.replaceTrack(videoTracks.get(streamId) ?? null);
    } else if (sendStreamId && (direction === 'sendrecv' || direction === 'sendonly')) {
      transceiver.direction = 'recvonly';
      this.sends = sendStreamId;
      setVideoTrack(sendStreamId, transceiver.receiver.track);
    } else {
      transceiver.direction = 'inactive';
      await transceiver.sender.replaceTrack(null);
    }
  }

  async connectAudio(transceiver, direction) {
    if (direction === 'inactive') {
      transceiver.direction = 'inactive';
      return;
    }
    audioContext ??= new AudioContext();
    if (!this.mix) {
      this.mix = audioContext.createMediaStreamDestination();
      const stream = new MediaStream([transceiver.receiver.track]);
      // Chromium lets no sound of a peer into the graph that no element plays.
      this.player = Object.assign(new Audio(), { srcObject: stream, muted: true });
      this.voice = audioContext.createMediaStreamSource(stream);
      for (const other of connections.values()) this.hearEachOther(other);
    }
    transceiver.direction = 'sendrecv';
    transceiver.sender.setStreams(this.mix.stream);
    await transceiver.sender.replaceTrack(this.mix.stream.getAudioTracks()[0]);
  }

  /** Nobody hears themselves, nor the sound of what they share. */
  hearEachOther(other) {
    if (other.person === this.person || !other.mix) return;
    this.voice.connect(other.mix);
    other.voice.connect(this.mix);
  }

  describeTracks() {
    const sections = new Map(readSections(this.peer.localDescription.sdp).map((section) => [section.mid, section]));
    return [...this.receives].map(([transceiver, streamId]) => ({
      streamId,
      trackLabel: this.labels.get(transceiver.mid).id,
      ssrc: sections.get(transceiver.mid)?.ssrc ?? 0,
    }));
  }

  stopSending() {
    if (this.sends) setVideoTrack(this.sends, null);
    this.sends = null;
  }

  close() {
    this.stopSending();
    this.voice?.disconnect();
    if (this.player) this.player.srcObject = null;
    for (const other of connections.values()) {
      if (this.mix && other.voice) {
        try {
          other.voice.disconnect(this.mix);
        } catch {
          // They were not connected.
        }
      }
    }
    this.peer.close();
  }
}

function setVideoTrack(streamId, track) {
  if (track) videoTracks.set(streamId, track);
  else videoTracks.delete(streamId);
  for (const connection of connections.values()) {
    for (const [transceiver, wanted] of connection.receives) {
      if (wanted === streamId) transceiver.sender.replaceTrack(track).catch(() => undefined);
    }
  }
}

globalThis.mediaHost = {
  subscribe({ connection, attendeeId, ...request }) {
    if (!connections.has(connection)) connections.set(connection, new Connection({ id: connection, attendeeId }));
    return connections.get(connection).subscribe(request);
  },
  close(id) {
    const connection = connections.get(id);
    connections.delete(id);
    connection?.close();
  },
  /** @returns {MediaStreamTrack | undefined} what comes in as that stream */
  videoTrack: (streamId) => videoTracks.get(streamId),
  /** @returns {Promise<object | null>} the `inbound-rtp` statistics of what comes in as that stream */
  async videoStats(streamId) {
    const sender = [...connections.values()].find(({ sends }) => sends === streamId);
    if (!sender) return null;
    const report = [...(await sender.peer.getStats()).values()];
    return report.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? null;
  },
  counts: () => ({ connections: connections.size, videoTracks: videoTracks.size }),
};
