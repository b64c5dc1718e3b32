import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './list.ts';
import { applyPatch, complaintOf, type Mutant } from './mutant.ts';

describe('mutants', () => {
  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'the patches of "%s" fit the source and change it',
    (_, { patches }) => {
      expect(patches.length).toBeGreaterThan(0);
      const sources = new Map<string, string>();
      for (const patch of patches) {
        const before = sources.get(patch.file) ?? readFileSync(patch.file, 'utf8');
        const after = applyPatch(patch, before);
        expect(after).not.toBe(before);
        sources.set(patch.file, after);
      }
    },
  );

  test('have names of their own', () => {
    const names = MUTANTS.map(({ service, name }) => `${service}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '"%s" says which clauses refuse it, or why nothing does',
    (_, { clauses, survives }) => {
      expect(clauses.length > 0).toBe(survives === undefined);
      expect(clauses.every((clause) => clause !== '')).toBe(true);
    },
  );

  test('a patch that fits nowhere, or in two places, is an error', () => {
    const patch = { file: 'x.ts', find: 'a', replace: 'b' };
    expect(() => applyPatch(patch, 'c')).toThrow('x.ts has 0 places');
    expect(() => applyPatch(patch, 'aa')).toThrow('x.ts has 2 places');
  });
});

describe('a mutant ends as it should', () => {
  const mutant: Mutant = {
    service: 'rsl',
    name: 'votes twice',
    refusedBy: 'B3',
    clauses: ['R1', 'R7'],
    patches: [],
  };
  const survivor: Mutant = { ...mutant, survives: { class: 'masked', reason: 'nobody looks' } };

  test.each([
    ['under the number of the law', mutant, { boundary: 'B3', clause: 'R7: it was proposed' }],
    ['under the whole name of the clause', mutant, { boundary: 'B3', clause: 'R1' }],
    ['alive, if nothing can refuse it', survivor, undefined],
  ] as const)('%s', (_, which, refusal) => {
    expect(complaintOf(which, refusal)).toBeUndefined();
  });

  test.each([
    ['alive', mutant, undefined, 'survives'],
    ['at another boundary', mutant, { boundary: 'B4', clause: 'R7' }, 'is refused by B4, not B3'],
    [
      'under a number that only begins alike',
      mutant,
      { boundary: 'B3', clause: 'R11: it was promised' },
      'is refused because of "R11: it was promised", not "R1" or "R7"',
    ],
    ['dead, if nothing should', survivor, { boundary: 'B3', clause: 'R7' }, 'was to survive'],
  ] as const)('but not %s', (_, which, refusal, complaint) => {
    expect(complaintOf(which, refusal)).toContain(complaint);
  });
});
