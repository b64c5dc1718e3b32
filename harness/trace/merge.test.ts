import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inCausalOrder } from './merge.ts';
import type { RecordedStep } from './reader.ts';

/** A step of `host` that receives from and sends to others; a packet is known by its bytes. */
const step = (
  host: number,
  line: number,
  received: readonly (readonly [src: number | string, bytes: string])[],
  sent: readonly (readonly [dst: number, bytes: string])[],
): RecordedStep => ({
  host,
  line,
  action: 'act',
  io: [
    ...received.map(([src, bytes]) => ({ op: 'R', src, bytes }) as const),
    ...sent.map(([dst, bytes]) => ({ op: 'S', dst, bytes }) as const),
  ],
  state: {},
});

/** The steps of each host, as sources. */
const sourcesOf = (steps: readonly RecordedStep[], hosts: number) =>
  Array.from({ length: hosts }, (_, host) => {
    const own = steps.filter((candidate) => candidate.host === host);
    return { next: () => own.shift() };
  });

const merge = (steps: readonly RecordedStep[], hosts: number) => [
  ...inCausalOrder(sourcesOf(steps, hosts)),
];

/** Whether every packet is received after it was sent. */
function isCausal(steps: readonly RecordedStep[]): boolean {
  const sent = new Set<string>();
  for (const { host, io } of steps) {
    for (const operation of io) {
      if (operation.op === 'S') sent.add(`${host} ${operation.dst} ${operation.bytes}`);
      if (operation.op === 'R' && typeof operation.src === 'number') {
        if (!sent.has(`${operation.src} ${host} ${operation.bytes}`)) return false;
      }
    }
  }
  return true;
}

/**
 * What really happened, in its order: hosts send packets, some of them alike, and receive some that
 * are on their way, in any order, perhaps twice.
 */
const behaviour = fc
  .array(
    fc.record({
      host: fc.nat(3),
      dst: fc.nat(3),
      bytes: fc.constantFrom('00', '01', '02'),
      receives: fc.boolean(),
      which: fc.nat(),
    }),
    { maxLength: 40 },
  )
  .map((choices) => {
    const network: (readonly [src: number, dst: number, bytes: string])[] = [];
    return choices.map(({ host, dst, bytes, receives, which }, line) => {
      const arriving = network.filter(([, to]) => to === host);
      const packet = receives ? arriving[which % Math.max(arriving.length, 1)] : undefined;
      network.push([host, dst, bytes]);
      return step(host, line, packet ? [[packet[0], packet[2]]] : [], [[dst, bytes]]);
    });
  });

describe('one behaviour out of many traces', () => {
  test('has every step, each host in its order, every receive after its send', () => {
    fc.assert(
      fc.property(behaviour, (steps) => {
        const merged = merge(steps, 4);
        expect(isCausal(merged)).toBe(true);
        expect([...merged].sort((a, b) => a.line - b.line)).toEqual(steps);
        for (const host of [0, 1, 2, 3]) {
          const own = (all: readonly RecordedStep[]) => all.filter((each) => each.host === host);
          expect(own(merged)).toEqual(own(steps));
        }
      }),
    );
  });

  test('is the same for the same traces', () => {
    fc.assert(
      fc.property(behaviour, (steps) => {
        expect(merge(steps, 4)).toEqual(merge(steps, 4));
      }),
    );
  });

  test('keeps no more than one step of each host waiting', () => {
    const steps = Array.from({ length: 100 }, (_, line) => [
      step(0, 2 * line, [], [[1, `0${line % 10}`]]),
      step(1, 2 * line + 1, [], []),
    ]).flat();
    let taken = 0;
    const sources = sourcesOf(steps, 2).map((source) => ({
      next: () => {
        taken++;
        return source.next();
      },
    }));
    let given = 0;
    for (const _ of inCausalOrder(sources)) expect(taken).toBeLessThanOrEqual(++given + 2);
    expect(given).toBe(200);
  });

  test('lets strangers send whenever they like', () => {
    const alone = [step(0, 0, [['stranger', 'ff']], [])];
    expect(merge(alone, 1)).toEqual(alone);
  });

  test('ends with the receive that has no send, when nothing else can go on', () => {
    const free = step(1, 1, [], [[0, '06']]);
    const orphan = step(1, 2, [[2, '07']], [[0, '08']]);
    const waits = step(0, 3, [[1, '08']], []);
    const merged = inCausalOrder(sourcesOf([waits, free, orphan, step(2, 4, [], [])], 3));
    expect([merged.next(), merged.next(), merged.next()].map(({ value }) => value?.line)).toEqual([
      1, 4, 2,
    ]);
    expect(() => merged.next()).toThrow('was not refused');
  });

  test('ends when hosts wait for each other', () => {
    const steps = [step(0, 0, [[1, '01']], [[1, '02']]), step(1, 1, [[0, '02']], [[0, '01']])];
    const merged = inCausalOrder(sourcesOf(steps, 2));
    expect(merged.next().value).toBe(steps[0]);
    expect(() => merged.next()).toThrow('was not refused');
  });
});
