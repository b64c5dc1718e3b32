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
import type { CachedReply } from './messages.ts';
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
 * Remembers a client's latest reply, and forgets the client that was served longest ago if there
 * are too many. In the original it may be any.
 */
export function remember(
  cache: ReplyCache,
  client: EndPoint,
  latest: RememberedReply,
  { maxCachedReplies }: Parameters,
): void {
  cache.delete(client);
  cache.set(client, latest);
  if (cache.size <= maxCachedReplies) return;
  for (const longestAgo of cache.keys()) {
    cache.delete(longestAgo);
    return;
  }
}
