import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counter } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { encodeReply, type KeyValueReply } from '../../spec/apps/keyValueMessages.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import { Random } from '../simulation/random.ts';
import { type Call, CounterWorkload, KeyValueWorkload } from './workload.ts';

const toBytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const replyBytes = (reply: KeyValueReply): Uint8Array => toBytes(encodeReply(reply));

describe('work for a counter', () => {
  test('is answered rightly by a counter, in whatever order replies come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), (delays) => {
        const workload = new CounterWorkload();
        let count = 0n;
        const underWay: { call: Call; reply: Uint8Array; left: number }[] = [];
        for (const left of delays) {
          const call = workload.next();
          const handled = counter.handle(count, toText(call.request));
          count = handled.state as bigint;
          underWay.push({ call, reply: toBytes(handled.reply), left });
          for (const each of underWay)
            if (each.left-- === 0) expect(each.call.judge(each.reply)).toBe(undefined);
        }
      }),
    );
  });

  test('notices a count that came before, one that went back, and what is no count', () => {
    const workload = new CounterWorkload();
    expect(workload.next().judge(toBytes(u64(5)))).toBe(undefined);
    const call = workload.next();
    expect(call.judge(toBytes(u64(5)))).toMatch('was 5 before it was incremented, and 5 after');
    expect(call.judge(toBytes(u64(2)))).toMatch('and 2 after');
    expect(call.judge(new Uint8Array(7))).toBe('a reply of 7 bytes is no count');
    expect(call.describe(toBytes(u64(6)))).toEqual(['Received increment reply with counter 6']);
  });
});

describe('work for a key-value store', () => {
  const shares = { setFraction: 0.05, deleteFraction: 0.25 };

  test('is answered rightly by a key-value store', () => {
    const workload = new KeyValueWorkload({ setFraction: 0.4, deleteFraction: 0.3 });
    const random = new Random(1);
    let store = keyValue.initial;
    const seen = new Set<string>();
    for (let each = 0; each < 2000; each++) {
      const call = workload.next(random);
      const handled = keyValue.handle(store, toText(call.request));
      store = handled.state;
      expect(call.judge(toBytes(handled.reply))).toBe(undefined);
      const [type = ''] = call.describe(toBytes(handled.reply));
      seen.add(type.replace('Received reply of type ', ''));
    }
    expect([...seen].sort()).toEqual([
      'DeleteFound',
      'DeleteUnfound',
      'GetFound',
      'GetUnfound',
      'SetSuccess',
    ]);
  });

  test('has as many sets as is wanted, and of the others as many deletes', () => {
    const workload = new KeyValueWorkload(shares);
    const random = new Random(2);
    const total = 20_000;
    const counts = { set: 0, delete: 0, get: 0 };
    for (let each = 0; each < total; each++) {
      const [, type] =
        /^Submitting (\w+) request/.exec(workload.next(random).announcement ?? '') ?? [];
      counts[type as keyof typeof counts]++;
    }
    expect(counts.set / total).toBeCloseTo(0.05, 2);
    expect(counts.delete / (total - counts.set)).toBeCloseTo(0.25, 2);
    expect(counts.get).toBe(total - counts.set - counts.delete);
  });

  test('uses the keys and values of the original, or longer values', () => {
    const announcements = (valueSize?: number) => {
      const workload = new KeyValueWorkload({ setFraction: 0.5, deleteFraction: 0.5, valueSize });
      const random = new Random(3);
      return Array.from({ length: 500 }, () => workload.next(random).announcement ?? '');
    };
    for (const each of announcements()) {
      expect(each).toMatch(
        /^Submitting (?:get|delete) request for ([a-z])\1\1$|^Submitting set request for ([a-z])\2\2 => ([A-Z])\3{3}\d{1,5}$/,
      );
      const [, letter, value] = /([a-z]) => ([A-Z])/.exec(each) ?? [];
      expect(value?.toLowerCase()).toBe(letter);
    }
    for (const each of announcements(100)) {
      const [, value] = / => (.*)$/.exec(each) ?? [];
      expect(value?.length ?? 100).toBe(100);
    }
  });

  test('notices replies to other requests, values that nobody set, and what is no reply', () => {
    const gets = new KeyValueWorkload({ setFraction: 0, deleteFraction: 0 });
    const get = gets.next({
      pick: (items: readonly unknown[]) => items[1],
      happens: () => false,
    } as unknown as Random);
    expect(get.announcement).toBe('Submitting get request for bbb');
    expect(get.judge(replyBytes({ type: 'getFound', value: 'BBBB77' }))).toBe(undefined);
    expect(get.judge(replyBytes({ type: 'getFound', value: 'AAAA77' }))).toBe(
      'the value of bbb is "AAAA77", which was never set',
    );
    expect(get.judge(replyBytes({ type: 'deleteFound' }))).toBe(
      'the reply is DeleteFound, not GetFound or GetUnfound',
    );
    expect(get.judge(replyBytes({ type: 'invalidRequest' }))).toMatch('InvalidRequest, not');
    expect(get.judge(new Uint8Array(3))).toMatch('3 bytes is none of a key-value store');
    expect(get.describe(replyBytes({ type: 'getFound', value: 'BBBB77' }))).toEqual([
      'Received reply of type GetFound',
      'Value obtained for get was BBBB77',
    ]);
    expect(get.describe(new Uint8Array(3))).toEqual(['Received reply of type Invalid']);
  });
});
