import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  guardOfTaking,
  receive,
  replica,
  request,
  take,
  toAll,
  votesOf,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import {
  noteCheckpoint,
  promise,
  quorumCheckpoint,
  repeatPromise,
  repeatVotes,
  restartAcceptor,
  truncate,
  truncateLog,
  vote,
} from './acceptor.ts';
import type { Message, Operation } from './messages.ts';
import type { Replica } from './replica.ts';

type Row = readonly [because: string, r: Replica, src: EndPoint, msg: Message];

const BATCH = [request('client', 1), request('other', 7)];

const ask = (seqno: number, proposer: number): Message => ({
  type: '1a',
  ballot: ballot(seqno, proposer),
});

const proposal = (seqno: number, proposer: number, operation: Operation): Message => ({
  type: '2a',
  ballot: ballot(seqno, proposer),
  operation,
  batch: BATCH,
});

/** Has promised 3.1, and has voted for operations 5 and 6 in earlier ballots. */
const VOTES = votesOf([5, 1, 'x'], [6, 2, 'y']);
const ACCEPTOR = { maxBallot: ballot(3, 1), votes: VOTES, logTruncationPoint: 5 };

test('an acceptor begins with no promise, no vote and the whole log before it', () => {
  expect(replica().acceptor).toEqual({
    maxBallot: ballot(0, 0),
    votes: new Map(),
    lastCheckpointed: [0, 0, 0],
    logTruncationPoint: 0,
  });
});

test('an acceptor that starts again has forgotten only what others told it', () => {
  const { acceptor } = replica({ acceptor: { ...ACCEPTOR, lastCheckpointed: [7, 8, 9] } });
  expect(restartAcceptor(acceptor)).toEqual({ ...acceptor, lastCheckpointed: [0, 0, 0] });
});

const PROMISE_REFUSES: readonly Row[] = [
  ['its ballot is above the promise', replica({ acceptor: ACCEPTOR }), 'a', ask(3, 1)],
  ['its ballot is above the promise', replica({ acceptor: ACCEPTOR }), 'a', ask(3, 0)],
  ['its ballot is above the promise', replica({ acceptor: ACCEPTOR }), 'a', ask(2, 2)],
];

describe('rsl: promise', () => {
  test.each(PROMISE_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(promise, r, src, msg)).toEqual({ failed: because });
  });

  test.each([
    [3, 2],
    [4, 0],
  ])('raises the promise to %i.%i, and tells all votes to whoever asked', (seqno, proposer) => {
    const r = replica({ acceptor: ACCEPTOR });
    const { state, sends } = receive(promise, r, 'c', ask(seqno, proposer));
    expect(state).toEqual(withPart(r, 'acceptor', { maxBallot: ballot(seqno, proposer) }));
    const msg = {
      type: '1b',
      ballot: ballot(seqno, proposer),
      logTruncationPoint: 5,
      votes: VOTES,
    };
    expect(sends).toEqual([{ src: 'b', dst: 'c', msg }]);
  });

  test('is also made to oneself, and in the compatible preset', () => {
    const { sends } = receive(promise, replica({}, COMPATIBLE), 'b', ask(1, 1));
    expect(sends.map(({ dst }) => dst)).toEqual(['b']);
  });
});

const VOTED = { ...ACCEPTOR, votes: votesOf([5, 1, 'x'], [6, 3, 'y']), maxBallot: ballot(3, 0) };

const REPEAT_PROMISE_REFUSES: readonly Row[] = [
  ['lost messages are repeated', replica({ acceptor: ACCEPTOR }, COMPATIBLE), 'a', ask(3, 1)],
  ['its ballot is the one promised', replica({ acceptor: ACCEPTOR }), 'a', ask(3, 0)],
  ['its ballot is the one promised', replica({ acceptor: ACCEPTOR }), 'a', ask(3, 2)],
  ['there is no vote in it yet', replica({ acceptor: VOTED }), 'a', ask(3, 0)],
];

describe('rsl: repeatPromise', () => {
  test.each(REPEAT_PROMISE_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(repeatPromise, r, src, msg)).toEqual({ failed: because });
  });

  test('says again what the promise said, and changes nothing', () => {
    const made = receive(promise, replica({ acceptor: ACCEPTOR }), 'c', ask(4, 2));
    const { state, sends } = receive(repeatPromise, made.state, 'c', ask(4, 2));
    expect(state).toBe(made.state);
    expect(sends).toEqual(made.sends);
  });

  test('tells how far the log has been truncated since', () => {
    const acceptor = { ...ACCEPTOR, votes: votesOf([6, 2, 'y']), logTruncationPoint: 6 };
    const { sends } = receive(repeatPromise, replica({ acceptor }), 'a', ask(3, 1));
    expect(sends[0]?.msg).toMatchObject({ logTruncationPoint: 6, votes: acceptor.votes });
  });
});

const counting = replica({ acceptor: ACCEPTOR });
const LAST = counting.constants.parameters.maxInteger;

const VOTE_REFUSES: readonly Row[] = [
  ['its ballot is not below the promise', counting, 'a', proposal(3, 0, 5)],
  ['its ballot is not below the promise', counting, 'a', proposal(2, 2, 5)],
  ['its operation can be counted', counting, 'a', proposal(3, 1, LAST + 1)],
];

describe('rsl: vote', () => {
  test.each(VOTE_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(vote, r, src, msg)).toEqual({ failed: because });
  });

  /** The window is of 4 operations: 5, 6, 7 and 8. */
  test.each([
    ['a first vote, in the ballot promised', proposal(3, 1, 8), [5, 6, 8], 5],
    ['a first vote in a higher ballot, which raises the promise', proposal(3, 2, 7), [5, 6, 7], 5],
    ['a vote instead of an earlier one', proposal(4, 0, 5), [5, 6], 5],
    ['a vote beyond the window, which begins later then', proposal(4, 0, 9), [6, 9], 6],
    ['a vote far beyond the window', proposal(4, 0, LAST), [LAST], LAST - 3],
  ])('casts %s', (_, msg, operations, logTruncationPoint) => {
    if (msg.type !== '2a') throw new TypeError('this is no proposal');
    const { state, sends } = receive(vote, counting, 'a', msg);
    const cast = { ballot: msg.ballot, batch: BATCH };
    const votes = new Map([...VOTES, [msg.operation, cast] as const]);
    const kept = operations.map((operation) => [operation, votes.get(operation)]);
    expect(state).toEqual(
      withPart(counting, 'acceptor', {
        maxBallot: msg.ballot,
        votes: new Map(kept as [number, typeof cast][]),
        logTruncationPoint,
      }),
    );
    expect(sends).toEqual(toAll({ ...msg, type: '2b' }));
  });

  test('votes for an operation before the log, but keeps no such vote', () => {
    const msg = proposal(4, 0, 4);
    const { state, sends } = receive(vote, counting, 'a', msg);
    expect(state).toEqual(withPart(counting, 'acceptor', { maxBallot: ballot(4, 0) }));
    expect(sends).toEqual(toAll({ ...msg, type: '2b' } as Message));
  });

  test('does not ask whether the proposer is the ballot’s, for only that one uses it', () => {
    expect(receive(vote, counting, 'c', proposal(5, 0, 5)).sends).toHaveLength(3);
  });
});

const REPEAT_VOTES_REFUSES: readonly Row[] = [
  [
    'lost messages are repeated',
    replica({ acceptor: ACCEPTOR }, COMPATIBLE),
    'a',
    { type: 'voteRequest', operation: 5 },
  ],
  ['there is such a vote', counting, 'a', { type: 'voteRequest', operation: 7 }],
  ['there is such a vote', replica(), 'a', { type: 'voteRequest', operation: 0 }],
];

describe('rsl: repeatVotes', () => {
  test.each(REPEAT_VOTES_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(repeatVotes, r, src, msg)).toEqual({ failed: because });
  });

  test.each([
    [0, [5, 6, 7]],
    [5, [5, 6, 7]],
    [6, [6, 7]],
    [7, [7]],
  ])('from %i on tells the votes for %j, in order, to whoever asked', (operation, expected) => {
    const votes = votesOf([7, 1, 'z'], [5, 1, 'x'], [6, 2, 'y']);
    const r = replica({ acceptor: { ...ACCEPTOR, votes } });
    const { state, sends } = receive(repeatVotes, r, 'c', { type: 'voteRequest', operation });
    expect(state).toBe(r);
    const repeated = expected.map((voted) => ({
      src: 'b',
      dst: 'c',
      msg: { type: '2b', operation: voted, ...votes.get(voted) },
    }));
    expect(sends).toEqual(repeated);
  });

  test('says what was said when the vote was cast', () => {
    const cast = receive(vote, replica(), 'a', proposal(1, 0, 0));
    const asked = receive(repeatVotes, cast.state, 'c', { type: 'voteRequest', operation: 0 });
    expect(asked.sends).toEqual(cast.sends.filter(({ dst }) => dst === 'c'));
  });
});

const TRUNCATE_REFUSES: readonly (readonly [string, Replica])[] = [
  ['a quorum has executed operations that the log still has', replica()],
  ...[
    [9, 5, 5],
    [5, 9, 0],
    [9, 0, 0],
  ].map(
    (lastCheckpointed) =>
      [
        'a quorum has executed operations that the log still has',
        replica({ acceptor: { ...ACCEPTOR, lastCheckpointed } }),
      ] as const,
  ),
];

describe('rsl: truncateLog', () => {
  test.each(TRUNCATE_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(truncate, r)).toEqual({ failed: because });
  });

  test.each([
    [[9, 6, 0], 6, votesOf([6, 2, 'y'])],
    [[0, 6, 6], 6, votesOf([6, 2, 'y'])],
    [[8, 7, 9], 8, new Map()],
  ])('where the checkpoints are %j, the log begins at %i', (lastCheckpointed, from, votes) => {
    const r = replica({ acceptor: { ...ACCEPTOR, lastCheckpointed } });
    const { state, sends } = take(truncate, r);
    expect(state).toEqual(withPart(r, 'acceptor', { votes, logTruncationPoint: from }));
    expect(sends).toEqual([]);
    expect(guardOfTaking(truncate, state)).toBeDefined();
  });

  test.each([
    [[4], 1, 4],
    [[4, 9], 2, 4],
    [[4, 9, 6], 2, 6],
    [[4, 9, 6, 1], 3, 4],
    [[4, 9, 6, 1, 5], 3, 5],
  ])('of %j the quorum of %i has come to %i', (lastCheckpointed, quorum, operation) => {
    const { acceptor } = replica({ acceptor: { lastCheckpointed } });
    expect(quorumCheckpoint(acceptor, quorum)).toBe(operation);
  });

  test.each([0, 4, 5])('a log that begins at 5 already begins at %i', (from) => {
    expect(truncateLog(counting.acceptor, from)).toBe(counting.acceptor);
  });
});

describe('rsl: what replicas say of their checkpoints', () => {
  const { acceptor } = replica({ acceptor: { lastCheckpointed: [3, 4, 5] } });

  test('is remembered of each for itself, if it is more than before', () => {
    const noted = noteCheckpoint(acceptor, 1, 5);
    expect(noted).toEqual({ ...acceptor, lastCheckpointed: [3, 5, 5] });
  });

  test.each([0, 3, 4])('is nothing new where it is %i and was 4', (checkpoint) => {
    expect(noteCheckpoint(acceptor, 1, checkpoint)).toBe(acceptor);
  });
});

test('every clause of the acceptor has a row in which it fails', () => {
  const rows = [
    ...PROMISE_REFUSES,
    ...REPEAT_PROMISE_REFUSES,
    ...VOTE_REFUSES,
    ...REPEAT_VOTES_REFUSES,
    ...TRUNCATE_REFUSES,
  ].map(([because]) => because);
  expect(untried(clausesOf(new URL('./acceptor.ts', import.meta.url)), rows)).toEqual([]);
});
