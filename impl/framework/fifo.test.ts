import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

describe('a queue', () => {
  test('gives what an array would give, however pushes, shifts and clears interleave', () => {
    const commands = fc.array(fc.oneof(fc.nat(), fc.constant('shift'), fc.constant('clear')));
    fc.assert(
      fc.property(commands, (script) => {
        const fifo = new Fifo<number>();
        let model: number[] = [];
        for (const command of script) {
          if (typeof command === 'number') {
            fifo.push(command);
            model.push(command);
          } else if (command === 'clear') {
            fifo.clear();
            model = [];
          } else {
            expect(fifo.shift()).toBe(model.shift());
          }
          expect(fifo.length).toBe(model.length);
        }
      }),
      { includeErrorInReport: true },
    );
  });
});
