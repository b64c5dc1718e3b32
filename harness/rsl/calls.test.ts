import { describe, expect, test } from 'vitest';
import type { Message } from '../../protocol/rsl/messages.ts';
import { wireOf } from '../../refinement/rsl/wire.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { encodeReply, encodeRequest } from '../../spec/apps/keyValueMessages.ts';
import { type Bytes, u64 } from '../../spec/framework/bytes.ts';
import { refusalOf } from '../testing/refusalOf.ts';
import { CallWitness } from './calls.ts';

const wire = wireOf(counter, false);
const SET = encodeRequest({ type: 'set', key: 'x', value: '1' });
const GET = encodeRequest({ type: 'get', key: 'x' });
const DONE = encodeReply({ type: 'setSuccess' });
const FOUND = encodeReply({ type: 'getFound', value: '1' });
const UNFOUND = encodeReply({ type: 'getUnfound' });

/** A client puts a request to a0, or a0 gives an answer to it. */
type Happening = readonly [client: string, seqno: number, 'asks' | 'hears', Bytes];

function witnessOf(application: 'counter' | 'kv', happenings: readonly Happening[]): CallWitness {
  const witness = new CallWitness(application);
  for (const [client, seqno, what, bytes] of happenings) {
    if (what === 'asks') {
      const msg = wire.write({ type: 'request', seqno, request: bytes });
      witness.asked({ src: client, dst: 'a0', msg });
    } else {
      const msg = wire.write({ type: 'reply', seqno, reply: bytes });
      witness.answered({ src: 'a0', dst: client, msg });
    }
  }
  return witness;
}

const ROWS: readonly (readonly [string, 'counter' | 'kv', readonly Happening[], string?])[] = [
  ['nothing at all', 'kv', []],
  [
    'a value that was set before',
    'kv',
    [
      ['01', 1, 'asks', SET],
      ['01', 1, 'hears', DONE],
      ['02', 1, 'asks', GET],
      ['02', 1, 'hears', FOUND],
    ],
  ],
  [
    'a value that is being set',
    'kv',
    [
      ['01', 1, 'asks', SET],
      ['02', 1, 'asks', GET],
      ['02', 1, 'hears', FOUND],
      ['02', 2, 'asks', GET],
      ['02', 2, 'hears', FOUND],
    ],
  ],
  [
    'a value that was set, and is not found',
    'kv',
    [
      ['01', 1, 'asks', SET],
      ['01', 1, 'hears', DONE],
      ['02', 1, 'asks', GET],
      ['02', 1, 'hears', UNFOUND],
    ],
    'B7',
  ],
  [
    'a value that nobody set',
    'kv',
    [
      ['02', 1, 'asks', GET],
      ['02', 1, 'hears', FOUND],
    ],
    'B7',
  ],
  [
    'a value that was found, and then not',
    'kv',
    [
      ['01', 1, 'asks', SET],
      ['02', 1, 'asks', GET],
      ['02', 1, 'hears', FOUND],
      ['02', 2, 'asks', GET],
      ['02', 2, 'hears', UNFOUND],
    ],
    'B7',
  ],
  [
    'an increment that counted though it was not answered',
    'counter',
    [
      ['01', 1, 'asks', INCREMENT],
      ['02', 1, 'asks', INCREMENT],
      ['02', 1, 'hears', u64(2)],
    ],
  ],
  [
    'an increment that counted twice',
    'counter',
    [
      ['01', 1, 'asks', INCREMENT],
      ['01', 1, 'asks', INCREMENT],
      ['02', 1, 'asks', INCREMENT],
      ['02', 1, 'hears', u64(3)],
    ],
    'B7',
  ],
  [
    'one of two requests under one number',
    'counter',
    [
      ['bad1', 1, 'asks', INCREMENT],
      ['bad1', 1, 'asks', 'x'],
      ['bad1', 1, 'hears', u64(0)],
      ['01', 1, 'asks', INCREMENT],
      ['01', 1, 'hears', u64(2)],
    ],
  ],
  [
    'the same answer twice',
    'counter',
    [
      ['01', 1, 'asks', INCREMENT],
      ['01', 1, 'hears', u64(1)],
      ['01', 1, 'hears', u64(1)],
    ],
  ],
];

describe('who sees a service only from outside', () => {
  const rows = ROWS.map(([what, ...row]) => ({ what, row }));

  test.each(rows)('judges $what', ({ row: [application, happenings, boundary] }) => {
    const witness = witnessOf(application, happenings);
    if (boundary === undefined) {
      expect(() => witness.judge()).not.toThrow();
      expect(witness.testimony.undecided).toBe(0);
      expect(witness.testimony.calls > 0).toBe(happenings.length > 0);
    } else {
      expect(refusalOf(() => witness.judge()).boundary).toBe(boundary);
    }
  });

  test.each<readonly [law: string, happenings: readonly Happening[]]>([
    ['only what was asked is answered', [['01', 1, 'hears', u64(1)]]],
    [
      'only what was asked is answered',
      [
        ['01', 1, 'asks', INCREMENT],
        ['02', 1, 'hears', u64(1)],
      ],
    ],
    [
      'a request has one answer',
      [
        ['01', 1, 'asks', INCREMENT],
        ['01', 1, 'hears', u64(1)],
        ['01', 1, 'hears', u64(2)],
      ],
    ],
  ])('sees at once that %s', (law, happenings) => {
    const refusal = refusalOf(() => witnessOf('counter', happenings));
    expect([refusal.boundary, refusal.clause]).toEqual(['B7', law]);
  });

  test('hears neither what replicas say to each other nor what says nothing', () => {
    const witness = new CallWitness('kv');
    const said: readonly Message[] = [
      { type: 'voteRequest', operation: 1 },
      {
        type: 'appStateSupply',
        ballot: { seqno: 1, proposer: 0 },
        operation: 1,
        app: new Map(),
        replyCache: [],
      },
    ];
    for (const each of said) {
      const msg = wireOf(keyValue, false).write(each);
      witness.asked({ src: 'bad1', dst: 'a0', msg });
      witness.answered({ src: 'a0', dst: 'bad1', msg });
    }
    for (const msg of [
      new Uint8Array(0),
      new Uint8Array(8),
      new Uint8Array([0, 0, 0, 0, 0, 0, 0, 6]),
    ]) {
      witness.asked({ src: 'bad1', dst: 'a0', msg });
      witness.answered({ src: 'a0', dst: 'bad1', msg });
    }
    witness.judge();
    expect(witness.testimony).toEqual({ calls: 0, undecided: 0 });
  });
});
