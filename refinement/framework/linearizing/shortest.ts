/**
 * # As much as can be put in order
 *
 * A search looks ahead, so where it comes no farther is not always what is wrong. What is wrong is
 * the reply with which the history can no longer be put in order: up to the event before, it can.
 * If a part from the beginning can be put in order, so can any shorter one; so that reply is found
 * by halving.
 */
import type { Machine } from './machine.ts';
import { type Found, findOrder, type SearchLimits } from './search.ts';
import { type CallTable, Timeline } from './timeline.ts';

export interface Shortest {
  /** The place of the reply. */
  readonly place: number;
  /** Whether there certainly is no order of what was up to it. */
  readonly verdict: 'none' | 'unsure';
}

/** The first reply with which no order is found, where a search for all has `found` none. */
export function shortest(
  timeline: Timeline,
  table: CallTable,
  machine: Machine,
  found: Found,
  limits: SearchLimits,
): Shortest {
  const replies: number[] = [];
  for (let place = found.farthest; place < timeline.events.length; place++) {
    if ((timeline.events[place] as number) < 0) replies.push(place);
  }
  const isInOrder = (reply: number): boolean => {
    const { verdict } = findOrder(upTo(timeline, table, machine, reply), machine, limits);
    if (verdict === 'order') return true;
    last = { place: reply, verdict };
    return false;
  };
  const all = { place: replies.at(-1) as number, verdict: found.verdict as Shortest['verdict'] };
  let last: Shortest = all;
  // All before `low` are in order, and that at `high` is not.
  let [low, high] = [0, replies.length - 1];
  for (let step = 1; low < high; step *= 2) {
    const next = Math.min(low + step - 1, high);
    if (next === high) break;
    if (isInOrder(replies[next] as number)) low = next + 1;
    else high = next;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isInOrder(replies[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return last;
}

/** What was up to and with a reply: whoever was answered later was not answered yet. */
export function upTo(
  timeline: Timeline,
  table: CallTable,
  machine: Machine,
  place: number,
): Timeline {
  const { rows, invokedAt, completedAt, ops } = timeline;
  const client: number[] = [];
  const invoked: number[] = [];
  const completed: number[] = [];
  const op: number[] = [];
  for (let call = 0; call < rows.length && (invokedAt[call] as number) < place; call++) {
    const row = rows[call] as number;
    const isAnswered = (completedAt[call] as number) <= place;
    const operation = ops[call] as number;
    if (!isAnswered && machine.observes(operation)) continue;
    client.push(table.client[row] as number);
    invoked.push(table.invoked[row] as number);
    completed.push(isAnswered ? (table.completed[row] as number) : Number.POSITIVE_INFINITY);
    op.push(isAnswered ? operation : machine.forget(operation));
  }
  return new Timeline({ client, invoked, completed, op });
}
