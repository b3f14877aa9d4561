/** Two peer connections on this machine, joined: what one sends, the other decodes. */
export interface Loopback {
  sender: RTCPeerConnection;
  receiver: RTCPeerConnection;
  /** Offers and answers what the sender has at present. */
  negotiate(): Promise<void>;
  /** The stream of the first track that arrived. */
  received: Promise<MediaStream>;
}

const connections: RTCPeerConnection[] = [];

/** {@link closeLoopbacks} ends it. */
export function createLoopback(): Loopback {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  connections.push(sender, receiver);
  sender.addEventListener('icecandidate', ({ candidate }) => void receiver.addIceCandidate(candidate ?? undefined));
  receiver.addEventListener('icecandidate', ({ candidate }) => void sender.addIceCandidate(candidate ?? undefined));
  const received = new Promise<MediaStream>((resolve) => {
    receiver.addEventListener('track', ({ track }) => resolve(new MediaStream([track])), { once: true });
  });
  const negotiate = async (): Promise<void> => {
    await sender.setLocalDescription();
    await receiver.setRemoteDescription(sender.localDescription as RTCSessionDescription);
    await receiver.setLocalDescription();
    await sender.setRemoteDescription(receiver.localDescription as RTCSessionDescription);
  };
  return { sender, receiver, negotiate, received };
}

/** For `afterEach`. */
export function closeLoopbacks(): void {
  for (const connection of connections.splice(0)) connection.close();
}
