import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { CounterService } from '../apps/counter.ts';
import { Acceptor } from './acceptor.ts';
import { batchOf, EMPTY_BATCH } from './batch.ts';
import { constantsOf } from './constants.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';

const ballot = (seqno: number) => ({ seqno, proposer: 0 });

const operation = fc.oneof({ weight: 9, arbitrary: fc.nat(30) }, fc.nat(2 ** 40));

test('the log has the latest vote for each operation of the window, and nothing else', () => {
  const step = fc.tuple(fc.constantFrom('vote', 'truncate', 'checkpoint'), operation, fc.nat(9));
  const lengths = fc.constantFrom(1, 3, 8, 2 ** 45);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), lengths, (steps, maxLogLength) => {
      const replicas = ['a0', 'b0', 'c0'];
      const acceptor = new Acceptor(constantsOf('a0', replicas, { ...DEFAULT, maxLogLength }));
      let votes = new Map<number, number>();
      let from = 0;
      const checkpoints = [0, 0, 0];
      const truncate = (to: number): void => {
        from = Math.max(from, to);
        votes = new Map([...votes].filter(([voted]) => voted >= from));
      };
      for (const [kind, at, size] of steps) {
        if (kind === 'vote') {
          const request = { client: '01', seqno: 1, request: new Uint8Array(size) };
          acceptor.record(at, ballot(1), batchOf([request]));
          const isKept = at >= from;
          truncate(at - maxLogLength + 1);
          if (isKept) votes.set(at, 8 + 24 + 1 + size);
        } else if (kind === 'truncate') {
          acceptor.truncateLog(at);
          truncate(at);
        } else {
          acceptor.noteCheckpoint(size % 3, at);
          checkpoints[size % 3] = Math.max(checkpoints[size % 3] ?? 0, at);
        }
        expect(acceptor.logTruncationPoint).toBe(from);
        expect(new Set(acceptor.votes.keys())).toEqual(new Set(votes.keys()));
        expect(acceptor.voteBytes).toBe([...votes.values()].reduce((sum, each) => sum + each, 0));
        expect(acceptor.lastCheckpointed).toEqual(checkpoints);
        expect(acceptor.quorumCheckpoint).toBe([...checkpoints].sort((a, b) => b - a)[1]);
        for (const later of [0, from, at, at + 1]) {
          const expected = [...votes.keys()].filter((voted) => voted >= later);
          expect(acceptor.hasVotedFrom(later)).toBe(expected.length > 0);
          const found = acceptor.votesFrom(later).map(([voted]) => voted);
          expect(found).toEqual(expected.sort((a, b) => a - b));
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** Replica 1 hears these from replica 0; the actions, and the messages that it sends. */
function hears(parameters: typeof DEFAULT, ...msgs: readonly Message[]) {
  const cluster = new RunningReplicas(3, parameters, CounterService);
  const sent: string[] = [];
  cluster.isLost = ({ src, dst, bytes }) => {
    if (src === 'b0') sent.push(`${dst} ${bytes[7]}`);
    return src === 'b0';
  };
  const actions = msgs.map((msg) => {
    cluster.send('a0', 'b0', msg);
    return cluster.step(1);
  });
  return { actions, sent, acceptor: cluster.replica(1).acceptor };
}

const prepare = (seqno: number): Message => ({ type: '1a', ballot: ballot(seqno) });
const propose = (seqno: number, at: number): Message => ({
  type: '2a',
  ballot: ballot(seqno),
  operation: at,
  batch: EMPTY_BATCH,
});

test('a promise is never taken back, and repeated only while nothing was voted for in it', () => {
  const heard = hears(DEFAULT, prepare(2), prepare(2), prepare(1), propose(1, 0), propose(2, 0));
  expect(heard.actions).toEqual(['promise', 'repeatPromise', 'ignore', 'ignore', 'vote']);
  expect(heard.sent).toEqual(['a0 2', 'a0 2', 'a0 4', 'b0 4', 'c0 4']);
  expect(hears(DEFAULT, propose(2, 0), prepare(2)).actions).toEqual(['vote', 'ignore']);
  expect(hears(COMPATIBLE, prepare(2), prepare(2)).actions).toEqual(['promise', 'ignore']);
});

test('votes are told again from the operation that is asked for, in order', () => {
  const votes = [propose(1, 3), propose(1, 1), propose(1, 2)];
  const asked = (from: number): Message => ({ type: 'voteRequest', operation: from });
  const { actions, sent } = hears(DEFAULT, ...votes, asked(2), asked(4));
  expect(actions.slice(3)).toEqual(['repeatVotes', 'ignore']);
  expect(sent.slice(9)).toEqual(['a0 4', 'a0 4']);
});
