import { describe, expect, test } from 'vitest';
import { CounterService } from '../apps/counter.ts';
import type { Io } from '../framework/io.ts';
import { batchOf } from './batch.ts';
import { marshal } from './marshal.ts';
import type { Message, Vote } from './messages.ts';
import { COMPATIBLE } from './parameters.ts';
import { parse } from './parse.ts';
import { Replica } from './replica.ts';

const REPLICAS = ['a0', 'b0', 'c0'] as const;
const FIRST = { seqno: 1, proposer: 0 };
const NEXT = { seqno: 2, proposer: 0 };

const ask = (client: string) => ({ client, seqno: 1, request: new Uint8Array(8) });
const OLD: Vote = { ballot: { seqno: 0, proposer: 2 }, batch: batchOf([ask('01')]) };

/** The first of three replicas, whom nobody hears, and who hears what the test says. */
function alone() {
  const replica = new Replica('a0', REPLICAS, COMPATIBLE, CounterService);
  const proposed: (Message & { type: '2a' })[] = [];
  const step = (packet?: { readonly src: string; readonly msg: Message }, now = 0): string => {
    const io: Io = {
      receive: () => packet && { src: packet.src, bytes: marshal(packet.msg) },
      readClock: () => now,
      send: (dst, bytes) => {
        const msg = parse(bytes, true);
        if (dst === 'b0' && msg?.type === '2a') proposed.push(msg);
      },
    };
    return replica.step(io, packet === undefined ? 'deadline' : 'packet');
  };
  return { replica, proposed, step };
}

const promise = (
  ballot: typeof FIRST,
  from: number,
  votes: readonly [number, Vote][],
): Message => ({
  type: '1b',
  ballot,
  logTruncationPoint: from,
  votes,
});

/** The view is over, and the one after the next two is this replica's again. */
const LATER: Message = { type: 'heartbeat', view: NEXT, suspicious: false, checkpoint: 0 };

const hasVoted = (operation: number, vote: Vote): Message => ({
  type: '2b',
  ballot: vote.ballot,
  operation,
  batch: vote.batch,
});

describe('a replica that leads again', () => {
  test('goes by what promises of its new ballot tell, and by no others', () => {
    const { replica, proposed, step } = alone();
    expect(step()).toBe('startPhase1');
    expect(step({ src: 'c0', msg: promise(FIRST, 0, [[0, OLD]]) })).toBe('collectPromise');
    step({ src: 'b0', msg: LATER });
    expect(step()).toBe('startPhase1');
    step({ src: 'a0', msg: promise(NEXT, 0, []) });
    step({ src: 'b0', msg: promise(NEXT, 0, []) });
    expect(step()).toBe('startPhase2');
    expect(replica.nextDeadline()).toBeGreaterThan(Number.NEGATIVE_INFINITY);
    step({ src: '02', msg: { type: 'request', seqno: 1, request: new Uint8Array(8) } });
    expect(step()).toBe('startBatchTimer');
    expect(step(undefined, COMPATIBLE.maxBatchDelay)).toBe('proposeBatch');
    expect(proposed.map(({ batch }) => batch.requests.map(({ client }) => client))).toEqual([
      ['02'],
    ]);
  });

  test('fills a gap in what they tell of, whatever others told of it before', () => {
    const { proposed, step } = alone();
    step();
    expect(step({ src: 'c0', msg: promise(FIRST, 0, [[0, OLD]]) })).toBe('collectPromise');
    step({ src: 'b0', msg: LATER });
    step();
    for (const src of ['a0', 'b0']) step({ src, msg: promise(NEXT, 0, [[1, OLD]]) });
    expect([step(), step(), step()]).toEqual(['startPhase2', 'fillGap', 'proposeVoted']);
    expect(proposed.map(({ batch }) => batch.requests.length)).toEqual([0, 1]);
  });

  test('sets its timer anew after it has filled a gap', () => {
    const { replica, proposed, step } = alone();
    step();
    for (const src of ['a0', 'b0']) step({ src, msg: promise(FIRST, 0, []) });
    step();
    step({ src: '01', msg: { type: 'request', seqno: 1, request: new Uint8Array(8) } });
    expect(step()).toBe('startBatchTimer');
    // Another leader has the request executed.
    for (const src of ['b0', 'c0']) expect(step({ src, msg: hasVoted(0, OLD) })).toBe('learn');
    expect([step(), step()]).toEqual(['decide', 'execute']);
    step({ src: 'b0', msg: LATER });
    expect(step()).toBe('startPhase1');
    for (const src of ['b0', 'c0']) step({ src, msg: promise(NEXT, 1, [[2, OLD]]) });
    expect(step()).toBe('startPhase2');
    expect(replica.proposer.batchDeadline).toBe(COMPATIBLE.maxBatchDelay);
    expect([step(), step()]).toEqual(['fillGap', 'proposeVoted']);
    expect(proposed.map(({ operation, batch }) => [operation, batch.requests.length])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(replica.proposer.batchDeadline).toBeUndefined();
  });
});
