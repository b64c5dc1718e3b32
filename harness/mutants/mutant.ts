/**
 * # Mutants
 *
 * A mutant is a deliberate bug: a small patch to the source, which some boundary must refuse. A
 * checker that lets a mutant live is blind to a whole kind of bug. Patches are applied in memory
 * while the source is loaded; nothing that is shipped ever contains one.
 */
import type { Failure } from '../campaign/failure.ts';

/** An exact piece of a source file, which must occur in it once, and what takes its place. */
export interface Patch {
  /** Relative to the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly service: string;
  /** The bug, in a few words. */
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The boundary that must refuse it. */
  readonly refusedBy: Failure['refusal']['boundary'];
  /** The clauses of which one must fail; more than one where it depends on what comes first. */
  readonly clauses: readonly string[];
  /** Behaviours are drawn as for these options of a campaign. */
  readonly compatible?: boolean;
  /**
   * For a mutant that nothing can refuse: why not. Killing it is then a surprise, and a failure.
   */
  readonly survives?: {
    readonly class: 'equivalent' | 'masked' | 'out of scope';
    readonly reason: string;
  };
}

/** A mutant of a service and a boundary that are said elsewhere. */
export type NamedMutant = Omit<Mutant, 'service' | 'refusedBy'>;

export const patch = (file: string, find: string, replace: string): Patch => ({
  file,
  find,
  replace,
});

/** Throws unless the patch fits the source. */
export function applyPatch({ file, find, replace }: Patch, source: string): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`${file} has ${parts.length - 1} places, not one, with this text:\n${find}`);
}
