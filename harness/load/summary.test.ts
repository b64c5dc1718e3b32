import { expect, test } from 'vitest';
import type { RslClientCounters } from '../../impl/client/rslClient.ts';
import { VirtualTimers } from '../testing/virtualTimers.ts';
import { Load } from './load.ts';
import { showLatency, summary } from './summary.ts';
import { CounterWorkload } from './workload.ts';

const counters = (more: Partial<RslClientCounters>): RslClientCounters => ({
  replies: 0,
  repeatedReplies: 0,
  malformedReplies: 0,
  retries: 0,
  resent: 0,
  timeouts: 0,
  overtaken: 0,
  connectionsLost: 0,
  leaderChanges: 0,
  ...more,
});

test('a summary says how much was answered, how fast, and what went wrong', async () => {
  const timers = new VirtualTimers();
  const load = new Load({
    workload: new CounterWorkload(),
    timers,
    inFlight: 1,
    onFailure: (error) => expect.unreachable(String(error)),
  });
  const answers = [1, 2, 3, 4, 5, 40, 3];
  const submit = async (): Promise<Uint8Array> => {
    const count = answers.shift();
    if (count === undefined) return new Promise(() => {});
    await new Promise<void>((resolve) => timers.after(count === 40 ? 1500 : count, resolve));
    return Buffer.from(count.toString(16).padStart(16, '0'), 'hex');
  };
  load.drive({ thread: 0, client: { submit }, random: undefined as never });
  for (let each = 0; each < 2000; each++) {
    timers.pass(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  load.errors.set('RequestTimeoutError', 1234).set('FateUnknownError', 2);
  void load.stop(0);
  const text = summary({
    load,
    counters: [
      counters({ leaderChanges: 2, connectionsLost: 1, retries: 1, resent: 3 }),
      counters({}),
    ],
    inFlight: 1,
    rate: undefined,
    seed: 9,
  });
  expect(text.split('\n')).toEqual([
    'Summary: 2.0 s of requests by 2 clients, 1 under way in each; seed 9',
    '  answered         7, 4 a second',
    '  failed           RequestTimeoutError 1,234, FateUnknownError 2',
    '  wrong answers    1',
    '                   the count was 40 before it was incremented, and 3 after',
    '  latency          p50 3.00 ms, p90 1.50 s, p99 1.50 s, p99.9 1.50 s, max 1.50 s',
    '  longest silence  1.50 s without an answer to anybody, from 0.0 s on',
    '  leaders          changed 2 times, as 1 client saw',
    '  asked again      1 time for lack of answers, 1 connection lost, 3 requests sent again, '
      + '0 repeated and 0 malformed replies',
    '    under  1.02 ms            1 █████████████▍',
    '    under  2.05 ms            1 █████████████▍',
    '    under  4.10 ms            3 ████████████████████████████████████████',
    '    under  8.19 ms            1 █████████████▍',
    '    under  16.4 ms            0',
    '    under  32.8 ms            0',
    '    under  65.5 ms            0',
    '    under   131 ms            0',
    '    under   262 ms            0',
    '    under   524 ms            0',
    '    under   1.05 s            0',
    '    under   2.10 s            1 █████████████▍',
  ]);
});

test.each([
  [1, '1 µs'],
  [999, '999 µs'],
  [1000, '1.00 ms'],
  [12_345, '12.3 ms'],
  [123_456, '123 ms'],
  [61_000_000, '61.00 s'],
])('%i microseconds are shown as %s', (us, shown) => {
  expect(showLatency(us)).toBe(shown);
});
