import { describe, expect, test } from 'vitest';
import type { Content, Message } from '../../protocol/sht/messages.ts';
import { writeMessage } from '../../refinement/sht/wire.ts';
import { refusalOf } from '../testing/refusalOf.ts';
import { CallWitness } from './calls.ts';

const single = (seqno: number, content: Content): Uint8Array =>
  writeMessage({ type: 'single', seqno, dst: 'aa', content }, false);

const set = (key: bigint, value: string | undefined): Content => ({ type: 'set', key, value });
const get = (key: bigint): Content => ({ type: 'get', key });
const reply = (key: bigint, value?: string): Content => ({ type: 'reply', key, value });
const redirect = (key: bigint): Content => ({ type: 'redirect', key, owner: 'b0' });
const SHARD: Content = { type: 'shard', range: { low: 0n, high: 9n }, recipient: 'b0' };
const STATUS_REQUEST: Content = { type: 'statusRequest', from: 0n, samples: 0 };
const NO_HOST: Content = { type: 'refusal', reason: 'the recipient is no host' };
const TOO_LONG: Content = { type: 'refusal', reason: 'the value is too long' };

/** A client puts something to a0, or a0 says something to it, under a number. */
type Happening = readonly [client: string, what: 'asks' | 'hears', seqno: number, Content];

function witnessOf(happenings: readonly Happening[], compatible = false): CallWitness {
  const witness = new CallWitness(compatible);
  for (const [client, what, seqno, content] of happenings) {
    const msg = single(seqno, content);
    if (what === 'asks') witness.asked({ src: client, dst: 'a0', msg });
    else witness.answered({ src: 'a0', dst: client, msg });
  }
  return witness;
}

const ORDER = 'requests are answered in the order of their numbers';
const EXPLAINS = 'some order of the calls explains every reply';

type Row = [what: string, happenings: readonly Happening[], law?: string];

const ROWS: readonly Row[] = [
  ['nothing at all', []],
  [
    'a value that was set before',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'hears', 1, reply(5n, 'x')],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'x')],
    ],
  ],
  [
    'a value that was set, and is not found',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'hears', 1, reply(5n, 'x')],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n)],
    ],
    EXPLAINS,
  ],
  [
    'a value that was never answered, found',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'x')],
    ],
  ],
  [
    'a value that was not set, as the client was sent elsewhere',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'hears', 1, redirect(5n)],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'x')],
    ],
    EXPLAINS,
  ],
  [
    'a value that was too long, found',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'hears', 1, TOO_LONG],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'x')],
    ],
    EXPLAINS,
  ],
  [
    'answers in the order of the requests, between which orders are obeyed',
    [
      ['01', 'asks', 1, SHARD],
      ['01', 'asks', 2, set(5n, 'x')],
      ['01', 'asks', 3, SHARD],
      ['01', 'asks', 4, get(5n)],
      ['01', 'hears', 1, reply(5n, 'x')],
      ['01', 'hears', 2, reply(5n, 'x')],
    ],
  ],
  [
    'an order that is refused, and then an answer',
    [
      ['01', 'asks', 1, SHARD],
      ['01', 'asks', 2, get(5n)],
      ['01', 'hears', 1, NO_HOST],
      ['01', 'hears', 2, reply(5n)],
    ],
  ],
  ['an answer to nobody', [['01', 'hears', 1, reply(5n)]], 'only what was asked is answered'],
  [
    'two answers to one request',
    [
      ['01', 'asks', 1, get(5n)],
      ['01', 'hears', 1, reply(5n)],
      ['01', 'hears', 2, reply(5n)],
    ],
    'only what was asked is answered',
  ],
  [
    'a request that is passed over',
    [
      ['01', 'asks', 1, STATUS_REQUEST],
      ['01', 'asks', 2, get(5n)],
      ['01', 'hears', 1, reply(5n)],
    ],
    ORDER,
  ],
  [
    'an answer about another key',
    [
      ['01', 'asks', 1, get(5n)],
      ['01', 'asks', 2, get(6n)],
      ['01', 'hears', 1, reply(6n)],
    ],
    'a request is answered for its key',
  ],
  [
    'the same again',
    [
      ['01', 'asks', 1, get(5n)],
      ['01', 'hears', 1, reply(5n)],
      ['01', 'hears', 1, reply(5n)],
    ],
  ],
  [
    'something else again',
    [
      ['01', 'asks', 1, get(5n)],
      ['01', 'hears', 1, reply(5n)],
      ['01', 'hears', 1, reply(5n, 'x')],
    ],
    'what is said again is what was said before',
  ],
  [
    'one of two requests that have one number',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'asks', 1, set(5n, 'y')],
      ['01', 'hears', 1, reply(5n, 'x')],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'y')],
    ],
  ],
  [
    'a request under a number that was answered before',
    [
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'hears', 1, reply(5n, 'x')],
      ['01', 'asks', 1, set(5n, 'y')],
      ['02', 'asks', 1, get(5n)],
      ['02', 'hears', 1, reply(5n, 'y')],
    ],
    EXPLAINS,
  ],
];

describe('a witness of calls', () => {
  test.each<Row>(ROWS)('judges %s', (_, happenings, law) => {
    const judge = () => witnessOf(happenings).judge();
    if (law === undefined) expect(judge).not.toThrow();
    else expect(refusalOf(judge)).toMatchObject({ boundary: 'B7', clause: law });
  });

  test('knows that the original leaves some requests without an answer', () => {
    const happenings: readonly Happening[] = [
      ['01', 'asks', 1, set(5n, 'x'.repeat(1_024))],
      ['01', 'asks', 2, get(5n)],
      ['01', 'hears', 1, reply(5n)],
    ];
    expect(() => witnessOf(happenings, true).judge()).not.toThrow();
    expect(refusalOf(() => witnessOf(happenings).judge()).clause).toContain('is answered');
  });

  test('counts the calls, and takes no rubbish for one', () => {
    const witness = witnessOf([
      ['01', 'asks', 1, set(5n, 'x')],
      ['01', 'asks', 2, SHARD],
      ['01', 'asks', 3, get(5n)],
    ]);
    const ack: Message = { type: 'ack', seqno: 7 };
    const rubbish = [new Uint8Array(0), single(9, get(5n)).slice(1), writeMessage(ack, false)];
    for (const msg of rubbish) witness.asked({ src: '02', dst: 'a0', msg });
    witness.judge();
    expect(witness.testimony).toEqual({ calls: 2, undecided: 0 });
  });
});
