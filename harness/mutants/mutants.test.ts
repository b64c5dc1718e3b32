import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lockMutants } from './lock.ts';
import { applyPatch } from './mutant.ts';

describe('mutants', () => {
  test.each(lockMutants.map((mutant) => [mutant.name, mutant] as const))(
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
    expect(new Set(lockMutants.map(({ name }) => name)).size).toBe(lockMutants.length);
  });

  test('a patch that fits nowhere, or in two places, is an error', () => {
    const patch = { file: 'x.ts', find: 'a', replace: 'b' };
    expect(() => applyPatch(patch, 'c')).toThrow('x.ts has 0 places');
    expect(() => applyPatch(patch, 'aa')).toThrow('x.ts has 2 places');
  });
});
