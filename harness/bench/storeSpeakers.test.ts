import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../impl/framework/frame.ts';
import { marshal, marshalAck } from '../../impl/sht/marshal.ts';
import type { Message } from '../../impl/sht/messages.ts';
import { parse } from '../../impl/sht/parse.ts';
import { keyWithNumber, shard, single } from './shtFrames.ts';
import { RedisSpeaker, ShtSpeaker, type Speaker } from './storeSpeakers.ts';

const HOST = 'ab'.repeat(32);
const CLIENT = 'cd'.repeat(32);
const KEYS = 1_000;

/** So many requests, one behind the other. */
function requests(speaker: Speaker, keys: readonly number[]): Buffer {
  const bytes = Buffer.alloc(keys.length * speaker.room);
  let end = 0;
  for (const key of keys) end = speaker.write(bytes, end, key);
  return bytes.subarray(0, end);
}

function messagesIn(frames: Uint8Array): readonly (Message | undefined)[] {
  const reader = new FrameReader();
  reader.feed(frames);
  const messages: (Message | undefined)[] = [];
  for (let bytes = reader.next(); bytes !== undefined; bytes = reader.next()) {
    messages.push(parse(bytes, true));
  }
  return messages;
}

const reply = (seqno: number): Uint8Array =>
  marshal({ type: 'single', seqno, dst: CLIENT, content: { type: 'reply', key: 7n, value: 'x' } });

/** What a host sends that has answered the requests with these numbers. */
const replies = (...seqnos: readonly number[]): Buffer =>
  Buffer.concat(seqnos.flatMap((seqno) => [marshalAck(seqno), reply(seqno)]).map(encodeFrame));

/** How many answers are counted in the bytes, cut at these places. */
function answered(speaker: Speaker, bytes: Buffer, cuts: readonly number[]): number {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b)];
  return places
    .map((from, index) => speaker.answered(bytes.subarray(from, places[index + 1])))
    .reduce((sum, count) => sum + count, 0);
}

const anyCuts = fc.array(fc.nat(), { maxLength: 6 });

describe('a load on the hash table', () => {
  test('asks what hosts read, with numbers that rise by one', () => {
    const speaker = new ShtSpeaker(HOST, KEYS);
    speaker.prepare({ operation: 'get', valueBytes: 0 });
    const gets = messagesIn(requests(speaker, [0, 999]));
    speaker.prepare({ operation: 'set', valueBytes: 3 });
    const said = [...gets, ...messagesIn(requests(speaker, [5]))];
    const key = (number: number) => keyWithNumber(number, KEYS);
    const contents = [
      { type: 'get', key: key(0) },
      { type: 'get', key: key(999) },
      { type: 'set', key: key(5), value: 'aaa' },
    ];
    expect(said).toEqual(
      contents.map((content, index) => ({ type: 'single', seqno: index + 1, dst: HOST, content })),
    );
  });

  test('counts each reply once, however its bytes come', () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const speaker = new ShtSpeaker(HOST, KEYS);
        expect(answered(speaker, replies(1, 2, 2, 1, 3), cuts)).toBe(3);
      }),
    );
  });

  test('acknowledges 32 replies together, and the rest at the end', () => {
    const speaker = new ShtSpeaker(HOST, KEYS);
    speaker.prepare({ operation: 'get', valueBytes: 0 });
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    speaker.answered(replies(...numbers.slice(0, 31)));
    expect(messagesIn(requests(speaker, [1]))).toMatchObject([{ type: 'single' }]);
    speaker.answered(replies(...numbers.slice(31)));
    expect(messagesIn(requests(speaker, [1, 2]))).toMatchObject([
      { type: 'ack', seqno: 40 },
      { type: 'single' },
      { type: 'single' },
    ]);
    expect(speaker.lastWords()).toBeUndefined();
    speaker.answered(replies(41));
    expect(messagesIn(speaker.lastWords() ?? Buffer.alloc(0))).toEqual([
      { type: 'ack', seqno: 41 },
    ]);
  });

  test('stops at a reply that is missing, and at what is no reply', () => {
    expect(() => new ShtSpeaker(HOST, KEYS).answered(replies(2))).toThrow('reply 2 after 0');
    const redirect = { type: 'redirect', key: 7n, owner: HOST } as const;
    const bytes = marshal({ type: 'single', seqno: 1, dst: CLIENT, content: redirect });
    const frame = Buffer.from(encodeFrame(bytes));
    expect(() => new ShtSpeaker(HOST, KEYS).answered(frame)).toThrow('no reply');
  });

  test('orders keys to be moved in words that hosts read', () => {
    const recipient = Buffer.from(CLIENT, 'hex');
    const inner = shard(recipient, 10, undefined, KEYS);
    const range = { low: keyWithNumber(10, KEYS), high: 1n << 64n };
    expect(messagesIn(single(Buffer.from(HOST, 'hex'), inner))).toMatchObject([
      { content: { type: 'shard', range, recipient: CLIENT } },
    ]);
  });
});

describe('a load on Redis', () => {
  test('speaks its protocol, of the keys of redis-benchmark', () => {
    const speaker = new RedisSpeaker();
    speaker.prepare({ operation: 'set', valueBytes: 2 });
    expect(requests(speaker, [42]).toString()).toBe(
      '*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$2\r\naa\r\n',
    );
    speaker.prepare({ operation: 'get', valueBytes: 2 });
    expect(requests(speaker, [0]).toString()).toBe(
      '*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000000\r\n',
    );
  });

  test('counts answers, however their bytes come', () => {
    const bytes = Buffer.from('+OK\r\n$2\r\n\r\n\r\n$3\r\na\nb\r\n+OK\r\n');
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        expect(answered(new RedisSpeaker(), bytes, cuts)).toBe(4);
      }),
    );
  });

  test.each(['-ERR unknown\r\n', '$-1\r\n', ':1\r\n'])('stops at %j', (bytes) => {
    expect(() => new RedisSpeaker().answered(Buffer.from(bytes))).toThrow('Redis says');
  });
});
