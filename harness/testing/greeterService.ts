/**
 * # Hosts that greet one another, ready to be simulated
 *
 * What they stand for is how often they have greeted, all together; nothing that they say matters.
 */
import type { Protocol } from '../../protocol/framework/action.ts';
import type { SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import { echo, FORGETFUL, type Greeter, hear, shrug, tease } from './greeters.ts';

const refinementOf = (
  protocol: Protocol<Greeter, number>,
): SystemRefinement<Greeter, number, number, number> => ({
  protocol,
  begin: () => 0,
  copy: (greetings) => greetings,
  act: (greetings, { action }) => (action === 'greet' ? greetings + 1 : greetings),
  hear: (greetings) => greetings,
  spec: (greetings) => greetings,
  init: (s) => clause('nobody has greeted', s === 0),
  next: (s, t) => clause('somebody greets', t === s + 1),
  correspondence: () => undefined,
  packetInvariants: {},
  hostInvariants: {},
  stepInvariants: {},
  systemInvariants: {},
  sampledInvariants: {},
});

const RECEIVERS = [hear, echo, tease, shrug].map(({ name }) => name);

export const greeterService = (
  protocol: Protocol<Greeter, number> = FORGETFUL,
): SimulatedProtocol<Greeter, number, number, number> => ({
  name: 'greeters',
  refinement: refinementOf(protocol),
  isMessage: (said) => typeof said === 'number',
  receivers: () => RECEIVERS,
  nextDeadline: ({ greeted }, clock) =>
    greeted < 3 && 10 * greeted > clock ? 10 * greeted : Number.POSITIVE_INFINITY,
  lie: (random) => random.below(5),
  clients: () => [],
  watch: () => {
    let steps = 0;
    return {
      step: () => {
        steps++;
      },
      sometimes: () => ({ 'somebody did something': steps > 0 }),
    };
  },
  never: [],
  showSpec: (greetings) => `${greetings} greetings`,
});
