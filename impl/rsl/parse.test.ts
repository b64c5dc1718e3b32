import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import { batchOf } from './batch.ts';
import { marshal, marshalReply, replyIn } from './marshal.ts';
import { type Ballot, type Batch, MAX_BATCH_SIZE, type Message, type Vote } from './messages.ts';
import { parse } from './parse.ts';

const number = fc.oneof(fc.nat(9), fc.maxSafeNat());
const ballot: fc.Arbitrary<Ballot> = fc.record({ seqno: number, proposer: number });
const bytes = fc.uint8Array({ maxLength: 20 });
const endPoint = fc
  .oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map((name) => Buffer.from(name).toString('hex'));
const batch: fc.Arbitrary<Batch> = fc
  .array(fc.record({ client: endPoint, seqno: number, request: bytes }), { maxLength: 5 })
  .map(batchOf);
const votes = fc
  .array(fc.tuple(number, fc.record({ ballot, batch })), { maxLength: 7 })
  .map((drawn): (readonly [number, Vote])[] => [...new Map(drawn)].sort(([a], [b]) => a - b));
const supply = fc.record({
  type: fc.constant('appStateSupply' as const),
  ballot,
  operation: number,
  app: bytes,
  replyCache: fc.option(
    fc.array(fc.tuple(endPoint, fc.record({ seqno: number, reply: bytes })), { maxLength: 4 }),
    { nil: undefined },
  ),
});

const type = <T extends string>(name: T) => fc.constant(name);
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: type('request'), seqno: number, request: bytes }),
  fc.record({ type: type('reply'), seqno: number, reply: bytes }),
  fc.record({ type: type('1a'), ballot }),
  fc.record({ type: type('1b'), ballot, logTruncationPoint: number, votes }),
  fc.record({ type: type('2a'), ballot, operation: number, batch }),
  fc.record({ type: type('2b'), ballot, operation: number, batch }),
  fc.record({
    type: type('heartbeat'),
    view: ballot,
    suspicious: fc.boolean(),
    checkpoint: number,
  }),
  fc.record({ type: type('startingPhase2'), ballot, logTruncationPoint: number }),
  fc.record({ type: type('appStateRequest'), ballot, operation: number }),
  supply,
  fc.record({ type: type('voteRequest'), operation: number }),
);

const isAddition = (msg: Message): boolean =>
  msg.type === 'voteRequest' || (msg.type === 'appStateSupply' && msg.replyCache !== undefined);

const u64 = (value: number | bigint): Uint8Array => {
  const written = new Uint8Array(8);
  new DataView(written.buffer).setBigUint64(0, BigInt(value));
  return written;
};
const words = (...values: readonly (number | bigint)[]): Uint8Array =>
  Buffer.concat(values.map(u64));

test('what is written is read, wherever it lies', () => {
  fc.assert(
    fc.property(message, fc.nat(9), (msg, offset) => {
      const written = marshal(msg);
      const elsewhere = new Uint8Array(offset + written.length);
      elsewhere.set(written, offset);
      expect(parse(elsewhere.subarray(offset), false)).toEqual(msg);
      expect(parse(written, true)).toEqual(isAddition(msg) ? undefined : msg);
    }),
    { numRuns: 2000 },
  );
});

test('with a byte less or a byte more it is nothing', () => {
  fc.assert(
    fc.property(message, fc.nat(), (msg, draw) => {
      const written = marshal(msg);
      expect(parse(written.subarray(0, draw % written.length), false)).toBeUndefined();
      expect(parse(Buffer.concat([written, Uint8Array.of(0)]), false)).toBeUndefined();
    }),
  );
});

test('any bytes are read without a complaint, and mean what is written in the same bytes', () => {
  const wild = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .tuple(fc.nat(12), fc.uint8Array({ maxLength: 80 }))
      .map(([n, rest]) => Buffer.concat([u64(n), rest])),
    fc.tuple(message, fc.nat(), fc.nat(255)).map(([msg, at, byte]) => {
      const written = marshal(msg);
      written[at % written.length] = byte;
      return written;
    }),
  );
  fc.assert(
    fc.property(wild, (drawn) => {
      const msg = parse(drawn, false);
      // Votes may be out of order, and truth has more than one spelling; all else has one.
      if (msg === undefined || msg.type === '1b' || msg.type === 'heartbeat') return;
      expect(Buffer.compare(marshal(msg), drawn)).toBe(0);
    }),
    { numRuns: 2000 },
  );
});

test('numbers that are not safe make a message nothing', () => {
  for (const value of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    expect(parse(words(1, value, 0), false)).toBeUndefined();
    expect(parse(words(5, 1, 0, value, 0), false)).toBeUndefined();
    expect(parse(words(10, value), false)).toBeUndefined();
    expect(parse(words(value), false)).toBeUndefined();
  }
  expect(parse(words(10, 2n ** 53n - 1n), false)).toEqual({
    type: 'voteRequest',
    operation: Number.MAX_SAFE_INTEGER,
  });
});

test('case numbers end at 9 for the original, and at 11 for all others', () => {
  expect(parse(words(10, 1), true)).toBeUndefined();
  expect(parse(words(11, 1, 0, 1, 0, 0), true)).toBeUndefined();
  expect(parse(words(11, 1, 0, 1, 0, 0), false)?.type).toBe('appStateSupply');
  expect(parse(words(12), false)).toBeUndefined();
  expect(parse(new Uint8Array(0), false)).toBeUndefined();
});

test('whatever is not zero is true', () => {
  expect(parse(words(5, 1, 0, 7, 0), true)).toMatchObject({ suspicious: true });
  expect(parse(words(5, 1, 0, 0, 7), true)).toMatchObject({ suspicious: false });
});

test('a promise of eight votes is nothing to the original, and something to all others', () => {
  const promise = (votes: number): Uint8Array => {
    const vote = (operation: number) => words(operation, 1, 0, 0);
    const all = Array.from({ length: votes }, (_, operation) => vote(operation));
    return Buffer.concat([words(2, 1, 0, 0, votes), ...all]);
  };
  expect(parse(promise(7), true)).toMatchObject({ votes: { length: 7 } });
  expect(parse(promise(8), true)).toBeUndefined();
  expect(parse(promise(300), false)).toMatchObject({ votes: { length: 300 } });
});

test('of two votes for one operation the first counts, and votes are put in order', () => {
  const vote = (operation: number, seqno: number) => words(operation, seqno, 0, 0);
  const written = [words(2, 9, 0, 0, 4), vote(5, 1), vote(3, 2), vote(5, 3), vote(4, 4)];
  const msg = parse(Buffer.concat(written), true);
  const seen = msg?.type === '1b' ? msg.votes.map(([at, cast]) => [at, cast.ballot.seqno]) : [];
  expect(seen).toEqual([
    [3, 2],
    [4, 4],
    [5, 1],
  ]);
});

test('a batch has at most 100 requests', () => {
  const request = words(0, 1, 0);
  const requests = (count: number) => Buffer.concat(new Array(count).fill(request));
  const proposal = (count: number) => Buffer.concat([words(3, 1, 0, 0, count), requests(count)]);
  expect(parse(proposal(MAX_BATCH_SIZE), true)?.type).toBe('2a');
  expect(parse(proposal(MAX_BATCH_SIZE + 1), true)).toBeUndefined();
});

test('requests and replies have at most 128 MiB, and names of clients less than 1 MiB', () => {
  const long = new Uint8Array(Math.max(MAX_REQUEST_BYTES, MAX_REPLY_BYTES) + 41);
  const within = (head: Uint8Array, length: number): boolean => {
    long.set(head);
    return parse(long.subarray(0, head.length + length), true) !== undefined;
  };
  for (const number of [0, 6]) {
    expect(within(words(number, 0, MAX_REQUEST_BYTES), MAX_REQUEST_BYTES)).toBe(true);
    expect(within(words(number, 0, MAX_REQUEST_BYTES + 1), MAX_REQUEST_BYTES + 1)).toBe(false);
  }
  const named = (length: number): Uint8Array =>
    Buffer.concat([words(4, 1, 0, 0, 1, length), new Uint8Array(length), words(0, 0)]);
  expect(parse(named(0x10_0000 - 1), true)?.type).toBe('2b');
  expect(parse(named(0x10_0000), true)).toBeUndefined();
});

test('counts are not believed before the bytes are there', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  expect(parse(words(2, 1, 0, 0, largest), false)).toBeUndefined();
  expect(parse(words(3, 1, 0, 0, 99), false)).toBeUndefined();
  expect(parse(words(11, 1, 0, 0, 0, largest), false)).toBeUndefined();
  expect(parse(words(0, 1, largest), false)).toBeUndefined();
});

test('a batch that is known is taken as it is known, and no other', () => {
  const request = { client: 'ab', seqno: 1, request: Uint8Array.of(1) };
  const known = batchOf([request]);
  const same = batchOf([request]);
  const other = batchOf([{ ...request, request: Uint8Array.of(2) }]);
  const read = (carried: Batch, operation: number): Batch | undefined => {
    const written = marshal({
      type: '2b',
      ballot: { seqno: 1, proposer: 0 },
      operation,
      batch: carried,
    });
    const msg = parse(written, false, (asked) => (asked === 4 ? known : undefined));
    return msg?.type === '2b' ? msg.batch : undefined;
  };
  expect(read(same, 4)).toBe(known);
  expect(read(same, 5)).not.toBe(known);
  expect(read(same, 5)).toEqual(known);
  expect(read(other, 4)).toEqual(other);
});

test('a reply is found in its message', () => {
  expect(replyIn(marshalReply(7, Uint8Array.of(1, 2, 3)))).toEqual(Uint8Array.of(1, 2, 3));
});
