/**
 * # Requests that are met again
 *
 * The same request is in a proposal, in every vote for it, and in promises that tell of those. Here
 * equal ones become one object, for a while, so that they take less memory and are found to be
 * equal at once.
 */
import type { Request } from '../../protocol/rsl/messages.ts';
import type { Bytes } from '../../spec/framework/bytes.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { toBytes, toDigits } from '../framework/byteStrings.ts';

/** How many clients are known before all are forgotten, and how many requests of each. */
const CLIENTS = 4_096;
const REQUESTS = 8;

interface Client {
  readonly name: EndPoint;
  /** The latest of its requests; each new one takes the place of the one that was put in first. */
  readonly requests: Request[];
  next: number;
}

export class KnownRequests {
  readonly #clients = new Map<Bytes, Client>();

  /** The request with these fields. */
  of(client: Uint8Array, seqno: number, request: Bytes): Request {
    const known = this.#client(client);
    for (const other of known.requests) {
      if (other.seqno === seqno && other.request === request) return other;
    }
    const found = { client: known.name, seqno, request };
    known.requests[known.next] = found;
    known.next = (known.next + 1) % REQUESTS;
    return found;
  }

  #client(bytes: Uint8Array): Client {
    const key = toBytes(bytes);
    let client = this.#clients.get(key);
    if (client === undefined) {
      if (this.#clients.size === CLIENTS) this.#clients.clear();
      client = { name: toDigits(bytes), requests: [], next: 0 };
      this.#clients.set(key, client);
    }
    return client;
  }
}
