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
 * Not all that may come next has to be tried:
 *
 * 1. *A call that only observes comes as soon as it is legal.* Wherever else it comes in an order,
 *    it can be moved here: it changes nothing.
 * 2. *Of calls that are the same operation the one comes first whose reply came first.* Two that
 *    stand the other way round can be exchanged.
 * 3. *A call of unknown fate is taken only if it is of use:* not one that changes nothing, nor if
 *    what comes next could have come without it and would have led to the same state. It can be
 *    left out.
 * 4. *The call whose reply comes first has to come now, or after others that make it legal.* If it
 *    is not legal, and nothing that may come before it enables it, there is nothing to try.
 *
 * The order of choices is lazy: what must come first is tried first.
 *
 * J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects, 1993. G. Lowe: Testing for
 * linearizability, 2017.
 */
import { ILLEGAL, type Machine } from './machine.ts';
import type { Timeline } from './timeline.ts';

/** What a search came to. */
export interface Found {
  /** `unsure` if it was given up. */
  readonly verdict: 'order' | 'none' | 'unsure';
  /**
   * The farthest place on the timeline that it came to: the reply to a call which, if there is no
   * order, cannot be in one with all before.
   */
  readonly farthest: number;
  /** How many configurations it has looked at. */
  readonly looked: number;
}

/** No unknown call was taken just now. */
const NOTHING_IDLE = -1;

/** How many configurations are remembered; then all are forgotten, which costs only time. */
const MEMORY = 1 << 18;

/**
 * Searches until there is an order, or certainly none, or until it has looked at `patience`
 * configurations without coming farther.
 */
export const findOrder = (timeline: Timeline, machine: Machine, patience: number): Found =>
  new Search(timeline, machine).run(patience);

class Search {
  readonly #timeline: Timeline;
  readonly #machine: Machine;
  /** The events of calls that are not in the order: doubly linked, from `#end` and back to it. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #end: number;

  #state: number;
  /** How many calls of each unknown kind are in the order. */
  readonly #used: Int32Array;
  /** What came into the order, one after the other: a call, or `~kind`. */
  readonly #trail: number[] = [];
  /** The state before an unknown call that nothing has needed yet. */
  #idle = NOTHING_IDLE;

  /** What is still to be tried: the choices of all frames, the first of each behind the others. */
  readonly #choices: number[] = [];
  /** Where choices were made: four numbers for each. */
  readonly #frames: number[] = [];

  /** What is true of the configuration at hand: calls that may come next, and the first reply. */
  #pending: number[] = [];
  #limit = 0;

  readonly #seen = new Set<string>();
  #farthest = 0;

  constructor(timeline: Timeline, machine: Machine) {
    const { events, kinds } = timeline;
    this.#timeline = timeline;
    this.#machine = machine;
    this.#state = machine.initial;
    this.#used = new Int32Array(timeline.unknown.length);
    this.#end = events.length;
    this.#next = new Int32Array(events.length + 1);
    this.#previous = new Int32Array(events.length + 1);
    let last = this.#end;
    for (const [place, event] of events.entries()) {
      if (event >= 0 && kinds[event] !== -1) continue;
      this.#next[last] = place;
      this.#previous[place] = last;
      last = place;
    }
    this.#next[last] = this.#end;
    this.#previous[this.#end] = last;
  }

  run(patience: number): Found {
    let looked = 0;
    let lastProgress = 0;
    const found = (verdict: Found['verdict']): Found => ({
      verdict,
      farthest: this.#farthest,
      looked,
    });
    do {
      looked++;
      this.#observe();
      if (this.#limit === this.#end) return found('order');
      if (this.#limit > this.#farthest) {
        this.#farthest = this.#limit;
        lastProgress = looked;
      }
      if (looked - lastProgress > patience) return found('unsure');
      this.#branch();
    } while (this.#choose());
    return found('none');
  }

  /** Takes every call that only observes and is legal, and lists what else may come next. */
  #observe(): void {
    const { events, ops } = this.#timeline;
    const machine = this.#machine;
    const state = this.#state;
    const pending: number[] = [];
    let place = this.#next[this.#end] as number;
    for (; place !== this.#end; place = this.#next[place] as number) {
      const call = events[place] as number;
      if (call < 0) break;
      const op = ops[call] as number;
      if (machine.observes(op) && machine.step(state, op) !== ILLEGAL) {
        this.#take(call);
        this.#idle = NOTHING_IDLE;
      } else {
        pending.push(call);
      }
    }
    this.#pending = pending;
    this.#limit = place;
  }

  /** Lays out what may be tried from here, unless that was done before. */
  #branch(): void {
    const choices = this.#choices;
    const start = choices.length;
    this.#layOut();
    const count = choices.length - start;
    if (count === 0) return;
    if (count > 1 && !this.#remember()) {
      choices.length = start;
      return;
    }
    this.#frames.push(start, this.#trail.length, this.#state, this.#idle);
  }

  /** Goes on with the next choice, where there is one left; nothing if all were tried. */
  #choose(): boolean {
    const frames = this.#frames;
    const choices = this.#choices;
    while (frames.length > 0) {
      const top = frames.length - 4;
      const start = frames[top] as number;
      this.#undo(frames[top + 1] as number);
      this.#state = frames[top + 2] as number;
      this.#idle = frames[top + 3] as number;
      if (choices.length > start) {
        this.#make(choices.pop() as number);
        return true;
      }
      frames.length = top;
    }
    return false;
  }

  #make(choice: number): void {
    const before = this.#state;
    const op = choice >= 0 ? this.#timeline.ops[choice] : this.#timeline.unknown[~choice]?.op;
    this.#take(choice);
    this.#state = this.#machine.step(before, op as number);
    this.#idle = choice >= 0 ? NOTHING_IDLE : before;
  }

  /** Puts the choices on their stack, what is to be tried first on top. */
  #layOut(): void {
    const { events, ops, completedAt } = this.#timeline;
    const machine = this.#machine;
    const first = ~(events[this.#limit] as number);
    const goal = ops[first] as number;
    const isLegal = machine.step(this.#state, goal) !== ILLEGAL;
    if (!isLegal && !this.#isWithinReach(goal)) return;
    const helps = (op: number): boolean => !isLegal && machine.enables(op, goal);
    const legal = this.#pending.filter((call) => this.#mayCome(ops[call] as number));
    if (legal.length > 1) {
      legal.sort((a, b) => (completedAt[a] as number) - (completedAt[b] as number));
    }
    const known = legal.filter((_, index) => !isRepeated(ops, legal, index));
    const unknown: number[] = [];
    for (const [kind, { op }] of this.#timeline.unknown.entries()) {
      if (this.#isAvailable(kind) && this.#mayCome(op) && !this.#changesNothing(op)) {
        unknown.push(~kind);
      }
    }
    const opOf = (choice: number): number =>
      (choice >= 0 ? ops[choice] : this.#timeline.unknown[~choice]?.op) as number;
    for (const wanted of [false, true]) {
      for (const list of [unknown, known]) {
        for (let index = list.length - 1; index >= 0; index--) {
          const choice = list[index] as number;
          if (helps(opOf(choice)) === wanted) this.#choices.push(choice);
        }
      }
    }
  }

  #mayCome(op: number): boolean {
    const machine = this.#machine;
    const after = machine.step(this.#state, op);
    if (after === ILLEGAL) return false;
    return this.#idle === NOTHING_IDLE || machine.step(this.#idle, op) !== after;
  }

  #changesNothing(op: number): boolean {
    return this.#machine.step(this.#state, op) === this.#state;
  }

  #isAvailable(kind: number): boolean {
    const since = this.#timeline.unknown[kind]?.since[this.#used[kind] as number];
    return since !== undefined && since < this.#limit;
  }

  /** Whether anything that may come before an operation may make it legal. */
  #isWithinReach(goal: number): boolean {
    const { ops, unknown } = this.#timeline;
    const machine = this.#machine;
    return (
      this.#pending.some((call) => machine.enables(ops[call] as number, goal))
      || unknown.some(({ op }, kind) => machine.enables(op, goal) && this.#isAvailable(kind))
    );
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
    for (const [kind, count] of this.#used.entries()) {
      if (count === 0) continue;
      write(kind);
      write(count);
    }
    const key = String.fromCharCode(...codes);
    const seen = this.#seen;
    if (seen.has(key)) return false;
    if (seen.size === MEMORY) seen.clear();
    seen.add(key);
    return true;
  }

  /** Puts a call into the order, or one of an unknown kind. */
  #take(choice: number): void {
    this.#trail.push(choice);
    if (choice < 0) {
      (this.#used[~choice] as number)++;
      return;
    }
    const { invokedAt, completedAt } = this.#timeline;
    this.#unlink(invokedAt[choice] as number);
    this.#unlink(completedAt[choice] as number);
  }

  /** Takes out of the order what came into it after the first `length`. */
  #undo(length: number): void {
    const { invokedAt, completedAt } = this.#timeline;
    const trail = this.#trail;
    while (trail.length > length) {
      const choice = trail.pop() as number;
      if (choice < 0) {
        (this.#used[~choice] as number)--;
        continue;
      }
      this.#relink(completedAt[choice] as number);
      this.#relink(invokedAt[choice] as number);
    }
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

/** Whether one before it in the list is the same operation. */
function isRepeated(ops: readonly number[], calls: readonly number[], index: number): boolean {
  const op = ops[calls[index] as number];
  for (let earlier = 0; earlier < index; earlier++) {
    if (ops[calls[earlier] as number] === op) return true;
  }
  return false;
}
