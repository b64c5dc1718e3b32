import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  COMPATIBLE,
  guardOfReceiving,
  PARAMETERS,
  receive,
  replica,
  request,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import { MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import { INCREMENT } from '../../spec/apps/counter.ts';
import { answerFromCache, receiveRequest } from './clients.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';

const ask = (seqno: number, asked = INCREMENT): Message => ({
  type: 'request',
  seqno,
  request: asked,
});

const LONGEST = 'x'.repeat(MAX_REQUEST_BYTES);
const TOO_LONG = `${LONGEST}x`;

const CACHE = { replyCache: new Map([['client', { seqno: 5, reply: 'five' }]]) };

const cached = replica({ executor: CACHE });
const fresh = replica();

type Row = readonly [because: string, r: Replica, src: string, msg: Message];

const ANSWER_REFUSES: readonly Row[] = [
  ['the request is not too long', cached, 'client', ask(5, TOO_LONG)],
  ['it is settled', cached, 'client', ask(6)],
  ['it is settled', cached, 'other', ask(5)],
  ['it is settled', fresh, 'client', ask(0)],
];

describe('rsl: answerFromCache', () => {
  test.each(ANSWER_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(answerFromCache, r, src, msg)).toEqual({ failed: because });
  });

  test.each([
    [5, PARAMETERS],
    [4, PARAMETERS],
    [0, PARAMETERS],
    [4, COMPATIBLE],
  ])('answers request %i with the latest reply, under the latest number', (seqno, parameters) => {
    const r = replica({ executor: CACHE }, parameters);
    const { state, sends } = receive(answerFromCache, r, 'client', ask(seqno));
    expect(state).toBe(r);
    expect(sends).toEqual([
      { src: 'b', dst: 'client', msg: { type: 'reply', seqno: 5, reply: 'five' } },
    ]);
  });
});

const RECEIVE_REFUSES: readonly Row[] = [
  ['the request is not too long', fresh, 'client', ask(1, TOO_LONG)],
  ['the request is not too long', replica({}, COMPATIBLE), 'client', ask(1, TOO_LONG)],
  ['it is not settled, unless such are executed again', cached, 'client', ask(5)],
  ['it is not settled, unless such are executed again', cached, 'client', ask(1)],
];

describe('rsl: receiveRequest', () => {
  test.each(RECEIVE_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(receiveRequest, r, src, msg)).toEqual({ failed: because });
  });

  test('a replica that does not lead remembers the request', () => {
    const { state, sends } = receive(receiveRequest, cached, 'client', ask(6));
    const receivedThisEpoch = [request('client', 6)];
    expect(state).toEqual(withPart(cached, 'election', { receivedThisEpoch }));
    expect(sends).toEqual([]);
  });

  test.each([1, 2] as const)('a replica in phase %i queues it, too', (phase) => {
    const r = replica({ proposer: { phase } });
    const { state, sends } = receive(receiveRequest, r, 'client', ask(6));
    const waiting = withPart(r, 'election', { receivedThisEpoch: [request('client', 6)] });
    expect(state).toEqual(
      withPart(waiting, 'proposer', {
        requestQueue: [request('client', 6)],
        highestRequested: new Map([['client', 6]]),
      }),
    );
    expect(sends).toEqual([]);
  });

  test('what is known already changes nothing', () => {
    const { state } = receive(receiveRequest, replica({ proposer: { phase: 2 } }), 'c', ask(6));
    expect(receive(receiveRequest, state, 'c', ask(6)).state).toBe(state);
  });

  test('in the compatible preset what is settled may be received again', () => {
    const r = replica({ executor: CACHE, proposer: { phase: 2 } }, COMPATIBLE);
    const { state } = receive(receiveRequest, r, 'client', ask(5));
    expect(state.proposer.requestQueue).toEqual([request('client', 5)]);
  });

  test('the longest request there may be is received', () => {
    const { state } = receive(receiveRequest, fresh, 'client', ask(1, LONGEST));
    expect(state.election.receivedThisEpoch).toHaveLength(1);
  });
});

test('every clause about requests has a row in which it fails', () => {
  const rows = [...ANSWER_REFUSES, ...RECEIVE_REFUSES].map(([because]) => because);
  expect(untried(clausesOf(new URL('./clients.ts', import.meta.url)), rows)).toEqual([]);
});
