import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Latest } from './latest.ts';
import { Log } from './log.ts';

/** Logs that grow from one another as they like, and others with the same beginning. */
const logs = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.boolean()), { maxLength: 30 }).map((all) => {
  const made: Log<readonly [name: string]>[] = [Log.of(), Log.of(['0'], ['1'])];
  for (const [which, name, copies] of all) {
    const log = made[which % made.length] ?? Log.of();
    made.push((copies ? Log.of(...log) : log).append([`${name}`]));
  }
  return made;
});

test('the latest of a name is the last item that has it, of whatever log was asked before', () => {
  fc.assert(
    fc.property(logs, fc.infiniteStream(fc.nat()), (made, order) => {
      const latest = new Latest<readonly [name: string]>(([name]) => name);
      for (let round = 0; round < 60; round++) {
        const log = made[order.next().value % made.length] ?? Log.of();
        for (const name of ['0', '1', '2', '3', '4']) {
          expect(latest.in(log, [name])).toBe([...log].findLast(([each]) => each === name));
        }
      }
    }),
    { numRuns: 200 },
  );
});
