/**
 * # Greeters under watch
 *
 * What greeters do, as a system that refines a specification which only counts their greetings. The
 * ghost is one object that changes, as the larger services have it.
 */
import { stepsOf } from '../../protocol/framework/steps.ts';
import { SystemMonitor } from '../../refinement/framework/systemMonitor.ts';
import type { SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { FORGETFUL, type Greeter } from './greeters.ts';

/** What was said so far. */
interface Said {
  greetings: number;
  readonly packets: Packet<number>[];
}
export type Greeting = SystemRefinement<Greeter, number, Said, number>;

export const GREETING: Greeting = {
  protocol: FORGETFUL,
  begin: () => ({ greetings: 0, packets: [] }),
  copy: ({ greetings, packets }) => ({ greetings, packets: [...packets] }),
  act: (said, { action, step }) => {
    said.packets.push(...step.sends);
    if (action === 'greet') said.greetings++;
    return said;
  },
  hear: (said, packet) => {
    said.packets.push(packet);
    return said;
  },
  spec: ({ greetings }) => greetings,
  init: (s) => clause('nobody has greeted', s === 0),
  next: (s, t) => clause('there is one greeting more', t === s + 1),
  correspondence: () => undefined,
  packetInvariants: {},
  hostInvariants: {},
  stepInvariants: {},
  systemInvariants: {},
  sampledInvariants: {},
};

export class Greeters extends SystemMonitor<Greeter, number, Said, number> {
  /** The host takes the first step of an action that it may take now, at the time 100. */
  take(host: number, name: string, packet?: Packet<number>): void {
    const action = FORGETFUL.actions.find((each) => each.name === name);
    const given = { packet, now: 100 };
    const [step] = action ? stepsOf(action, this.states[host] as Greeter, given) : [];
    if (step === undefined) throw new Error(`${name} cannot be taken`);
    this.act(host, name, packet, step);
  }
}

/** A monitor of greeters, with some laws changed. */
export const greeters = (changes: Partial<Greeting> = {}, sampleEvery?: number): Greeters =>
  new Greeters({ ...GREETING, ...changes }, sampleEvery);

export const hello = (src: EndPoint, dst: EndPoint, msg: number): Packet<number> => ({
  src,
  dst,
  msg,
});

/** A greeter that has not done anything yet. */
export const silent = (me: EndPoint): Greeter => FORGETFUL.init(me);
