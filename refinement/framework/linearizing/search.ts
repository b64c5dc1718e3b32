/**
 * # Looking for an order
 *
 * Searches depth first for an order of calls that a machine can have taken, such that no call
 * comes before another whose reply came before it was made. That is the algorithm of Wing and Gong:
 * of the calls not yet in the order, any may be next that was made before the first reply to any of
 * them. Configurations, which are the calls in the order and the machine's state, are remembered
 * and not searched twice, as Lowe does. A configuration is written down exactly: the calls are
 * those up to a place on the timeline but a few, which are listed.
 *
 * Not all that may come next has to be tried: {@link Choices}.
 *
 * J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects, 1993. G. Lowe: Testing for
 * linearizability, 2017.
 */
import { Choices, type Configuration, NOTHING_IDLE } from './choices.ts';
import { ILLEGAL, type Machine } from './machine.ts';
import { Needs } from './needs.ts';
import type { Timeline } from './timeline.ts';
import { Undecided } from './undecided.ts';

/** What a search came to. */
export interface Found {
  /** `unsure` if it was given up. */
  readonly verdict: 'order' | 'none' | 'unsure';
  /**
   * The farthest place on the timeline that it came to: the reply to a call which, if there is no
   * order, cannot be in one with all before.
   */
  readonly farthest: number;
}

/** How much a search may do. It is counted in calls looked at, each time that one is. */
export interface SearchLimits {
  /** Without coming any farther, and in all. */
  readonly patience: number;
  readonly looks: number;
}

/** Searches until there is an order, or certainly none, or it has done enough. */
export const findOrder = (timeline: Timeline, machine: Machine, limits: SearchLimits): Found =>
  new Search(timeline, machine).run(limits);

/**
 * A frame is how many choices there were before it, how many calls were taken, the state, the one
 * before an idle call, and the choice that was tried before all were laid out, or that all were.
 */
const FRAME = 5;
const NOTHING_LEFT = 0x7fff_ffff;

/** How many configurations are remembered; then all are forgotten, which costs only time. */
const MEMORY = 1 << 18;

class Search {
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  /** What is not in the order, and what of it may come next. */
  readonly #rest: Undecided;
  readonly #next: Choices;
  #state: number;
  /** The state before an unknown call that nothing has needed yet. */
  #idle = NOTHING_IDLE;

  /** What is still to be tried: the choices of all frames, the first of each behind the others. */
  readonly #choices: number[] = [];
  /** Where choices were made: so many numbers for each. */
  readonly #frames: number[] = [];

  /** What is true of the configuration at hand: calls that may come next, and the first reply. */
  #pending: number[] = [];
  #limit = 0;

  readonly #seen = new Set<string>();
  #farthest = 0;

  constructor(timeline: Timeline, machine: Machine) {
    this.#timeline = timeline;
    this.#machine = machine;
    const needs = new Needs(timeline, machine);
    this.#rest = new Undecided(timeline, needs);
    this.#next = new Choices(timeline, machine, needs, this.#rest);
    this.#state = machine.initial;
  }

  run({ patience, looks }: SearchLimits): Found {
    let looked = 0;
    let lastProgress = 0;
    do {
      this.#observe();
      if (this.#limit === this.#rest.end) return this.#found('order');
      looked += this.#pending.length + 1;
      // No configuration this far was ever looked at.
      const isFirst = this.#limit > this.#farthest;
      if (isFirst) {
        this.#farthest = this.#limit;
        lastProgress = looked;
      }
      if (looked > looks || looked - lastProgress > patience) return this.#found('unsure');
      if (isFirst || this.#remember()) this.#branch();
    } while (this.#choose());
    return this.#found('none');
  }

  #found(verdict: Found['verdict']): Found {
    return { verdict, farthest: this.#farthest };
  }

  /** Takes every call that only observes and is legal, and lists what else may come next. */
  #observe(): void {
    const { events, ops } = this.#timeline;
    const machine = this.#machine;
    const rest = this.#rest;
    const state = this.#state;
    const pending: number[] = [];
    let place = rest.first;
    for (; place !== rest.end; place = rest.after(place)) {
      const call = events[place] as number;
      if (call < 0) break;
      const op = ops[call] as number;
      if (machine.observes(op) && machine.step(state, op) !== ILLEGAL) {
        rest.take(call);
        this.#idle = NOTHING_IDLE;
      } else {
        pending.push(call);
      }
    }
    this.#pending = pending;
    this.#limit = place;
  }

  /** Lays out what may be tried from here: only the best, if that is clear, or everything. */
  #branch(): void {
    const start = this.#choices.length;
    this.#next.at(this.#configuration());
    const best = this.#next.best();
    if (best === undefined) for (const choice of this.#next.all()) this.#choices.push(choice);
    else this.#choices.push(best);
    const [taken, state, idle] = [this.#rest.taken, this.#state, this.#idle];
    this.#frames.push(start, taken, state, idle, best ?? NOTHING_LEFT);
  }

  /** Goes on with the next choice; says whether there was one left. */
  #choose(): boolean {
    const frames = this.#frames;
    const choices = this.#choices;
    while (frames.length > 0) {
      const top = frames.length - FRAME;
      this.#rest.undo(frames[top + 1] as number);
      this.#state = frames[top + 2] as number;
      this.#idle = frames[top + 3] as number;
      const best = frames[top + 4] as number;
      if (choices.length === frames[top] && best !== NOTHING_LEFT) {
        frames[top + 4] = NOTHING_LEFT;
        this.#observe();
        this.#remember();
        this.#next.at(this.#configuration());
        for (const choice of this.#next.all(best)) choices.push(choice);
      }
      if (choices.length > (frames[top] as number)) {
        this.#make(choices.pop() as number);
        return true;
      }
      frames.length = top;
    }
    return false;
  }

  #configuration(): Configuration {
    const [state, idle, pending, limit] = [this.#state, this.#idle, this.#pending, this.#limit];
    return { state, idle, pending, limit };
  }

  #make(choice: number): void {
    const before = this.#state;
    this.#rest.take(choice);
    const { ops, unknown } = this.#timeline;
    const op = choice >= 0 ? ops[choice] : unknown[~choice]?.op;
    this.#state = this.#machine.step(before, op as number);
    this.#idle = choice >= 0 ? NOTHING_IDLE : before;
  }

  /** Remembers the configuration at hand; says no if it has been there before. */
  #remember(): boolean {
    const codes: number[] = [];
    const write = (n: number): void => {
      codes.push(n & 0x7fff, (n >>> 15) & 0x7fff, Math.floor(n / 2 ** 30) & 0x7fff);
    };
    write(this.#limit);
    write(this.#state);
    codes.push(Math.floor(this.#state / 2 ** 45));
    write(this.#pending.length);
    for (const call of this.#pending) write(call);
    for (const kind of this.#rest.used) write(kind);
    let key = '';
    for (let at = 0; at < codes.length; at += 1024) {
      key += String.fromCharCode(...codes.slice(at, at + 1024));
    }
    const seen = this.#seen;
    if (seen.has(key)) return false;
    if (seen.size === MEMORY) seen.clear();
    seen.add(key);
    return true;
  }
}
