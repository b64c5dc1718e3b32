/**
 * # The bounds of a replicated service, by the book
 *
 * R30: whatever is proposed at once, counted or kept has a bound. The part that compares timers with
 * the clock speaks of steps and is not here.
 */

import type { Batch } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { everyReplica, type Law, type Moment } from './textbookTerms.ts';

const totalBytes = (batch: Batch): number => batch.map(({ request }) => request).join('').length;

/** Whether everything that is said is within its bounds. */
function isSaidWithin(m: Moment): boolean {
  const { maxBatchSize, maxBatchBytes, maxInteger } = m.setting.parameters;
  return (
    m
      .said('2a')
      .every(
        ({ msg: { batch, operation } }) =>
          batch.length <= maxBatchSize
          && (batch.length < 2 || totalBytes(batch) <= maxBatchBytes)
          && operation + 1 <= maxInteger,
      ) && m.said('heartbeat').every(({ msg }) => msg.view.seqno <= maxInteger)
  );
}

/** All that a replica counts up to the greatest integer. */
const countersOf = ({ nextHeartbeat, retry, proposer, election, acceptor, executor }: Replica) => [
  nextHeartbeat,
  retry.time,
  proposer.maxBallotSent1a.seqno,
  proposer.nextOperation,
  proposer.batchDeadline ?? 0,
  election.view.seqno,
  election.epochEnd,
  election.receivedEarlier.length,
  election.receivedThisEpoch.length,
  acceptor.logTruncationPoint,
  executor.operationsComplete,
  executor.checkpoint?.operationsComplete ?? 0,
];

export const bounds: Readonly<Record<string, Law>> = {
  R30: (m) => {
    const { maxLogLength, maxCachedReplies, maxInteger, ...others } = m.setting.parameters;
    return (
      isSaidWithin(m)
      && everyReplica(m, (r) => {
        const { acceptor, executor, election, learner } = r;
        const waiting = [...election.receivedEarlier, ...election.receivedThisEpoch];
        const names = new Set(waiting.map(({ client, seqno }) => `${seqno} ${client}`));
        const tallied = Math.max(-1, ...learner.tallies.keys());
        return (
          acceptor.votes.size <= maxLogLength
          && executor.replyCache.size <= maxCachedReplies
          && names.size === waiting.length
          && Math.max(...countersOf(r)) <= maxInteger
          && election.epochLength <= Math.max(maxInteger, others.baselineViewTimeout)
          && (others.compatible || tallied - executor.operationsComplete < 2 * maxLogLength)
        );
      })
    );
  },
};
