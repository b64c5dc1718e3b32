import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Request } from './messages.ts';
import { DEFAULT } from './parameters.ts';
import { RequestQueue } from './requestQueue.ts';

/** How many requests make the next batch, counted anew. */
function sizeOf(requests: readonly Request[], maxSize: number, maxBytes: number): number {
  let bytes = 0;
  let size = 0;
  for (const { request } of requests) {
    bytes += request.length;
    if (size === maxSize || (size > 0 && bytes > maxBytes)) break;
    size++;
  }
  return size;
}

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.nat(12) },
  { weight: 2, arbitrary: fc.constant('take' as const) },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
);
const limit = fc.integer({ min: 1, max: 12 });

test('the next batch is the longest that the limits allow, and at least one request', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), limit, limit, (all, maxSize, maxBytes) => {
      const queue = new RequestQueue({
        ...DEFAULT,
        maxBatchSize: maxSize,
        maxBatchBytes: maxBytes,
      });
      let list: Request[] = [];
      for (const [seqno, each] of all.entries()) {
        const size = sizeOf(list, maxSize, maxBytes);
        if (each === 'take') {
          expect(queue.takeBatch()).toEqual(list.slice(0, size));
          list = list.slice(size);
        } else if (each === 'clear') {
          queue.clear();
          list = [];
        } else {
          const request = { client: '01', seqno, request: new Uint8Array(each) };
          queue.push(request);
          list.push(request);
        }
        expect([...queue]).toEqual(list);
        expect([queue.length, queue.at(0)]).toEqual([list.length, list[0]]);
        const next = sizeOf(list, maxSize, maxBytes);
        const bytes = list.reduce((sum, { request }) => sum + request.length, 0);
        expect(queue.batchSize).toBe(next);
        expect(queue.isFull).toBe(next < list.length || next === maxSize || bytes >= maxBytes);
      }
    }),
    { numRuns: 1000 },
  );
});

test('what has been taken does not stay in the queue', () => {
  const queue = new RequestQueue({ ...DEFAULT, maxBatchSize: 10 });
  for (let seqno = 0; seqno < 5_000; seqno++) {
    queue.push({ client: '01', seqno, request: new Uint8Array(0) });
  }
  for (let batch = 0; batch < 499; batch++) {
    expect(queue.takeBatch()[0]?.seqno).toBe(10 * batch);
  }
  expect([...queue].map(({ seqno }) => seqno)).toEqual([
    4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999,
  ]);
});
