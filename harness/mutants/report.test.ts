import { describe, expect, test } from 'vitest';
import type { Result } from './judge.ts';
import { summaries, tables, tell } from './report.ts';

const result = (name: string, seconds: number, changes: Partial<Result> = {}): Result => ({
  mutant: { service: 'rsl', name, refusedBy: 'B3', clauses: ['R7'], patches: [] },
  refusal: { boundary: 'B3', clause: 'R7: it was proposed' },
  steps: 1_234,
  seconds,
  length: 9,
  shortest: undefined,
  complaint: undefined,
  ...changes,
});

const SURVIVOR = result('does no harm', 60, {
  mutant: {
    ...result('does no harm', 0).mutant,
    survives: { class: 'equivalent', reason: 'nobody minds' },
  },
  refusal: undefined,
  length: undefined,
});

const RESULTS: readonly Result[] = [
  result('quick', 1),
  result('slow', 8),
  result('slower', 10, { refusal: { boundary: 'B4', clause: 'it was asked for' } }),
  result('slowest', 20, { complaint: 'is refused by B3, not B4' }),
  SURVIVOR,
];

describe('the report on mutants', () => {
  test('has a row for each, with a mark where it should have ended otherwise', () => {
    const text = tables(RESULTS);
    for (const { mutant } of RESULTS) expect(text).toContain(mutant.name);
    expect(text.match(/✗/g)).toHaveLength(1);
    expect(text).toContain('1,234');
    expect(text).toContain('nobody minds');
  });

  test('has a table for each service and level, which it names', () => {
    const [first] = RESULTS.map((each) => ({ ...each, mutant: { ...each.mutant, level: 'impl' } }));
    const text = tables([...RESULTS, ...([first] as Result[])]);
    expect(text.match(/^Mutants of .*$/gm)).toEqual([
      'Mutants of rsl',
      'Mutants of rsl, level impl',
    ]);
  });

  test('sums up each service: what refused how many, and how long it took', () => {
    const lock = result('of another', 3);
    const others = [{ ...lock, mutant: { ...lock.mutant, service: 'lock' } }];
    expect(summaries([...RESULTS, ...others])).toEqual([
      {
        service: 'rsl',
        mutants: 5,
        killed: { B3: 3, B4: 1 },
        survivors: ['does no harm (equivalent)'],
        seconds: { median: 9, worst: 20, of: 'slowest' },
      },
      {
        service: 'lock',
        mutants: 1,
        killed: { B3: 1 },
        survivors: [],
        seconds: { median: 3, worst: 3, of: 'of another' },
      },
    ]);
  });

  test('says the sum in words', () => {
    const [summary] = summaries(RESULTS);
    expect(summary && tell(summary)).toBe(
      [
        'rsl: 5 mutants, refused by B3 3, B4 1',
        '  seconds until refused: median 9.0, worst 20.0 (slowest)',
        '  survives, as it should: does no harm (equivalent)',
      ].join('\n'),
    );
  });

  test('knows no time where nothing was refused', () => {
    expect(summaries([SURVIVOR])[0]?.seconds).toBeUndefined();
  });
});
