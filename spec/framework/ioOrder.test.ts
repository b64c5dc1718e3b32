import { describe, expect, test } from 'vitest';
import { afterOperation, FIRST_STAGE, type IoOperation, isLegalOrder } from './ioOrder.ts';

const OPERATIONS: readonly IoOperation[] = ['R', 'C', 'T', 'S'];

/** Every word of the given length. */
const words = (length: number): IoOperation[][] =>
  length === 0
    ? [[]]
    : words(length - 1).flatMap((word) => OPERATIONS.map((operation) => [...word, operation]));

describe('the order of a step’s IO', () => {
  test.each([
    [0, 1],
    [1, 4],
    [2, 7],
    [3, 10],
    [4, 13],
    [5, 16],
    [6, 19],
  ])('of the words of length %i it accepts %i', (length, accepted) => {
    expect(words(length)).toHaveLength(4 ** length);
    expect(words(length).filter(isLegalOrder)).toHaveLength(accepted);
  });

  test('it accepts exactly R* (C|T)? S*', () => {
    for (let length = 0; length <= 6; length++) {
      for (const word of words(length)) {
        expect(isLegalOrder(word)).toBe(/^R*[CT]?S*$/.test(word.join('')));
      }
    }
  });

  test('whoever goes on from a stage ends where the whole word ends', () => {
    for (const word of words(5)) {
      let stage: ReturnType<typeof afterOperation> = FIRST_STAGE;
      for (const operation of word) stage = stage && afterOperation(stage, operation);
      expect(stage !== undefined).toBe(isLegalOrder(word));
    }
  });
});
