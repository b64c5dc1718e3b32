import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FREE_FLOW } from '../framework/io.ts';
import { BackPressure, REQUEST_COST } from './backPressure.ts';
import type { Request } from './messages.ts';
import { Waiting } from './waiting.ts';

/** The same in two plain lists, as the protocol has them. */
class Lists {
  earlier: readonly Request[] = [];
  new: readonly Request[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(request: Request): void {
    const isKnown = [...this.earlier, ...this.new].some(
      ({ client, seqno }) => client === request.client && seqno === request.seqno,
    );
    if (!isKnown) this.new = [...this.new, request].slice(0, this.#max);
  }

  startEpoch(): void {
    this.earlier = [...this.earlier, ...this.new].slice(0, this.#max);
    this.new = [];
  }

  settle(client: string, seqno: number): void {
    const waits = (request: Request) => request.client !== client || request.seqno > seqno;
    this.earlier = this.earlier.filter(waits);
    this.new = this.new.filter(waits);
  }
}

const client = fc.constantFrom('01', '02', '03');
const seqno = fc.nat(6);
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('add' as const), client, seqno }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('settle' as const), client, seqno }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('startEpoch' as const) }) },
);

test('requests wait in the order in which they came, each once, until they are settled', () => {
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (all, max) => {
        const backPressure = new BackPressure(FREE_FLOW);
        const waiting = new Waiting(max, backPressure);
        const lists = new Lists(max);
        for (const [index, each] of all.entries()) {
          if (each.type === 'startEpoch') {
            waiting.startEpoch();
            lists.startEpoch();
          } else if (each.type === 'settle') {
            waiting.settle(each.client, each.seqno);
            lists.settle(each.client, each.seqno);
          } else {
            const request = { ...each, request: new Uint8Array(index) };
            waiting.add(request);
            lists.add(request);
          }
          expect([...waiting.earlier]).toEqual(lists.earlier);
          expect([...waiting.new]).toEqual(lists.new);
          const counts = [waiting.earlier.length, waiting.new.length, waiting.earlierCount];
          expect(counts).toEqual([lists.earlier.length, lists.new.length, lists.earlier.length]);
          const kept = [...lists.earlier, ...lists.new];
          const clients = new Set<string>();
          waiting.forEachClient((id) => clients.add(id));
          expect(clients).toEqual(new Set(kept.map((request) => request.client)));
          const cost = kept.reduce((sum, { request }) => sum + request.length + REQUEST_COST, 0);
          expect(backPressure.total).toBe(cost);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a hundred thousand clients come twice and are done in no time', () => {
  const waiting = new Waiting(Number.MAX_SAFE_INTEGER, new BackPressure(FREE_FLOW));
  const request = new Uint8Array(0);
  const clients = Array.from({ length: 100_000 }, (_, index) => index.toString(16));
  const before = performance.now();
  for (const id of [...clients, ...clients]) waiting.add({ client: id, seqno: 1, request });
  waiting.startEpoch();
  expect(waiting.earlier.length).toBe(clients.length);
  for (const id of clients.reverse()) waiting.settle(id, 1);
  expect(waiting.earlier.length).toBe(0);
  // It takes a tenth of a second; whatever searches takes minutes.
  expect(performance.now() - before).toBeLessThan(20_000);
});
