/**
 * # Connecting many clients
 *
 * A server that is asked to open many connections at once is busy with nothing else meanwhile, and
 * closes those that have waited longest. So only a few clients connect at a time.
 */
import type { Credentials } from '../../impl/framework/certificate.ts';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { Identities } from './identities.ts';

/** How many clients connect at a time. */
const AT_A_TIME = 8;

/**
 * Has so many clients connect, each under an identity of its own, and waits for them all. `connect`
 * makes the client with this number, from 0; nobody begins to connect any more once the signal is
 * aborted or one has failed.
 */
export async function connectEach(
  service: Pick<ServiceIdentity, 'useSsl'>,
  count: number,
  connect: (thread: number, identity: Credentials) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const identities = new Identities(service);
  let next = 0;
  let failed = false;
  const connectOthers = async (): Promise<void> => {
    while (next < count && !failed && !signal?.aborted) {
      const thread = next++;
      try {
        await connect(thread, await identities.next());
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count) }, connectOthers));
}
