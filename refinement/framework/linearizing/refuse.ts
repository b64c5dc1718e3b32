/**
 * # Why there is no order
 *
 * Tells a person why the calls of a partition cannot be put in order: the first reply that is in no
 * order with all that was answered before, the states in which the machine can have been then, and
 * a few calls that already contradict each other.
 */
import { HistoryRefusal } from '../refusal.ts';
import { blame } from './blame.ts';
import type { ShownMachine } from './machine.ts';
import type { CallTable, Timeline } from './timeline.ts';

/** A partition that cannot be put in order. */
export interface Stuck {
  readonly partition: string;
  readonly table: CallTable;
  readonly timeline: Timeline;
  /** The place on the timeline of the reply that is in no order with all before. */
  readonly place: number;
  /** The states in which the machine can have been before; none if they are not known. */
  readonly states: readonly number[];
  /** The names of the clients in the table. */
  readonly clients: readonly string[];
  readonly showTime: (time: number) => string;
}

const LAW = 'some order of the calls explains every reply';

/** How many states are shown. */
const MAX_STATES = 6;

export function refuse(machine: ShownMachine, stuck: Stuck): HistoryRefusal {
  const { table, timeline, place, states, clients, partition } = stuck;
  const row = timeline.rows[~(timeline.events[place] as number)] as number;
  const op = table.op[row] as number;
  const answered = timeline.events.subarray(0, place).filter((event) => event < 0).length;
  const possible = states.slice(0, MAX_STATES).map((state) => machine.showState(state));
  if (states.length > MAX_STATES) possible.push(`${states.length - MAX_STATES} others`);
  return new HistoryRefusal(
    {
      host: clients[table.client[row] as number] as string,
      step: answered,
      action: machine.showRequest(op),
      about: partition,
    },
    { failed: LAW },
    [
      `    answer    ${machine.showReply(op)}`,
      ...(possible.length > 0 ? [`    state     ${possible.join(' or ')}`] : []),
      `    before    ${answered} calls here were answered, and can be put in order`,
      ...story(machine, stuck),
    ],
  );
}

/** The calls to blame, as lines, in the order in which they were made. */
function story(machine: ShownMachine, stuck: Stuck): readonly string[] {
  const { table, timeline, place, clients, showTime } = stuck;
  const found = blame(table, timeline, machine, place);
  if (found === undefined) return [];
  const { rows, others } = found;
  const start = Math.min(...rows.map((row) => table.invoked[row] as number));
  const columns = {
    invoked: rows.map((row) => showTime((table.invoked[row] as number) - start)),
    completed: rows.map((row) => showTime((table.completed[row] as number) - start)),
    client: rows.map((row) => clients[table.client[row] as number] as string),
  };
  const width = (column: readonly string[]): number =>
    Math.max(...column.map((cell) => cell.length));
  const [from, to, who] = [columns.invoked, columns.completed, columns.client].map(width);
  const them =
    rows.length === 1 ? 'This call is in no order' : `These ${rows.length} calls are in no order`;
  const whatever = others === 0 ? '' : `, whatever ${others} others here did, and when`;
  return [
    `  ${them}${whatever}:`,
    ...rows.map((row, index) => {
      const invoked = columns.invoked[index]?.padStart(from ?? 0);
      const completed = columns.completed[index]?.padEnd(to ?? 0);
      const client = columns.client[index]?.padEnd(who ?? 0);
      const op = table.op[row] as number;
      return `    ${invoked} – ${completed}  ${client}  ${what(machine, op)}`;
    }),
  ];
}

const what = (machine: ShownMachine, op: number): string =>
  `${machine.showRequest(op)}: ${machine.showReply(op)}`;
