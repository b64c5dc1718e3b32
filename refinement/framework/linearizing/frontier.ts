/**
 * # What calls can have come to
 *
 * Of several configurations that a sweep has reached, those that leave most open.
 */

/** What the calls so far can have come to. */
export interface Configuration {
  readonly state: number;
  /** Which calls have taken effect and wait for their reply, ascending. */
  readonly done: readonly number[];
  /** Unknown kinds of which calls have taken effect, ascending, each followed by how many. */
  readonly used: readonly number[];
}

/**
 * Configurations of which none leaves less open than another: with the same state and the same
 * calls done, less of unknown fate is used.
 */
export class Frontier {
  readonly #alike = new Map<string, Configuration[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  configurations(): readonly Configuration[] {
    return [...this.#alike.values()].flat();
  }

  /** Adds a configuration, unless there is one that leaves as much open; says whether it did. */
  add(configuration: Configuration): boolean {
    const key = `${configuration.state};${configuration.done}`;
    const alike = this.#alike.get(key) ?? [];
    if (alike.some(({ used }) => isWithin(used, configuration.used))) return false;
    const kept = alike.filter(({ used }) => !isWithin(configuration.used, used));
    this.#size += kept.length + 1 - alike.length;
    kept.push(configuration);
    this.#alike.set(key, kept);
    return true;
  }
}

/** Whether of each kind no more is used. Both are kinds, ascending, each followed by how many. */
function isWithin(less: readonly number[], more: readonly number[]): boolean {
  if (less.length > more.length) return false;
  let at = 0;
  for (let index = 0; index < less.length; index += 2) {
    while (at < more.length && (more[at] as number) < (less[index] as number)) at += 2;
    if (more[at] !== less[index]) return false;
    if ((less[index + 1] as number) > (more[at + 1] as number)) return false;
  }
  return true;
}
