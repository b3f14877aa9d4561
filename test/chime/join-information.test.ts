import { expect } from 'chai';
import { parseJoinInformation } from '../../demo/meeting/page/join-information';
import { Names } from '../../demo/meeting/page/names';

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

describe('names of attendees', () => {
  it('should be those of the server, else those that came with the meeting', async () => {
    const names = new Names(() => Promise.resolve(new Map([['a2', 'グレース']])), [['a1', 'Ada']]);
    expect(names.nameOf('a1', 'u1#A')).to.equal('Ada');
    expect(names.nameOf('a1#content', 'u1#A'), 'what Ada shares').to.equal('Ada');
    expect(names.nameOf('a2', 'u2#G')).to.equal('G');
    expect(await names.find('a2')).to.equal('グレース');
    expect(names.nameOf('a2', 'u2#G')).to.equal('グレース');
    expect(new Names(null).nameOf('a3', undefined)).to.equal('');
  });

  it('should be asked for once at a time, and again when the answer is from before they came', async () => {
    let answer = (_names: Map<string, string>): void => undefined;
    let asks = 0;
    const names = new Names(() => {
      asks += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    const [early, late] = [names.find('early'), names.find('late')];
    expect(asks).to.equal(1);
    answer(new Map([['early', 'Ada']]));
    expect(await early).to.equal('Ada');
    expect(asks).to.equal(2);
    answer(new Map([['early', 'Ada'], ['late', 'Grace']]));
    expect(await late).to.equal('Grace');
    expect(await names.find('late')).to.equal('Grace');
    expect(asks).to.equal(2);
  });

  it('should stay as they came when the server has none, or fails', async () => {
    for (const list of [null, () => Promise.resolve(new Map<string, string>()), () => Promise.reject(new Error('401'))]) {
      expect(await new Names(list).find('a1')).to.equal(null);
    }
  });
});
