/** Orders in which a person in a meeting can press "Camera", "Share screen" and "Leave". */

/** In the meeting: whether the camera is on, and whether a screen is shared. A person who left has neither when they return. */
const BACK = { on: false, sharing: false };
const STATES = [true, false].flatMap((on) => [true, false].map((sharing) => ({ on, sharing })));

const actionsOf = ({ on, sharing }) => [on ? 'off' : 'on', sharing ? 'stop' : 'share', 'leave'];

/** What an action makes of a state, said once more and without the page's own table. */
export function stateAfter(state, action) {
  if (action === 'leave') return BACK;
  if (action === 'on' || action === 'off') return { ...state, on: action === 'on' };
  return { ...state, sharing: action === 'share' };
}

const nameOf = ({ on, sharing }, actions) => `${on ? 'on' : 'off'}${sharing ? ', sharing' : ''}: ${actions.join(', ')}`;

/** All orders of the length from a state. Leaving comes last in them, since nothing but the camera's button outlives it. */
function ordersFrom(state, length) {
  if (length === 0) return [[]];
  return actionsOf(state).flatMap((action) => {
    if (action === 'leave') return length === 1 ? [[action]] : [];
    return ordersFrom(stateAfter(state, action), length - 1).map((rest) => [action, ...rest]);
  });
}

/**
 * One walk, from a state in the meeting, that has all orders in it: those of `stays` actions in which nobody leaves,
 * and those of `leaves` actions that end with leaving.
 *
 * @returns {{actions: string[], orders: number}}
 */
export function walkAllOrders(start, { stays, leaves }) {
  const missing = new Set();
  for (const state of STATES) {
    for (const order of ordersFrom(state, stays)) if (!order.includes('leave')) missing.add(nameOf(state, order));
    for (const order of ordersFrom(state, leaves)) if (order.includes('leave')) missing.add(nameOf(state, order));
  }
  const orders = missing.size;
  let path = { actions: [], states: [start] };
  const newest = ({ actions, states }) => [stays, leaves].filter((length) => actions.length >= length)
    .map((length) => nameOf(states.at(-1 - length), actions.slice(-length)));
  const extend = ({ actions, states }, action) => ({ actions: [...actions, action], states: [...states, stateAfter(states.at(-1), action)] });
  while (missing.size > 0) {
    // The shortest way to an order that the walk has not had yet.
    for (let ways = [path], found = null; !found; ) {
      ways = ways.flatMap((way) => actionsOf(way.states.at(-1)).map((action) => extend(way, action)));
      found = ways.find((way) => newest(way).some((name) => missing.has(name)));
      if (found) path = found;
    }
    for (const name of newest(path)) missing.delete(name);
  }
  return { actions: path.actions, orders };
}
