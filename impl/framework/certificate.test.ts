import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import forge from 'node-forge';
import { beforeAll, describe, expect, test } from 'vitest';
import { toBinary } from './asn1.ts';
import { createClientCredentials, createServerCredentials, pack, selfSign } from './certificate.ts';
import { endPointOf } from './identity.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const NAME = 'My-Service.IronLock.server1';

const openSslVersion = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout;
const withOpenSsl = describe.skipIf(!openSslVersion);

/** What OpenSSL says about these bytes, on both of its channels. */
const openSsl = (input: Uint8Array, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout + stderr;
};

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
let der: Uint8Array;
let certificate: X509Certificate;
let pkcs12: Uint8Array;

beforeAll(() => {
  der = selfSign(NAME, keys, NOW, new Date('2036-01-02T03:04:05Z'));
  certificate = new X509Certificate(der);
  pkcs12 = pack(keys.privateKey, der);
});

describe('a certificate', () => {
  test('vouches for the key with the key itself', () => {
    expect(certificate.publicKey.equals(keys.publicKey)).toBe(true);
    expect(certificate.verify(keys.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
  });

  test('does not vouch for another', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(certificate.verify(other.publicKey)).toBe(false);
  });

  test('carries the name and nothing else', () => {
    expect(certificate.subject).toBe(`CN=${NAME}`);
    expect(certificate.issuer).toBe(`CN=${NAME}`);
    expect(certificate.subjectAltName).toBeUndefined();
    expect(certificate.keyUsage).toBeUndefined();
    expect(certificate.ca).toBe(false);
  });

  test('is valid for the given time, to the second', () => {
    expect(certificate.validFrom).toBe('Jan  2 03:04:05 2026 GMT');
    expect(certificate.validTo).toBe('Jan  2 03:04:05 2036 GMT');
  });

  test('may be valid beyond 2049, where the old form of time ends', () => {
    const long = selfSign(NAME, keys, NOW, new Date('2050-01-01T00:00:00Z'));
    expect(new X509Certificate(long).validTo).toBe('Jan  1 00:00:00 2050 GMT');
  });

  test('has a serial number of eight bytes that is its own', () => {
    const other = new X509Certificate(selfSign(NAME, keys, NOW, NOW));
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{15}$/);
    expect(other.serialNumber).not.toBe(certificate.serialNumber);
  });
});

describe('a PKCS#12 file', () => {
  test('opens for TLS under the empty password, and only under it', () => {
    createSecureContext({ pfx: Buffer.from(pkcs12), passphrase: '' });
    expect(() => createSecureContext({ pfx: Buffer.from(pkcs12), passphrase: 'x' })).toThrow();
  });

  test('holds the key and the certificate, both encrypted and marked as a pair', () => {
    const asn1 = forge.asn1.fromDer(toBinary(pkcs12));
    const opened = forge.pkcs12.pkcs12FromAsn1(asn1, true, '');
    const bags = opened.safeContents.flatMap(({ safeBags }) => safeBags);
    expect(opened.safeContents.map(({ encrypted }) => encrypted)).toEqual([false, true]);
    expect(bags.map(({ type }) => type)).toEqual([
      forge.pki.oids['pkcs8ShroudedKeyBag'],
      forge.pki.oids['certBag'],
    ]);
    expect(bags[0]?.attributes).toEqual(bags[1]?.attributes);
    expect(bags[0]?.key && forge.pki.privateKeyToPem(bags[0].key).replaceAll('\r', '')).toBe(
      keys.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    );
  });

  test('does not open if its key is not that of its certificate', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const mismatched = pack(other.privateKey, der);
    expect(() => createSecureContext({ pfx: Buffer.from(mismatched), passphrase: '' })).toThrow();
  });
});

withOpenSsl(`OpenSSL finds the original's parameters (skipped if openssl is not installed)`, () => {
  test('in the certificate', () => {
    const text = openSsl(der, 'x509', '-inform', 'der', '-noout', '-text');
    const signature =
      'Signature Algorithm: rsassaPss\\s+Hash Algorithm: sha256\\s+'
      + 'Mask Algorithm: mgf1 with sha256\\s+Salt Length: 0x20\\s+';
    expect(text).toMatch(new RegExp(`Version: 3 \\(0x2\\)[^]*${signature}[^]*Issuer`));
    expect(text).toMatch(/Public Key Algorithm: rsaEncryption\s+Public-Key: \(2048 bit\)/);
    expect(text).not.toContain('extensions');
    expect(text).toContain(`Subject: CN = ${NAME}`);
  });

  test('in the PKCS#12 file', () => {
    const info = openSsl(pkcs12, 'pkcs12', '-info', '-nodes', '-passin', 'pass:');
    const cipher = 'pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2000';
    expect(info).toContain('MAC: sha1, Iteration 2000\n');
    expect(info).toContain(`Shrouded Keybag: ${cipher}\n`);
    expect(info).toContain(`PKCS7 Encrypted data: ${cipher}\nCertificate bag\n`);
    expect(info).toContain(certificate.toString());
  });
});

describe('credentials', () => {
  const certificateIn = (file: Uint8Array): X509Certificate => {
    const opened = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(toBinary(file)), true, '');
    const found = opened.safeContents[1]?.safeBags[0]?.cert;
    if (!found) throw new Error('there is no certificate');
    return new X509Certificate(forge.pki.certificateToPem(found));
  };

  test('of a server are valid for ten years, with an RSA key of 4096 bits', async () => {
    const server = await createServerCredentials(NAME, NOW);
    const { subject, publicKey, validTo } = certificateIn(server.pkcs12);
    expect(subject).toBe(`CN=${NAME}`);
    expect(validTo).toBe('Jan  2 03:04:05 2036 GMT');
    expect(server.publicKey).toHaveLength(526);
    expect(Buffer.from(server.publicKey).subarray(0, 9).toString('hex')).toBe('3082020a0282020100');
    expect(publicKey.export({ type: 'pkcs1', format: 'der' }).equals(server.publicKey)).toBe(true);
    expect(server.friendlyName).toBe(NAME);
    expect(server.endPoint).toBe(endPointOf(server.publicKey));
  }, 60_000);

  test('of a client are called so, valid for a year, with 2048 bits, and fresh', async () => {
    const [client, other] = await Promise.all([
      createClientCredentials(NOW),
      createClientCredentials(NOW),
    ]);
    const { subject, validTo } = certificateIn(client.pkcs12);
    expect(subject).toBe('CN=client');
    expect(validTo).toBe('Jan  2 03:04:05 2027 GMT');
    expect(client.publicKey).toHaveLength(270);
    expect(client.endPoint).not.toBe(other.endPoint);
  }, 60_000);
});
