import { describe, expect, test } from 'vitest';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { explore } from '../breadthFirst.ts';
import { refinementOf, rslModel } from './model.ts';
import { type Part, partOf } from './parts.ts';

const part = partOf('original') as Part;
const [size] = part.sizes;

/** What is wrong, if it is claimed that no replica is ever like this. */
function claimNever(isSo: (r: Replica) => boolean) {
  const right = refinementOf(part, size);
  const refinement = {
    ...right,
    systemInvariants: {
      X1: ({ states }: { readonly states: readonly Replica[] }) =>
        states.some(isSo) ? { failed: 'no replica is so' } : undefined,
    },
  };
  return explore(rslModel(part, size, { refinement })).counterexample?.refusal.because?.[0]?.failed;
}

const clients = ({ executor }: Replica): string => [...executor.replyCache.keys()].join();

const isLast = ({ constants }: Replica): boolean => constants.index === size.replicas - 1;

describe('the original, explored', { timeout: 60_000 }, () => {
  test('executes a request twice', () => {
    expect(claimNever(({ executor }) => (executor.app as string).split('c0#1;').length > 2)).toBe(
      'X1',
    );
  });

  test.each(['c0', 'impatient'])('may forget all clients but %s', (client) => {
    const hasExecuted = ({ executor }: Replica) => executor.operationsComplete === size.operations;
    expect(claimNever((r) => hasExecuted(r) && !isLast(r) && clients(r) === client)).toBe('X1');
  });

  test('takes over a state without the replies', () => {
    const isAhead = ({ executor }: Replica) => executor.operationsComplete > 0;
    expect(claimNever((r) => isLast(r) && isAhead(r) && clients(r) === '')).toBe('X1');
  });

  test('never keeps more replies than it may', () => {
    expect(claimNever(({ executor }) => executor.replyCache.size > 1)).toBeUndefined();
  });
});
