/**
 * # The reply cache
 *
 * For each client the latest reply, kept as the message that tells it. Those served longest ago
 * come first, and are forgotten first.
 *
 * Follows the reply cache of Impl/RSL/ExecutorModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { marshalReply, replyIn } from './marshal.ts';
import type { Batch, CachedReply } from './messages.ts';
import type { Parameters } from './parameters.ts';

/** A reply as it is sent; it shares no bytes with what it was made of. */
export class RememberedReply implements CachedReply {
  readonly seqno: number;
  readonly message: Uint8Array;
  #reply: Uint8Array | undefined;

  constructor(seqno: number, reply: Uint8Array) {
    this.seqno = seqno;
    this.message = marshalReply(seqno, reply);
  }

  get reply(): Uint8Array {
    this.#reply ??= replyIn(this.message);
    return this.#reply;
  }
}

export type ReplyCache = Map<EndPoint, RememberedReply>;

/**
 * Remembers a client's latest reply. Where not compatible, the client that was served longest ago
 * is forgotten if there are too many.
 */
export function remember(
  cache: ReplyCache,
  client: EndPoint,
  latest: RememberedReply,
  { compatible, maxCachedReplies }: Parameters,
): void {
  cache.delete(client);
  cache.set(client, latest);
  if (compatible || cache.size <= maxCachedReplies) return;
  for (const longestAgo of cache.keys()) {
    cache.delete(longestAgo);
    return;
  }
}

/**
 * Whom to forget once a batch has been executed, where that is chosen. `before` are the clients in
 * the order in which the cache had them; as many of these in a row as are too many, if possible a
 * row that the batch does not serve.
 */
export function toForget(
  before: readonly EndPoint[],
  { requests }: Batch,
  { maxCachedReplies }: Parameters,
): readonly EndPoint[] {
  const served = new Set(requests.map(({ client }) => client));
  const clients = [...new Set([...before, ...served])];
  const excess = clients.length - maxCachedReplies;
  if (excess <= 0) return [];
  let row = 0;
  for (let end = 0; end < clients.length && row < excess; end++) {
    row = served.has(clients[end] as EndPoint) ? 0 : row + 1;
    if (row === excess) return clients.slice(end + 1 - excess, end + 1);
  }
  return clients.slice(0, excess);
}
