import { expect } from 'chai';
import { parseJoinInformation } from '../../demo/meeting/page/join-information';

const Meeting = { MeetingId: 'm1', MediaPlacement: { AudioHostUrl: 'audio', SignalingUrl: 'wss://signal' } };
const Attendee = { AttendeeId: 'a1', JoinToken: 'token', ExternalUserId: 'u1#Ada' };

describe('pasted join information', () => {
  const accepted: [string, string][] = [
    ['one object', JSON.stringify({ Meeting, Attendee })],
    ['an object around it', JSON.stringify({ JoinInfo: { Meeting: { Meeting }, Attendee: { Attendee } } }, null, 2)],
    ['the two answers, one after the other', `${JSON.stringify({ Meeting }, null, 2)}\n${JSON.stringify({ Attendee }, null, 2)}`],
    ['both answers bare', `  ${JSON.stringify(Attendee)},\n${JSON.stringify(Meeting)}\n`],
  ];
  for (const [name, text] of accepted) {
    it(`should be taken as ${name}`, () => expect(parseJoinInformation(text)).to.deep.equal({ Meeting, Attendee }));
  }

  const refused: [string, string, RegExp][] = [
    ['no JSON', 'hello', /no JSON/],
    ['nothing', '', /is missing|no JSON/],
    ['a meeting alone', JSON.stringify({ Meeting }), /attendee is missing/],
    ['an attendee alone', JSON.stringify({ Attendee }), /meeting is missing/],
    ['a number', '42', /meeting is missing/],
  ];
  for (const [name, text, message] of refused) {
    it(`should be refused as ${name}, with the reason`, () => expect(() => parseJoinInformation(text)).to.throw(message));
  }
});
