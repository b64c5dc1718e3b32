/**
 * # How fast the explorer explores
 *
 * Distinct states per second of one core, with every invariant and B3 and B4 checked: on the lock,
 * beside the textbook's model of the same system, and on parts of the replicated service. Processor
 * time is counted, not the time on the wall.
 */
import { explore } from '../explorer/breadthFirst.ts';
import { lockLaws, lockModel, strangers } from '../explorer/lock.ts';
import type { Model } from '../explorer/model.ts';
import { nameOf, rslModel } from '../explorer/rsl/model.ts';
import { PARTS } from '../explorer/rsl/parts.ts';
import { textbookModel } from '../explorer/textbookModel.ts';
import { count, type Figure, figure, type Row, row, show } from './figures.ts';

const TARGET = 300_000;
const RUNS = 5;
const LARGE = { hosts: 10, epochs: 1_000, compatible: false };
const SMALL = { hosts: 6, epochs: 20, compatible: false };
/** Parts of the replicated service: Paxos, and the whole with its clients and its timers. */
const RSL_PARTS: readonly string[] = ['takeover', 'service'];

/** States per second of processor time, in some runs; a new model each, for a model remembers. */
function statesPerSecond<State, Label>(model: () => Model<State, Label>): Figure {
  const runs = Array.from({ length: RUNS + 1 }, () => {
    const before = process.cpuUsage();
    const { distinctStates, counterexample, complete } = explore(model());
    if (counterexample !== undefined || !complete) throw new Error('a model was refused');
    const { user, system } = process.cpuUsage(before);
    return (distinctStates * 1_000_000) / (user + system);
  });
  return figure(runs.slice(1));
}

export function benchExplorer(): readonly Row[] {
  const large = statesPerSecond(() => lockModel(LARGE));
  const small = statesPerSecond(() => lockModel(SMALL));
  const textbook = statesPerSecond(() => textbookModel(lockLaws(SMALL), strangers(SMALL)));
  const ratio = (large.median / TARGET).toFixed(2);
  return [
    row(
      'explore lock, 10 hosts, 1,000 epochs: distinct states per second and core, all checks',
      show(large),
      `target ${count(TARGET)}: ${ratio} times`,
    ),
    row(
      'explore lock, 6 hosts, 20 epochs: the same',
      show(small),
      `the textbook’s model: ${show(textbook)}`,
    ),
    ...PARTS.filter(({ name }) => RSL_PARTS.includes(name)).map((part) => {
      const [size] = part.sizes;
      const rate = statesPerSecond(() => rslModel(part, size));
      return row(`explore ${nameOf(part, size)}: the same`, show(rate));
    }),
  ];
}
