/**
 * # A client of a replicated counter
 *
 *     const counter = await CounterClient.connect('MyCounter.IronRSLCounter.service.txt');
 *     const count = await counter.increment();
 *
 * Follows src/IronRSLCounterClient of IronFleet.
 */
import { u64Exact } from '../framework/marshal.ts';
import { UnexpectedReplyError } from './errors.ts';
import type { ConnectOptions, SubmitOptions } from './rslClient.ts';
import { RslClient } from './rslClient.ts';

/** The one request of a counter: eight zero bytes. */
export const INCREMENT = new Uint8Array(8);

/** The count in a reply; nothing where that is none. */
export const readCount = (reply: Uint8Array): bigint | undefined =>
  reply.length === 8 ? u64Exact.read({ bytes: reply, at: 0 }) : undefined;

export class CounterClient {
  readonly client: RslClient;

  constructor(client: RslClient) {
    this.client = client;
  }

  /** As {@link RslClient.connect}. */
  static async connect(
    service: Parameters<typeof RslClient.connect>[0],
    options?: ConnectOptions,
  ): Promise<CounterClient> {
    return new CounterClient(await RslClient.connect(service, options));
  }

  /** Counts one further, and gives the count after it, modulo 2⁶⁴. */
  async increment(options?: SubmitOptions): Promise<bigint> {
    const reply = await this.client.submit(INCREMENT, options);
    const count = readCount(reply);
    if (count !== undefined) return count;
    throw new UnexpectedReplyError(
      `The reply is no count: ${reply.length} bytes where eight are due; is it another service?`,
    );
  }

  close(): void {
    this.client.close();
  }
}
