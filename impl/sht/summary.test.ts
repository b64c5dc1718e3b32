import { expect, test } from 'vitest';
import { HeldShtHost } from '../../harness/testing/heldShtHost.ts';
import { KEY_INF, KEY_ZERO } from './messages.ts';

test('a host is told in a few numbers, which JSON can carry', () => {
  const held = new HeldShtHost();
  expect(held.host.snapshot()).toEqual({
    keys: 0,
    ranges: 1,
    peers: 0,
    unacked: 0,
    waiting: false,
    orders: 0,
    numDelegations: 1,
    resentAt: 0,
    noted: 0,
  });
  for (let key = 0n; key < 7n; key++) held.host.table.set(key, 'v');
  const range = { low: KEY_ZERO, high: KEY_INF };
  held.ask('01', { type: 'shard', range, recipient: 'b0' });
  held.step('deadline');
  held.step('deadline');
  held.step('deadline');
  held.ask('01', { type: 'get', key: 6n });
  held.hear('02', { type: 'single', seqno: 1, dst: '', content: { type: 'get', key: 0n } });
  const summary = held.host.snapshot();
  expect(summary).toEqual({
    keys: 1,
    ranges: 2,
    peers: 3,
    // Two pieces; what clients have not acknowledged does not count.
    unacked: 2,
    waiting: true,
    orders: 1,
    numDelegations: 3,
    resentAt: 1_000,
    noted: 1,
  });
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
});
