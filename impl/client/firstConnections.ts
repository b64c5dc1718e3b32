/**
 * # The first connections of a client
 */
import type { Timers } from '../framework/timers.ts';
import type { ClientNetwork } from './network.ts';

/** For how long the first connection waits for those with the other servers, in milliseconds. */
const COMPANY_MS = 250;

/** The servers that are not connected, each with the reason. */
export const troublesOf = (network: ClientNetwork): readonly string[] =>
  network.names.flatMap((name, server) => {
    const trouble = network.trouble(server);
    return trouble === undefined ? [] : `${name}: ${trouble}`;
  });

export class FirstConnections {
  readonly #timers: Timers;
  #onChange = (): void => {};

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** A server has been connected. */
  noteConnected(): void {
    this.#onChange();
  }

  /** Waits for the first connection, and a moment for the others; says whether there is one. */
  async wait(
    network: ClientNetwork,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const count = network.names.length;
    const missing = (): number => troublesOf(network).length;
    const until = (enough: () => boolean, ms: number): Promise<void> =>
      new Promise((resolve) => {
        const done = (): void => {
          this.#onChange = () => {};
          cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const cancel = this.#timers.after(ms, done);
        this.#onChange = () => {
          if (enough()) done();
        };
        signal?.addEventListener('abort', done);
        this.#onChange();
      });
    await until(() => missing() < count, timeout);
    if (missing() === count || signal?.aborted) return false;
    await until(() => missing() === 0, COMPANY_MS);
    return missing() < count && !signal?.aborted;
  }
}
