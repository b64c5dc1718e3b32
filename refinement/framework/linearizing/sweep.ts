/**
 * # All orders at once
 *
 * Goes along the timeline once, event by event, with every configuration in which the calls so far
 * can have left the machine: its state, which of the calls that wait for their replies have taken
 * effect, and which calls of unknown fate have. A call waits as long as it can: only when its reply
 * comes must it have taken effect, and others perhaps before it. When no configuration is left,
 * there is no order.
 *
 * It costs as much as there are configurations at a time, and needs no more memory, however long
 * the history is. A search that is lucky is much faster; one that is not is much slower. A sweep
 * may also begin in one of several states.
 *
 * What need not be tried is left out for the same reasons as in the search, and so are configurations
 * that leave less open than another. The algorithm is Lowe's just-in-time linearization.
 */
import { type Configuration, Frontier } from './frontier.ts';
import { ILLEGAL, type Machine, NO_STATE } from './machine.ts';
import { NEVER, Needs } from './needs.ts';
import type { Timeline } from './timeline.ts';

/** What a sweep came to. */
export type Swept =
  | { readonly verdict: 'order' }
  /** Up to this place there may be an order, but none of all calls. */
  | { readonly verdict: 'none'; readonly place: number }
  /** There were too many configurations. */
  | { readonly verdict: 'unsure' };

/** How much a sweep may do. */
export interface SweepLimits {
  /** Configurations at a time. */
  readonly configurations: number;
  /** Calls looked at in all, each time that one is. */
  readonly looks: number;
}

const NOTHING_IDLE = -1;

/** Sweeps a timeline, from any of these states. */
export const sweep = (
  timeline: Timeline,
  machine: Machine,
  limits: SweepLimits,
  states: Iterable<number> = [machine.initial],
): Swept => new Sweep(timeline, machine, limits, states).run();

class TooMuch extends Error {}

class Sweep {
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  readonly #needs: Needs;
  readonly #limits: SweepLimits;
  #configurations: readonly Configuration[];
  #place = 0;
  /** The calls that wait for their replies, in the order in which they were made. */
  #pending: number[] = [];
  /** How many calls of each unknown kind were made. */
  readonly #made: Int32Array;
  #looks = 0;

  constructor(timeline: Timeline, machine: Machine, limits: SweepLimits, states: Iterable<number>) {
    this.#timeline = timeline;
    this.#machine = machine;
    this.#needs = new Needs(timeline, machine);
    this.#limits = limits;
    this.#made = new Int32Array(timeline.unknown.length);
    this.#configurations = Array.from(new Set(states), (state) => ({ state, done: [], used: [] }));
  }

  run(): Swept {
    const { events } = this.#timeline;
    try {
      for (let place = 0; place < events.length; place++) {
        const event = events[place] as number;
        this.#place = place;
        if (event >= 0) this.#call(event);
        else this.#reply(~event);
        if (this.#configurations.length === 0) return { verdict: 'none', place };
      }
      return { verdict: 'order' };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { verdict: 'unsure' };
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
    const reached = new Frontier();
    const seen = new Frontier();
    const reach = ({ state, done, used }: Configuration): void => {
      reached.add({ state, done: done.filter((each) => each !== call), used });
      if (reached.size > this.#limits.configurations) throw new TooMuch();
    };
    for (const configuration of this.#configurations) {
      if (configuration.done.includes(call)) reach(configuration);
      else this.#reachReply(call, configuration, seen, reach);
    }
    this.#pending = this.#pending.filter((each) => each !== call);
    this.#configurations = reached.configurations();
  }

  /** All configurations in which `call` has just taken effect, after others or at once. */
  #reachReply(
    call: number,
    from: Configuration,
    seen: Frontier,
    reach: (configuration: Configuration) => void,
  ): void {
    const goal = this.#timeline.ops[call] as number;
    const stack: [Configuration, idle: number][] = [[from, NOTHING_IDLE]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [configuration, idle] = top;
      const candidates = this.#candidates(configuration);
      this.#looks += this.#pending.length;
      const isLegal = this.#machine.step(configuration.state, goal) !== ILLEGAL;
      if (!isLegal && !this.#isWithinReach(goal, configuration, candidates)) continue;
      for (const next of candidates) {
        this.#looks += this.#pending.length;
        if (this.#looks > this.#limits.looks) throw new TooMuch();
        const after = this.#take(configuration, next, idle);
        if (after === undefined) continue;
        if (after.done.includes(call)) reach(after);
        else if (seen.add(after)) {
          const wasUseful = next >= 0 || after.done.length > configuration.done.length;
          stack.push([after, wasUseful ? NOTHING_IDLE : configuration.state]);
        }
      }
    }
  }

  /** Calls, or `~kind`, that may take effect next and are of use, but for whether they are legal. */
  #candidates({ state, done, used }: Configuration): readonly number[] {
    const { ops, completedAt, unknown } = this.#timeline;
    const machine = this.#machine;
    const earliest = new Map<number, number>();
    const usable = new Set<number>(this.#needs.wild);
    for (const call of this.#pending) {
      if (done.includes(call)) continue;
      const op = ops[call] as number;
      const other = earliest.get(op);
      if (other === undefined || (completedAt[call] as number) < (completedAt[other] as number)) {
        earliest.set(op, call);
      }
      if (machine.step(state, op) !== ILLEGAL) continue;
      const wanted = this.#needs.wants[call] as number;
      for (const kind of wanted === NO_STATE ? unknown.keys() : this.#giversOf(wanted)) {
        const after = machine.step(state, unknown[kind]?.op as number);
        if (machine.step(after, op) !== ILLEGAL) usable.add(kind);
      }
    }
    const candidates = [...earliest.values()];
    for (const kind of usable) if (this.#isLeft(kind, used)) candidates.push(~kind);
    return candidates;
  }

  #giversOf(state: number): readonly number[] {
    return this.#needs.givers[state] as readonly number[];
  }

  #isLeft(kind: number, used: readonly number[]): boolean {
    return countOf(used, kind) < (this.#made[kind] as number);
  }

  /**
   * Where a call leads, and then every call that waits and only observes and is legal there;
   * nothing if it is not legal, of no use, or a state is lost by it.
   */
  #take(configuration: Configuration, next: number, idle: number): Configuration | undefined {
    const { ops } = this.#timeline;
    const machine = this.#machine;
    const op = this.#opOf(next);
    const state = machine.step(configuration.state, op);
    if (state === ILLEGAL) return undefined;
    if (idle !== NOTHING_IDLE && machine.step(idle, op) === state) return undefined;
    if (state !== configuration.state && this.#loses(configuration, next)) return undefined;
    const done = [...configuration.done];
    if (next >= 0) done.push(next);
    for (const call of this.#pending) {
      const other = ops[call] as number;
      if (!machine.observes(other) || done.includes(call)) continue;
      if (machine.step(state, other) !== ILLEGAL) done.push(call);
    }
    const used = next >= 0 ? configuration.used : oneMore(configuration.used, ~next);
    return { state, done: done.sort(byNumber), used };
  }

  #opOf(next: number): number {
    const { ops, unknown } = this.#timeline;
    return (next >= 0 ? ops[next] : unknown[~next]?.op) as number;
  }

  /** Whether some call but the next still wants the state that is left, and none can give it. */
  #loses({ state, done, used }: Configuration, next: number): boolean {
    const needs = this.#needs;
    const place = needs.of(state);
    if (place === NO_STATE) return false;
    let until = needs.wantedBy(place, this.#place);
    for (const call of this.#pending) {
      if (call === next || done.includes(call)) continue;
      if (needs.gives[call] === place) return false;
      if (needs.wants[call] !== place) continue;
      until = Math.min(until, this.#timeline.completedAt[call] as number);
    }
    return (
      until !== NEVER
      && needs.givenAt(place, this.#place) > until
      && !needs.mayBeGiven(place, until, (kind) => countOf(used, kind))
    );
  }

  #isWithinReach(goal: number, { done }: Configuration, candidates: readonly number[]): boolean {
    const { ops } = this.#timeline;
    const enables = (op: number): boolean => this.#machine.enables(op, goal);
    return (
      candidates.some((next) => enables(this.#opOf(next)))
      || this.#pending.some((call) => enables(ops[call] as number) && !done.includes(call))
    );
  }
}

/** How often a kind is in a list of kinds and their counts. */
function countOf(used: readonly number[], kind: number): number {
  for (let index = 0; index < used.length; index += 2) {
    if (used[index] === kind) return used[index + 1] as number;
  }
  return 0;
}

function oneMore(used: readonly number[], kind: number): readonly number[] {
  let index = 0;
  while (index < used.length && (used[index] as number) < kind) index += 2;
  return used[index] === kind
    ? used.with(index + 1, (used[index + 1] as number) + 1)
    : used.toSpliced(index, 0, kind, 1);
}

const byNumber = (a: number, b: number): number => a - b;
