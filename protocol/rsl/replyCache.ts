/**
 * # The reply cache
 *
 * For each client the latest reply. With it, in the original, a reply that was lost is given again;
 * each replica chooses for itself whose replies it forgets, and a request that it does not remember
 * is executed again.
 *
 * Here the cache is part of the replicated state: the same, in the same order, at every replica
 * that has executed as much. So all replicas agree which requests are settled, and skip those. The
 * client that was served longest ago is forgotten when there are too many; of it nothing is known
 * any more. **A request is executed at most once**, then, as long as its client numbers its
 * requests upward and fewer than `maxCachedReplies` other clients have been served since.
 *
 * It is the client table of Liskov and Cowling, "Viewstamped Replication Revisited" (2012), section
 * 4. The original's is in Protocol/RSL/Executor.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Parameters } from './configuration.ts';
import type { Batch, CachedReply, ReplyCache } from './messages.ts';

/** Whether a request, or a later one of its client, has been executed, as far as is remembered. */
export function isSettled(cache: ReplyCache, client: EndPoint, seqno: number): boolean {
  const latest = cache.get(client);
  return latest !== undefined && latest.seqno >= seqno;
}

/**
 * Remembers a client's latest reply, and forgets the client that was served longest ago if there
 * are too many. Changes the map, in which whoever was served last comes last.
 */
export function remember(
  cache: Map<EndPoint, CachedReply>,
  client: EndPoint,
  latest: CachedReply,
  { compatible, maxCachedReplies }: Parameters,
): void {
  cache.delete(client);
  cache.set(client, latest);
  // In the original whom to forget is chosen, see below.
  if (compatible || cache.size <= maxCachedReplies) return;
  for (const longestAgo of cache.keys()) {
    cache.delete(longestAgo);
    return;
  }
}

/** Which clients to forget, where that is chosen. */
export interface Forget {
  readonly forget: readonly EndPoint[];
}

const FORGET_NOBODY: readonly Forget[] = [{ forget: [] }];

/** The clients who are remembered once a batch has been executed, if none is forgotten. */
const clientsAfter = (cache: ReplyCache, batch: Batch): Set<EndPoint> => {
  const clients = new Set(cache.keys());
  for (const { client } of batch) clients.add(client);
  return clients;
};

/** How many clients are remembered once a batch has been executed and some are forgotten. */
export function keptAfter(cache: ReplyCache, batch: Batch, { forget }: Forget): number {
  const clients = clientsAfter(cache, batch);
  for (const client of forget) clients.delete(client);
  return clients.size;
}

/** Enough ways to forget to see them all in a small instance: as many clients in a row as must. */
export function waysToForget(
  cache: ReplyCache,
  batch: Batch,
  { compatible, maxCachedReplies }: Parameters,
): readonly Forget[] {
  if (!compatible || cache.size + batch.length <= maxCachedReplies) return FORGET_NOBODY;
  const clients = [...clientsAfter(cache, batch)];
  const excess = clients.length - maxCachedReplies;
  if (excess <= 0) return FORGET_NOBODY;
  const twice = [...clients, ...clients];
  return clients.map((_, from) => ({ forget: twice.slice(from, from + excess) }));
}
