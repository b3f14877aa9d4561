/**
 * The frames of Amazon Chime's signalling, coded with the SDK's own tables: each WebSocket message is the byte
 * 0x05 and a protobuf `SdkSignalFrame`.
 */
import protocol from 'amazon-chime-sdk-js/build/signalingprotocol/SignalingProtocol.js';

const FRAME_TYPE_RTC = 0x05;

export const {
  SdkPingPongType: PingPongType,
  SdkStreamMediaType: StreamMediaType,
  SdkStreamServiceType: StreamServiceType,
} = protocol;
export const { Type: FrameType } = protocol.SdkSignalFrame;

/** What a frame's type is called, such as `SUBSCRIBE`. */
export const frameName = (type) => FrameType[type] ?? `type ${type}`;

/**
 * @param {number} type out of `FrameType`
 * @param {object} content the field that belongs to the type, such as `{joinack: {}}`
 * @returns {Buffer}
 */
export function encodeFrame(type, content) {
  const frame = protocol.SdkSignalFrame.fromObject({ timestampMs: Date.now(), type, ...content });
  return Buffer.concat([Buffer.of(FRAME_TYPE_RTC), protocol.SdkSignalFrame.encode(frame).finish()]);
}

/**
 * @param {Buffer} message
 * @returns {object} SdkSignalFrame
 * @throws {Error} when it is not a frame
 */
export function decodeFrame(message) {
  if (message[0] !== FRAME_TYPE_RTC) throw new Error(`A signalling message must begin with ${FRAME_TYPE_RTC}; got ${message[0]}`);
  return protocol.SdkSignalFrame.decode(message.subarray(1));
}
