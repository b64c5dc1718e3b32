/**
 * # Identities that last as long as a program
 *
 * A client numbers its requests from zero, and servers remember its latest number by its key. So
 * every client needs a fresh key, and nobody needs to keep one.
 *
 * Follows the transient identities of IronFleet's clients. Without TLS a key is never used but to
 * tell clients apart, so there it is any bytes, as the original allows.
 */
import { randomBytes } from 'node:crypto';
import type { Credentials } from './certificate.ts';
import { endPointOf, type ServiceIdentity } from './identity.ts';

/** Enough that no two clients ever draw the same. */
const RANDOM_KEY_BYTES = 32;

/**
 * Makes the credentials of a client of the service. Over TLS that takes a key, about 0.15 s of a
 * processor, most of it beside the main thread.
 */
export async function transientIdentity(
  service: Pick<ServiceIdentity, 'useSsl'>,
): Promise<Credentials> {
  if (service.useSsl) {
    const { createClientCredentials } = await import('./certificate.ts');
    return createClientCredentials(new Date());
  }
  const publicKey = new Uint8Array(randomBytes(RANDOM_KEY_BYTES));
  return {
    friendlyName: 'client',
    pkcs12: new Uint8Array(0),
    publicKey,
    endPoint: endPointOf(publicKey),
  };
}
