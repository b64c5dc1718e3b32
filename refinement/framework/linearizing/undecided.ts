/**
 * # Calls that are not in the order yet
 *
 * What a search has still to put in order, and what it has taken, which it can put back in the
 * opposite order. The events of calls that are not taken form a doubly linked list, so taking one
 * and putting it back costs the same however many there are.
 */
import { ILLEGAL, type Machine, NO_STATE } from './machine.ts';
import type { Needs } from './needs.ts';
import type { Timeline } from './timeline.ts';

export class Undecided {
  readonly #timeline: Timeline;
  readonly #needs: Needs;
  /** By place, and behind all places one that stands before the first and after the last. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly end: number;
  /** By unknown kind: how many of it were taken; and the kinds of which any were. */
  readonly #used: Int32Array;
  readonly #usedKinds = new Set<number>();
  /** What was taken, one after the other: a call, or `~kind`. */
  readonly #trail: number[] = [];

  constructor(timeline: Timeline, needs: Needs) {
    const { events, kinds, unknown } = timeline;
    this.#timeline = timeline;
    this.#needs = needs;
    this.#used = new Int32Array(unknown.length);
    this.end = events.length;
    this.#next = new Int32Array(events.length + 1);
    this.#previous = new Int32Array(events.length + 1);
    let last = this.end;
    for (const [place, event] of events.entries()) {
      if (event >= 0 && kinds[event] !== -1) continue;
      this.#next[last] = place;
      this.#previous[place] = last;
      last = place;
    }
    this.#next[last] = this.end;
    this.#previous[this.end] = last;
  }

  /** The place of the first event, or `end`. */
  get first(): number {
    return this.#next[this.end] as number;
  }

  /** The place of the next event, or `end`; also of a call that was taken just now. */
  after(place: number): number {
    return this.#next[place] as number;
  }

  /** How many were taken. */
  get taken(): number {
    return this.#trail.length;
  }

  /** The unknown kinds that were taken, ascending, each followed by how often. */
  get used(): readonly number[] {
    const kinds = [...this.#usedKinds].sort((a, b) => a - b);
    return kinds.flatMap((kind) => [kind, this.#used[kind] as number]);
  }

  /** Takes a call, or one of an unknown kind. */
  take(choice: number): void {
    this.#trail.push(choice);
    if (choice < 0) {
      (this.#used[~choice] as number)++;
      this.#usedKinds.add(~choice);
      return;
    }
    const { invokedAt, completedAt } = this.#timeline;
    // The reply first, so that who walks along the list still finds on from the call.
    this.#unlink(completedAt[choice] as number);
    this.#unlink(invokedAt[choice] as number);
  }

  /** Puts back what was taken after the first `length`. */
  undo(length: number): void {
    const { invokedAt, completedAt } = this.#timeline;
    const trail = this.#trail;
    while (trail.length > length) {
      const choice = trail.pop() as number;
      if (choice < 0) {
        (this.#used[~choice] as number)--;
        if (this.#used[~choice] === 0) this.#usedKinds.delete(~choice);
      } else {
        this.#relink(invokedAt[choice] as number);
        this.#relink(completedAt[choice] as number);
      }
    }
  }

  /** How many of an unknown kind were taken. */
  usedOf(kind: number): number {
    return this.#used[kind] as number;
  }

  /**
   * The unknown kinds that may be taken before the place `limit`, and are of use: a call that is
   * pending is not legal in this state, and is afterwards; or nobody knows what they give.
   */
  usable(
    machine: Machine,
    state: number,
    pending: readonly number[],
    limit: number,
  ): readonly number[] {
    const { unknown, ops } = this.#timeline;
    const { wild, givers, wants } = this.#needs;
    if (unknown.length === 0) return [];
    const usable = new Set(wild.filter((kind) => this.#isAvailable(kind, limit)));
    for (const call of pending) {
      const op = ops[call] as number;
      if (machine.step(state, op) !== ILLEGAL) continue;
      const wanted = wants[call] as number;
      const kinds = wanted === NO_STATE ? unknown.keys() : (givers[wanted] as readonly number[]);
      for (const kind of kinds) {
        if (!this.#isAvailable(kind, limit)) continue;
        const after = machine.step(state, unknown[kind]?.op as number);
        if (machine.step(after, op) !== ILLEGAL) usable.add(kind);
      }
    }
    return [...usable];
  }

  #isAvailable(kind: number, limit: number): boolean {
    const since = this.#timeline.unknown[kind]?.since[this.#used[kind] as number];
    return since !== undefined && since < limit;
  }

  #unlink(place: number): void {
    const [before, after] = [this.#previous[place] as number, this.#next[place] as number];
    this.#next[before] = after;
    this.#previous[after] = before;
  }

  #relink(place: number): void {
    this.#next[this.#previous[place] as number] = place;
    this.#previous[this.#next[place] as number] = place;
  }
}
