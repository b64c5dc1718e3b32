/**
 * # Shrinking
 *
 * Cuts a failing schedule down to events that are all needed, by leaving out ever smaller parts of
 * it and keeping whatever still fails at the same boundary. This is delta debugging (Zeller and
 * Hildebrandt, 2002), without its search through subsets alone, which here never helps.
 */
import type { Boundary } from '../../refinement/framework/refusal.ts';
import type { Behaviours, Outcome } from './behaviour.ts';
import type { Schedule, ScheduledEvent } from './schedule.ts';

/** How many schedules are tried at most, so that shrinking ends. */
const MAX_TRIES = 30_000;
/**
 * A round of a protocol takes some steps: this many can be left out at once, wherever they begin.
 */
const MAX_WINDOW = 24;

/**
 * A smallest schedule found that `behaviours` still refuses at `boundary`. While shrinking, the
 * law that is broken may become another one of the same boundary.
 */
export function shrink(
  behaviours: Behaviours,
  schedule: Schedule,
  boundary: Boundary,
): { readonly schedule: Schedule; readonly outcome: Outcome } {
  let tries = 0;
  const attempt = (events: readonly ScheduledEvent[]): Outcome | undefined => {
    if (tries++ >= MAX_TRIES) return undefined;
    const outcome = behaviours.replay({ ...schedule, events: [...events] });
    return outcome.refusal?.boundary === boundary ? outcome : undefined;
  };
  let events: readonly ScheduledEvent[] = schedule.events;
  let outcome = behaviours.replay(schedule);
  const accept = (smaller: readonly ScheduledEvent[]): boolean => {
    const found = attempt(smaller);
    if (found === undefined) return false;
    events = smaller;
    outcome = found;
    return true;
  };
  const without = (from: number, size: number): boolean =>
    accept([...events.slice(0, Math.max(from, 0)), ...events.slice(from + size)]);
  // Coarsely first: halves, quarters and so on, from the end, for what comes last depends on the
  // rest.
  for (let size = Math.ceil(events.length / 2); size > MAX_WINDOW; size = Math.ceil(size / 2)) {
    for (let from = events.length - size; from > -size; from -= size) without(from, size);
  }
  // Then every stretch of every small length, until nothing more can go.
  for (let before = -1; before !== events.length; ) {
    before = events.length;
    for (let size = Math.min(MAX_WINDOW, events.length); size >= 1; size--) {
      for (let from = events.length - size; from >= 0; from--) without(from, size);
    }
  }
  for (const [index, event] of events.entries()) {
    const calmer = calm(event, events[index - 1]);
    if (calmer !== event) accept(events.with(index, calmer));
  }
  return { schedule: { ...schedule, events: [...events] }, outcome };
}

/**
 * The same event with the clock reading of the event before, which a reader need not think about.
 */
function calm(event: ScheduledEvent, before: ScheduledEvent | undefined): ScheduledEvent {
  if (!('step' in event)) return event;
  const clock = before !== undefined && 'step' in before ? before.clock : 0;
  return clock === event.clock ? event : { ...event, clock };
}
