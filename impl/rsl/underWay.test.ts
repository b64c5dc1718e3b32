import { expect, test } from 'vitest';
import { batchOf } from './batch.ts';
import type { Batch, Request } from './messages.ts';
import { DEFAULT } from './parameters.ts';
import { RequestQueue } from './requestQueue.ts';
import { UnderWay } from './underWay.ts';

const requestOf = (client: string): Request => ({ client, seqno: 1, request: new Uint8Array(0) });
const batchFrom = (...clients: readonly string[]): Batch => batchOf(clients.map(requestOf));

const queueFrom = (...clients: readonly string[]): RequestQueue => {
  const queue = new RequestQueue({ ...DEFAULT, maxBatchSize: 2 });
  for (const client of clients) queue.push(requestOf(client));
  return queue;
};

test('a request is in the way while an operation with another of its client is under way', () => {
  const underWay = new UnderWay();
  underWay.note(4, batchFrom('01', '02'), 4);
  const queue = queueFrom('03', '02');
  expect(underWay.isInTheWay(queue, 4)).toBe(true);
  underWay.done(4, batchFrom('01', '02'));
  expect(underWay.isInTheWay(queue, 5)).toBe(false);
});

test('only the next batch is looked at', () => {
  const underWay = new UnderWay();
  underWay.note(4, batchFrom('01'), 4);
  expect(underWay.isInTheWay(queueFrom('02', '03', '01'), 4)).toBe(false);
});

test('requests that join the batch later are looked at as well', () => {
  const underWay = new UnderWay();
  underWay.note(4, batchFrom('01'), 4);
  const queue = queueFrom('02');
  expect(underWay.isInTheWay(queue, 4)).toBe(false);
  queue.push(requestOf('01'));
  expect(underWay.isInTheWay(queue, 4)).toBe(true);
});

test('a client waits for the last of its operations', () => {
  const underWay = new UnderWay();
  underWay.note(4, batchFrom('01'), 4);
  underWay.note(5, batchFrom('01'), 4);
  underWay.done(4, batchFrom('01'));
  expect(underWay.isInTheWay(queueFrom('01'), 5)).toBe(true);
  underWay.done(5, batchFrom('01'));
  expect(underWay.isInTheWay(queueFrom('01'), 6)).toBe(false);
});

test.each([
  ['what others have executed is not under way', '01', false],
  ['what they have not executed is', '02', true],
  ['what was executed before it was proposed is not', '03', false],
])('%s', (_, client, expected) => {
  const underWay = new UnderWay();
  underWay.note(4, batchFrom('01'), 4);
  underWay.note(7, batchFrom('02'), 4);
  underWay.note(3, batchFrom('03'), 4);
  underWay.doneBefore(6);
  expect(underWay.isInTheWay(queueFrom(client), 6)).toBe(expected);
  underWay.clear();
  expect(underWay.isInTheWay(queueFrom(client), 6)).toBe(false);
});
