import { describe, expect, test } from 'vitest';
import { protocolOf, SHAPES, type Shape, walk } from '../../harness/testing/rslBehaviours.ts';
import { ballot, COMPATIBLE, PARAMETERS } from '../../harness/testing/rslReplicas.ts';
import {
  asks,
  CHOSEN,
  plus,
  propose,
  SETTING,
  says,
  X,
  Y,
} from '../../harness/testing/rslScenes.ts';
import type { Message, Request } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { counter } from '../../spec/apps/counter.ts';
import { difference } from '../../spec/framework/difference.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { firstBroken, lawList } from '../framework/laws.ts';
import { SystemMonitor } from '../framework/systemMonitor.ts';
import { ghostOf } from './ghost.ts';
import {
  packetInvariants,
  replicaInvariants,
  sampledInvariants,
  stepInvariants,
  systemInvariants,
} from './invariants.ts';
import { corresponds, rslRefinement } from './service.ts';

/** A vote in the ballot (seqno, 0). */
const vote = (
  src: EndPoint,
  seqno: number,
  operation: number,
  ...batch: readonly Request[]
): Packet<Message> => ({
  src,
  dst: 'a',
  msg: { type: '2b', ballot: ballot(seqno, 0), operation, batch },
});

const chosenBy = (seqno: number, operation: number, ...batch: readonly Request[]) => [
  vote('a', seqno, operation, ...batch),
  vote('c', seqno, operation, ...batch),
];

describe('what the world sees (B4)', () => {
  const reply = (dst: EndPoint, seqno: number, what: string): Packet<Message> => ({
    src: 'b',
    dst,
    msg: { type: 'reply', seqno, reply: what },
  });

  test('is a reply only to what took effect, the one that it got', () => {
    const ghost = ghostOf(CHOSEN.packets, SETTING);
    const right = CHOSEN.packets.find(({ msg }) => msg.type === 'reply') as Packet<Message>;
    expect(corresponds(right, ghost)).toBeUndefined();
    const { msg } = right as Packet<Message & { type: 'reply' }>;
    const refused = { failed: 'what a server replies was executed' };
    expect(corresponds(reply('y', 1, msg.reply), ghost)).toEqual(refused);
    expect(corresponds(reply('x', 2, msg.reply), ghost)).toEqual(refused);
    expect(corresponds(reply('x', 1, ''), ghost)).toEqual(refused);
    expect(corresponds({ ...reply('x', 1, ''), src: 'mallory' }, ghost)).toBeUndefined();
  });

  test('is of every repeated execution the reply that it got', () => {
    const setting = { ...SETTING, parameters: COMPATIBLE };
    const ghost = ghostOf([...chosenBy(1, 0, X, X, Y)], setting);
    const replies = [...ghost.history.state.executed].map((row) => row.reply);
    for (const [position, given] of replies.entries()) {
      const verdict = corresponds(reply('x', 1, given), ghost);
      expect(verdict === undefined).toBe(position < 2);
    }
  });

  test('is the request of everything that takes effect', () => {
    const refused = { failed: 'what was executed was sent by its client to a server' };
    const [, last] = chosenBy(1, 0, X);
    const judged = (...packets: readonly Packet<Message>[]) =>
      corresponds(last as Packet<Message>, ghostOf([...packets, ...chosenBy(1, 0, X)], SETTING));
    expect(judged(asks(X))).toBeUndefined();
    expect(judged()).toEqual(refused);
    expect(judged({ ...asks(X), dst: 'mallory' })).toEqual(refused);
    expect(judged({ ...asks(X), src: 'y' })).toEqual(refused);
    expect(judged(asks({ ...X, request: '' }))).toEqual(refused);
    expect(judged(asks({ ...X, seqno: 2 }))).toEqual(refused);
  });

  test('is asked of the vote that completes a majority, and not before', () => {
    const ghost = ghostOf([vote('a', 1, 0, X)], SETTING);
    const [before] = CHOSEN.states as [Replica];
    const completing = vote('c', 1, 0, X);
    expect(corresponds(vote('a', 1, 0, X), ghost)).toBeUndefined();
    const step = { state: before, sends: [completing] };
    ghost.act({ host: 2, action: 'vote', before, packet: undefined, step });
    expect(corresponds(completing, ghost)?.failed).toContain('was sent by its client');
    // What took effect before the last step was judged then.
    ghost.act({ host: 2, action: 'vote', before, packet: undefined, step: { ...step, sends: [] } });
    expect(corresponds(completing, ghost)).toBeUndefined();
  });
});

test('all laws are there, and those asked now and then among them', () => {
  const numbers = new Set(
    [packetInvariants, replicaInvariants, stepInvariants, systemInvariants].flatMap((laws) =>
      Object.keys(laws),
    ),
  );
  expect([...numbers].sort()).toEqual(
    Array.from({ length: 33 }, (_, index) => `R${index + 1}`).sort(),
  );
  expect(Object.keys(sampledInvariants).every((number) => numbers.has(number))).toBe(true);
});

test('the laws asked now and then see what was wrong long ago', () => {
  const wrong = plus(CHOSEN, ...says('a', propose(0, Y)));
  const ghost = ghostOf(wrong.packets, SETTING);
  const [before] = wrong.states as [Replica];
  const step = { state: before, sends: [] };
  ghost.act({ host: 0, action: 'idle', before, packet: undefined, step });
  const whole = { states: wrong.states, ghost };
  for (const packet of wrong.packets) {
    expect(firstBroken(lawList(packetInvariants), packet, whole)).toBeUndefined();
  }
  expect(firstBroken(lawList(sampledInvariants), whole)?.failed).toBe('R3');
});

describe.each(SHAPES)('a service of $replicas', (shape: Shape) => {
  test('passes every law, and its ghost is that of its packets', () => {
    const refinement = rslRefinement(counter, shape.replicas, shape.parameters);
    const monitor = new SystemMonitor(refinement, 16);
    const sent: Packet<Message>[] = [];
    walk(protocolOf(shape), 7, 1500, {
      act: (host, action, packet, step) => {
        sent.push(...step.sends);
        monitor.act(host, action, packet, step);
      },
      hear: (packet) => {
        sent.push(packet);
        monitor.hear(packet);
      },
      restart: (host) => monitor.restart(host),
    });
    expect(monitor.seen.specSteps).toBeGreaterThan(3);
    const ghost = ghostOf(sent, { application: counter, ...shape });
    expect(difference(monitor.spec, ghost.history.state)).toBeUndefined();
    const whole = { states: monitor.states, ghost };
    for (const packet of sent) {
      expect(firstBroken(lawList(packetInvariants), packet, whole)).toBeUndefined();
      expect(corresponds(packet, ghost)).toBeUndefined();
    }
    for (const [host, state] of monitor.states.entries()) {
      expect(firstBroken(lawList(replicaInvariants), state, whole, host)).toBeUndefined();
    }
    expect(firstBroken(lawList(sampledInvariants), whole)).toBeUndefined();
  });
});

test('what makes no service is refused with the reason', () => {
  expect(() => rslRefinement(counter, [], PARAMETERS)).toThrow(RangeError);
});
