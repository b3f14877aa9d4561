import type { EngineState } from '../types';

/** Where each state may lead. Anything else is a bug. */
export const TRANSITIONS: Readonly<Record<EngineState, readonly EngineState[]>> = {
  idle: ['opening'],
  opening: ['loading', 'failed', 'idle'],
  loading: ['running', 'failed', 'idle'],
  running: ['interrupted', 'failed', 'idle'],
  interrupted: ['running', 'failed', 'idle'],
  failed: ['opening', 'idle'],
};

export function canTransition(from: EngineState, to: EngineState): boolean {
  return TRANSITIONS[from].includes(to);
}
