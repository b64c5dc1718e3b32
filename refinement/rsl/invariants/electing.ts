/**
 * # Steps of an election
 *
 * Whether a leader is suspected for a reason, and for how long it is left alone. Without these laws
 * views could end one after the other although nobody waits for anything, and epochs that were
 * doubled once could stay so long for ever.
 *
 * IronFleet states nothing of the kind; its liveness proof goes back to the actions instead.
 */
import type { Election } from '../../../protocol/rsl/election.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Ghost } from '../ghost.ts';
import { isLocalStep } from '../scope.ts';
import { order } from '../values.ts';

/** R29, of a step that a replica has taken of its own accord: from one election to the next. */
export function electsForReason(
  before: Election,
  after: Election,
  ghost: Ghost,
  place: number,
): Verdict {
  if (!isLocalStep(ghost)) return undefined;
  if (order(before.view, after.view) !== 0) {
    return clause(
      'who ends a view knows of a quorum that suspects its leader',
      before.suspectors.size >= ghost.majority,
    );
  }
  const isPatient = before.receivedEarlier.length === 0;
  const { baselineViewTimeout } = ghost.setting.parameters;
  const begins = after.epochEnd !== before.epochEnd;
  return (
    clause(
      'who suspects a leader has waited since an earlier epoch',
      !isPatient || before.suspectors.has(place) || !after.suspectors.has(place),
    )
    ?? clause(
      'an epoch is short again after one in which nothing old has waited',
      !isPatient || !begins || after.epochLength === baselineViewTimeout,
    )
    ?? clause(
      'an epoch is as long as the last if something old waits',
      isPatient || after.epochLength === before.epochLength,
    )
  );
}
