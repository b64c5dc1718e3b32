/**
 * # Mutants
 *
 * A mutant is a deliberate bug: a small patch to the source, which some boundary must refuse. A
 * checker that lets a mutant live is blind to a whole kind of bug. Patches are applied in memory
 * while the source is loaded; nothing that is shipped ever contains one.
 */
import type { Failure } from '../campaign/failure.ts';
import type { Level } from '../campaign/level.ts';
import type { CampaignOptions } from '../campaign/services.ts';

/** An exact piece of a source file, which must occur in it once, and what takes its place. */
export interface Patch {
  /** Relative to the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Other places where a mutant may show sooner than in behaviours. */
export const GROUNDS = ['arbitrary states', 'applications alone'] as const;
export type Ground = (typeof GROUNDS)[number];

export interface Mutant {
  readonly service: string;
  /** At which level hosts are simulated; the service's first, unless this says so. */
  readonly level?: Level;
  /** Where it is hunted, if not in behaviours of the service. */
  readonly ground?: Ground;
  /** The bug, in a few words. */
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The boundary that must refuse it. */
  readonly refusedBy: Failure['refusal']['boundary'];
  /**
   * The clauses of which one must fail, each by its name or by that of a clause that contains it,
   * such as the number of a law; more than one where it depends on what comes first.
   */
  readonly clauses: readonly string[];
  /** Behaviours are drawn as for these options of a campaign. */
  readonly options?: CampaignOptions;
  /**
   * For a mutant that nothing can refuse: why not. Killing it is then a surprise, and a failure.
   */
  readonly survives?: {
    readonly class: 'equivalent' | 'masked' | 'out of scope';
    readonly reason: string;
  };
}

/** A mutant of a service that is said elsewhere. */
export type ServiceMutant = Omit<Mutant, 'service' | 'level'>;

/** A mutant of a service and a boundary that are said elsewhere. */
export type NamedMutant = Omit<ServiceMutant, 'refusedBy'>;

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

/** Whether a clause is the one of this name, or within it. */
export const isWithin = (clause: string, name: string): boolean =>
  clause === name || clause.startsWith(`${name}:`);

type Refused = Pick<Failure['refusal'], 'boundary' | 'clause'>;

/** What is wrong with how a mutant ended; nothing if it ended as it should. */
export function complaintOf(mutant: Mutant, refusal: Refused | undefined): string | undefined {
  const { refusedBy, clauses, survives } = mutant;
  if (survives !== undefined) {
    return refusal && `was to survive, but ${refusal.boundary} refuses it: ${refusal.clause}`;
  }
  if (refusal === undefined) return 'survives';
  const { boundary, clause } = refusal;
  if (boundary !== refusedBy) {
    return `is refused by ${boundary}, not ${refusedBy}, because of "${clause}"`;
  }
  return clauses.some((name) => isWithin(clause, name))
    ? undefined
    : `is refused because of "${clause}", not "${clauses.join('" or "')}"`;
}
