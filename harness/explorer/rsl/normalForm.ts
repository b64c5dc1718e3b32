/**
 * # What a replica will never look at again
 *
 * Two states of a replica that differ only in such things do the same for ever, and one stands for
 * both. That is so only in an instance, where clocks stand still and what happens is bounded:
 *  - a time that has come has come, whichever it is;
 *  - of tries it counts only whether the next is a first or a second one;
 *  - a proposer that leads no more, or has proposed all operations there are, needs neither its
 *    promises nor to know what clients ask for, until it leads again and begins anew.
 */
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Size } from './instance.ts';

/** The state that stands for a given one. */
export function normalForm(r: Replica, size: Size): Replica {
  const { retry, election } = r;
  const proposer = normalProposer(r.proposer, size);
  const tries = retry.tries % 2;
  const isTimeless = retry.time === 0 && election.epochEnd === 0 && r.nextHeartbeat === 0;
  if (isTimeless && tries === retry.tries && proposer === r.proposer) return r;
  return {
    ...r,
    nextHeartbeat: 0,
    retry: { ...retry, time: 0, tries },
    election: election.epochEnd === 0 ? election : { ...election, epochEnd: 0 },
    proposer,
  };
}

function normalProposer(p: Proposer, { operations }: Size): Proposer {
  const isDone = p.phase === 0 || (p.phase === 2 && p.nextOperation >= operations);
  if (!isDone) return p;
  if (p.received1bs.size + p.highestRequested.size + p.requestQueue.length === 0) return p;
  return { ...p, received1bs: new Map(), highestRequested: new Map(), requestQueue: [] };
}
