import { expect } from 'chai';
import { VIDEO_PLANS, VIDEO_TRANSITIONS, nextVideoState, wayOf, type VideoAction, type VideoState } from '../../demo/meeting/page/video-state';

const STATES = Object.keys(VIDEO_PLANS) as VideoState[];
const ACTIONS: readonly VideoAction[] = ['on', 'off', 'join', 'leave', 'share', 'share plainly', 'stop'];
const LENGTH = 5;

/** Calls back for each order of up to the length, from each state that a page can begin in. */
function walk(visit: (actions: readonly VideoAction[], state: VideoState) => void): void {
  const go = (actions: readonly VideoAction[], state: VideoState): void => {
    visit(actions, state);
    if (actions.length === LENGTH) return;
    for (const action of ACTIONS) go([...actions, action], nextVideoState(state, action));
  };
  go([], 'out/on');
  go([], 'out/off');
}

describe("the table of the person's own video", () => {
  it('should send a person only while the camera is live, and nothing outside of a meeting', () => {
    for (const state of STATES) {
      const { camera, main, content } = VIDEO_PLANS[state];
      if (camera === 'off') expect([main, content], state).not.to.include('person').and.not.to.include('presenter');
      // Beside a shared screen the person has their own video, and in front of it none.
      if (camera === 'live' && content !== 'none') expect([main, content], state).to.deep.equal(state.endsWith('/plain') ? ['person', 'screen'] : ['none', 'presenter']);
      if (state.startsWith('out/')) expect([main, content], state).to.deep.equal(['none', 'none']);
      // Two pictures of the same person are one too many.
      expect([main, content], state).not.to.deep.equal(['person', 'presenter']);
    }
  });

  it('should name for each state what its name says', () => {
    for (const state of STATES) {
      const { camera, main, content } = VIDEO_PLANS[state];
      const [place, wanted, sharing] = state.split('/');
      expect(camera, state).to.equal(wanted === 'on' ? 'live' : 'off');
      expect(content !== 'none', state).to.equal(sharing !== undefined);
      expect(main === 'person', state).to.equal(place === 'in' && wanted === 'on' && sharing !== 'sharing');
      expect(wayOf(state), state).to.equal(sharing ?? null);
    }
  });

  it('should keep the camera as the last press of its button left it, in all orders, and off after leaving', () => {
    let orders = 0;
    walk((actions, state) => {
      orders += 1;
      const last = actions.at(-1);
      const name = `${actions.join(', ')} → ${state}`;
      if (last === 'off' || last === 'on') expect(VIDEO_PLANS[state].camera, name).to.equal(last === 'on' ? 'live' : 'off');
      if (last === 'leave') expect(state, name).to.match(/^out\//);
      if (last === 'stop') expect(VIDEO_PLANS[state].content, name).to.equal('none');
    });
    expect(orders).to.equal(2 * Array.from({ length: LENGTH + 1 }, (_order, length) => ACTIONS.length ** length).reduce((sum, count) => sum + count));
  });

  it('should turn the camera off when a meeting is left, and by nothing else that is not its button', () => {
    for (const state of STATES) {
      for (const action of ACTIONS) {
        const next = nextVideoState(state, action);
        const changed = VIDEO_PLANS[next].camera !== VIDEO_PLANS[state].camera;
        if (changed) expect(['on', 'off', 'leave'], `${state} ${action}`).to.include(action);
        if (action === 'leave' && state.startsWith('in/')) expect(next).to.equal('out/off');
      }
    }
  });

  it('should reach every state, and leave none by an action that changes nothing', () => {
    const reached = new Set<VideoState>();
    walk((_actions, state) => reached.add(state));
    expect([...reached]).to.have.members(STATES);
    for (const state of STATES) expect(Object.values(VIDEO_TRANSITIONS[state]), state).not.to.include(state);
  });
});
