/**
 * # All orders at once
 *
 * Goes along the timeline once, event by event, with every configuration in which the calls so far
 * can have left the machine: its state, which of the calls that wait for their replies have taken
 * effect, and which calls of unknown fate have. A call waits as long as it can: only when its reply
 * comes must it have taken effect, and others perhaps before it. When no configuration is left, the
 * calls up to this reply cannot be put in order, and those up to the event before can.
 *
 * It costs as much as there are configurations at a time, and needs no more memory, however long
 * the history is. A search that is lucky is much faster; but where there is no order, this finds
 * the first reply that shows it, and what the machine's states can have been.
 *
 * What need not be tried is left out for the same reasons as in the search, with which it shares
 * nothing else. The algorithm is Lowe's just-in-time linearization.
 */
import { ILLEGAL, type Machine } from './machine.ts';
import type { Timeline } from './timeline.ts';

/** What a sweep came to. */
export type Swept =
  | { readonly verdict: 'order' }
  | {
      readonly verdict: 'none';
      /** Where on the timeline: the reply to a call that cannot be in an order with all before. */
      readonly place: number;
      /** The states that the machine can have been in just before. */
      readonly states: readonly number[];
    }
  /** There were too many configurations, or too many to look at. */
  | { readonly verdict: 'unsure'; readonly place: number };

/** How much a sweep may do. */
export interface SweepLimits {
  /** Configurations at a time. */
  readonly configurations: number;
  /** Configurations looked at in all, and steps from them. */
  readonly looks: number;
}

/** What the calls so far can have come to. */
interface Configuration {
  readonly state: number;
  /** Which calls have taken effect and wait for their reply, ascending. */
  readonly done: readonly number[];
  /** Of which unknown kinds calls have taken effect, ascending; a kind stands there once a call. */
  readonly used: readonly number[];
}

const NOTHING_IDLE = -1;

export const sweep = (timeline: Timeline, machine: Machine, limits: SweepLimits): Swept =>
  new Sweep(timeline, machine, limits).run();

class TooMuch extends Error {}

class Sweep {
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  readonly #limits: SweepLimits;
  #configurations: readonly Configuration[];
  /** The calls that wait for their replies, in the order in which they were made. */
  #pending: number[] = [];
  /** How many calls of each unknown kind were made. */
  readonly #made: Int32Array;
  #looks = 0;

  constructor(timeline: Timeline, machine: Machine, limits: SweepLimits) {
    this.#timeline = timeline;
    this.#machine = machine;
    this.#limits = limits;
    this.#made = new Int32Array(timeline.unknown.length);
    this.#configurations = [{ state: machine.initial, done: [], used: [] }];
  }

  run(): Swept {
    const { events } = this.#timeline;
    let place = 0;
    try {
      for (; place < events.length; place++) {
        const event = events[place] as number;
        const before = this.#configurations;
        if (event >= 0) this.#call(event);
        else this.#reply(~event);
        if (this.#configurations.length > 0) continue;
        return { verdict: 'none', place, states: [...new Set(before.map(({ state }) => state))] };
      }
      return { verdict: 'order' };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { verdict: 'unsure', place };
    }
  }

  #call(call: number): void {
    const kind = this.#timeline.kinds[call] as number;
    if (kind >= 0) {
      (this.#made[kind] as number)++;
      return;
    }
    this.#pending.push(call);
    const op = this.#timeline.ops[call] as number;
    if (!this.#machine.observes(op)) return;
    this.#configurations = this.#configurations.map((configuration) => {
      const { state, done, used } = configuration;
      return this.#machine.step(state, op) === ILLEGAL
        ? configuration
        : { state, done: [...done, call], used };
    });
  }

  #reply(call: number): void {
    const after = new Set<string>();
    const seen = new Set<string>();
    const configurations: Configuration[] = [];
    const reach = ({ state, done, used }: Configuration): void => {
      const rest = { state, done: done.filter((each) => each !== call), used };
      if (!isNew(after, rest)) return;
      if (configurations.push(rest) > this.#limits.configurations) throw new TooMuch();
    };
    for (const configuration of this.#configurations) {
      if (configuration.done.includes(call)) reach(configuration);
      else this.#reachReply(call, configuration, seen, reach);
    }
    this.#pending = this.#pending.filter((each) => each !== call);
    this.#configurations = configurations;
  }

  /** All configurations in which `call` has just taken effect, after others or at once. */
  #reachReply(
    call: number,
    from: Configuration,
    seen: Set<string>,
    reach: (configuration: Configuration) => void,
  ): void {
    const goal = this.#timeline.ops[call] as number;
    const stack: [Configuration, idle: number][] = [[from, NOTHING_IDLE]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [configuration, idle] = top;
      this.#look();
      const isLegal = this.#machine.step(configuration.state, goal) !== ILLEGAL;
      if (!isLegal && !this.#isWithinReach(goal, configuration)) continue;
      for (const next of this.#candidates(configuration)) {
        this.#look();
        const after = this.#take(configuration, next, idle);
        if (after === undefined) continue;
        if (after.done.includes(call)) reach(after);
        else if (isNew(seen, after)) {
          const wasUseful = next >= 0 || after.done.length > configuration.done.length;
          stack.push([after, wasUseful ? NOTHING_IDLE : configuration.state]);
        }
      }
    }
  }

  #look(): void {
    if (++this.#looks > this.#limits.looks) throw new TooMuch();
  }

  /** Calls, or `~kind`, that may take effect next, but for whether they are legal. */
  *#candidates({ done, used }: Configuration): Iterable<number> {
    const { ops } = this.#timeline;
    const earliest = new Map<number, number>();
    for (const call of this.#pending) {
      if (done.includes(call)) continue;
      const op = ops[call] as number;
      const other = earliest.get(op);
      if (other === undefined || this.#repliesBefore(call, other)) earliest.set(op, call);
    }
    yield* earliest.values();
    for (const kind of this.#made.keys()) if (this.#isLeft(kind, used)) yield ~kind;
  }

  #repliesBefore(call: number, other: number): boolean {
    const { completedAt } = this.#timeline;
    return (completedAt[call] as number) < (completedAt[other] as number);
  }

  #isLeft(kind: number, used: readonly number[]): boolean {
    let left = this.#made[kind] as number;
    if (left === 0) return false;
    for (const each of used) if (each === kind) left--;
    return left > 0;
  }

  /**
   * Where a call leads, and then every call that waits and only observes and is legal there;
   * nothing if it is not legal, or of no use.
   */
  #take(configuration: Configuration, next: number, idle: number): Configuration | undefined {
    const { ops, unknown } = this.#timeline;
    const machine = this.#machine;
    const op = (next >= 0 ? ops[next] : unknown[~next]?.op) as number;
    const state = machine.step(configuration.state, op);
    if (state === ILLEGAL) return undefined;
    if (next < 0 && state === configuration.state) return undefined;
    if (idle !== NOTHING_IDLE && machine.step(idle, op) === state) return undefined;
    const done = [...configuration.done];
    if (next >= 0) done.push(next);
    for (const call of this.#pending) {
      const other = ops[call] as number;
      if (!machine.observes(other) || done.includes(call)) continue;
      if (machine.step(state, other) !== ILLEGAL) done.push(call);
    }
    const used = next >= 0 ? configuration.used : [...configuration.used, ~next].sort(byNumber);
    return { state, done: done.sort(byNumber), used };
  }

  #isWithinReach(goal: number, { done, used }: Configuration): boolean {
    const { ops, unknown } = this.#timeline;
    const enables = (op: number): boolean => this.#machine.enables(op, goal);
    return (
      this.#pending.some((call) => enables(ops[call] as number) && !done.includes(call))
      || unknown.some(({ op }, kind) => enables(op) && this.#isLeft(kind, used))
    );
  }
}

const byNumber = (a: number, b: number): number => a - b;

/** Adds a configuration; says whether it was not there. */
function isNew(known: Set<string>, { state, done, used }: Configuration): boolean {
  const before = known.size;
  return known.add(`${state};${done};${used}`).size > before;
}
