import { describe, expect, test } from 'vitest';
import { clause, either, exists, explain, forAll } from './verdict.ts';

describe('verdicts', () => {
  test('a clause that holds is silent; one that fails says its name', () => {
    expect(clause('the host is up', true)).toBeUndefined();
    expect(clause('the host is up', false)).toEqual({ failed: 'the host is up' });
  });

  test('of clauses joined with ?? the first that fails is the verdict', () => {
    expect(clause('a', true) ?? clause('b', false) ?? clause('c', false)).toEqual({ failed: 'b' });
    expect(clause('a', true) ?? clause('b', true)).toBeUndefined();
  });

  test('forAll refuses with the first item that is refused, and asks no further', () => {
    const asked: number[] = [];
    const verdict = forAll([1, 2, 3, 4], (item) => {
      asked.push(item);
      return clause(`${item} is not even`, item % 2 === 1);
    });
    expect(verdict).toEqual({ failed: '2 is not even' });
    expect(asked).toEqual([1, 2]);
    expect(forAll([], () => clause('never asked', false))).toBeUndefined();
  });

  test('exists holds where it does for one item, and asks no further', () => {
    const asked: number[] = [];
    const isEven = (item: number): boolean => {
      asked.push(item);
      return item % 2 === 0;
    };
    expect(exists([1, 2, 3], isEven)).toBe(true);
    expect(asked).toEqual([1, 2]);
    expect(exists([1, 3], isEven)).toBe(false);
    expect(exists([], () => true)).toBe(false);
  });

  test('either holds where one alternative does, and is not asked about the rest', () => {
    const never = () => {
      throw new Error('asked');
    };
    expect(
      either('some', { a: () => clause('x', false), b: () => undefined, c: never }),
    ).toBeUndefined();
  });

  test('either refuses with what every alternative said', () => {
    const refusal = either('the step is legal', {
      'it stutters': () => clause('nothing changes', false),
      'it is a grant': () => clause('the lock changes hands', false),
    });
    expect(refusal && explain(refusal)).toBe(
      [
        '✗ the step is legal',
        '  ✗ it stutters',
        '    ✗ nothing changes',
        '  ✗ it is a grant',
        '    ✗ the lock changes hands',
      ].join('\n'),
    );
    expect(either('one of none', {})).toEqual({ failed: 'one of none', because: [] });
  });
});
