/**
 * # Who is alike in a part
 *
 * A part says which of its replicas are alike. Whether that is sound depends on which actions it
 * has, where it begins, and how large it is; all of which is checked here, since a part that was
 * wrong about it would be explored in too few states and nobody would notice.
 */
import type { Acceptor } from '../../../protocol/rsl/acceptor.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import { startPhase1 } from '../../../protocol/rsl/proposer.ts';
import { sendHeartbeat } from '../../../protocol/rsl/replica.ts';
import {
  askForState,
  askForVotes,
  noteProgress,
  repeat1a,
  repeat2a,
} from '../../../protocol/rsl/retry.ts';
import { NO_SYMMETRY, type Symmetry } from '../symmetry.ts';
import type { RslBeginning } from './beginnings.ts';
import { parametersOf, replicasOf, type Size } from './instance.ts';
import type { Part } from './parts.ts';
import { acceptorsAlike, type Renaming, renamingsFrom, replicasAlike } from './symmetry.ts';

/** Actions by which a replica's acceptor and its other roles learn of one another, and how. */
const COUPLING: ReadonlyMap<string, string> = new Map([
  [sendHeartbeat.name, 'what it tells of checkpoints truncates the logs of acceptors'],
  ...[noteProgress, repeat1a, repeat2a, askForVotes, askForState].map(
    ({ name }) => [name, 'whether it is time for it depends on the votes of its acceptor'] as const,
  ),
]);

/** What only an acceptor does; if some of them may not, they are not alike. */
const OF_ACCEPTORS = ['promise', 'repeatPromise', 'vote', 'repeatVotes', 'truncateLog'];

/**
 * Who is alike in a part, and may do the same in it; nobody, where a changed protocol begins in a
 * state in which they are not. Throws an Error if they never are, with such actions or in that size.
 */
export function symmetryOf(part: Part, size: Size, beginning?: RslBeginning): Symmetry<Message> {
  const objection = whyNotAlike(part, size);
  if (objection !== undefined) throw new Error(`${part.name}: ${objection}`);
  const replicas = replicasOf(size);
  const { alike } = part;
  if (alike === 'acceptors') {
    if (beginning !== undefined && !areLogsWhole(beginning))
      return NO_SYMMETRY as Symmetry<Message>;
    return acceptorsAlike(replicas, renamingsFrom(0, size.replicas));
  }
  const privileged = part.without.map(({ except = () => [] }) => except(size));
  const keeps = (to: Renaming): boolean =>
    [...privileged, part.stopped ?? []].every((places) =>
      places.every((place) => places.includes(to[place] as number)),
    );
  const first = alike === 'followers' ? Math.min(size.ballots, size.replicas) : 0;
  return replicasAlike(replicas, renamingsFrom(first, size.replicas).filter(keeps));
}

/** Why those whom a part calls alike are not, if they are not. */
function whyNotAlike(part: Part, size: Size): string | undefined {
  switch (part.alike) {
    case 'acceptors':
      return whyNotAcceptors(part, size);
    case 'replicas':
      return isNowhere(part, size, startPhase1.name)
        ? undefined
        : 'replicas are not alike where some of them may lead';
    default:
      return undefined;
  }
}

function whyNotAcceptors(part: Part, size: Size): string | undefined {
  const { parameters, stopped = [], without } = part;
  if (size.restarts > 0) return 'a replica that starts again does so with all its roles';
  if (stopped.length > 0) return 'a replica that has stopped has stopped with all its roles';
  if (parametersOf(size, parameters).maxLogLength < size.operations) {
    return 'a log that is shorter than the operations is truncated';
  }
  for (const [action, why] of COUPLING) {
    if (!isNowhere(part, size, action)) return `acceptors are not alike with ${action}: ${why}`;
  }
  const partly = without.find(
    ({ actions, except = () => [] }) =>
      except(size).length > 0 && actions.some((action) => OF_ACCEPTORS.includes(action)),
  );
  return partly && `only some acceptors may ${partly.actions.join(', ')}`;
}

/** Whether no replica of an instance has an action. */
const isNowhere = ({ without }: Part, size: Size, action: string): boolean =>
  without.some(
    ({ actions, except = () => [] }) => actions.includes(action) && except(size).length === 0,
  );

/** Whether nothing is truncated, nor will be when what was sent arrives. */
const areLogsWhole = ({ states, packets }: RslBeginning): boolean =>
  states.every(({ acceptor }) => isWhole(acceptor)) && !packets.some(({ msg }) => isBeyond(msg));

/** Whether an acceptor's log has lost nothing, nor will as far as the acceptor knows. */
export const isWhole = ({ logTruncationPoint, lastCheckpointed }: Acceptor): boolean =>
  logTruncationPoint === 0 && lastCheckpointed.every((checkpoint) => checkpoint === 0);

/** Whether a message tells of anything that has been executed for good. */
function isBeyond(msg: Message): boolean {
  switch (msg.type) {
    case 'heartbeat':
      return msg.checkpoint > 0;
    case '1b':
    case 'startingPhase2':
      return msg.logTruncationPoint > 0;
    case 'appStateRequest':
    case 'appStateSupply':
      return true;
    default:
      return false;
  }
}
