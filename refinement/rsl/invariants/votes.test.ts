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
  says,
  type WrongScene,
  X,
  Y,
} from '../../../harness/testing/rslScenes.ts';
import { NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import type { Message, Operation, Vote, Votes } from '../../../protocol/rsl/messages.ts';
import { u64 } from '../../../spec/framework/bytes.ts';
import type { Packet } from '../../../spec/framework/environment.ts';

const VOTE: Vote = { ballot: FIRST, batch: [X] };

const voted = (...votes: readonly [Operation, Vote][]) => ({
  acceptor: { votes: new Map(votes) },
});

/** Replica c promises the second ballot, which b attempts. */
const promises2 = (scene: Scene, votes: Votes, from: Operation = 0): Scene =>
  plus(
    but(but(scene, 'b', { proposer: { phase: 2, maxBallotSent1a: SECOND } }), 'c', {
      acceptor: { maxBallot: SECOND },
    }),
    { src: 'c', dst: 'b', msg: promised(SECOND, from, votes) },
  );

const FURTHER = { executor: { ...EXECUTED, checkpoint: EXECUTED } };

/** The state after operation 0, as c supplies it to b. */
const supplied = (changes: Partial<Message>): Packet<Message> => ({
  src: 'c',
  dst: 'b',
  msg: {
    type: 'appStateSupply',
    ballot: FIRST,
    operation: 1,
    app: EXECUTED.app,
    replyCache: [...EXECUTED.replyCache],
    ...changes,
  } as Message,
});

const VOTES: readonly WrongScene[] = [
  [
    'R8',
    'an acceptor has promised the ballots it voted in',
    'R13 R8 R9',
    but(CHOSEN, 'b', { acceptor: { maxBallot: NO_BALLOT } }),
  ],
  ['R8', 'a vote that was cast is kept', 'R8', but(CHOSEN, 'b', voted())],
  [
    'R8',
    'a vote gives way to a higher one only',
    'R12 R8 R9',
    but(CHOSEN, 'b', voted([0, { ballot: NO_BALLOT, batch: [X] }])),
  ],
  [
    'R8',
    'a vote keeps its value',
    'R12 R8',
    but(CHOSEN, 'b', voted([0, { ballot: FIRST, batch: [Y] }])),
  ],
  // The vote was cast in this step, and not a moment before.
  [
    'R8',
    'a vote that was cast is kept',
    'R8',
    plus(CHOSEN, ...says('c', { type: '2b', operation: 0, ...VOTE })),
  ],
  [
    'R12',
    'every vote has its proposal',
    'R12',
    but(CHOSEN, 'c', voted([0, { ballot: FIRST, batch: [Y] }])),
  ],
  [
    'R12',
    'every vote has its proposal',
    'R12',
    promises2(but(CHOSEN, 'c', voted([1, VOTE])), new Map([[1, VOTE]])),
  ],
  [
    'R13',
    'no vote is above the promise',
    'R12 R13',
    but(CHOSEN, 'c', voted([1, { ballot: SECOND, batch: [X] }])),
  ],
  [
    'R14',
    'votes are for operations in the window',
    'R14',
    but(but(CHOSEN, 'b', FURTHER), 'b', { acceptor: { logTruncationPoint: 1 } }),
  ],
  ['R14', 'votes are for operations in the window', 'R12 R14', but(CHOSEN, 'c', voted([4, VOTE]))],
  [
    'R14',
    'votes are for operations in the window',
    'R14',
    promises2(but(but(CHOSEN, 'b', FURTHER), 'c', voted([0, VOTE])), new Map([[0, VOTE]]), 1),
  ],
];

const FORGOTTEN = 'a majority has executed for good what is forgotten';
const NOT_WHERE = 'the application is where the chosen batches lead';
const NOT_KEPT = 'the replies kept are those that all replicas keep';
const NO_REPLIES = new Map();

const EXECUTORS: readonly WrongScene[] = [
  [
    'R15',
    FORGOTTEN,
    'R15',
    but(CHOSEN, 'b', { acceptor: { logTruncationPoint: 1, votes: new Map() } }),
  ],
  ['R15', FORGOTTEN, 'R15', promises2(CHOSEN, new Map(), 1)],
  [
    'R15',
    FORGOTTEN,
    'R15',
    plus(but(CHOSEN, 'a', { proposer: { nextOperation: 5 } }), ...says('a', propose(4, Y))),
  ],
  [
    'R15',
    FORGOTTEN,
    'R15',
    plus(CHOSEN, ...says('a', { type: 'startingPhase2', ballot: FIRST, logTruncationPoint: 1 })),
  ],
  [
    'R15',
    FORGOTTEN,
    'R15',
    // What b has executed since its checkpoint does not count.
    but(CHOSEN, 'b', { executor: EXECUTED, acceptor: { logTruncationPoint: 1, votes: new Map() } }),
  ],
  [
    'R17',
    'an acceptor knows a checkpoint of each replica',
    'R17',
    but(CHOSEN, 'b', { acceptor: { lastCheckpointed: [0, 0] } }),
  ],
  [
    'R17',
    'a replica has come as far as others know',
    'R17',
    but(CHOSEN, 'c', { acceptor: { lastCheckpointed: [1, 0, 1] } }),
  ],
  [
    'R17',
    'a replica has come as far as it said',
    'R17',
    plus(
      but(CHOSEN, 'b', { executor: EXECUTED }),
      ...says('b', { type: 'heartbeat', view: FIRST, suspicious: false, checkpoint: 1 }),
    ),
  ],
  [
    'R22',
    'what is executed was chosen',
    'R22',
    but(CHOSEN, 'b', { executor: { ...EXECUTED, operationsComplete: 2 } }),
  ],
  [
    'R22',
    'no executed ballot is above the one reflected',
    'R22',
    but(CHOSEN, 'b', { executor: { ...EXECUTED, maxBallotReflected: NO_BALLOT } }),
  ],
  ['R22', NOT_WHERE, 'R22', but(CHOSEN, 'b', { executor: { ...EXECUTED, app: 2n } })],
  ['R22', NOT_KEPT, 'R22', but(CHOSEN, 'b', { executor: { ...EXECUTED, replyCache: NO_REPLIES } })],
  [
    'R22',
    NOT_WHERE,
    'R22',
    but(CHOSEN, 'c', { executor: { checkpoint: { ...EXECUTED, app: 0n } } }),
  ],
  ['R22', NOT_WHERE, 'R22', plus(CHOSEN, supplied({ app: 2n }))],
  ['R22', NOT_KEPT, 'R22', plus(CHOSEN, supplied({ replyCache: [] }))],
  ['R22', 'what is executed was chosen', 'R22', plus(CHOSEN, supplied({ operation: 2 }))],
  [
    'R25',
    'a reply that is kept is what a chosen request got',
    'R22 R25',
    but(CHOSEN, 'b', {
      executor: { ...EXECUTED, replyCache: new Map([['x', { seqno: 1, reply: u64(2) }]]) },
    }),
  ],
  [
    'R26',
    'a reply that is sent is what a chosen request got',
    'R26',
    plus(CHOSEN, { src: 'c', dst: 'y', msg: { type: 'reply', seqno: 1, reply: u64(1) } }),
  ],
];

describe('votes and executions', () => {
  test.each([...VOTES, ...EXECUTORS])('%s: ✗ %s, of all laws %s', expectWrong);

  test.each([
    ['./votes.ts', VOTES],
    ['./executor.ts', EXECUTORS],
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
