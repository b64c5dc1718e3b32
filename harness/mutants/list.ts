/** # All mutants. */
import { lockMutants } from './lock.ts';
import type { Mutant } from './mutant.ts';
import { rslMutants } from './rsl.ts';
import { shtMutants } from './sht.ts';

export const MUTANTS: readonly Mutant[] = [...lockMutants, ...rslMutants, ...shtMutants];
