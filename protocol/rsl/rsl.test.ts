import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import { RslWalk, SHAPES, type Shape } from '../../harness/testing/rslBehaviours.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  PARAMETERS,
  promised,
  receive,
  replica,
} from '../../harness/testing/rslReplicas.ts';
import { situations } from '../../harness/testing/rslSituations.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Step } from '../framework/action.ts';
import { stepsOf } from '../framework/steps.ts';
import { isBelow } from './ballot.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';
import { ignore, rsl } from './rsl.ts';

const INVALID: Message = { type: 'invalid' };

const ASK: Message = { type: '1a', ballot: ballot(1, 0) };

/** Each message is of use to a replica as it is at the beginning. */
const OF_USE: readonly (readonly [string, Replica, string, Message])[] = [
  ['the packet is of no use', replica(), 'a', ASK],
  ['the packet is of no use', replica(), 'x', { type: 'request', seqno: 1, request: '' }],
];

describe('rsl: ignore', () => {
  test.each(OF_USE)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(ignore, r, src, msg)).toEqual({ failed: because });
  });

  test.each([
    ['bytes that mean nothing', replica(), 'a', INVALID],
    ['replies, for it is no client', replica(), 'a', { type: 'reply', seqno: 1, reply: '' }],
    ['what only replicas say, from another', replica(), 'mallory', ASK],
    ['promises that it has not asked for', replica(), 'a', promised(ballot(1, 1))],
    [
      'what was lost and is repeated, in the compatible preset',
      replica({ acceptor: { maxBallot: ballot(1, 0) } }, COMPATIBLE),
      'a',
      ASK,
    ],
    [
      'what the original does not know, in the compatible preset',
      replica({}, COMPATIBLE),
      'a',
      { type: 'voteRequest', operation: 0 },
    ],
  ] as const)('takes %s, and nothing comes of it', (_, r, src, msg) => {
    const { state, sends } = receive(ignore, r, src, msg);
    expect(state).toBe(r);
    expect(sends).toEqual([]);
  });
});

describe('the protocol', () => {
  test('has an action of each name, and those that stand for lost messages and crashes apart', () => {
    const names = (of: typeof PARAMETERS) =>
      rsl(counter, ['a', 'b', 'c'], of).actions.map(({ name }) => name);
    const all = names(PARAMETERS);
    expect(new Set(all).size).toBe(all.length);
    const extra = ['askForState', 'askForVotes', 'noteProgress', 'repeat1a', 'repeat2a'];
    const told = ['repeatPromise', 'repeatVotes'];
    const missing = (of: typeof PARAMETERS) =>
      all.filter((name) => !names(of).includes(name)).sort();
    expect(missing({ ...PARAMETERS, durable: false })).toEqual(['takeCheckpoint']);
    expect(missing(COMPATIBLE)).toEqual([...extra, ...told, 'takeCheckpoint'].sort());
  });

  test('lets replicas start again only where they are durable', () => {
    const restart = (durable: boolean) => rsl(counter, ['a'], { ...PARAMETERS, durable }).restart;
    expect([restart(true) === undefined, restart(false) === undefined]).toEqual([false, true]);
  });
});

/** In a behaviour, whatever a replica can do next: by packets that were sent, and by itself. */
function everyStep(
  shape: Shape,
  seed: number,
  look: (before: Replica, name: string, step: Step<Replica, Message>) => void,
  alsoReceive: (r: Replica, packet: Packet<Message>, names: readonly string[]) => void = () => {},
): void {
  const protocol = rsl(counter, shape.replicas, shape.parameters);
  const steps = (r: Replica, now: number, packet: Packet<Message> | undefined): string[] =>
    protocol.actions.flatMap((action) => {
      if ((action.takes === 'packet') !== (packet !== undefined)) return [];
      const found = [...stepsOf(action, r, { packet, now })];
      for (const step of found) look(r, action.name, step);
      return found.length > 0 ? [action.name] : [];
    });
  for (const { r, packets, now } of situations(protocol, seed, 900)) {
    deepFreeze([r, packets]);
    steps(r, now, undefined);
    for (const packet of packets) alsoReceive(r, packet, steps(r, now, packet));
  }
}

const named = (shape: Shape) => {
  const { compatible, durable } = shape.parameters;
  const kind = compatible ? ', compatible' : durable ? ', durable' : '';
  return [`${shape.replicas.length} replicas${kind}`, shape] as const;
};

const SEEDS = [11, 12, 13];

describe.each(SHAPES.map(named))('of %s', (_, shape) => {
  test('every packet is received in exactly one way, but for a choice about old requests', () => {
    const counts = new Map<string, number>();
    for (const seed of SEEDS) {
      everyStep(
        shape,
        seed,
        () => {},
        (r, { msg }, names) => {
          const both = equal(names, ['answerFromCache', 'receiveRequest']);
          if (!(both && r.constants.parameters.compatible)) expect(names).toHaveLength(1);
          if (msg.type !== 'request') expect(names).not.toContain('receiveRequest');
          for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
        },
      );
    }
    expect(counts.size).toBeGreaterThan(5);
  });

  test('a step is a function: frozen inputs, the same outcome again, under its own name', () => {
    let steps = 0;
    for (const seed of SEEDS) {
      const first: Step<Replica, Message>[] = [];
      everyStep(shape, seed, (before, _name, step) => {
        expect(step.state.constants).toBe(before.constants);
        for (const { src } of step.sends) expect(src).toBe(before.constants.me);
        first.push(step);
      });
      everyStep(shape, seed, (_before, _name, step) => {
        const earlier = first[steps++ % first.length];
        if (!equal(step, earlier)) expect(step).toEqual(earlier);
      });
      expect(steps).toBe(first.length);
      steps = 0;
    }
  });

  test('no promise is taken back, no attempt forgotten, no executed operation undone', () => {
    const check = (before: Replica, after: Replica): void => {
      expect(isBelow(after.acceptor.maxBallot, before.acceptor.maxBallot)).toBe(false);
      const [attempt, earlier] = [after.proposer, before.proposer];
      expect(isBelow(attempt.maxBallotSent1a, earlier.maxBallotSent1a)).toBe(false);
      const from = after.acceptor.logTruncationPoint;
      expect(from).toBeGreaterThanOrEqual(before.acceptor.logTruncationPoint);
      // A vote is forgotten only with the log, and replaced only by one of a higher ballot.
      for (const [operation, { ballot: old }] of before.acceptor.votes) {
        const now = after.acceptor.votes.get(operation);
        if (operation >= from) expect(now && !isBelow(now.ballot, old)).toBe(true);
      }
    };
    const { restart } = rsl(counter, shape.replicas, shape.parameters);
    for (const seed of SEEDS) {
      everyStep(shape, seed, (before, _name, { state }) => {
        check(before, state);
        const done = before.executor.operationsComplete;
        expect(state.executor.operationsComplete).toBeGreaterThanOrEqual(done);
        expect(isBelow(state.election.view, before.election.view)).toBe(false);
        if (restart) check(before, restart(before));
        // What was told to others as done for good is done after a crash.
        const checkpoint = before.executor.checkpoint?.operationsComplete;
        if (restart) expect(restart(before).executor.operationsComplete).toBe(checkpoint);
      });
    }
  });

  test('whoever has executed as much is in the same state, and remembers the same', () => {
    const { compatible } = shape.parameters;
    let met = 0;
    for (const seed of SEEDS) {
      const seen = new Map<number, unknown>();
      const walked = new RslWalk(rsl(counter, shape.replicas, shape.parameters), seed, {
        act: (_host, _action, _packet, { state: { executor: e } }) => {
          // In the original each remembers what it will. The order in the cache counts.
          const memory = compatible ? [] : [...e.replyCache];
          const now = { app: e.app, memory };
          const known = seen.get(e.operationsComplete);
          if (known !== undefined && !equal(now, known)) expect(now).toEqual(known);
          if (known !== undefined) met++;
          seen.set(e.operationsComplete, now);
        },
        hear: () => {},
        restart: () => {},
      });
      for (let event = 0; event < 3_000; event++) walked.step();
      expect(seen.size).toBeGreaterThan(3);
    }
    expect(met).toBeGreaterThan(1_000);
  });
});

test('no request is executed twice while all clients are remembered', () => {
  let known = 0;
  for (const shape of SHAPES.filter(({ parameters }) => !parameters.compatible)) {
    const protocol = rsl(counter, shape.replicas, { ...shape.parameters, maxCachedReplies: 8 });
    for (const seed of SEEDS) {
      /** In which operation a client's request was executed. */
      const executedIn = new Map<string, number>();
      const before = shape.replicas.map((me) => protocol.init(me));
      const walked: RslWalk = new RslWalk(protocol, seed, {
        act: (host, action, _packet, { state }) => {
          const { operationsComplete, replyCache } = (before[host] as Replica).executor;
          before[host] = state;
          if (action !== 'execute') return;
          for (const [client, { seqno }] of state.executor.replyCache) {
            if (replyCache.get(client)?.seqno === seqno) continue;
            const operation = executedIn.get(`${client}#${seqno}`);
            if (operation !== undefined) known++;
            expect(operation ?? operationsComplete).toBe(operationsComplete);
            executedIn.set(`${client}#${seqno}`, operationsComplete);
          }
        },
        hear: () => {},
        restart: (host) => {
          before[host] = walked.states[host] as Replica;
        },
      });
      for (let event = 0; event < 3_000; event++) walked.step();
    }
  }
  expect(known).toBeGreaterThan(100);
});

test('every clause of the protocol has a row in which it fails', () => {
  const rows = OF_USE.map(([because]) => because);
  expect(untried(clausesOf(new URL('./rsl.ts', import.meta.url)), rows)).toEqual([]);
});
