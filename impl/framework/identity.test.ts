import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Credentials, createServerCredentials } from './certificate.ts';
import {
  describeEndPoint,
  describe as describeServer,
  endPointOf,
  ownServer,
  type PrivateIdentity,
  readCredentials,
  readPrivateIdentity,
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
  shortKey,
} from './identity.ts';
import { privateFileText, serviceFileText } from './identityText.ts';
import { UsageError } from './usageError.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

let directory: string;
let file: string;
let alice: PrivateIdentity;
let bob: PrivateIdentity;
let service: ServiceIdentity;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'identity-'));
  file = join(directory, 'file.txt');
  const at = (host: string, port: number, credentials: Credentials) => ({
    ...credentials,
    host,
    port,
  });
  const now = new Date('2026-01-02T03:04:05Z');
  const [first, second] = await Promise.all([
    createServerCredentials('S.IronLock.server1', now, 2048),
    createServerCredentials('S.IronLock.server2', now, 2048),
  ]);
  alice = at('alice.example', 4001, first);
  bob = at('::1', 65_535, second);
  service = {
    friendlyName: 'S',
    serviceType: 'IronLock',
    servers: [alice, bob].map(({ pkcs12: _, ...server }) => server),
    useSsl: true,
  };
});

afterAll(() => rmSync(directory, { recursive: true }));

const written = (content: string | Uint8Array): string => {
  writeFileSync(file, content);
  return file;
};

type Change = Readonly<Record<string, unknown>>;

/** A private key file with some properties changed; those changed to `undefined` are left out. */
const changedPrivate = (change: Change): string =>
  written(JSON.stringify({ ...JSON.parse(privateFileText(alice)), ...change }));

/** A service file with some properties changed in the same way, at the top or of one server. */
const changedService = ({ top = {}, of0 = {}, of1 = {} }: ServiceChange): string => {
  const json = JSON.parse(serviceFileText(service));
  const servers = [
    { ...json.Servers[0], ...of0 },
    { ...json.Servers[1], ...of1 },
  ];
  return written(JSON.stringify({ ...json, Servers: servers, ...top }));
};

interface ServiceChange {
  readonly top?: Change;
  readonly of0?: Change;
  readonly of1?: Change;
}

const usageErrorOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('there was no UsageError');
};

describe('a service file', () => {
  test('is read as it was written', () => {
    expect(readServiceIdentity(written(serviceFileText(service)))).toEqual(service);
    const plain = { ...service, useSsl: false };
    expect(readServiceIdentity(written(serviceFileText(plain)))).toEqual(plain);
  });

  test('may have a byte-order mark, white space, escapes, and properties that nobody knows', () => {
    const [server] = service.servers;
    const text = `\uFEFF { "Comment" : [{}], "FriendlyName":"a\\u002Bb\\u00E9", "ServiceType":"T",
      "Servers":[{"Port":1,"HostNameOrAddress":"h","PublicKey":"${base64(alice.publicKey)}",
      "FriendlyName":"n","Weight":3}],"UseSsl":true }\n`;
    expect(readServiceIdentity(written(text))).toEqual({
      friendlyName: 'a+bé',
      serviceType: 'T',
      servers: [{ ...server, friendlyName: 'n', host: 'h', port: 1 }],
      useSsl: true,
    });
  });

  test('that does not mention TLS means plain TCP', () => {
    const path = changedService({ top: { UseSsl: undefined } });
    expect(readServiceIdentity(path).useSsl).toBe(false);
  });

  test.each<[string, () => ServiceChange, string]>([
    ['no name', () => ({ top: { FriendlyName: undefined } }), 'FriendlyName must be a string'],
    ['an empty type', () => ({ top: { ServiceType: '' } }), 'ServiceType must not be empty'],
    [
      'a property in lower case',
      () => ({ top: { ServiceType: undefined, serviceType: 'T' } }),
      'ServiceType must be a string',
    ],
    ['no servers', () => ({ top: { Servers: [] } }), 'Servers must name at least one server'],
    ['servers that are no list', () => ({ top: { Servers: {} } }), 'Servers must be an array'],
    ['null for a server', () => ({ top: { Servers: [null] } }), 'Servers[0] must be an object'],
    ['a port as text', () => ({ of0: { Port: '1' } }), 'Servers[0].Port must be a whole number'],
    ['half a port', () => ({ of0: { Port: 1.5 } }), 'Servers[0].Port must be a whole number'],
    ['port 0', () => ({ of1: { Port: 0 } }), 'Servers[1].Port must be from 1 to 65535'],
    ['port -1', () => ({ of1: { Port: -1 } }), 'Servers[1].Port must be from 1 to 65535'],
    ['port 65536', () => ({ of1: { Port: 65_536 } }), 'Servers[1].Port must be from 1 to 65535'],
    [
      'no address',
      () => ({ of1: { HostNameOrAddress: undefined } }),
      'Servers[1].HostNameOrAddress must be a string',
    ],
    [
      'a key that is not base64',
      () => ({ of0: { PublicKey: 'a b=' } }),
      'Servers[0].PublicKey must be base64',
    ],
    [
      'a key that is none',
      () => ({ of0: { PublicKey: 'AAAA' } }),
      'Servers[0].PublicKey must be an RSA public key (PKCS#1 in DER)',
    ],
    [
      'a key with a byte too many',
      () => ({ of0: { PublicKey: base64(Buffer.concat([alice.publicKey, Buffer.of(0)])) } }),
      'Servers[0].PublicKey must be an RSA public key (PKCS#1 in DER)',
    ],
    [
      'one key twice',
      () => ({ of1: { PublicKey: base64(alice.publicKey) } }),
      'Servers must not name one key twice',
    ],
    ['UseSsl as text', () => ({ top: { UseSsl: 'true' } }), 'UseSsl must be true or false'],
  ])('with %s is refused', (_, change, why) => {
    const path = changedService(change());
    expect(usageErrorOf(() => readServiceIdentity(path))).toBe(
      `Could not read contents of service file ${path}: ${why}`,
    );
  });

  test.each<[string, string | Uint8Array, string]>([
    ['nothing in it', '', 'it is not JSON'],
    ['a comma too many', '{"FriendlyName":"S",}', 'it is not JSON'],
    ['a comment', '{} // service', 'it is not JSON'],
    ['a list in it', '[]', 'it must be an object'],
    ['null in it', 'null', 'it must be an object'],
    ['no text in it', Uint8Array.of(0x22, 0xff, 0x22), 'it is not UTF-8'],
    ['too much in it', ' '.repeat(5_000_000), 'it is too large to be one'],
  ])('with %s is refused', (_, content, why) => {
    const path = written(content);
    expect(usageErrorOf(() => readServiceIdentity(path))).toContain(`${path}: ${why}`);
  });

  test('must be there, and be a file', () => {
    const missing = join(directory, 'missing');
    expect(usageErrorOf(() => readServiceIdentity(missing))).toContain('no such file');
    expect(usageErrorOf(() => readServiceIdentity(directory))).toContain('it is not a file');
  });

  test('is refused with a UsageError, if at all, whatever was changed in it', () => {
    const text = serviceFileText(service);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string(), fc.nat(3), (at, more, dropped) => {
        const path = written(text.slice(0, at) + more + text.slice(at + dropped));
        try {
          readServiceIdentity(path);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('a private key file', () => {
  test('is read as it was written, with the public key out of its certificate', () => {
    expect(readPrivateIdentity(written(privateFileText(alice)))).toEqual(alice);
  });

  test('need not say where its owner is found, if that does not matter', () => {
    const { host: _host, port: _port, ...credentials } = alice;
    const path = changedPrivate({ HostNameOrAddress: '', Port: 0 });
    expect(readCredentials(path)).toEqual(credentials);
    expect(usageErrorOf(() => readPrivateIdentity(path))).toContain('HostNameOrAddress must not');
  });

  test.each<[string, () => Change, string]>([
    ['no name', () => ({ FriendlyName: undefined }), 'FriendlyName must be a string'],
    ['no port', () => ({ Port: undefined }), 'Port must be a whole number'],
    ['no key', () => ({ Pkcs12: undefined }), 'Pkcs12 must be base64'],
    ['an empty key', () => ({ Pkcs12: '' }), 'Pkcs12 must be an RSA key'],
    ['garbage for a key', () => ({ Pkcs12: 'AAAAAAAA' }), 'Pkcs12 must be an RSA key'],
    [
      'a truncated key',
      () => ({ Pkcs12: base64(alice.pkcs12.subarray(1)) }),
      'Pkcs12 must be an RSA key',
    ],
    [
      'a tampered key',
      () => {
        const tampered = alice.pkcs12.slice();
        tampered[400] = (tampered[400] ?? 0) ^ 1;
        return { Pkcs12: base64(tampered) };
      },
      'Pkcs12 must be an RSA key',
    ],
  ])('with %s is refused', (_, change, why) => {
    const path = changedPrivate(change());
    expect(usageErrorOf(() => readPrivateIdentity(path))).toContain(
      `Could not read contents of private key file ${path}: ${why}`,
    );
  });
});

describe('a server finds itself in the service', () => {
  test('by key and name', () => {
    expect(ownServer(service, bob)).toEqual(service.servers[1]);
  });

  test('and refuses to be one whose key is not there', () => {
    const [server] = service.servers;
    const withoutBob = { ...service, servers: server ? [server] : [] };
    expect(usageErrorOf(() => ownServer(withoutBob, bob))).toContain(
      `S.IronLock.server2 (key ${shortKey(bob.publicKey)}) is none of the keys of service S`,
    );
  });

  test('and refuses to be one with another name', () => {
    expect(usageErrorOf(() => ownServer(service, { ...bob, friendlyName: 'Bob' }))).toContain(
      'belongs to S.IronLock.server2',
    );
  });

  test('if the service is of the type that it serves', () => {
    requireServiceType(service, 'IronLock');
    const message = usageErrorOf(() => requireServiceType(service, 'IronSHT'));
    expect(message).toMatch(/IronLock.*IronSHT/);
  });
});

describe('identities are written for people', () => {
  test('an end point is the SHA-256 of the key', () => {
    expect(endPointOf(Buffer.from('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test('the short form of a key is the first six bytes of its modulus', () => {
    const header = Buffer.from('3082020a0282020100', 'hex');
    const key = Buffer.concat([header, Buffer.from('sixbit'), Buffer.alloc(511, 7)]);
    expect(shortKey(key)).toBe(base64(Buffer.from('sixbit')));
  });

  test('a server has name, key and address; a stranger only a hash', () => {
    const line = `S.IronLock.server1 (key ${shortKey(alice.publicKey)}) @ alice.example:4001`;
    const [server] = service.servers;
    expect(server && describeServer(server)).toBe(line);
    expect(describeEndPoint(service, alice.endPoint)).toBe(line);
    expect(describeEndPoint(service, endPointOf(Buffer.from('abc')))).toBe(
      'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
    );
  });
});
