import { describe, expect, test } from 'vitest';
import { COMPATIBLE, host, PARAMETERS, type Parts, table } from '../../harness/testing/shtHosts.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host } from './host.ts';
import { ALL_KEYS, KEY_ZERO } from './keys.ts';
import type { Order, Reason } from './messages.ts';
import { objectionTo } from './moving.ts';

/** Keys 3 to 8 are b's, and four of them have a value. */
const owning: Parts = {
  delegationMap: [
    { low: 0n, owner: 'a' },
    { low: 3n, owner: 'b' },
    { low: 9n, owner: 'c' },
  ],
  table: table([3n, 'v3'], [4n, 'v4'], [5n, 'v5'], [6n, 'v6']),
};

const order = (low: bigint, high: bigint, recipient: EndPoint = 'c'): Order => ({
  range: { low, high },
  recipient,
});

describe('an order will not do, because', () => {
  test.each<[Reason, Host, Order]>([
    [
      'only an administrator may move keys',
      host(owning, PARAMETERS, { administrators: ['admin1'] }),
      order(3n, 5n),
    ],
    ['the range is empty', host(owning), order(5n, 5n)],
    ['the range is empty', host(owning), order(5n, 4n)],
    ['the recipient is no host', host(owning), order(3n, 5n, 'x')],
    ['the recipient has given the order', host(owning), order(3n, 5n, 'b')],
    ['the keys are not all here', host(owning), order(2n, 5n)],
    ['the keys are not all here', host(owning), order(8n, 10n)],
    ['the keys are not all here', host(owning), { range: ALL_KEYS, recipient: 'c' }],
    [
      'some of the keys are on the move already',
      host({ ...owning, orders: [order(3n, 5n)] }),
      order(4n, 6n),
    ],
    [
      'there are too many orders',
      host({ ...owning, orders: [order(3n, 4n), order(4n, 5n), order(5n, 6n)] }),
      order(6n, 7n),
    ],
    ['there are too many orders', host(owning, { ...PARAMETERS, maxRanges: 3 }), order(6n, 7n)],
    ['there are too many orders', host(owning, COMPATIBLE), order(3n, 7n)],
  ])('%s', (because, h, wanted) => {
    expect(objectionTo(h, wanted, 'x')).toBe(because);
  });
});

describe('an order will do', () => {
  test.each<[string, Host, Order, EndPoint?]>([
    ['of all that a host has', host(owning), order(3n, 9n)],
    [
      'of an administrator',
      host(owning, PARAMETERS, { administrators: ['admin1'] }),
      order(3n, 4n),
      'admin1',
    ],
    ['for what is next to another', host({ ...owning, orders: [order(3n, 5n)] }), order(5n, 6n)],
    [
      'that calls the recipient by another name',
      host(owning, PARAMETERS, { aliases: new Map([['rawC', 'c']]) }),
      order(3n, 5n, 'rawC'),
    ],
    [
      'as long as there are fewer ranges than may be',
      host(owning, { ...PARAMETERS, maxRanges: 4 }),
      order(6n, 7n),
    ],
    ['for keys without values', host(owning), order(7n, 8n)],
    [
      'in the compatible preset, for as much as one message holds',
      host(owning, COMPATIBLE),
      order(3n, 6n),
    ],
    [
      'in the compatible preset, for what is before all keys',
      host(owning, COMPATIBLE),
      { range: { low: KEY_ZERO, high: 0n }, recipient: 'c' },
    ],
  ])('%s', (_, h, wanted, src = 'x') => {
    expect(objectionTo(h, wanted, src)).toBeUndefined();
  });

  test.each<[string, EndPoint]>([
    ['this host itself', 'rawB'],
    ['nobody', 'rawX'],
  ])('not, if its recipient is another name for %s', (_, recipient) => {
    const h = host(owning, PARAMETERS, { aliases: new Map([['rawB', 'b']]) });
    expect(objectionTo(h, order(3n, 5n, recipient), 'x')).toBeDefined();
  });
});
