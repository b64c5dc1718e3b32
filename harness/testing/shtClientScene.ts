/**
 * # A client of the hash table, its hosts, and somebody who has keys moved
 *
 * What a test of clients needs to say what a client does.
 */
import type { RequestError } from '../../impl/client/errors.ts';
import { ShtClient, type ShtClientOptions } from '../../impl/client/shtClient.ts';
import { ShtHosts } from '../../impl/client/shtHosts.ts';
import { type Bound, shardOrder } from '../../impl/client/shtMessages.ts';
import { HOST_NAMES, type RunningOptions, RunningShtHosts } from './runningShtHosts.ts';
import { VirtualTimers } from './virtualTimers.ts';

/** The client. */
export const ME = '01';

export function shtClientScene(options: ShtClientOptions = {}, running: RunningOptions = {}) {
  const timers = new VirtualTimers();
  const hosts = new RunningShtHosts(timers, running);
  const client = ShtClient.over(HOST_NAMES, hosts.network(ME), timers, options);
  const settings = { inFlight: 9, inFlightBytes: 1000, retryMs: 100 };
  const administrator = new ShtHosts(HOST_NAMES, hosts.network('ad'), timers, settings);
  timers.pass(1);
  /** Lets time pass until a request is settled. */
  const settled = async <T>(request: Promise<T>): Promise<T | RequestError> => {
    let isSettled = false;
    const ended = request
      .catch((error: RequestError) => error)
      .finally(() => {
        isSettled = true;
      });
    for (let round = 0; round < 1000 && !isSettled; round++) {
      timers.pass(5);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    return ended;
  };
  const get = async (key: bigint | number) => {
    const value = await settled(client.get(key));
    return value instanceof Error ? value : value && Buffer.from(value).toString();
  };
  const set = (key: bigint | number, value: string | undefined) =>
    settled(client.set(key, value === undefined ? undefined : Buffer.from(value)));
  /** Has a host give a range to another. */
  const move = (low: Bound, high: Bound, from: number, to: number): void => {
    administrator.conversations[from]?.ask({
      content: shardOrder({ low, high }, HOST_NAMES[to] ?? ''),
      isWanted: true,
      sent: () => {},
      answered: (answer) => {
        throw new Error(`the order is refused: ${JSON.stringify(answer)}`);
      },
      passedOver: () => {},
      lost: () => {},
    });
    timers.pass(1000);
  };
  return { timers, hosts, client, settled, get, set, move };
}
