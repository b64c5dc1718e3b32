/**
 * # Calls that are as good as others
 *
 * Calls of unknown fate that lead to different states may do so for nothing: where no call wants
 * any of these states, it is all one which of them takes effect. Here they become the same
 * operation, so that nobody tries one after the other.
 */
import type { Machine } from './machine.ts';
import type { CallTable } from './timeline.ts';

/** The same calls, of which as many as can be are the same operation. */
export function withoutNames(table: CallTable, machine: Machine): CallTable {
  const { op, completed } = table;
  const isUnknown = (row: number): boolean => completed[row] === Number.POSITIVE_INFINITY;
  if (!completed.includes(Number.POSITIVE_INFINITY)) return table;
  const wanted = new Set(op.map((each, row) => (isUnknown(row) ? -1 : machine.wants(each))));
  return {
    ...table,
    op: op.map((each, row) =>
      isUnknown(row) && !wanted.has(machine.gives(each)) ? machine.anonymous(each) : each,
    ),
  };
}
