import { describe, expect, test } from 'vitest';
import type { ShtClientCounters } from '../../impl/client/shtClient.ts';
import {
  getRequest,
  KIND,
  keyOf,
  kindOf,
  setRequest,
  valueIn,
} from '../../impl/client/shtMessages.ts';
import { Random } from '../simulation/random.ts';
import { VirtualTimers } from '../testing/virtualTimers.ts';
import { Load } from './load.ts';
import { parseShtClientOptions } from './shtOptions.ts';
import { setUp } from './shtSetUp.ts';
import { shtSummary } from './shtSummary.ts';
import { drawValue, GetWorkload, MixedWorkload, SetWorkload } from './shtWorkload.ts';

const shares = { keys: 4, valueSize: 20, setUp: true };

/** The reply to a request that brings a value. */
function replyTo(request: Uint8Array, value: Uint8Array | undefined): Uint8Array {
  const reply = setRequest(keyOf(request), value);
  reply[7] = KIND.reply;
  return reply;
}

describe('the workloads', () => {
  test.each([
    ['g', new GetWorkload(shares), KIND.get],
    ['s', new SetWorkload(shares), KIND.set],
  ])(
    '%s goes through the keys as the original does, each client by itself',
    (_, workload, kind) => {
      const random = new Random(1);
      const next = (thread: number) => workload.next(random, thread).request;
      const requests = [0, 0, 1, 0, 0, 0, 1].map(next);
      expect(requests.map(keyOf)).toEqual([1n, 2n, 1n, 3n, 0n, 1n, 2n]);
      expect(requests.every((request) => kindOf(request) === kind)).toBe(true);
    },
  );

  test('m asks for keys and kinds by lot, in the shares that are asked for', () => {
    const mixed = new MixedWorkload({ ...shares, setFraction: 0.25, deleteFraction: 0.5 });
    const random = new Random(1);
    const counts = { get: 0, set: 0, delete: 0 };
    const keys = new Set<bigint>();
    for (let each = 0; each < 4000; each++) {
      const { request } = mixed.next(random);
      keys.add(keyOf(request));
      if (kindOf(request) === KIND.get) counts.get++;
      else if (valueIn(request) === undefined) counts.delete++;
      else counts.set++;
    }
    expect([...keys].sort()).toEqual([0n, 1n, 2n, 3n]);
    for (const [count, about] of [
      [counts.set, 1000],
      [counts.delete, 1500],
      [counts.get, 1500],
    ] as const) {
      expect(Math.abs(count - about)).toBeLessThan(150);
    }
  });

  test('judge values: each says of which key it is', () => {
    const random = new Random(1);
    const call = new GetWorkload(shares).next(random, 0);
    const judge = (value: Uint8Array | undefined) => call.judge(replyTo(call.request, value));
    expect(judge(drawValue(1n, 20, random))).toBeUndefined();
    expect(judge(drawValue(2n, 20, random))).toBe(
      'the value of key 1 was never set: it is one of 2',
    );
    expect(judge(undefined)).toBe('key 1 was set and has no value');
    expect(call.judge(getRequest(1n))).toBe('the answer to key 1 is no reply');
    expect(call.judge(replyTo(getRequest(3n), undefined))).toBe(
      'asked for key 1, the reply was of 3',
    );
    const unset = new GetWorkload({ ...shares, setUp: false }).next(random, 0);
    expect(unset.judge(replyTo(unset.request, undefined))).toBeUndefined();
  });

  test('draw values of any size, and another one each time where there is room for chance', () => {
    const random = new Random(1);
    for (const size of [0, 1, 7, 15, 16, 17, 1000]) {
      expect(drawValue(5n, size, random)).toHaveLength(size);
    }
    const drawn = Array.from({ length: 1000 }, () => drawValue(5n, 8, random).toString());
    expect(new Set(drawn).size).toBe(1000);
  });

  test('begin with all keys, each set once', async () => {
    const keys: bigint[] = [];
    let underWay = 0;
    const submit = async (request: Uint8Array): Promise<Uint8Array> => {
      expect(++underWay).toBeLessThanOrEqual(128);
      keys.push(keyOf(request));
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return request;
    };
    const { signal } = new AbortController();
    await setUp({ submit, keys: 300, valueSize: 9, seed: 1, signal });
    expect(keys).toEqual(Array.from({ length: 300 }, (_, at) => BigInt(at)));
  });
});

describe('the options', () => {
  test('have the defaults of the original’s code', () => {
    const { seed, ...options } = parseShtClientOptions([]);
    expect(seed).toBeGreaterThanOrEqual(0);
    expect(options).toEqual({
      threads: 1,
      duration: 60,
      workload: 's',
      keys: 1000,
      valueSize: 1000,
      verbose: false,
      setFraction: 0.25,
      deleteFraction: 0.05,
      setUp: true,
      inFlight: 1,
      rate: undefined,
      history: undefined,
      overwrite: false,
      timeout: undefined,
      sleep: 5,
      key: undefined,
      quiet: false,
    });
  });

  test.each([
    ['workload=q', 'workload must be g, s, f or m'],
    ['numkeys=0', 'numkeys must be a whole number from 1'],
    ['overwrite=true', 'means nothing without history='],
    ['setfraction=0.5', 'setfraction= means nothing with workload=s'],
    ['key=x', 'key= means nothing with workload=s'],
  ])('%s is refused', (option, why) => {
    expect(() => parseShtClientOptions([option])).toThrow(why);
  });

  test.each(['inflight=2', 'rate=5', 'history=x'])('%s is refused with f', (option) => {
    expect(() => parseShtClientOptions([option, 'workload=f'])).toThrow('with workload=f');
  });
});

test('a summary says how often keys had moved', async () => {
  const counters: ShtClientCounters = {
    answers: 0,
    strays: 1,
    repeatedAnswers: 2,
    gaps: 3,
    malformed: 4,
    retries: 1,
    resent: 5,
    connectionsLost: 0,
    redirects: 1200,
    timeouts: 0,
    statuses: 6,
  };
  const workload = new SetWorkload(shares);
  const load = new Load({
    workload,
    timers: new VirtualTimers(),
    inFlight: 1,
    onFailure: () => {},
  });
  const text = shtSummary({
    load,
    counters: [counters, { ...counters, redirects: 34 }],
    inFlight: 3,
    rate: undefined,
    seed: 9,
  });
  expect(text.split('\n')).toEqual([
    'Summary: 0.0 s of requests by 2 clients, 3 under way in each; seed 9',
    '  answered         0, 0 a second',
    '  failed           0',
    '  wrong answers    0',
    '  latency          unknown',
    '  longest silence  0 µs without an answer to anybody, from 0.0 s on',
    '  redirects        1,234 requests sent on to another host, ranges learned 12 times',
    '  asked again      2 times for lack of answers, 0 connections lost, 10 requests sent again, '
      + '4 repeated, 6 early, 2 stray and 8 malformed answers',
  ]);
});
