import { expect } from 'chai';
import { canTransition, TRANSITIONS } from '../../src/engine/state';
import type { EngineState } from '../../src/types';

const STATES = Object.keys(TRANSITIONS) as EngineState[];

describe('<virtual-background-camera> states', () => {
  it('should reach idle from every state, by stop()', () => {
    for (const state of STATES) if (state !== 'idle') expect(canTransition(state, 'idle'), state).to.equal(true);
  });

  it('should fail only while something runs', () => {
    expect(STATES.filter((state) => canTransition(state, 'failed'))).to.deep.equal(['opening', 'loading', 'running', 'interrupted']);
  });

  it('should start from idle and from failed only', () => {
    expect(STATES.filter((state) => canTransition(state, 'opening'))).to.deep.equal(['idle', 'failed']);
  });

  it('should run only after loading, or again after an interruption', () => {
    expect(STATES.filter((state) => canTransition(state, 'running'))).to.deep.equal(['loading', 'interrupted']);
  });

  it('should not list a state twice, nor a way from a state to itself', () => {
    for (const [from, to] of Object.entries(TRANSITIONS)) {
      expect(new Set(to).size, from).to.equal(to.length);
      expect(to).to.not.include(from);
    }
  });
});
