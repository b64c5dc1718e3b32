import { describe, expect, test } from 'vitest';
import type { Action, Step } from '../../protocol/framework/action.ts';
import { stepsOf } from '../../protocol/framework/steps.ts';
import { type Host, lock, type Message, successor } from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import { clause, forAll, type Verdict } from '../../spec/framework/verdict.ts';
import { next, type State } from '../../spec/lock/service.ts';
import { firstBroken, lawList } from '../framework/laws.ts';
import {
  hostInvariants,
  packetInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';
import { advanceService, corresponds } from './service.ts';

/** The invariants, of which a test may change some. */
const LAWS = {
  packet: lawList({
    ...packetInvariants,
    B4: (packet: Packet<Message>, { ghost }: { readonly ghost: State }) =>
      corresponds(packet, ghost),
  }),
  host: lawList(hostInvariants),
  system: lawList(systemInvariants),
  step: lawList(stepInvariants),
};
type Laws = typeof LAWS;

/** A step from a state that the invariants allow to one that they do not. */
interface Counterexample {
  readonly history: string;
  readonly hosts: readonly Host[];
  readonly action: string;
  readonly because: Verdict;
}

interface Findings {
  states: number;
  steps: number;
  readonly counterexamples: Counterexample[];
}

/** The instance in which the invariants are tried: every history of this length or less. */
interface Instance {
  readonly ring: readonly EndPoint[];
  readonly longest: number;
  readonly compatible: boolean;
}

const NOW = 100;

/**
 * Takes every step from every state that the invariants allow, reachable or not, and looks whether
 * they allow where it leads. Every packet that they allow is in the network: they speak of each
 * packet by itself, so whatever could happen with fewer can happen with all of them.
 */
function tryAll(instance: Instance, laws: Laws = LAWS): Findings {
  const { ring, longest, compatible } = instance;
  const findings: Findings = { states: 0, steps: 0, counterexamples: [] };
  const { actions } = lock(ring, { maxEpoch: longest, retryPeriod: NOW, compatible });
  for (const history of historiesOf(ring, longest)) {
    const s: State = { hosts: new Set(ring), history: Log.of(...history) };
    const packets = packetsOf(ring, longest).filter(
      (packet) => !firstBroken(laws.packet, packet, { ghost: s }),
    );
    const candidates = ring.map((me) =>
      statesOf(me, instance).filter((h) => !firstBroken(laws.host, h, { ghost: s })),
    );
    for (const hosts of product(candidates)) {
      if (firstBroken(laws.system, { states: hosts, ghost: s })) continue;
      findings.states++;
      hosts.forEach((h, index) => {
        for (const [action, step] of everyStepOf(h, actions, packets)) {
          findings.steps++;
          const because = check(laws, s, hosts, index, action, step);
          if (because === undefined) continue;
          findings.counterexamples.push({ history: history.join(''), hosts, action, because });
        }
      });
    }
  }
  return findings;
}

function* everyStepOf(
  h: Host,
  actions: readonly Action<Host, Message>[],
  packets: readonly Packet<Message>[],
): Iterable<readonly [action: string, step: Step<Host, Message>]> {
  for (const action of actions) {
    for (const packet of action.takes === 'nothing' ? [undefined] : packets) {
      if (packet !== undefined && packet.dst !== h.constants.me) continue;
      for (const step of stepsOf(action, h, { packet, now: NOW })) yield [action.name, step];
    }
  }
}

/** Whether everything holds after one host's step that held before it. */
function check(
  laws: Laws,
  s: State,
  hosts: readonly Host[],
  index: number,
  action: string,
  step: Step<Host, Message>,
): Verdict {
  const t = advanceService(s, action, step);
  const states = hosts.with(index, step.state);
  const whole = { states, ghost: t };
  return (
    (t === s ? undefined : next(s, t))
    ?? firstBroken(laws.step, hosts[index] as Host, step.state)
    ?? forAll(states, (h) => firstBroken(laws.host, h, whole))
    ?? firstBroken(laws.system, whole)
    ?? forAll(step.sends, (packet) => firstBroken(laws.packet, packet, whole))
  );
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const product = <T>(choices: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  choices.reduce<readonly (readonly T[])[]>(
    (tuples, each) => tuples.flatMap((tuple) => each.map((choice) => [...tuple, choice])),
    [[]],
  );

const historiesOf = (ring: readonly EndPoint[], longest: number) =>
  range(1, longest).flatMap((length) => product(range(1, length).map(() => ring)));

const statesOf = (me: EndPoint, instance: Instance): readonly Host[] =>
  range(0, instance.longest + 1).flatMap((epoch) =>
    [false, true].flatMap((held) =>
      (instance.compatible ? [undefined] : [undefined, 0]).map((offeredAt) =>
        hostAt(me, instance, { held, epoch, offeredAt }),
      ),
    ),
  );

const packetsOf = (ring: readonly EndPoint[], longest: number): readonly Packet<Message>[] => {
  const messages = range(0, longest + 2).flatMap((epoch): Message[] => [
    { type: 'transfer', epoch },
    { type: 'locked', epoch },
  ]);
  return [...ring, 'mallory'].flatMap((src) =>
    ring.flatMap((dst) => messages.map((msg) => ({ src, dst, msg }))),
  );
};

const hostAt = (me: EndPoint, { ring, longest, compatible }: Instance, part: Partial<Host>) => ({
  constants: { me, ring, parameters: { maxEpoch: longest, retryPeriod: NOW, compatible } },
  held: false,
  epoch: 0,
  offeredAt: undefined,
  ...part,
});

const INSTANCES: readonly (Instance & { readonly atLeast: number })[] = [
  { ring: ['a'], longest: 6, compatible: false, atLeast: 40 },
  { ring: ['a', 'b'], longest: 5, compatible: false, atLeast: 2_000 },
  { ring: ['a', 'b', 'c'], longest: 4, compatible: false, atLeast: 20_000 },
  { ring: ['a', 'b', 'c'], longest: 3, compatible: true, atLeast: 1_000 },
];

describe('the invariants of the lock are inductive', () => {
  test.each(INSTANCES)('in at least $atLeast states of $ring, with $longest epochs', (instance) => {
    const { states, steps, counterexamples } = tryAll(instance);
    expect(counterexamples.slice(0, 1)).toEqual([]);
    expect(states).toBeGreaterThan(instance.atLeast);
    expect(steps).toBeGreaterThan(states);
  });

  // Then b, which has never held the lock, may be offering the first epoch to its successor, which
  // began with it.
  test('and L7 would not be, if whoever offers need not have held the lock', () => {
    const weaker: (typeof hostInvariants)['L7'] = (h, { ghost: s }) =>
      h.offeredAt === undefined
        ? undefined
        : (clause('it does not hold', !h.held)
          ?? clause('it has granted', s.history.at(h.epoch) === successor(h.constants)));
    const instance: Instance = { ring: ['a', 'b'], longest: 2, compatible: false };
    const { counterexamples } = tryAll(instance, {
      ...LAWS,
      host: lawList({ ...hostInvariants, L7: weaker }),
    });
    expect(new Set(counterexamples.map(({ action }) => action))).toEqual(new Set(['offer']));
    expect(counterexamples).toContainEqual({
      history: 'a',
      hosts: [hostAt('a', instance, {}), hostAt('b', instance, { offeredAt: 0 })],
      action: 'offer',
      because: { failed: 'L1', because: [{ failed: 'no transfer names the first epoch' }] },
    });
  });
});
