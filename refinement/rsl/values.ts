/**
 * # Ballots, batches, votes and numbers
 *
 * The checker's own order of ballots and its own equality of values. The protocol has them too; but
 * a checker that asked the protocol whether one ballot is above another would believe whatever the
 * protocol believes.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Batch, CachedReply, Request, Vote, Votes } from '../../protocol/rsl/messages.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** Negative if `a` is below `b`, zero if they are the same, positive if it is above. */
export const order = (a: Ballot, b: Ballot): number =>
  a.seqno === b.seqno ? a.proposer - b.proposer : a.seqno - b.seqno;

/** Below every ballot that a replica may lead. */
export const LOWEST: Ballot = { seqno: 0, proposer: 0 };

export const highest = (a: Ballot, b: Ballot): Ballot => (order(a, b) < 0 ? b : a);

const sameRequest = (a: Request, b: Request): boolean =>
  a === b || (a.client === b.client && a.seqno === b.seqno && a.request === b.request);

/** Whether two batches ask for the same, in the same order. */
export function sameBatch(a: Batch, b: Batch): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!sameRequest(a[index] as Request, b[index] as Request)) return false;
  }
  return true;
}

/** Some order of different batches, no matter which, but always the same. */
export const orderOfBatches = (a: Batch, b: Batch): number => {
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const textOf = (batch: Batch): string =>
  JSON.stringify(batch.map(({ client, seqno, request }) => [client, seqno, request]));

export const sameVote = (a: Vote, b: Vote): boolean =>
  a === b || (order(a.ballot, b.ballot) === 0 && sameBatch(a.batch, b.batch));

/** Whether two logs hold the same votes. */
export function sameVotes(a: Votes, b: Votes): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [operation, vote] of a) {
    const other = b.get(operation);
    if (other === undefined || !sameVote(vote, other)) return false;
  }
  return true;
}

/** Whether the same replies are kept for the same clients, in the same order. */
export function sameReplies(
  a: ReadonlyMap<EndPoint, CachedReply>,
  b: ReadonlyMap<EndPoint, CachedReply>,
): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  const others = b.entries();
  for (const [client, { seqno, reply }] of a) {
    const other = others.next().value;
    if (other === undefined || other[0] !== client) return false;
    if (other[1].seqno !== seqno || other[1].reply !== reply) return false;
  }
  return true;
}

/** The whole numbers from one to another, with both. */
export function* range(from: number, last: number): Iterable<number> {
  for (let number = from; number <= last; number++) yield number;
}
