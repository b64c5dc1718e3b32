/**
 * # Why there is no order
 *
 * Tells a person why the calls of a partition cannot be put in order: the first reply that is in no
 * order with all that was answered before, and a few calls that show it.
 */
import { HistoryRefusal } from '../refusal.ts';
import type { ShownMachine } from './machine.ts';
import type { CallTable } from './timeline.ts';

/** What is wrong with a partition. */
export interface Cause {
  readonly law: string;
  /** The row of the call whose reply is refused. */
  readonly row: number;
  /** The rows of calls that show why, in the order in which they were made, if they were found. */
  readonly rows?: readonly number[];
  /** What makes no difference to them. */
  readonly whatever?: readonly string[];
}

export interface Stuck extends Cause {
  readonly partition: string;
  readonly table: CallTable;
  /** The names of the clients in the table. */
  readonly clients: readonly string[];
  readonly showTime: (time: number) => string;
}

export function refuse(machine: ShownMachine, stuck: Stuck): HistoryRefusal {
  const { table, clients, partition, law, row } = stuck;
  const op = table.op[row] as number;
  const completed = table.completed[row] as number;
  const answered = table.completed.filter((time) => time < completed).length;
  return new HistoryRefusal(
    {
      host: clients[table.client[row] as number] as string,
      step: answered,
      action: machine.showRequest(op),
      about: partition,
    },
    { failed: law },
    [
      `    answer    ${machine.showReply(op)}`,
      `    before    ${answered === 1 ? '1 other call was' : `${answered} other calls were`} answered here`,
      ...story(machine, stuck),
    ],
  );
}

/** The calls that show it, as lines: from when to when, whose, and what. */
function story(machine: ShownMachine, stuck: Stuck): readonly string[] {
  const { table, clients, showTime, rows = [], whatever = [] } = stuck;
  if (rows.length === 0) return [];
  const times = (column: readonly number[]): readonly number[] =>
    rows.map((row) => column[row] as number);
  const start = Math.min(...times(table.invoked));
  const invoked = times(table.invoked).map((time) => showTime(time - start));
  const completed = times(table.completed).map((time) => showTime(time - start));
  const who = rows.map((row) => clients[table.client[row] as number] as string);
  const [from, to, name] = [widest(invoked), widest(completed), widest(who)];
  const them =
    rows.length === 1 ? 'This call is in no order' : `These ${rows.length} calls are in no order`;
  return [
    `  ${[them, ...whatever].join(', ')}:`,
    ...rows.map((row, index) => {
      const op = table.op[row] as number;
      const time = `${invoked[index]?.padStart(from)} – ${completed[index]?.padEnd(to)}`;
      const said = `${machine.showRequest(op)}: ${machine.showReply(op)}`;
      return `    ${time}  ${who[index]?.padEnd(name)}  ${said}`;
    }),
  ];
}

const widest = (column: readonly string[]): number =>
  Math.max(...column.map((cell) => cell.length));
