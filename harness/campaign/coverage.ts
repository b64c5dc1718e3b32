/**
 * # What a campaign has come across
 *
 * Nothing is learnt about what never happened. So a campaign counts: how often each action was
 * taken, and how often it was looked at and not allowed, and by which clause of its guard; how often
 * each kind of fault happened; in how many behaviours there was, at some time, what the service hopes to see. Whatever cannot
 * happen in a configuration is not counted there, and so not missed where no configuration has it.
 */
export interface Coverage {
  readonly actions: Record<string, number>;
  /** How often each action was not allowed; for hosts that decide for themselves, nobody knows. */
  readonly refused: Record<string, number>;
  /**
   * By {@link refusingClause}, how often a clause of an action's guard was the one that refused it:
   * those that may, and whatever else did.
   */
  readonly clauses: Record<string, number>;
  readonly faults: Record<string, number>;
  readonly sometimes: Record<string, number>;
}

/** In how many behaviours a promise of progress was kept, and in how many it was given up on. */
export interface Promises {
  readonly kept: number;
  readonly undecided: number;
}

export const noCoverage = (): Coverage => ({
  actions: {},
  refused: {},
  clauses: {},
  faults: {},
  sometimes: {},
});

/** The name under which a configuration says that an action is always allowed there. */
export const refusing = (action: string): string => `${action} is not allowed`;

/** The name under which it is counted that a clause of an action's guard has refused it. */
export const refusingClause = (action: string, clause: string): string =>
  `${action} is not allowed, for this is not so: ${clause}`;

/** What one behaviour has come across; `never` is what its configuration cannot have. */
export function cover(into: Coverage, from: Coverage, never: readonly string[] = []): void {
  const add = (table: keyof Coverage, nameOf: (name: string) => string): void => {
    for (const [name, count] of Object.entries(from[table])) {
      if (!never.includes(nameOf(name))) into[table][name] = (into[table][name] ?? 0) + count;
    }
  };
  const same = (name: string): string => name;
  add('actions', same);
  add('refused', refusing);
  add('clauses', same);
  add('faults', same);
  add('sometimes', same);
}

/** What was counted but never happened: a campaign in which it did not proves little about it. */
export function neverHappened({
  actions,
  refused,
  clauses,
  faults,
  sometimes,
}: Coverage): string[] {
  const zero = (
    counts: Readonly<Record<string, number>>,
    say: (name: string) => string,
  ): readonly string[] =>
    Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [say(name)] : []));
  return [
    ...zero(actions, (name) => `a host takes ${name}`),
    ...zero(refused, refusing),
    ...zero(clauses, (name) => name),
    ...zero(faults, (name) => name),
    ...zero(sometimes, (name) => name),
  ];
}

/** What share of all promises of progress, or of all histories, may be given up on. */
const GIVEN_UP = 0.01;

/** In how many behaviours somebody judged what clients saw, and in how many nobody could tell. */
export interface Histories {
  readonly histories: number;
  readonly unclear: number;
}

/** Histories of which nobody could tell, where they are too many to say nothing about. */
export const leftUnclear = ({ histories, unclear }: Histories): number =>
  unclear > GIVEN_UP * histories ? unclear : 0;

/** Promises of progress that were given up on, where they are too many to say nothing about. */
export function givenUp({ kept, undecided }: Promises): number {
  return kept === 0 || undecided > GIVEN_UP * (kept + undecided) ? undecided : 0;
}
