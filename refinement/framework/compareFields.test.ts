import { expect, test } from 'vitest';
import { compareFields } from './compareFields.ts';

interface State {
  readonly constants: string;
  readonly count: number;
  readonly votes: readonly { readonly by: string }[];
}

const compare = compareFields<{ n: number; v: { by: string }[] }, State>({
  constants: 'constant',
  count: ({ n }) => n,
  votes: ({ v }) => v,
});

test('states that agree in every field have no difference, whatever is constant', () => {
  const state = { constants: 'x', count: 1, votes: [{ by: 'a' }] };
  expect(compare({ n: 1, v: [{ by: 'a' }] }, state)).toBeUndefined();
});

test('the first difference is named by its path within the state', () => {
  const state = { constants: 'x', count: 1, votes: [{ by: 'a' }] };
  const expected = (path: string, wanted: unknown, actual: unknown) => ({
    path,
    expected: wanted,
    actual,
  });
  expect(compare({ n: 2, v: [] }, state)).toEqual(expected('.count', 1, 2));
  expect(compare({ n: 1, v: [{ by: 'b' }] }, state)).toEqual(expected('.votes[0].by', 'a', 'b'));
});
