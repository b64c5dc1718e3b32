import { expect, test } from 'vitest';
import { clause } from '../../spec/framework/verdict.ts';
import { firstBroken, lawList } from './laws.ts';

const asked: string[] = [];
const law = (number: string, holds: (n: number, limit: number) => boolean) => {
  return (n: number, limit: number) => {
    asked.push(number);
    return clause(`${number} holds`, holds(n, limit));
  };
};
const LAWS = lawList({
  X1: law('X1', (n) => n > 0),
  X2: law('X2', (n, limit) => n < limit),
  X3: law('X3', (n) => n % 2 === 0),
});

test.each([
  [4, undefined, ['X1', 'X2', 'X3']],
  [7, 'X3', ['X1', 'X2', 'X3']],
  [11, 'X2', ['X1', 'X2']],
  [-1, 'X1', ['X1']],
])(
  'of laws asked about %i the first that is broken is %s, and none is asked after it',
  (n, number, of) => {
    asked.length = 0;
    const because = number === undefined ? undefined : [{ failed: `${number} holds` }];
    expect(firstBroken(LAWS, n, 10)).toEqual(because && { failed: number, because });
    expect(asked).toEqual(of);
  },
);
