import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import { parse } from '../../impl/rsl/parse.ts';
import type { Message, Request } from '../../protocol/rsl/messages.ts';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import { ofBytes } from '../framework/byteStrings.ts';
import { readerOf } from './messages.ts';
import { INVALID, wireOf } from './wire.ts';

const hex = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const n = (value: number): string => value.toString(16).padStart(16, '0');

const [COMPATIBLE, DEFAULT] = [true, false];
const wire = (compatible: boolean) => wireOf(counter, compatible);
const asImpl = (compatible: boolean) => readerOf(CounterService, counter, compatible);

const ballot = { seqno: 1, proposer: 0 };
const BALLOT = `${n(1)} ${n(0)}`;
const NAME = `${'ab'.repeat(32)}`;
const ask = (client: string, seqno: number, request = u64(0)): Request => ({
  client,
  seqno,
  request,
});

/** The test vectors of the original, and what they say. */
const VECTORS: readonly (readonly [bytes: string, Message])[] = [
  [`${n(0)} ${n(0)} ${n(8)} ${n(0)}`, { type: 'request', seqno: 0, request: u64(0) }],
  [`${n(6)} ${n(0)} ${n(8)} ${n(1)}`, { type: 'reply', seqno: 0, reply: u64(1) }],
  [`${n(1)} ${BALLOT}`, { type: '1a', ballot }],
  [
    `${n(2)} ${BALLOT} ${n(0)} ${n(0)}`,
    { type: '1b', ballot, logTruncationPoint: 0, votes: new Map() },
  ],
  [`${n(3)} ${BALLOT} ${n(0)} ${n(0)}`, { type: '2a', ballot, operation: 0, batch: [] }],
  [
    `${n(5)} ${BALLOT} ${n(0)} ${n(0)}`,
    { type: 'heartbeat', view: ballot, suspicious: false, checkpoint: 0 },
  ],
  [`${n(7)} ${BALLOT} ${n(7)}`, { type: 'appStateRequest', ballot, operation: 7 }],
  [`${n(9)} ${BALLOT} ${n(0)}`, { type: 'startingPhase2', ballot, logTruncationPoint: 0 }],
  // A vote: operation, ballot, batch; and in it a request of a client whose name has 32 bytes.
  [
    `${n(2)} ${BALLOT} ${n(3)} ${n(1)} ${n(4)} ${BALLOT} ${n(1)} ${n(32)}${NAME}${n(5)}${n(8)}${n(0)}`,
    {
      type: '1b',
      ballot,
      logTruncationPoint: 3,
      votes: new Map([[4, { ballot, batch: [ask(NAME, 5)] }]]),
    },
  ],
  [
    `${n(4)} ${BALLOT} ${n(2)} ${n(2)} ${n(1)}01 ${n(1)} ${n(0)} ${n(0)} ${n(2)} ${n(1)}ff`,
    { type: '2b', ballot, operation: 2, batch: [ask('01', 1, ''), ask('', 2, '\xff')] },
  ],
  [
    `${n(8)} ${BALLOT} ${n(3)} ${n(8)} ${n(9)}`,
    { type: 'appStateSupply', ballot, operation: 3, app: 9n, replyCache: undefined },
  ],
];

/** What the original does not know. */
const NEW: readonly (readonly [bytes: string, Message])[] = [
  [`${n(10)} ${n(7)}`, { type: 'voteRequest', operation: 7 }],
  [
    `${n(11)} ${BALLOT} ${n(3)} ${n(8)} ${n(9)} ${n(1)} ${n(1)}01 ${n(4)} ${n(8)} ${n(9)}`,
    {
      type: 'appStateSupply',
      ballot,
      operation: 3,
      app: 9n,
      replyCache: [['01', { seqno: 4, reply: u64(9) }]],
    },
  ],
];

describe('messages as bytes', () => {
  test.each(VECTORS)('%s is what the original writes', (bytes, msg) => {
    for (const compatible of [COMPATIBLE, DEFAULT]) {
      expect(wire(compatible).read(hex(bytes))).toEqual(msg);
      expect(wire(compatible).write(msg)).toEqual(hex(bytes));
      expect(asImpl(compatible)(hex(bytes))).toEqual(msg);
    }
  });

  test.each(NEW)('%s says nothing to the original, and something to others', (bytes, msg) => {
    expect(wire(DEFAULT).read(hex(bytes))).toEqual(msg);
    expect(wire(DEFAULT).write(msg)).toEqual(hex(bytes));
    expect(asImpl(DEFAULT)(hex(bytes))).toEqual(msg);
    expect(wire(COMPATIBLE).read(hex(bytes))).toEqual(INVALID);
    expect(() => wire(COMPATIBLE).write(msg)).toThrow(RangeError);
    expect(asImpl(COMPATIBLE)(hex(bytes))).toEqual(INVALID);
  });

  test.each([
    ['nothing at all', ''],
    ['a case that is none', n(12)],
    ['the largest case there could be', 'f'.repeat(16)],
    ['a byte too many', `${n(1)} ${BALLOT} 00`],
    ['a byte too few', `${n(1)} ${BALLOT}`.slice(0, -2)],
    ['a number beyond what is counted', `${n(10)} 0020000000000000`],
    ['a suspicion beyond what is counted', `${n(5)} ${BALLOT} ffffffffffffffff ${n(0)}`],
    ['a state that no counter wrote', `${n(8)} ${BALLOT} ${n(3)} ${n(7)} 00000000000000`],
    ['more requests than there is room for', `${n(3)} ${BALLOT} ${n(0)} ${n(100)} ${n(0)}`],
    ['more votes than there is room for', `${n(2)} ${BALLOT} ${n(0)} ${n(2 ** 50)}`],
    ['more replies than there is room for', `${n(11)} ${BALLOT} ${n(0)} ${n(8)}${n(0)} ${n(9)}`],
  ])('%s says nothing', (_, bytes) => {
    for (const compatible of [COMPATIBLE, DEFAULT]) {
      expect(wire(compatible).read(hex(bytes))).toEqual(INVALID);
      expect(asImpl(compatible)(hex(bytes))).toEqual(INVALID);
    }
  });

  test('any suspicion but none is one, and of votes for one operation the first counts', () => {
    const suspicion = hex(`${n(5)} ${BALLOT} 001fffffffffffff ${n(0)}`);
    const vote = (seqno: number) => `${n(4)} ${n(seqno)} ${n(0)} ${n(0)}`;
    const votes = hex(`${n(2)} ${BALLOT} ${n(0)} ${n(3)} ${vote(7)} ${vote(8)} ${vote(9)}`);
    for (const read of [wire(COMPATIBLE).read, asImpl(COMPATIBLE)]) {
      expect(read(suspicion)).toMatchObject({ type: 'heartbeat', suspicious: true });
      const cast = { ballot: { seqno: 7, proposer: 0 }, batch: [] };
      expect(read(votes)).toMatchObject({ type: '1b', votes: new Map([[4, cast]]) });
    }
  });

  test('nothing is not written, nor is a client whose name is no bytes', () => {
    expect(() => wire(DEFAULT).write(INVALID)).toThrow(RangeError);
    const batch = [ask('somebody', 1)];
    expect(() => wire(DEFAULT).write({ type: '2a', ballot, operation: 0, batch })).toThrow(
      SyntaxError,
    );
  });
});

const [MEBIBYTE, LONGEST] = [2 ** 20, 2 ** 27];

/** Bytes that begin so, and then so many zeros. */
function long(start: string, zeros: number): Uint8Array {
  const bytes = new Uint8Array(hex(start).length + zeros);
  bytes.set(hex(start));
  return bytes;
}

const batchOf = (requests: number): string =>
  `${n(3)} ${BALLOT} ${n(0)} ${n(requests)}${`${n(0)}${n(1)}${n(0)}`.repeat(requests)}`;
const votesOf = (votes: number): string =>
  `${n(2)} ${BALLOT} ${n(0)} ${n(votes)}${Array.from({ length: votes }, (_, at) => `${n(at)} ${BALLOT} ${n(0)}`).join('')}`;

type Limit = readonly [
  what: string,
  compatible: boolean,
  most: number,
  (size: number) => Uint8Array,
];

const LIMITS: readonly Limit[] = [
  ['bytes of a request', DEFAULT, LONGEST, (size) => long(`${n(0)} ${n(1)} ${n(size)}`, size)],
  ['bytes of a reply', DEFAULT, LONGEST, (size) => long(`${n(6)} ${n(1)} ${n(size)}`, size)],
  [
    'bytes of a request in a batch',
    DEFAULT,
    LONGEST,
    (size) => long(`${n(4)} ${BALLOT} ${n(0)} ${n(1)} ${n(0)} ${n(1)} ${n(size)}`, size),
  ],
  [
    'bytes of a client’s name',
    DEFAULT,
    MEBIBYTE - 1,
    (size) => long(`${n(4)} ${BALLOT} ${n(0)} ${n(1)} ${n(size)}`, size + 16),
  ],
  ['requests in a batch', DEFAULT, 100, (size) => hex(batchOf(size))],
  ['votes in a promise to the original', COMPATIBLE, 7, (size) => hex(votesOf(size))],
];

describe('limits', { timeout: 60_000 }, () => {
  test.each(LIMITS)('%s: at the limit they are read, and beyond it they say nothing', (...row) => {
    const [, compatible, most, bytesOf] = row;
    const [atLimit, beyond] = [bytesOf(most), bytesOf(most + 1)];
    expect(wire(compatible).read(atLimit).type).not.toBe('invalid');
    expect(wire(compatible).read(beyond).type).toBe('invalid');
    expect(parse(atLimit, compatible)).toBeDefined();
    expect(parse(beyond, compatible)).toBeUndefined();
  });

  test('of votes there are none where all replicas are of this kind', () => {
    for (const read of [wire(DEFAULT).read, asImpl(DEFAULT)]) {
      expect(read(hex(votesOf(300)))).toMatchObject({ type: '1b', logTruncationPoint: 0 });
    }
  });
});

const counts = fc.oneof(fc.nat({ max: 3 }), fc.maxSafeNat());
const ballots = fc.record({ seqno: counts, proposer: counts });
const names = fc.constantFrom('', '01', 'a0', NAME);
const asked = fc.string({ unit: fc.nat({ max: 255 }).map((c) => String.fromCharCode(c)) });
const batches = fc.array(fc.record({ client: names, seqno: counts, request: asked }), {
  maxLength: 3,
});
const votes = fc
  .array(fc.tuple(counts, fc.record({ ballot: ballots, batch: batches })), { maxLength: 3 })
  .map((entries) => new Map(entries));
const said = <Type extends Message['type']>(type: Type) => fc.constant(type);
const stores = fc
  .array(fc.tuple(fc.string({ maxLength: 2 }), fc.string({ maxLength: 2 })), { maxLength: 3 })
  .map((entries) => new Map(entries));
const replies = fc.array(fc.tuple(names, fc.record({ seqno: counts, reply: asked })), {
  maxLength: 3,
});

const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: said('request'), seqno: counts, request: asked }),
  fc.record({ type: said('reply'), seqno: counts, reply: asked }),
  fc.record({ type: said('1a'), ballot: ballots }),
  fc.record({ type: said('1b'), ballot: ballots, logTruncationPoint: counts, votes }),
  fc.record({ type: said('2a'), ballot: ballots, operation: counts, batch: batches }),
  fc.record({ type: said('2b'), ballot: ballots, operation: counts, batch: batches }),
  fc.record({
    type: said('heartbeat'),
    view: ballots,
    suspicious: fc.boolean(),
    checkpoint: counts,
  }),
  fc.record({ type: said('startingPhase2'), ballot: ballots, logTruncationPoint: counts }),
  fc.record({ type: said('appStateRequest'), ballot: ballots, operation: counts }),
  fc.record({
    type: said('appStateSupply'),
    ballot: ballots,
    operation: counts,
    app: stores,
    replyCache: fc.option(replies, { nil: undefined }),
  }),
  fc.record({ type: said('voteRequest'), operation: counts }),
);

const damage = fc.oneof(
  fc.nat().map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % bytes.length)),
  fc.nat({ max: 255 }).map((more) => (bytes: Uint8Array) => Uint8Array.of(...bytes, more)),
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(
    ([at, byte]) =>
      (bytes: Uint8Array) =>
        bytes.with(at % bytes.length, byte),
  ),
  fc.tuple(fc.nat(), fc.nat({ max: 12 })).map(
    ([at, byte]) =>
      (bytes: Uint8Array) =>
        bytes.with(8 * (at % Math.floor(bytes.length / 8)) + 7, byte),
  ),
);

test('what is written is read back, and the implementation reads all bytes as the definition does', () => {
  const seen = { compatible: 0, damaged: 0, none: 0 };
  fc.assert(
    fc.property(messages, damage, fc.boolean(), (msg, harm, compatible) => {
      const { read } = wireOf(keyValue, compatible);
      const implReads = readerOf(KeyValueService, keyValue, compatible);
      const whole = wireOf(keyValue, false).write(msg);
      if (!compatible) expect(read(whole)).toEqual(msg);
      else if (read(whole).type !== 'invalid') seen.compatible++;
      expect(implReads(whole)).toEqual(read(whole));
      const harmed = harm(whole);
      expect(implReads(harmed)).toEqual(read(harmed));
      if (read(harmed).type === 'invalid') seen.none++;
      else seen.damaged++;
    }),
    { numRuns: 1_500 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test('a state may be spelt in another way than a service would', () => {
  const entry = (key: string, value: string) =>
    `${'0000000'}${key.length}${Buffer.from(key).toString('hex')}0000000${value.length}${Buffer.from(value).toString('hex')}`;
  const state = hex(entry('b', 'x') + entry('a', 'y'));
  const bytes = hex(
    `${n(8)} ${BALLOT} ${n(3)} ${n(state.length)} ${Buffer.from(state).toString('hex')}`,
  );
  const app = new Map([
    ['a', 'y'],
    ['b', 'x'],
  ]);
  expect(ofBytes(keyValue.serialize(app))).not.toEqual(state);
  for (const read of [wireOf(keyValue, true).read, readerOf(KeyValueService, keyValue, true)]) {
    expect(read(bytes)).toMatchObject({ type: 'appStateSupply', app });
  }
});
