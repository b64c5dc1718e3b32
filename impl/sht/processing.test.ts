import { expect, test } from 'vitest';
import { HeldShtHost } from '../../harness/testing/heldShtHost.ts';
import { type Content, KEY_INF, KEY_ZERO, MAX_RANGES_TOLD } from './messages.ts';

const get = (key: bigint): Content => ({ type: 'get', key });
const set = (key: bigint, value: string | undefined): Content => ({ type: 'set', key, value });
const MINE = { low: 10n, high: 20n };

/** A host that has keys 10 to 19 only. */
function withSome(parameters = {}): HeldShtHost {
  const held = new HeldShtHost(parameters);
  held.host.delegationMap.assign({ low: KEY_ZERO, high: KEY_INF }, 'b0');
  held.host.delegationMap.assign(MINE, 'a0');
  return held;
}

test('a key has the value that it was set to last, until it is set to nothing', () => {
  const held = new HeldShtHost();
  const asked = [
    get(5n),
    set(5n, 'ab'),
    get(5n),
    set(5n, ''),
    get(5n),
    set(5n, undefined),
    get(5n),
  ];
  for (const content of asked) {
    expect(held.ask('01', content)).toBe(content.type);
    held.hear('01', { type: 'ack', seqno: held.host.peers.get('01')?.lastSent ?? 0 });
  }
  const values = held.said().map((content) => (content.type === 'reply' ? content.value : 'none'));
  expect(values).toEqual([undefined, 'ab', 'ab', '', '', undefined, undefined]);
  expect(held.host.table.size).toBe(0);
});

test('keys are exact to the last of 64 bits', () => {
  const held = new HeldShtHost();
  held.ask('01', set(KEY_INF - 1n, 'a'));
  held.ask('01', set(KEY_INF - 2n, 'b'));
  held.sent();
  held.ask('01', get(KEY_INF - 1n));
  expect(held.said()).toEqual([{ type: 'reply', key: KEY_INF - 1n, value: 'a' }]);
});

test('whoever asks for a key of another host is told who has it, and nothing is set', () => {
  const held = withSome();
  expect(held.ask('01', get(20n))).toBe('redirect');
  expect(held.ask('01', set(9n, 'x'))).toBe('redirect');
  expect(held.ask('01', set(10n, 'y'))).toBe('set');
  expect(held.said()).toEqual([
    { type: 'redirect', key: 20n, owner: 'b0' },
    { type: 'redirect', key: 9n, owner: 'b0' },
    { type: 'reply', key: 10n, value: 'y' },
  ]);
  expect([...held.host.table]).toEqual([[10n, 'y']]);
});

test('a value that is too long is refused, whoever has the key; the original says nothing', () => {
  for (const key of [10n, 20n]) {
    const held = withSome();
    expect(held.ask('01', set(key, '123456789'))).toBe('refuse');
    expect(held.said()).toEqual([{ type: 'refusal', reason: 'the value is too long' }]);
    const original = withSome({ compatible: true });
    expect(original.ask('01', set(key, '123456789'))).toBe('discard');
    expect(original.said()).toEqual([]);
    expect(original.host.table.size).toBe(0);
  }
});

test('where no number is left for the answer, nothing is done', () => {
  const held = withSome({ maxSeqno: 2 });
  expect(held.ask('01', set(10n, 'a'))).toBe('set');
  expect(held.ask('01', get(10n))).toBe('get');
  const asked = [get(10n), set(11n, 'b'), get(20n), set(20n, ''), set(10n, '123456789')];
  held.hear('01', { type: 'ack', seqno: 2 });
  expect(asked.map((content) => held.ask('01', content))).toEqual(asked.map(() => 'discard'));
  expect([...held.host.table]).toEqual([[10n, 'a']]);
});

test('answers, and what is not for hosts, are done with', () => {
  const held = new HeldShtHost();
  const rest: Content[] = [
    { type: 'reply', key: 1n, value: 'x' },
    { type: 'redirect', key: 1n, owner: 'a0' },
    { type: 'refusal', reason: 'the range is empty' },
    { type: 'status', keys: 0, ranges: [], until: KEY_INF, orders: [], samples: [] },
    { type: 'delegate', range: MINE, entries: [[11n, 'x']] },
  ];
  expect(rest.map((content) => held.ask('01', content))).toEqual(rest.map(() => 'discard'));
  expect(held.said()).toEqual([]);
  expect(held.host.table.size).toBe(0);
});

test('a status tells of keys, ranges, orders, and where the keys lie', () => {
  const held = new HeldShtHost();
  for (let key = 0n; key < 10n; key++) held.host.table.set(key, 'v');
  held.host.delegationMap.assign({ low: 100n, high: 200n }, 'b0');
  held.ask('01', { type: 'shard', range: MINE, recipient: 'beef' });
  held.ask('01', { type: 'statusRequest', from: KEY_ZERO, samples: 4 });
  const [status] = held.said();
  expect(status).toEqual({
    type: 'status',
    keys: 10,
    ranges: [
      { low: 0n, owner: 'a0' },
      { low: 100n, owner: 'b0' },
      { low: 200n, owner: 'a0' },
    ],
    until: KEY_INF,
    orders: [{ range: MINE, recipient: 'b0' }],
    samples: [0n, 2n, 5n, 7n],
  });
  held.ask('01', { type: 'statusRequest', from: 150n, samples: 99 });
  expect(held.said()).toMatchObject([
    { ranges: [{ low: 100n }, { low: 200n }], samples: [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n] },
  ]);
});

test('of very many ranges it tells those from the bound on', () => {
  const held = new HeldShtHost();
  for (let low = 1n; low < 1_000n; low += 2n) {
    held.host.delegationMap.assign({ low, high: low + 1n }, 'b0');
  }
  const told = (from: bigint) => {
    held.ask('01', { type: 'statusRequest', from, samples: 0 });
    held.hear('01', { type: 'ack', seqno: held.host.peers.get('01')?.lastSent ?? 0 });
    const [status] = held.said();
    return status?.type === 'status' ? [status.ranges.length, status.until] : [];
  };
  expect(told(KEY_ZERO)).toEqual([MAX_RANGES_TOLD, 256n]);
  expect(told(256n)).toEqual([MAX_RANGES_TOLD, 512n]);
  expect(told(900n)).toEqual([101, KEY_INF]);
  expect(told(KEY_INF)).toEqual([1, KEY_INF]);
});

test('which keys there are is for administrators', () => {
  const held = new HeldShtHost({}, { administrators: ['ad'] });
  held.ask('01', set(7n, 'x'));
  held.sent();
  for (const src of ['01', 'ad']) held.ask(src, { type: 'statusRequest', from: 0n, samples: 9 });
  expect(held.said()).toMatchObject([
    { keys: 1, samples: [] },
    { keys: 1, samples: [7n] },
  ]);
});
