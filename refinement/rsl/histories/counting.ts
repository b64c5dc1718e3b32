/**
 * # What counting allows
 *
 * The answers to increments say where each stands in the order, so there is nothing to search.
 * Clients saw one counter if and only if
 *
 * 1. no two increments got the same count;
 * 2. no call was answered a lower count than one whose reply had come before it was made, and no
 *    increment the count that such a one had been answered;
 * 3. of each count up to the highest that was answered there can be an increment: it was answered
 *    so, or it was not answered at all, and was made before the first reply came that counts it.
 *
 * Then the calls are in order by their counts, those that only observe behind the increment that
 * they count last.
 */
import type { Objection } from '../../framework/linearizability.ts';
import type { CallTable } from '../../framework/linearizing/timeline.ts';

/** What a call says of the count. */
export interface Counted {
  /** What was answered; nothing where there was no answer. */
  readonly count: number | undefined;
  readonly increments: boolean;
}

/** Which of the three does not hold, of calls that each say something; nothing if all do. */
export function objectionToCounting(
  table: CallTable,
  counted: (row: number) => Counted,
): Objection | undefined {
  const calls = table.op.map((_, row) => ({ row, ...counted(row) }));
  const known: Known[] = [];
  const unanswered: number[] = [];
  for (const { row, count, increments } of calls) {
    const invoked = table.invoked[row] as number;
    if (count === undefined) unanswered.push(invoked);
    else {
      const completed = table.completed[row] as number;
      known.push({ row, count, increments, invoked, completed });
    }
  }
  const byCount = known.toSorted((a, b) => keyOf(a) - keyOf(b));
  return sameCount(byCount) ?? goesBack(known) ?? skips(byCount, unanswered.sort(ascending));
}

interface Known {
  readonly row: number;
  readonly count: number;
  readonly increments: boolean;
  readonly invoked: number;
  readonly completed: number;
}

const ascending = (a: number, b: number): number => a - b;

/** Where a call stands in the order. */
const keyOf = ({ count, increments }: Known): number => 2 * count + (increments ? 0 : 1);

function sameCount(byCount: readonly Known[]): Objection | undefined {
  for (let index = 1; index < byCount.length; index++) {
    const [one, other] = [byCount[index - 1] as Known, byCount[index] as Known];
    if (one.increments && other.increments && one.count === other.count) {
      return objection('no two increments come to the same count', one, other);
    }
  }
  return undefined;
}

function goesBack(known: readonly Known[]): Objection | undefined {
  const made = known.toSorted((a, b) => a.invoked - b.invoked);
  const ended = known.toSorted((a, b) => a.completed - b.completed);
  let highest: Known | undefined;
  let next = 0;
  for (const call of made) {
    for (; (ended[next] as Known).completed < call.invoked; next++) {
      const earlier = ended[next] as Known;
      if (highest === undefined || keyOf(earlier) > keyOf(highest)) highest = earlier;
    }
    if (highest !== undefined && keyOf(highest) > keyOf(call)) {
      return objection('the count never goes back, and an increment raises it', highest, call);
    }
  }
  return undefined;
}

function skips(byCount: readonly Known[], unanswered: readonly number[]): Objection | undefined {
  // By index, the call from there on that ended first: until then, all lower counts are counted.
  const firstToEnd: Known[] = [];
  for (let index = byCount.length - 1; index >= 0; index--) {
    const call = byCount[index] as Known;
    const later = firstToEnd[index + 1];
    firstToEnd[index] = later !== undefined && later.completed < call.completed ? later : call;
  }
  let used = 0;
  let last = 0;
  for (const [index, { count, increments }] of byCount.entries()) {
    const witness = firstToEnd[index] as Known;
    const missingBefore = increments ? count : count + 1;
    for (let missing = last + 1; missing < missingBefore; missing++) {
      const made = unanswered[used++];
      if (made !== undefined && made <= witness.completed) continue;
      return objection(`some increment comes to ${missing} before more is counted`, witness);
    }
    last = Math.max(last, count);
  }
  return undefined;
}

/** The calls as they were made; whose reply came last is refused. */
function objection(law: string, ...calls: readonly Known[]): Objection {
  const [last] = calls.toSorted((a, b) => b.completed - a.completed);
  return {
    law,
    row: (last as Known).row,
    rows: calls.toSorted((a, b) => a.invoked - b.invoked).map(({ row }) => row),
  };
}
