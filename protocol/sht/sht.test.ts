import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import { protocolOf, SHAPES, type Shape, ShtWalk } from '../../harness/testing/shtBehaviours.ts';
import {
  COMPATIBLE,
  guardOfTaking,
  HOSTS,
  host,
  PARAMETERS,
  peer,
  take,
  waiting,
} from '../../harness/testing/shtHosts.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Step } from '../framework/action.ts';
import { stepsOf } from '../framework/steps.ts';
import { ownerOf } from './delegationMap.ts';
import type { Host } from './host.ts';
import { KEY_INF } from './keys.ts';
import type { Content, Message } from './messages.ts';
import { discard, sht } from './sht.ts';
import { lastSent } from './singleDelivery.ts';

const GET: Content = { type: 'get', key: 7n };
const SHARD: Content = { type: 'shard', range: { low: 0n, high: 9n }, recipient: 'c' };

const DISCARD_REFUSES: readonly [because: string, h: Host][] = [
  ['a message is waiting', host()],
  [
    'there were not too many delegations',
    host({ received: waiting('x', SHARD), numDelegations: 18 }),
  ],
  ['nothing else is to be done about it', host({ received: waiting('x', GET) })],
  ['nothing else is to be done about it', host({ received: waiting('x', SHARD) })],
];

describe('sht: discard', () => {
  test.each(DISCARD_REFUSES)('refuses, because ✗ %s', (because, h) => {
    expect(guardOfTaking(discard, h)).toEqual({ failed: because });
  });

  test.each<[string, Host]>([
    [
      'an answer, for it is no client',
      host({ received: waiting('x', { type: 'reply', key: 1n, value: 'v' }) }),
    ],
    [
      'a delegation of a stranger',
      host({
        received: waiting('x', {
          ...GET,
          type: 'delegate',
          range: { low: 1n, high: 2n },
          table: host().table,
        }),
      }),
    ],
    [
      'an order that will not do, in the compatible preset',
      host({ received: waiting('x', SHARD) }, COMPATIBLE),
    ],
    [
      'what cannot be answered',
      host({ received: waiting('x', GET), peers: new Map([['x', peer(1, 50)]]) }),
    ],
  ])('drops %s, and nothing else changes', (_, h) => {
    const { state, sends } = take(discard, h);
    expect(state).toEqual({ ...h, received: undefined });
    expect(sends).toEqual([]);
  });
});

describe('the protocol', () => {
  test('has an action of each name, of which the original lacks four', () => {
    const names = (of: typeof PARAMETERS) => sht({ hosts: HOSTS }, of).actions.map((a) => a.name);
    expect(new Set(names(PARAMETERS)).size).toBe(names(PARAMETERS).length);
    const original = new Set(names(COMPATIBLE));
    const ours = names(PARAMETERS).filter((name) => !original.has(name));
    expect(ours.toSorted()).toEqual(['delegate', 'refuse', 'tellNumbers', 'tellStatus']);
    expect(original.size + 4).toBe(names(PARAMETERS).length);
  });

  test('lets nobody start again', () => {
    expect(sht({ hosts: HOSTS }, PARAMETERS).restart).toBeUndefined();
  });

  test('is none for hosts and parameters that make no service', () => {
    const none = () => sht({ hosts: [] }, { ...PARAMETERS, maxOrders: 0 });
    expect(none).toThrow(/at least one host; maxOrders must be/);
  });
});

/** What a step looked like. */
interface Seen {
  readonly before: Host;
  readonly name: string;
  readonly packet: Packet<Message> | undefined;
  readonly step: Step<Host, Message>;
}

/** In a behaviour, all that hosts did. */
function stepsIn(shape: Shape, seed: number, look: (seen: Seen) => void): void {
  const walked: ShtWalk = new ShtWalk(protocolOf(shape), seed, {
    act: (index, name, packet, step) => {
      deepFreeze(step);
      look({ before: before[index] as Host, name, packet, step });
      before[index] = step.state;
    },
    hear: deepFreeze,
  });
  const before = [...walked.states];
  for (let event = 0; event < 600; event++) walked.step();
}

/** The names of the actions that may be taken, with a packet or without. */
function able(shape: Shape, h: Host, packet: Packet<Message> | undefined, now: number): string[] {
  return protocolOf(shape).actions.flatMap((action) =>
    (action.takes === 'packet') === (packet !== undefined)
    && [...stepsOf(action, h, { packet, now })].length > 0
      ? [action.name]
      : [],
  );
}

const SEEDS = [1, 2, 3, 4, 5, 6];
/** What hosts do of themselves, whatever waits. */
const UNASKED = ['resend', 'delegate'];

const inWords = ({ configuration: { hosts }, parameters }: Shape): string =>
  `${hosts.length} hosts${parameters.compatible ? ', compatible' : ''}`
  + `${parameters.maxDelegations < 100 ? `, at most ${parameters.maxDelegations} delegations` : ''}`;

/** What has been done about what waited, in all behaviours of the test about it. */
const done = new Set<string>();

/** Hosts that are at their end soon. */
const SHORT_LIVED = SHAPES.filter(({ parameters }) => parameters.maxDelegations < 100).map(
  ({ configuration, parameters }): Shape => ({
    configuration,
    parameters: { ...parameters, maxDelegations: 4 },
  }),
);

describe.each([...SHAPES, ...SHORT_LIVED].map((shape) => [inWords(shape), shape] as const))(
  'of %s',
  (_, shape) => {
    test('every packet is received in exactly one way', () => {
      const seen = new Set<string>();
      for (const seed of SEEDS) {
        stepsIn(shape, seed, ({ before, name, packet }) => {
          if (packet === undefined) return;
          expect(able(shape, before, packet, 0)).toEqual([name]);
          seen.add(name);
        });
      }
      const numbers = shape.parameters.compatible ? [] : ['tellNumbers'];
      const all = ['accept', 'acceptAgain', 'hearAck', 'ignore', ...numbers];
      expect([...seen].toSorted()).toEqual(all.toSorted());
    });

    test('exactly one thing is done about what waits, unless a host is at its end', () => {
      const { maxDelegations } = shape.parameters;
      let waited = 0;
      for (const seed of SEEDS) {
        stepsIn(shape, seed, ({ step: { state } }) => {
          const names = able(shape, state, undefined, 0).filter((name) => !UNASKED.includes(name));
          const type = state.received?.msg.content.type;
          const isStuck =
            state.numDelegations >= maxDelegations - 2 && (type === 'shard' || type === 'delegate');
          expect(names).toHaveLength(type === undefined || isStuck ? 0 : 1);
          if (type !== undefined) waited++;
          done.add(isStuck ? 'nothing, being stuck' : (names[0] ?? 'nothing'));
        });
      }
      expect(waited).toBeGreaterThan(100);
    });

    test('a step is a function: frozen inputs, the same outcome again, under its own name', () => {
      let steps = 0;
      for (const seed of SEEDS) {
        const first: Step<Host, Message>[] = [];
        stepsIn(shape, seed, ({ before, step }) => {
          expect(step.state.constants).toBe(before.constants);
          for (const { src } of step.sends) expect(src).toBe(before.constants.me);
          first.push(step);
        });
        let place = 0;
        stepsIn(shape, seed, ({ step }) => {
          const earlier = first[place++];
          if (!equal(step, earlier)) expect(step).toEqual(earlier);
        });
        expect(place).toBe(first.length);
        steps += place;
      }
      expect(steps).toBeGreaterThan(500);
    });

    test('numbers never fall: of what was accepted, acknowledged, sent and delegated', () => {
      for (const seed of SEEDS) {
        stepsIn(shape, seed, ({ before, step: { state } }) => {
          expect(state.numDelegations).toBeGreaterThanOrEqual(before.numDelegations);
          expect(state.numDelegations).toBeLessThan(shape.parameters.maxDelegations);
          for (const [id, old] of before.peers) {
            const now = state.peers.get(id) ?? peer(-1, -1);
            expect(now.accepted).toBeGreaterThanOrEqual(old.accepted);
            expect(now.acked).toBeGreaterThanOrEqual(old.acked);
            expect(lastSent(now)).toBeGreaterThanOrEqual(lastSent(old));
            expect(lastSent(now)).toBeLessThanOrEqual(
              Math.max(shape.parameters.maxSeqno, now.acked),
            );
          }
        });
      }
    });

    test('what a client is told of a key, the key’s own host tells; others name another', () => {
      const told = { reply: 0, redirect: 0 };
      for (const seed of SEEDS) {
        stepsIn(shape, seed, ({ before, name, step: { sends } }) => {
          if (name !== 'get' && name !== 'set' && name !== 'redirect') return;
          const { msg } = sends[0] ?? { msg: { type: 'invalid' } };
          const content = msg.type === 'single' ? msg.content : undefined;
          const { me } = before.constants;
          if (content?.type === 'redirect') {
            told.redirect++;
            expect(content.owner).toBe(ownerOf(before.delegationMap, content.key));
            expect(content.owner).not.toBe(me);
          } else if (content?.type === 'reply') {
            told.reply++;
            expect(ownerOf(before.delegationMap, content.key)).toBe(me);
          } else expect(content).toBe('an answer');
        });
      }
      expect(told.reply).toBeGreaterThan(10);
      expect(told.redirect > 10).toBe(shape.configuration.hosts.length > 1);
    });

    test('a host has values of its own keys only, and only its own keys are to be handed on', () => {
      let orders = 0;
      for (const seed of SEEDS) {
        stepsIn(shape, seed, ({ step: { state } }) => {
          const { delegationMap, table, constants } = state;
          for (const [key] of table) expect(ownerOf(delegationMap, key)).toBe(constants.me);
          for (const { range } of state.orders) {
            orders++;
            const { low, high } = range;
            for (const { low: bound, owner } of delegationMap) {
              if (bound >= low && bound < high) expect(owner).toBe(constants.me);
            }
            if (high < KEY_INF && high > 0n) {
              expect(ownerOf(delegationMap, high - 1n)).toBe(constants.me);
            }
          }
        });
      }
      const { compatible } = shape.parameters;
      expect(orders > 0).toBe(!compatible && shape.configuration.hosts.length > 1);
    });
  },
);

test('whatever can be done about what waits was done in some behaviour', () => {
  const answers = ['get', 'set', 'redirect', 'tellStatus', 'refuse'];
  const others = ['shard', 'adopt', 'discard', 'nothing', 'nothing, being stuck'];
  expect([...done].toSorted()).toEqual([...answers, ...others].toSorted());
});

test('every clause of the protocol has a row in which it fails', () => {
  const rows = DISCARD_REFUSES.map(([because]) => because);
  expect(untried(clausesOf(new URL('./sht.ts', import.meta.url)), rows)).toEqual([]);
});
