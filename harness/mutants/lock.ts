/** # The lock's mutants, by the boundary that must refuse them. */
import { order, steps } from './lockHost.ts';
import { determinism, liveness, packets, system } from './lockSystem.ts';
import { wire } from './lockWire.ts';
import type { Mutant, NamedMutant } from './mutant.ts';

const all = (refusedBy: Mutant['refusedBy'], mutants: readonly NamedMutant[]): readonly Mutant[] =>
  mutants.map((mutant) => ({ service: 'lock', refusedBy, ...mutant }));

export const lockMutants: readonly Mutant[] = [
  ...all('B0', wire),
  ...all('B1', steps),
  ...all('B2', order),
  ...all('B3', system),
  ...all('B4', packets),
  ...all('liveness', liveness),
  ...all('determinism', determinism),
];
