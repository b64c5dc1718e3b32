/**
 * # What calls need of each other
 *
 * Some operations are legal in one state only: they *want* it. Some lead to one state wherever they
 * are legal: they *give* it. So when a machine leaves a state that a later call still wants, and
 * nothing gives it again in time, no order comes of that. Whoever knows it early saves much vain
 * search.
 *
 * States are numbered here as they come, so that what is known of them stands in arrays.
 */
import { type Machine, NO_STATE } from './machine.ts';
import type { Timeline } from './timeline.ts';

/** A place behind all others. */
export const NEVER = 0x7fff_ffff;

export class Needs {
  /** By call: the number of the state that it wants, or that it gives, or -1. */
  readonly wants: Int32Array;
  readonly gives: Int32Array;
  /** By state: the unknown kinds that give it. */
  readonly givers: readonly (readonly number[])[];
  /** The unknown kinds of which nobody knows what they give. */
  readonly wild: readonly number[];
  readonly #timeline: Timeline;
  readonly #numbers = new Map<number, number>();
  readonly #wanting: readonly Places[];
  readonly #giving: readonly Places[];

  constructor(timeline: Timeline, machine: Machine) {
    const { ops, kinds, unknown, calls, invokedAt, completedAt } = timeline;
    this.#timeline = timeline;
    this.wants = new Int32Array(calls).fill(NO_STATE);
    this.gives = new Int32Array(calls).fill(NO_STATE);
    for (const [call, op] of ops.entries()) {
      if (kinds[call] !== -1) continue;
      this.wants[call] = this.#numberOf(machine.wants(op));
      if (!machine.observes(op)) this.gives[call] = this.#numberOf(machine.gives(op));
    }
    const unknownGives = unknown.map(({ op }) => this.#numberOf(machine.gives(op)));
    const lists = <T>(make: () => T): T[] => Array.from(this.#numbers.values(), make);
    const wanting = lists(() => new Places());
    const giving = lists(() => new Places());
    const givers = lists((): number[] => []);
    for (let call = calls - 1; call >= 0; call--) {
      const [made, replied] = [invokedAt[call] as number, completedAt[call] as number];
      wanting[this.wants[call] as number]?.addBefore(made, replied);
      giving[this.gives[call] as number]?.addBefore(made, replied);
    }
    for (const [kind, gives] of unknownGives.entries()) givers[gives]?.push(kind);
    this.#wanting = wanting;
    this.#giving = giving;
    this.givers = givers;
    this.wild = [...unknown.keys()].filter((kind) => unknownGives[kind] === NO_STATE);
  }

  /** The number of a state that some call wants or gives; -1 of any other. */
  of(state: number): number {
    return this.#numbers.get(state) ?? NO_STATE;
  }

  /**
   * The place by which a state is wanted by a call that is made after a place, or `NEVER`.
   */
  wantedBy(state: number, after: number): number {
    return this.#wanting[state]?.firstReply(after) ?? NEVER;
  }

  /** The place at which a call is made, after a place, that gives a state and is answered. */
  givenAt(state: number, after: number): number {
    return this.#giving[state]?.firstMade(after) ?? NEVER;
  }

  /**
   * Whether a call of unknown fate may give a state before a place, when some of each kind have
   * taken effect.
   */
  mayBeGiven(state: number, before: number, used: (kind: number) => number): boolean {
    if (this.wild.length > 0) return true;
    for (const kind of this.givers[state] ?? []) {
      const since = this.#timeline.unknown[kind]?.since[used(kind)];
      if (since !== undefined && since < before) return true;
    }
    return false;
  }

  #numberOf(state: number): number {
    if (state === NO_STATE) return NO_STATE;
    const known = this.#numbers.get(state);
    if (known !== undefined) return known;
    this.#numbers.set(state, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** When calls are made, and the first reply to any of those from each on. Latest first. */
class Places {
  readonly #made: number[] = [];
  readonly #firstReply: number[] = [];

  /** Adds a call that was made before all others. */
  addBefore(made: number, replied: number): void {
    this.#made.push(made);
    this.#firstReply.push(Math.min(replied, this.#firstReply.at(-1) ?? NEVER));
  }

  firstReply(after: number): number {
    return this.#firstReply[this.#indexOfFirst(after)] ?? NEVER;
  }

  firstMade(after: number): number {
    return this.#made[this.#indexOfFirst(after)] ?? NEVER;
  }

  /** Of those made after a place, the index of the first; -1 if there is none. */
  #indexOfFirst(after: number): number {
    const made = this.#made;
    let [low, high] = [0, made.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((made[middle] as number) > after) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
