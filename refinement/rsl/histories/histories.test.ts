import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ASKED_COUNTER,
  type Asked,
  askedKeyValue,
  doubtfulHistory,
  drawnCall,
  hasOrder,
  seenBy,
} from '../../../harness/testing/histories.ts';
import { type CallModel, checkHistory } from '../../framework/linearizability.ts';
import { counterCalls } from './counter.ts';

const { judge: _, ...searched } = counterCalls;

const SUBJECTS: readonly (readonly [string, Asked])[] = [
  ['a counter', ASKED_COUNTER],
  ['a counter, searched for an order', { ...ASKED_COUNTER, model: (): CallModel => searched }],
  ['a key-value store', askedKeyValue('a', 'b')],
];

describe.each(SUBJECTS)('histories of %s', (__, asked) => {
  const { application, model, request } = asked;

  test('are linearizable where calls took effect one after the other', () => {
    fc.assert(
      fc.property(fc.array(drawnCall(request), { maxLength: 40 }), (calls) => {
        const { verdict } = checkHistory(model(), seenBy(application, calls));
        expect(verdict).toBe('linearizable');
      }),
    );
  });

  test('are linearizable if and only if there is an order, whatever was answered', () => {
    const verdicts = { linearizable: 0, refused: 0, undecided: 0 };
    fc.assert(
      fc.property(doubtfulHistory(asked), (history) => {
        const { verdict } = checkHistory(model(), history);
        verdicts[verdict]++;
        expect(verdict).toBe(hasOrder(application, history) ? 'linearizable' : 'refused');
      }),
      { numRuns: 2_000 },
    );
    expect(verdicts.undecided).toBe(0);
    expect(Math.min(verdicts.linearizable, verdicts.refused)).toBeGreaterThan(200);
  });
});
