import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, PARAMETERS } from '../../../harness/testing/rslReplicas.ts';
import {
  asks,
  but,
  CHOSEN,
  EXECUTED,
  expectWrong,
  FIRST,
  plus,
  propose,
  type Scene,
  SETTING,
  says,
  type WrongScene,
  wrongByTheBook,
  wrongWith,
  X,
  Y,
} from '../../../harness/testing/rslScenes.ts';
import type { Request } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';

const WAITS_TWICE = 'no request waits twice';
const TOO_MANY_BYTES = 'no batch has too many bytes, unless it is one request';
const TOO_FAR = 'votes are counted less than two windows ahead';

const THREE = ['x', 'y', 'z'].map((client) => [client, { seqno: 1, reply: '' }] as const);
const MANY = [0, 1, 2, 3, 4].map(
  (operation) => [operation, { ballot: FIRST, batch: [X] }] as const,
);

/** A request of so many bytes. A batch has at most 30. */
const long = (length: number): Request => ({
  client: 'z',
  seqno: length,
  request: 'z'.repeat(length),
});

const proposing = (scene: Scene, ...batch: readonly Request[]): Scene =>
  plus(
    but(scene, 'a', { proposer: { nextOperation: 2 } }),
    ...batch.filter(({ client }) => client === 'z').map(asks),
    ...says('a', propose(1, ...batch)),
  );

/** Votes for nothing are counted for an operation; nobody has cast them. */
const counting = (scene: Scene, me: string, operation: number): Scene =>
  but(scene, me, {
    learner: { tallies: new Map([[operation, { voters: new Set([0]), batch: [] }]]) },
  });

const BOUNDS: readonly WrongScene[] = [
  [
    'R30',
    'there are no more votes than operations in the window',
    'R12 R14 R30',
    but(CHOSEN, 'b', { acceptor: { votes: new Map(MANY) } }),
  ],
  [
    'R30',
    'the replies kept are not too many',
    'R22 R25 R30',
    but(CHOSEN, 'c', { executor: { replyCache: new Map(THREE) } }),
  ],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'b', { election: { receivedEarlier: [{ ...Y }] } })],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'b', { election: { receivedThisEpoch: [Y, Y] } })],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'b', { election: { receivedEarlier: [X, Y] } })],
  ['R30', 'no batch has too many requests', 'R30', proposing(CHOSEN, X, Y, long(1), long(0))],
  ['R30', TOO_MANY_BYTES, 'R30', proposing(CHOSEN, long(11), long(20))],
  ['R30', TOO_MANY_BYTES, 'R30', proposing(CHOSEN, long(31), long(0))],
  ['R30', TOO_FAR, 'R23 R30', counting(CHOSEN, 'b', 8)],
  ['R30', TOO_FAR, 'R23 R30', counting(CHOSEN, 'c', 9)],
];

const SMALL = { ...SETTING, parameters: { ...PARAMETERS, maxInteger: 2 } };

/** The same in a service that counts no further than to 2. */
const RIGHT: Scene = {
  packets: CHOSEN.packets,
  states: CHOSEN.states.map((r: Replica) => ({
    ...r,
    constants: { ...r.constants, parameters: SMALL.parameters },
  })),
};

const NO_BALLOT_BEYOND = 'no ballot is beyond the greatest integer';
const NO_OPERATION_BEYOND = 'no operation is beyond the greatest integer';
const NO_TIMER_BEYOND = 'no timer is beyond the greatest integer';
const TOO_MANY_WAIT = 'no more requests wait than can be counted';
const WAITING = [X, Y, long(0)];
const FAR = { ...EXECUTED, operationsComplete: 3 };

const later = (scene: Scene): Scene => ({
  packets: scene.packets,
  states: scene.states.map((r, place) => (place === 1 ? { ...r, nextHeartbeat: 3 } : r)),
});

const COUNTED: readonly WrongScene[] = [
  [
    'R30',
    'the operation after one that is proposed can be counted',
    'R30',
    plus(but(RIGHT, 'a', { proposer: { nextOperation: 3 } }), ...says('a', propose(2, Y))),
  ],
  [
    'R30',
    'every view that is spoken of can be counted',
    'R30',
    plus(
      RIGHT,
      ...says('b', { type: 'heartbeat', view: ballot(3, 0), suspicious: false, checkpoint: 0 }),
    ),
  ],
  ['R30', NO_BALLOT_BEYOND, 'R30', but(RIGHT, 'b', { election: { view: ballot(3, 0) } })],
  [
    'R30',
    NO_BALLOT_BEYOND,
    'R30',
    but(RIGHT, 'b', { proposer: { maxBallotSent1a: ballot(3, 1) } }),
  ],
  ['R30', NO_OPERATION_BEYOND, 'R30', but(RIGHT, 'a', { proposer: { nextOperation: 3 } })],
  ['R30', NO_OPERATION_BEYOND, 'R15 R30', but(RIGHT, 'c', { acceptor: { logTruncationPoint: 3 } })],
  ['R30', NO_OPERATION_BEYOND, 'R22 R30', but(RIGHT, 'c', { executor: FAR })],
  ['R30', NO_OPERATION_BEYOND, 'R22 R30', but(RIGHT, 'c', { executor: { checkpoint: FAR } })],
  ['R30', NO_TIMER_BEYOND, 'R30', but(RIGHT, 'b', { election: { epochEnd: 3 } })],
  ['R30', NO_TIMER_BEYOND, 'R30', but(RIGHT, 'b', { proposer: { batchDeadline: 3 } })],
  ['R30', NO_TIMER_BEYOND, 'R30', but(RIGHT, 'b', { retry: { time: 3 } })],
  ['R30', NO_TIMER_BEYOND, 'R30', later(RIGHT)],
  [
    'R30',
    'no epoch is longer than can be counted, unless the first is',
    'R30',
    but(RIGHT, 'b', { election: { epochLength: PARAMETERS.baselineViewTimeout + 1 } }),
  ],
  [
    'R30',
    TOO_MANY_WAIT,
    'R30',
    plus(but(RIGHT, 'b', { election: { receivedThisEpoch: WAITING } }), asks(long(0))),
  ],
  [
    'R30',
    TOO_MANY_WAIT,
    'R30',
    plus(
      but(RIGHT, 'b', { election: { receivedThisEpoch: [], receivedEarlier: WAITING } }),
      asks(long(0)),
    ),
  ],
];

describe('bounds', () => {
  test.each(BOUNDS)('%s: ✗ %s, of all laws %s', expectWrong);

  test.each(COUNTED)('%s: ✗ %s, of all laws %s, if it counts to 2', (law, because, wrong, scene) =>
    expectWrong(law, because, wrong, scene, { right: RIGHT, setting: SMALL }),
  );

  test.each([
    ['a batch that is as long as may be', proposing(CHOSEN, long(10), long(20)), SETTING],
    ['a request that is longer, alone', proposing(CHOSEN, long(31)), SETTING],
    ['counters that have come to their end', but(RIGHT, 'a', { retry: { time: 2 } }), SMALL],
  ])('allow %s', (_, scene, setting) => {
    expect([...wrongWith(scene, setting), ...wrongByTheBook(scene, setting)]).toEqual([]);
  });

  test('count operations from those that are executed', () => {
    for (const [me, operation] of [
      ['b', 7],
      ['c', 8],
    ] as const) {
      const scene = counting(CHOSEN, me, operation);
      expect(wrongWith(scene)).toEqual(['R23: every vote that is counted was cast']);
      expect(wrongByTheBook(scene)).toEqual(['R23']);
    }
  });

  test('have no clause that never fails', () => {
    const clauses = clausesOf(new URL('./bounds.ts', import.meta.url));
    expect(
      untried(
        clauses,
        [...BOUNDS, ...COUNTED].map(([, because]) => because),
      ),
    ).toEqual([]);
  });
});
