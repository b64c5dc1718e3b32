import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { behaviourOf } from '../../harness/testing/lockBehaviours.ts';
import { locked, transfer } from '../../harness/testing/observedLock.ts';
import { type Host, lock, type Message } from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import { next, type State } from '../../spec/lock/service.ts';
import {
  hostInvariants,
  packetInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';
import { corresponds } from './service.ts';
import { abstractBehaviour } from './textbook.ts';

const RING = ['a', 'b', 'c'];
const PARAMETERS = { maxEpoch: 9, retryPeriod: 100, compatible: false };

const heldBy = (...history: readonly EndPoint[]): State => ({
  hosts: new Set(RING),
  history: Log.of(...history),
});

const host = (me: EndPoint, part: Partial<Host> = {}): Host => ({
  constants: { me, ring: RING, parameters: PARAMETERS },
  held: false,
  epoch: 0,
  offeredAt: undefined,
  ...part,
});

const packet = (src: EndPoint, dst: EndPoint, msg: Message): Packet<Message> => ({ src, dst, msg });

// A history is nothing outside its length, so the last clause of L1 and of L5 implies those about
// the epoch's range, all but the one that a transfer may not name the first.
const PACKETS_REFUSED: readonly [law: string, because: string, Packet<Message>, State][] = [
  ['L1', 'no transfer names the first epoch', packet('c', 'a', transfer(1)), heldBy('a')],
  ['L1', 'a transfer names an epoch that has begun', packet('a', 'b', transfer(2)), heldBy('a')],
  [
    'L1',
    'a transfer goes to the holder of its epoch',
    packet('a', 'c', transfer(2)),
    heldBy('a', 'b'),
  ],
  [
    'L1',
    'a transfer goes to the holder of its epoch',
    packet('a', 'x', transfer(2)),
    heldBy('a', 'b'),
  ],
  ['L5', 'locked names an epoch that has begun', packet('b', 'a', locked(2)), heldBy('a')],
  ['L5', 'locked names an epoch that has begun', packet('a', 'b', locked(0)), heldBy('a')],
  [
    'L5',
    'locked comes from the holder of its epoch',
    packet('c', 'a', locked(2)),
    heldBy('a', 'b'),
  ],
];

const HOSTS_REFUSED: readonly [law: string, because: string, Host, State][] = [
  ['L2', 'a host knows of the last epoch that it handed on', host('a'), heldBy('a', 'b')],
  [
    'L2',
    'a host knows of the last epoch that it handed on',
    host('b', { epoch: 1 }),
    heldBy('a', 'b', 'c'),
  ],
  [
    'L2',
    'a host knows of the last epoch that it handed on',
    host('b', { epoch: 2 }),
    heldBy('a', 'b', 'c', 'b', 'b'),
  ],
  ['L3', 'only the last in history holds', host('a', { held: true, epoch: 2 }), heldBy('a', 'b')],
  ['L4', 'the holder is in the last epoch', host('b', { held: true, epoch: 1 }), heldBy('a', 'b')],
  ['L4', 'the holder is in the last epoch', host('b', { held: true, epoch: 3 }), heldBy('a', 'b')],
  [
    'L7',
    'whoever offers the lock does not hold it',
    host('a', { held: true, epoch: 1, offeredAt: 0 }),
    heldBy('a', 'b'),
  ],
  ['L7', 'whoever offers the lock has held it', host('a', { offeredAt: 0 }), heldBy('b', 'c')],
  [
    'L7',
    'whoever offers the lock has granted it to its successor',
    host('a', { epoch: 1, offeredAt: 0 }),
    heldBy('a'),
  ],
  [
    'L7',
    'whoever offers the lock has granted it to its successor',
    host('a', { epoch: 1, offeredAt: 0 }),
    heldBy('a', 'c'),
  ],
];

const SYSTEMS_REFUSED: readonly [law: string, because: string, readonly Host[], State][] = [
  [
    'L3',
    'at most one host holds the lock',
    [host('a', { held: true }), host('b', { held: true })],
    heldBy('a'),
  ],
  ['L6', 'history has begun', [], heldBy()],
  ['L6', 'the last holder is a host', [], heldBy('a', 'mallory')],
];

const STEPS_REFUSED: readonly [law: string, because: string, Host, Host][] = [
  ['L6', 'the configuration never changes', host('a', { epoch: 1 }), host('a', { epoch: 1 })],
  ['L6', 'the epoch of a host never decreases', ...backFrom(host('a', { epoch: 2 }), 1)],
];

function backFrom(h: Host, epoch: number): [Host, Host] {
  return [h, { ...h, epoch }];
}

describe('the invariants of the lock refuse', () => {
  test.each(PACKETS_REFUSED)('%s, because ✗ %s', (law, because, p, s) => {
    expect(packetInvariants[law]?.(p, { ghost: s })).toEqual({ failed: because });
  });

  test.each(HOSTS_REFUSED)('%s, because ✗ %s', (law, because, h, s) => {
    expect(hostInvariants[law]?.(h, { ghost: s })).toEqual({ failed: because });
  });

  test.each(SYSTEMS_REFUSED)('%s, because ✗ %s', (law, because, hosts, s) => {
    expect(systemInvariants[law]?.({ states: hosts, ghost: s })).toEqual({ failed: because });
  });

  test.each(STEPS_REFUSED)('%s, because ✗ %s', (law, because, before, now) => {
    expect(stepInvariants[law]?.(before, now)).toEqual({ failed: because });
  });

  test('and every clause has a row in which it fails', () => {
    const rows = [...PACKETS_REFUSED, ...HOSTS_REFUSED, ...SYSTEMS_REFUSED, ...STEPS_REFUSED];
    const clauses = clausesOf(new URL('./invariants.ts', import.meta.url));
    expect(
      untried(
        clauses,
        rows.map(([, because]) => because),
      ),
    ).toEqual([]);
  });

  test('and all of L1 to L7 are there', () => {
    const laws = [packetInvariants, hostInvariants, systemInvariants, stepInvariants];
    const numbers = new Set(laws.flatMap((each) => Object.keys(each)));
    expect([...numbers].sort()).toEqual(['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7']);
  });
});

describe('the invariants of the lock allow', () => {
  test.each<[string, Packet<Message>, State]>([
    ['a transfer on its way', packet('a', 'b', transfer(2)), heldBy('a', 'b')],
    ['one that has arrived long since', packet('a', 'b', transfer(2)), heldBy('a', 'b', 'c', 'a')],
    ['locked', packet('b', 'a', locked(2)), heldBy('a', 'b')],
    ['locked of the first epoch, which nobody says', packet('a', 'b', locked(1)), heldBy('a')],
    ['what a host tells a stranger', packet('b', 'mallory', locked(9)), heldBy('a')],
    ['a stranger’s transfer', packet('mallory', 'a', transfer(9)), heldBy('a')],
    ['a stranger’s locked', packet('mallory', 'a', locked(9)), heldBy('a')],
    ['rubbish', packet('mallory', 'a', { type: 'invalid' }), heldBy('a')],
  ])('%s', (_, p, s) => {
    for (const law of Object.values(packetInvariants)) expect(law(p, { ghost: s })).toBeUndefined();
  });

  test.each<[string, Host, State]>([
    ['a host that has never held the lock', host('c'), heldBy('a', 'b')],
    ['the last in history before it accepts', host('b'), heldBy('a', 'b')],
    ['the holder', host('b', { held: true, epoch: 2 }), heldBy('a', 'b')],
    ['one who has granted it', host('a', { epoch: 1, offeredAt: 0 }), heldBy('a', 'b')],
    ['one who offers it still', host('a', { epoch: 1, offeredAt: 0 }), heldBy('a', 'b', 'c')],
    ['one whose offer was confirmed', host('a', { epoch: 1 }), heldBy('a', 'b', 'c')],
  ])('%s', (_, h, s) => {
    for (const law of Object.values(hostInvariants)) expect(law(h, { ghost: s })).toBeUndefined();
  });

  test('that nobody holds the lock, while it is on its way', () => {
    const hosts = [host('a', { epoch: 1 }), host('b')];
    for (const law of Object.values(systemInvariants)) {
      expect(law({ states: hosts, ghost: heldBy('a', 'b') })).toBeUndefined();
    }
  });

  test('that the first holder holds it', () => {
    const hosts = [host('a', { held: true, epoch: 1 }), host('b')];
    for (const law of Object.values(systemInvariants)) {
      expect(law({ states: hosts, ghost: heldBy('a') })).toBeUndefined();
    }
  });

  test('that a host stays in its epoch, or comes to a later one', () => {
    const h = host('a', { epoch: 2 });
    for (const law of Object.values(stepInvariants)) {
      for (const epoch of [2, 3]) expect(law(h, { ...h, epoch })).toBeUndefined();
    }
  });
});

describe('the invariants of the lock', () => {
  test('hold in the states that are reached by chance', () => {
    let states = 0;
    for (let seed = 0; seed < 60; seed++) {
      const ring = RING.slice(0, 1 + (seed % 3));
      const protocol = lock(ring, { ...PARAMETERS, compatible: seed % 4 === 0 });
      const behaviour = behaviourOf(protocol, seed, 40);
      const s = abstractBehaviour(behaviour);
      const last = behaviour.steps.at(-1)?.after ?? behaviour.initial;
      for (const law of Object.values(systemInvariants)) {
        expect(law({ states: last.hosts, ghost: s })).toBeUndefined();
      }
      for (const law of Object.values(hostInvariants)) {
        for (const h of last.hosts) expect(law(h, { ghost: s })).toBeUndefined();
      }
      for (const law of Object.values(packetInvariants)) {
        for (const p of last.sent.values()) expect(law(p, { ghost: s })).toBeUndefined();
      }
      states += s.history.length > 2 ? 1 : 0;
    }
    expect(states).toBeGreaterThan(30);
  });

  // A monitor asks about a packet once, when it is sent.
  test('of packets are stable: what is true of a packet stays true as history grows', () => {
    const laws = Object.values({
      ...packetInvariants,
      B4: (p: Packet<Message>, { ghost }: { readonly ghost: State }) => corresponds(p, ghost),
    });
    let stayed = 0;
    const name = fc.constantFrom(...RING, 'mallory');
    const packets = fc.record<Packet<Message>>({
      src: name,
      dst: name,
      msg: fc.oneof(
        fc.nat({ max: 5 }).map(transfer),
        fc.nat({ max: 5 }).map(locked),
        fc.constant<Message>({ type: 'invalid' }),
      ),
    });
    const histories = fc.array(fc.constantFrom(...RING), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(packets, histories, fc.constantFrom(...RING), (p, history, holder) => {
        const [s, t] = [heldBy(...history), heldBy(...history, holder)];
        expect(next(s, t)).toBeUndefined();
        for (const law of laws) {
          if (law(p, { ghost: s }) !== undefined) continue;
          expect(law(p, { ghost: t })).toBeUndefined();
          if (p.src !== 'mallory' && p.msg.type !== 'invalid') stayed++;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(stayed).toBeGreaterThan(100);
  });
});
