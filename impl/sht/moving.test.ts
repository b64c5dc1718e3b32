import { expect, test } from 'vitest';
import { HeldShtHost } from '../../harness/testing/heldShtHost.ts';
import { type Content, KEY_INF, KEY_ZERO, type KeyRange } from './messages.ts';

const ALL: KeyRange = { low: KEY_ZERO, high: KEY_INF };
const shard = (range: KeyRange, recipient = 'b0'): Content => ({ type: 'shard', range, recipient });
const delegation = (range: KeyRange, ...entries: [bigint, string][]): Content => ({
  type: 'delegate',
  range,
  entries,
});

function filled(count: bigint, parameters = {}, valueAt = (_: bigint) => 'v'): HeldShtHost {
  const held = new HeldShtHost(parameters);
  for (let key = 0n; key < count; key++) held.host.table.set(key, valueAt(key));
  return held;
}

/** What the host hands on while everything is acknowledged at once: ranges and how many keys. */
function handedOn(held: HeldShtHost, recipient = 'b0'): (readonly [KeyRange, number])[] {
  const pieces: (readonly [KeyRange, number])[] = [];
  while (held.host.nextDeadline() === Number.NEGATIVE_INFINITY) {
    expect(held.step('deadline')).toBe('delegate');
    for (const content of held.said()) {
      if (content.type === 'delegate') pieces.push([content.range, content.entries.length]);
    }
    held.hear(recipient, { type: 'ack', seqno: held.host.peers.get(recipient)?.lastSent ?? 0 });
  }
  return pieces;
}

test('a range is handed on piece by piece, as many keys as may be in each', () => {
  const held = filled(8n);
  expect(held.ask('01', shard(ALL))).toBe('shard');
  expect(held.host.orders).toEqual([{ range: ALL, recipient: 'b0' }]);
  expect(held.host.table.size).toBe(8);
  expect(handedOn(held)).toEqual([
    [{ low: KEY_ZERO, high: 3n }, 3],
    [{ low: 3n, high: 6n }, 3],
    [{ low: 6n, high: KEY_INF }, 2],
  ]);
  const { host } = held;
  expect(host.orders).toEqual([]);
  expect(host.table.size).toBe(0);
  expect(host.delegationMap.ranges).toEqual([{ low: 0n, owner: 'b0' }]);
  expect(host.numDelegations).toBe(4);
  expect(host.counters.keysHandedOn).toBe(8);
});

test('and as many bytes, but one key at least', () => {
  const held = filled(5n, { maxValueBytes: 100 }, (key) => 'x'.repeat(key === 1n ? 50 : 5));
  held.ask('01', shard({ low: 0n, high: 5n }));
  expect(handedOn(held)).toEqual([
    [{ low: 0n, high: 1n }, 1],
    [{ low: 1n, high: 2n }, 1],
    [{ low: 2n, high: 4n }, 2],
    [{ low: 4n, high: 5n }, 1],
  ]);
});

test('only so many are on their way to one host; meanwhile another gets its own', () => {
  const held = filled(30n);
  held.ask('01', shard({ low: 0n, high: 15n }, 'b0'));
  held.ask('01', shard({ low: 15n, high: 30n }, 'c0'));
  held.sent();
  const taken = [];
  while (held.host.nextDeadline() === Number.NEGATIVE_INFINITY) taken.push(held.step('deadline'));
  expect(taken).toEqual(['delegate', 'delegate', 'delegate', 'delegate']);
  expect(held.sent().map(({ dst }) => dst)).toEqual(['b0', 'b0', 'c0', 'c0']);
  held.hear('c0', { type: 'ack', seqno: 1 });
  expect(held.step('deadline')).toBe('delegate');
  expect(held.sent()).toMatchObject([{ dst: 'c0' }]);
});

test('what has not moved is served meanwhile, and what has moved is elsewhere', () => {
  const held = filled(8n);
  held.ask('01', shard(ALL));
  held.step('deadline');
  expect(held.ask('02', { type: 'get', key: 2n })).toBe('redirect');
  expect(held.ask('02', { type: 'set', key: 5n, value: 'w' })).toBe('set');
  expect(held.ask('02', { type: 'set', key: 99n, value: 'w' })).toBe('set');
});

test('the original hands on at once what one message can carry, and nothing else', () => {
  const held = filled(4n, { compatible: true });
  expect(held.ask('01', shard(ALL))).toBe('discard');
  expect(held.said()).toEqual([]);
  expect(held.ask('01', shard({ low: 1n, high: 9n }))).toBe('shard');
  expect(held.sent()).toMatchObject([
    { dst: '01', msg: { type: 'ack' } },
    { dst: 'b0', msg: { content: { range: { low: 1n, high: 9n }, entries: { length: 3 } } } },
  ]);
  expect(held.host.numDelegations).toBe(2);
  expect(held.host.orders).toEqual([]);
});

test('it counts a delegation for which no number is left, and keeps the keys', () => {
  const held = filled(2n, { compatible: true, maxSeqno: 1 });
  expect(held.ask('01', shard({ low: 0n, high: 1n }))).toBe('shard');
  expect(held.ask('02', shard({ low: 1n, high: 2n }))).toBe('shard');
  expect(held.host.numDelegations).toBe(3);
  expect(held.host.table.size).toBe(1);
  expect(held.host.isMine(1n)).toBe(true);
});

test.each<[string, Content]>([
  ['the range is empty', shard({ low: 5n, high: 5n })],
  ['the recipient is no host', shard(ALL, '01')],
  ['the recipient has given the order', shard(ALL, 'a0')],
  ['the keys are not all here', shard({ low: 5n, high: 1_001n })],
  ['some of the keys are on the move already', shard({ low: 99n, high: 101n })],
])('an order is refused: %s', (reason, content) => {
  const held = new HeldShtHost();
  held.host.delegationMap.assign({ low: 1_000n, high: 2_000n }, 'c0');
  held.ask('01', shard({ low: 100n, high: 200n }));
  held.sent();
  expect(held.ask('02', content)).toBe('refuse');
  expect(held.said()).toEqual([{ type: 'refusal', reason }]);
});

test('an order is refused: there are too many, or too many ranges', () => {
  const held = new HeldShtHost();
  for (const low of [0n, 10n]) held.ask('01', shard({ low, high: low + 1n }));
  expect(held.ask('02', shard({ low: 20n, high: 21n }))).toBe('refuse');
  const other = new HeldShtHost();
  for (const low of [10n, 20n, 30n]) other.host.delegationMap.assign({ low, high: low + 1n }, 'c0');
  expect(other.ask('02', shard({ low: 1n, high: 2n }))).toBe('refuse');
  for (const { host } of [held, other]) {
    const [refusal] = host.peers.get('02')?.unacked ?? [];
    expect(refusal?.content).toMatchObject({ reason: 'there are too many orders' });
  }
});

test('where there are administrators, only they may give orders', () => {
  const held = new HeldShtHost({}, { administrators: ['ad'] });
  expect(held.ask('01', shard(ALL))).toBe('refuse');
  expect(held.said()).toMatchObject([{ reason: 'only an administrator may move keys' }]);
  expect(held.ask('ad', shard(ALL))).toBe('shard');
});

test('an order may name the recipient by another name of it', () => {
  const held = new HeldShtHost();
  expect(held.ask('01', shard(ALL, 'beef'))).toBe('shard');
  expect(held.host.orders).toEqual([{ range: ALL, recipient: 'b0' }]);
});

test('what another host hands on is adopted: the range is as the message says', () => {
  const held = new HeldShtHost({}, { me: 'c0' });
  const { host } = held;
  host.table.set(12n, 'old');
  host.table.set(30n, 'kept');
  expect(held.ask('b0', delegation({ low: 10n, high: 20n }, [11n, 'a'], [13n, 'b']))).toBe('adopt');
  expect([...host.table]).toEqual([
    [11n, 'a'],
    [13n, 'b'],
    [30n, 'kept'],
  ]);
  expect([9n, 10n, 19n, 20n].map((key) => host.isMine(key))).toEqual([false, true, true, false]);
  expect(host.numDelegations).toBe(2);
  expect(host.counters.keysAdopted).toBe(2);
});

test('of a repeated key the first value counts, also for what may be handed on', () => {
  const held = new HeldShtHost();
  const range = { low: 0n, high: 9n };
  const long = '123456789';
  expect(held.ask('b0', delegation(range, [5n, 'a'], [4n, 'b'], [5n, long], [3n, 'c']))).toBe(
    'adopt',
  );
  expect([...held.host.table].map(([, value]) => value)).toEqual(['c', 'b', 'a']);
  expect(held.ask('b0', delegation(range, [5n, long], [5n, 'a']))).toBe('discard');
  expect(held.ask('b0', delegation(range, [1n, ''], [2n, ''], [3n, ''], [4n, '']))).toBe('discard');
  expect(held.ask('b0', delegation({ low: 5n, high: 5n }))).toBe('discard');
});

test('a host that has taken part in too many delegations keeps the next for ever', () => {
  const held = new HeldShtHost({ maxDelegations: 4 });
  expect(held.ask('01', shard({ low: 0n, high: 1n }))).toBe('shard');
  expect(held.step('deadline')).toBe('delegate');
  expect(held.host.numDelegations).toBe(2);
  expect(held.ask('01', shard({ low: 5n, high: 6n }))).toBe('resend');
  expect(held.host.nextDeadline()).toBe(held.host.resentAt + 100);
  expect(
    held.hear('02', { type: 'single', seqno: 1, dst: '', content: { type: 'get', key: 1n } }),
  ).toBe('ignore');
  expect(held.hear('b0', { type: 'ack', seqno: 1 })).toBe('hearAck');
  expect(held.host.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});
