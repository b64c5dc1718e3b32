/**
 * # Shrinking
 *
 * Cuts a failing schedule down to events that are all needed, by leaving out ever smaller parts of
 * it and keeping whatever still fails for the same reason. This is delta debugging (Zeller and
 * Hildebrandt, 2002), without its search through subsets alone, which here never helps. Before it,
 * whole kinds of events are left out: all of one host, all of one action, all of one sender. And
 * whenever something is left out, whatever makes no sense without it goes, too.
 */
import type { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import type { Behaviours, Outcome } from './behaviour.ts';
import type { Schedule, ScheduledEvent } from './schedule.ts';

/** How many events are gone through at most in search of a shorter schedule, so that it ends. */
const MAX_EVENTS = 3_000_000;
/**
 * A round of a protocol takes some steps: this many can be left out at once, wherever they begin.
 */
const MAX_WINDOW = 24;

/** Why a behaviour is refused. */
export type Reason = Pick<BoundaryRefusal, 'boundary' | 'clause'>;

export interface Shrunk {
  readonly schedule: Schedule;
  readonly outcome: Outcome;
}

/**
 * A smallest schedule found that `behaviours` still refuses for this reason: the same clause, and
 * when that can be cut no further, at least the same law; a law of an invariant is its number. If
 * the schedule is refused for another reason from the start, for that; if it is not refused at all,
 * it is given back as it is.
 */
export function shrink(behaviours: Behaviours, schedule: Schedule, reason: Reason): Shrunk {
  const cutter = new Cutter(behaviours, schedule);
  const { refusal } = cutter.shrunk.outcome;
  if (refusal === undefined) return cutter.shrunk;
  const { boundary, clause } = refusal.clause === reason.clause ? reason : refusal;
  if (boundary !== 'liveness') cutter.cut((found) => found.clause === clause);
  const law = lawOf(clause);
  cutter.cut((found) => found.boundary === boundary && lawOf(found.clause) === law);
  cutter.calm();
  return cutter.shrunk;
}

/** The outermost clause, which for an invariant is its number. */
const lawOf = (clause: string): string => clause.split(': ', 1)[0] ?? clause;

class Cutter {
  shrunk: Shrunk;
  readonly #behaviours: Behaviours;
  #accepts: (found: BoundaryRefusal) => boolean = () => true;
  #budget = MAX_EVENTS;

  constructor(behaviours: Behaviours, schedule: Schedule) {
    this.#behaviours = behaviours;
    this.shrunk = { schedule, outcome: behaviours.replay(schedule) };
  }

  get #events(): readonly ScheduledEvent[] {
    return this.shrunk.schedule.events;
  }

  /** Leaves out whatever can be, as long as what is found is accepted. */
  cut(accepts: (found: BoundaryRefusal) => boolean): void {
    this.#accepts = accepts;
    this.#try([]);
    for (const kind of KINDS) this.#cutKinds(kind);
    // Coarsely first: halves, quarters and so on, from the end, for what comes last depends on the
    // rest; and again, as long as that leaves out something.
    for (let before = -1; before !== this.#events.length; ) {
      before = this.#events.length;
      for (let size = Math.ceil(before / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
        this.#cutStretches(size, Math.ceil(size / 2));
      }
    }
    // Then every stretch of every small length, until nothing more can go.
    for (let before = -1; before !== this.#events.length; ) {
      before = this.#events.length;
      for (let size = Math.min(MAX_WINDOW, before); size >= 1; size--) this.#cutStretches(size, 1);
    }
  }

  /** Leaves out stretches of one length, which begin so far apart. */
  #cutStretches(size: number, apart: number): void {
    for (let from = this.#events.length - size; from > -apart; from -= apart) {
      this.#without(from, size);
    }
  }

  /** Gives events the clock reading of the event before, which a reader need not think about. */
  calm(): void {
    for (let index = 0; index < this.#events.length; index++) {
      const event = this.#events[index] as ScheduledEvent;
      const before = this.#events[index - 1];
      if (!('step' in event)) continue;
      const clock = before !== undefined && 'step' in before ? before.clock : 0;
      if (clock !== event.clock) this.#try(this.#events.with(index, { ...event, clock }));
    }
  }

  /** Leaves out all events of one kind, for each kind in turn. */
  #cutKinds(kindOf: (event: ScheduledEvent) => string | undefined): void {
    for (const kind of new Set(this.#events.map(kindOf))) {
      if (kind === undefined) continue;
      const others = this.#events.filter((event) => kindOf(event) !== kind);
      if (others.length < this.#events.length) this.#try(others);
    }
  }

  #without(from: number, size: number): void {
    const events = this.#events;
    this.#try([...events.slice(0, Math.max(from, 0)), ...events.slice(from + size)]);
  }

  #try(events: ScheduledEvent[]): void {
    if (this.#budget <= 0) return;
    const { thenFair } = this.shrunk.schedule;
    const schedule = { events, ...(thenFair && { thenFair }) };
    const outcome = this.#behaviours.replay(schedule, { schedule: true });
    this.#budget -= events.length + outcome.seen.steps;
    if (outcome.refusal === undefined || !this.#accepts(outcome.refusal)) return;
    // What came about is what is left of the schedule: the rest made no sense.
    const left = outcome.schedule?.events ?? events;
    this.shrunk = { schedule: { ...schedule, events: left }, outcome };
  }
}

const KINDS: readonly ((event: ScheduledEvent) => string | undefined)[] = [
  (event) => ('step' in event ? event.step : undefined),
  (event) => ('from' in event ? event.from : undefined),
  (event) => ('restart' in event ? event.restart : undefined),
  (event) => ('step' in event ? event.action : undefined),
];
