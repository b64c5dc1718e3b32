import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { selfSign } from './certificate.ts';
import { judgeClient, judgeServer } from './handshake.ts';
import { endPointOf, type ServerIdentity } from './identity.ts';

const NAME = 'My.Service.server1';
const NOW = new Date('2026-01-02T03:04:05Z');
const LATER = new Date('2036-01-02T03:04:05Z');

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = keys.publicKey.export({ type: 'pkcs1', format: 'der' });
const endPoint = endPointOf(publicKey);
const server: ServerIdentity = { friendlyName: NAME, publicKey, host: '', port: 1, endPoint };
const servers = new Map([[endPoint, server]]);

const certificate = (name: string, pair = keys, until = LATER): X509Certificate =>
  new X509Certificate(selfSign(name, pair, NOW, until));

/** `CN=client`, made by OpenSSL with a key on the curve P-256. */
const onCurve = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUI2K+aNKwUkEPf6rmwWz4BiQeBGgwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGY2xpZW50MCAXDTI2MTEyMjE1MjEzNloYDzIxMjYxMDI5MTUy
MTM2WjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARwGUxLKC5Ku5oULWpyJAZ8DXnHKHRQgJTEYnPDVEOpfi+Mpr5IP6EUzECZ7JeM
tUizG+eFIZPGOnyljZL7kuCuo1MwUTAdBgNVHQ4EFgQUA/6vj+37e5jrQZQOX43S
fBFDj7IwHwYDVR0jBBgwFoAUA/6vj+37e5jrQZQOX43SfBFDj7IwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBuYjCywGiwNsGRw8Sa3T+M1axSMOYi
yLvaLhiat/K2EQIhAPazc69RxJQRKW7e3kvaO/LPbtEUXNU/9EmfgOQ6aP+J
-----END CERTIFICATE-----`);

describe('a server that we dial', () => {
  test('is accepted with the key and the name of the service file', () => {
    expect(judgeServer(certificate(NAME), server)).toBeUndefined();
  });

  test('is accepted though its certificate has expired, for the key is what counts', () => {
    expect(judgeServer(certificate(NAME, keys, NOW), server)).toBeUndefined();
  });

  test.each([
    ['without a certificate', undefined, 'noCertificate'],
    ['with another key', certificate(NAME, otherKeys), 'wrongKey'],
    ['under another name', certificate('My.Service.server2'), 'wrongSubject'],
    ['under a name that begins like its own', certificate(`${NAME}0`), 'wrongSubject'],
    ['under its name in capitals', certificate(NAME.toUpperCase()), 'wrongSubject'],
    ['with a key that is no RSA key', onCurve, 'notRsa'],
  ])('is refused %s', (_, shown, reason) => {
    expect(judgeServer(shown, server)?.reason).toBe(reason);
  });
});

describe('a peer that dials us', () => {
  test('is the server whose key it has, under its name', () => {
    expect(judgeClient(certificate(NAME), servers)).toBe(endPoint);
  });

  test.each([['client'], [NAME]])(
    'is a client if its key is unknown, even under the name %s',
    (name) => {
      const shown = certificate(name, otherKeys);
      const key = otherKeys.publicKey.export({ type: 'pkcs1', format: 'der' });
      expect(judgeClient(shown, servers)).toBe(endPointOf(key));
    },
  );

  test.each([
    ['without a certificate', undefined, 'noCertificate'],
    ["with a server's key under another name", certificate('client'), 'wrongSubject'],
    ['with a key that is no RSA key', onCurve, 'notRsa'],
  ])('is refused %s', (_, shown, reason) => {
    expect(judgeClient(shown, servers)).toMatchObject({ reason });
  });
});
