/**
 * # The history of a hash table
 *
 * The state of the service, as requests take effect one after the other, and where in its log what
 * a server has replied to a client is to be found.
 */
import type { Value } from '../../protocol/sht/keys.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Log } from '../../spec/framework/log.ts';
import type { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type * as service from '../../spec/sht/service.ts';

export class History {
  #state: service.State;
  /** For each row of the log the row before of the same server and client, or −1. */
  #previous: Log<number> = Log.of();
  /** By server, then by client. */
  readonly #last = new Map<EndPoint, Map<EndPoint, number>>();

  /** A service whose table is this one, and in which nothing has taken effect. */
  constructor(servers: ReadonlySet<EndPoint>, map: OrderedMap<Value>) {
    this.#state = { servers, map, executed: Log.of() };
  }

  /** One that grows apart from this. */
  copy(): History {
    const copy = new History(this.#state.servers, this.#state.map);
    copy.#state = this.#state;
    copy.#previous = this.#previous;
    for (const [server, last] of this.#last) copy.#last.set(server, new Map(last));
    return copy;
  }

  /** The service's state; the same object as long as nothing happens. */
  get state(): service.State {
    return this.#state;
  }

  /** The table may have become another, and a request may have taken effect. */
  advance(map: OrderedMap<Value>, row: service.Executed | undefined): void {
    const { servers, map: before, executed } = this.#state;
    if (row === undefined) {
      if (map !== before) this.#state = { servers, map, executed };
      return;
    }
    let last = this.#last.get(row.server);
    if (last === undefined) {
      last = new Map();
      this.#last.set(row.server, last);
    }
    this.#previous = this.#previous.append(last.get(row.client) ?? -1);
    last.set(row.client, executed.length);
    this.#state = { servers, map, executed: executed.append(row) };
  }

  /** Where in the log a server gave a client its reply of this number, if it did. */
  positionOf(server: EndPoint, client: EndPoint, replySeqno: number): number | undefined {
    const { executed } = this.#state;
    let position = this.#last.get(server)?.get(client) ?? -1;
    while (position >= 0) {
      if (executed.at(position)?.replySeqno === replySeqno) return position;
      position = this.#previous.at(position) ?? -1;
    }
    return undefined;
  }
}
