/**
 * # What a replica will never look at again
 *
 * Two states of a replica that differ only in such things do the same for ever, and one stands for
 * both; laws are asked of that one. It is so only in an instance, where clocks stand still and what
 * happens is bounded:
 *  - a time that has come has come, whichever it is;
 *  - of tries it counts only whether the next is a first or a second one, and nothing if something
 *    has moved since then;
 *  - a proposer that leads no more, or has proposed all operations there are, needs neither its
 *    promises nor to know what clients ask for, until it leads again and begins anew.
 */
import { isSame, NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { initRetry, type Retry } from '../../../protocol/rsl/retry.ts';
import type { Size } from './instance.ts';

/** The state that stands for a given one. */
export function normalForm(r: Replica, size: Size): Replica {
  const retry = normalRetry(r);
  const proposer = normalProposer(r.proposer, size);
  const { election, nextHeartbeat } = r;
  const isTimeless = election.epochEnd === 0 && nextHeartbeat === 0;
  if (isTimeless && retry === r.retry && proposer === r.proposer) return r;
  return {
    ...r,
    nextHeartbeat: 0,
    retry,
    election: election.epochEnd === 0 ? election : { ...election, epochEnd: 0 },
    proposer,
  };
}

function normalRetry({ retry, election, executor }: Replica): Retry {
  const hasMoved =
    !isSame(retry.view, election.view) || retry.operation !== executor.operationsComplete;
  if (hasMoved) return isSame(retry.view, NO_BALLOT) ? retry : initRetry();
  if (retry.time === 0 && retry.tries < 2) return retry;
  return { ...retry, time: 0, tries: retry.tries % 2 };
}

function normalProposer(p: Proposer, { operations }: Size): Proposer {
  const isDone = p.phase === 0 || (p.phase === 2 && p.nextOperation >= operations);
  if (!isDone) return p;
  if (p.received1bs.size + p.highestRequested.size + p.requestQueue.length === 0) return p;
  return { ...p, received1bs: new Map(), highestRequested: new Map(), requestQueue: [] };
}
