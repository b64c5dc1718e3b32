import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { promised } from '../../../harness/testing/rslReplicas.ts';
import {
  but,
  CHOSEN,
  EXECUTED,
  expectWrong,
  FIRST,
  plus,
  propose,
  type Scene,
  SECOND,
  SETTING,
  says,
  voteFor,
  type WrongScene,
  wrongByTheBook,
  wrongWith,
  X,
  Y,
} from '../../../harness/testing/rslScenes.ts';
import { NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import type { Message, Operation, Request, Votes } from '../../../protocol/rsl/messages.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import { ghostOf } from '../ghost.ts';
import { packetInvariants } from '../invariants.ts';

const NONE: Votes = new Map();
const FOR_X: Votes = new Map([[0, { ballot: FIRST, batch: [X] }]]);
const FOR_Y: Votes = new Map([[0, { ballot: FIRST, batch: [Y] }]]);

/** Replica b attempts the second ballot; c and perhaps others promise it, telling of votes. */
const attempted = (...promises: readonly [EndPoint, Votes][]): Scene =>
  attemptedIn(CHOSEN, ...promises);

function attemptedIn(scene: Scene, ...promises: readonly [EndPoint, Votes][]): Scene {
  const proposer = { phase: 2, maxBallotSent1a: SECOND, nextOperation: 2 } as const;
  return promises.reduce(
    (after, [src, votes]) =>
      plus(but(after, src, { acceptor: { maxBallot: SECOND } }), promises2(src, votes)),
    but(scene, 'b', { proposer }),
  );
}

const promises2 = (src: EndPoint, votes: Votes, from: Operation = 0): Packet<Message> => ({
  src,
  dst: 'b',
  msg: promised(SECOND, from, votes),
});

const proposes2 = (operation: Operation, ...batch: readonly Request[]) =>
  says('b', { type: '2a', ballot: SECOND, operation, batch });

/** Replica b has executed operation 0 for good, as c has. */
const EXECUTED_TWICE: Scene = but(CHOSEN, 'b', {
  executor: { ...EXECUTED, checkpoint: EXECUTED },
});

/** And has truncated its log. */
const TRUNCATED: Scene = but(EXECUTED_TWICE, 'b', {
  acceptor: { logTruncationPoint: 1, votes: new Map() },
});

const PERMITTED = 'a majority has promised the ballot and permits the value';

const AGREEMENT: readonly WrongScene[] = [
  [
    'R2',
    'one value is chosen for an operation',
    'R2 R7 R8',
    plus(CHOSEN, ...says('b', voteFor(0, Y)), ...says('c', voteFor(0, Y))),
  ],
  [
    'R3',
    'a ballot has one value for an operation',
    'R3',
    plus(CHOSEN, ...says('a', propose(0, Y))),
  ],
  ['R5', PERMITTED, 'R5', plus(attempted(), ...proposes2(0, X))],
  ['R5', PERMITTED, 'R5', plus(attempted(['c', NONE]), ...proposes2(0, X))],
  ['R5', PERMITTED, 'R5 R6', plus(attempted(['b', FOR_X], ['c', NONE]), ...proposes2(0, Y))],
  // Who tells of its log from operation 1 on is silent about operation 0.
  [
    'R5',
    PERMITTED,
    'R5',
    plus(
      but(attemptedIn(EXECUTED_TWICE, ['b', FOR_X]), 'c', { acceptor: { maxBallot: SECOND } }),
      promises2('c', NONE, 1),
      ...proposes2(0, X),
    ),
  ],
  [
    'R6',
    'a later ballot proposes what was chosen',
    'R10 R6 R9',
    plus(attempted(['b', NONE], ['c', NONE]), ...proposes2(0, Y)),
  ],
  [
    'R7',
    'what is voted for was proposed in that ballot',
    'R12 R7',
    plus(but(CHOSEN, 'c', { acceptor: { votes: FOR_Y } }), ...says('c', voteFor(0, Y))),
  ],
];

const PROMISES: readonly WrongScene[] = [
  [
    'R9',
    'an acceptor has promised what it said',
    'R9',
    but(CHOSEN, 'c', { acceptor: { maxBallot: NO_BALLOT } }),
  ],
  ['R9', 'a vote that was told of is kept until a higher one', 'R9', attempted(['c', FOR_X])],
  [
    'R9',
    'who told of no vote has voted in no lower ballot since',
    'R9',
    but(attempted(['c', NONE]), 'c', { acceptor: { votes: FOR_X } }),
  ],
  ['R10', 'who has voted tells of it', 'R10 R9', attempted(['b', NONE])],
  [
    'R10',
    'who has voted tells of it',
    'R10',
    plus(
      but(TRUNCATED, 'b', {
        acceptor: { maxBallot: SECOND },
        proposer: { maxBallotSent1a: SECOND },
      }),
      promises2('b', NONE),
    ),
  ],
  [
    'R10',
    'the vote told of is the highest',
    'R10 R12',
    plus(
      but(TRUNCATED, 'b', {
        acceptor: { maxBallot: SECOND },
        proposer: { maxBallotSent1a: SECOND },
      }),
      promises2('b', new Map([[0, { ballot: NO_BALLOT, batch: [X] }]])),
    ),
  ],
  [
    'R11',
    'a promise tells of votes in lower ballots',
    'R11',
    plus(
      but(attempted(['b', FOR_X], ['c', new Map([[1, { ballot: SECOND, batch: [X] }]])]), 'c', {
        acceptor: { votes: new Map([[1, { ballot: SECOND, batch: [X] }]]) },
      }),
      ...proposes2(1, X),
    ),
  ],
];

const RIGHT: readonly (readonly [what: string, scene: Scene])[] = [
  ['as it is to begin with', CHOSEN],
  ['when a log is truncated', TRUNCATED],
  [
    'when the value of the highest vote is proposed',
    plus(attempted(['b', FOR_X], ['c', NONE]), ...proposes2(0, X)),
  ],
  ['when nobody has voted', plus(attempted(['b', FOR_X], ['c', NONE]), ...proposes2(1, Y))],
  [
    'when one promises twice and tells nothing new',
    plus(attemptedIn(EXECUTED_TWICE, ['c', NONE]), promises2('c', NONE, 1)),
  ],
  [
    'when one promises again from a later operation',
    plus(
      but(TRUNCATED, 'b', {
        acceptor: { maxBallot: SECOND },
        proposer: { maxBallotSent1a: SECOND },
      }),
      promises2('b', FOR_X),
      promises2('b', NONE, 1),
    ),
  ],
  [
    'when one has voted in the ballot that it promised',
    plus(
      but(attempted(['b', FOR_X], ['c', NONE]), 'c', {
        acceptor: { votes: new Map([[0, { ballot: SECOND, batch: [X] }]]) },
      }),
      ...proposes2(0, X),
      ...says('c', { type: '2b', ballot: SECOND, operation: 0, batch: [X] }),
    ),
  ],
];

describe('agreement and promises', () => {
  test.each([...AGREEMENT, ...PROMISES])('%s: ✗ %s, of all laws %s', expectWrong);

  test.each(RIGHT)('hold %s', (_, scene) => {
    expect(wrongWith(scene)).toEqual([]);
    expect(wrongByTheBook(scene)).toEqual([]);
  });

  test('permit the value of the highest vote that a majority tells of, not of a lower one', () => {
    const lower = { ballot: NO_BALLOT, batch: [X] };
    const told = [
      promises2('a', new Map([[0, lower]])),
      promises2('c', FOR_Y),
      // A second promise that tells the same as the first of the other.
      promises2('a', FOR_Y, 0),
    ];
    const permits = (value: Request, promises: readonly Packet<Message>[]) => {
      const [proposal] = proposes2(0, value);
      const ghost = ghostOf([...promises, proposal as Packet<Message>], SETTING);
      return packetInvariants['R5']?.(proposal as Packet<Message>, { ghost }) === undefined;
    };
    expect(permits(Y, told.slice(0, 2))).toBe(true);
    expect(permits(X, told.slice(0, 2))).toBe(false);
    expect(permits(Y, told.slice(1))).toBe(true);
    expect(permits(Y, told.slice(1, 2))).toBe(false);
    expect(permits(X, told)).toBe(false);
  });

  test.each([
    ['./agreement.ts', AGREEMENT],
    ['./promises.ts', PROMISES],
  ] as const)('have no clause in %s that never fails', (module, rows) => {
    const clauses = clausesOf(new URL(module, import.meta.url));
    expect(
      untried(
        clauses,
        rows.map(([, because]) => because),
      ),
    ).toEqual([]);
  });
});
