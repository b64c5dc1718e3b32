/**
 * # What the explorer makes of a mutant: the measure for how far a campaign shrinks what it finds.
 *
 * Of the replicated service the explorer knows only parts, most of which begin in the middle: how
 * many steps something takes from there is no measure for a behaviour from the beginning.
 */
import { explore } from '../explorer/breadthFirst.ts';
import { lockModel } from '../explorer/lock.ts';

/** Large enough that every mutant shows, small enough to be explored in no time. */
const LOCK = { hosts: 3, epochs: 8, compatible: false };

/**
 * How many steps a shortest behaviour has that is refused at B3 or B4; nothing if there is none.
 */
export function shortestRefusal(service: string): number | undefined {
  if (service !== 'lock') return undefined;
  return explore(lockModel(LOCK)).counterexample?.behaviour.steps.length;
}
