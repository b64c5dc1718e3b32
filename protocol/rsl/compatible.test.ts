import { describe, expect, test } from 'vitest';
import { received } from '../../harness/testing/originalRsl.ts';
import { ORIGINAL_ACTIONS } from '../../harness/testing/originalRslActions.ts';
import { walk } from '../../harness/testing/rslBehaviours.ts';
import { type Situation, situations } from '../../harness/testing/rslSituations.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Step } from '../framework/action.ts';
import { stepsOf } from '../framework/steps.ts';
import { COMPATIBLE, type Parameters } from './configuration.ts';
import type { Message, Request } from './messages.ts';
import type { Replica } from './replica.ts';
import { rsl } from './rsl.ts';

type Outcome = Step<Replica, Message>;

/** Small, so that windows are full, batches too large and replies too many. */
const SMALL: Parameters = {
  ...COMPATIBLE,
  maxLogLength: 3,
  maxBatchSize: 2,
  baselineViewTimeout: 250,
  maxCachedReplies: 2,
};

const OF_THE_ORIGINAL: ReadonlySet<string> = new Set<Message['type']>([
  'request',
  'reply',
  '1a',
  '1b',
  '2a',
  '2b',
  'heartbeat',
  'startingPhase2',
  'appStateRequest',
  'appStateSupply',
  'invalid',
]);

/** Situations of a behaviour, and of replicas that lead as none ever may. */
function* situationsOf(hosts: readonly string[], parameters: Parameters, seed: number) {
  for (const situation of situations(rsl(counter, hosts, parameters), seed, 1_500)) {
    const { r, random } = situation;
    yield random.happens(0.3) ? { ...situation, r: proposing(r, random) } : situation;
  }
}

/** As a replica may never be, but as it could be that leads: much can be proposed, or nearly. */
function proposing(r: Replica, random: Situation['random']): Replica {
  const { replicas, parameters } = r.constants;
  const ballot = { seqno: 1 + random.below(3), proposer: r.constants.index };
  const from = Math.max(0, r.acceptor.logTruncationPoint - 1);
  const near = (): number => from + random.below(parameters.maxLogLength + 2);
  const client = (): Request => ({ client: `client${random.below(3)}`, seqno: 7, request: '' });
  const received1bs = new Map(
    replicas
      .filter(() => random.happens(0.8))
      .map((src) => {
        const votes = Array.from({ length: random.below(3) }, () => {
          const voted = { seqno: random.below(2), proposer: random.below(replicas.length) };
          // In one ballot there is one value.
          const seqno = voted.seqno * replicas.length + voted.proposer;
          return [near(), { ballot: voted, batch: [{ ...client(), client: 'c', seqno }] }] as const;
        });
        const logTruncationPoint = random.happens(0.9) ? from : near();
        return [src, { type: '1b', ballot, logTruncationPoint, votes: new Map(votes) }] as const;
      }),
  );
  const view = random.happens(0.9) ? ballot : { ...ballot, seqno: 9 };
  const proposer: Replica['proposer'] = {
    ...r.proposer,
    phase: random.pick([1, 2, 2, 2]),
    maxBallotSent1a: ballot,
    nextOperation: near(),
    received1bs,
    requestQueue: Array.from({ length: random.below(4) }, client),
    batchDeadline: random.pick([undefined, 0, 6_000]),
  };
  const receivedEarlier = random.pick([r.election.receivedEarlier, proposer.requestQueue]);
  return { ...r, proposer, election: { ...r.election, view, receivedEarlier } };
}

const same = (actual: unknown, expected: unknown): void => {
  // What equality of contents says in no time, a difference is shown for.
  if (!equal(actual, expected)) expect(actual).toEqual(expected);
};

const RUNS: readonly (readonly [string, readonly string[], Parameters])[] = [
  ['three replicas', ['a', 'b', 'c'], SMALL],
  ['five replicas', ['a', 'b', 'c', 'd', 'e'], SMALL],
  ['two replicas', ['a', 'b'], { ...SMALL, maxLogLength: 7 }],
  ['one replica', ['a'], SMALL],
  ['three replicas that can hardly count', ['a', 'b', 'c'], { ...SMALL, maxInteger: 9 }],
];

const SEEDS = [1, 2, 3, 4];

describe.each(RUNS)('%s in the compatible preset', (_, hosts, parameters) => {
  const { actions } = rsl(counter, hosts, parameters);

  const outcomes = (r: Replica, now: number, packet?: Packet<Message>, names?: readonly string[]) =>
    actions
      .filter(({ name, takes }) => names?.includes(name) ?? takes === 'packet')
      .flatMap((action) => [...stepsOf(action, r, { packet, now })]);

  test('receive as the original does', () => {
    let effective = 0;
    for (const seed of SEEDS) {
      for (const { r, packets, now } of situationsOf(hosts, parameters, seed)) {
        for (const packet of packets) {
          const expected = received(r, packet, now);
          same(outcomes(r, now, packet), expected);
          if (!equal(expected[0]?.state, r)) effective++;
        }
      }
    }
    expect(effective).toBeGreaterThan(500);
  });

  test('do of their own accord what the original does, and nothing else', () => {
    const seen = new Set<string>();
    for (const seed of SEEDS) {
      for (const { r, now } of situationsOf(hosts, parameters, seed)) {
        for (const [original, names] of ORIGINAL_ACTIONS) {
          const expected = original(r, now);
          const actual = names.flatMap((name) => {
            const found = outcomes(r, now, undefined, [name]);
            if (found.length > 0) seen.add(name);
            return found;
          });
          if (actual.length === 0) same(expected, { state: r, sends: [] });
          for (const outcome of actual) same(withoutReplies(r, outcome), expected);
          for (const outcome of actual) repliesAreAllowed(r, outcome);
        }
      }
    }
    expect([...seen].sort()).toEqual(ORIGINAL_ACTIONS.flatMap(([, names]) => names).sort());
  });

  test('have no action beyond the original’s, and no message', () => {
    const known = ORIGINAL_ACTIONS.flatMap(([, names]) => names);
    const local = actions.filter(({ takes }) => takes === 'nothing').map(({ name }) => name);
    expect(local.sort()).toEqual([...known].sort());
    const protocol = rsl(counter, hosts, parameters);
    expect(protocol.restart).toBeUndefined();
    const said = new Set<string>();
    const listener = {
      act: (_host: number, _action: string, _packet: unknown, { sends }: Outcome) => {
        for (const { msg } of sends) {
          said.add(msg.type);
          if (msg.type === 'appStateSupply') expect(msg.replyCache).toBeUndefined();
        }
      },
      hear: () => {},
      restart: () => expect.unreachable(),
    };
    for (const seed of SEEDS) walk(protocol, seed, 1_500, listener);
    expect(said.size).toBeGreaterThan(6);
    expect([...said].filter((type) => !OF_THE_ORIGINAL.has(type))).toEqual([]);
  });
});

/** The outcome as if the replies that are remembered were the old ones. */
const withoutReplies = (r: Replica, { state, sends }: Outcome): Outcome => ({
  state: { ...state, executor: { ...state.executor, replyCache: r.executor.replyCache } },
  sends,
});

/** Each reply that is remembered is an old one, or one of those that were just given. */
function repliesAreAllowed(r: Replica, { state, sends }: Outcome): void {
  const { replyCache } = state.executor;
  expect(replyCache.size).toBeLessThanOrEqual(r.constants.parameters.maxCachedReplies);
  for (const [client, cached] of replyCache) {
    const isOld = equal(r.executor.replyCache.get(client), cached);
    const isNew = sends.some(({ dst, msg }) => {
      return dst === client && equal(msg, { type: 'reply', ...cached });
    });
    expect(isOld || isNew).toBe(true);
  }
}
