import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { Identities } from './identities.ts';

test('identities differ, and each can be used for TLS', async () => {
  const identities = new Identities({ useSsl: true });
  const made = await Promise.all(Array.from({ length: 5 }, () => identities.next()));
  expect(new Set(made.map(({ endPoint }) => endPoint)).size).toBe(5);
  for (const { pkcs12 } of made) {
    // Throws where the key does not belong to the certificate.
    createSecureContext({ pfx: Buffer.from(pkcs12), passphrase: '' });
  }
});

test('without TLS they are any bytes', async () => {
  const identities = new Identities({ useSsl: false });
  const [one, other] = [await identities.next(), await identities.next()];
  expect(one.endPoint).not.toBe(other.endPoint);
  expect(one.pkcs12.length).toBe(0);
});
