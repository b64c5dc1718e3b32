import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCertSettings } from './certSettings.ts';
import { createCerts } from './createCerts.ts';
import {
  describe as describeServer,
  ownServer,
  readCredentials,
  readPrivateIdentity,
  readServiceIdentity,
} from './identity.ts';
import { serviceFileText } from './identityText.ts';
import { UsageError } from './usageError.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'create-certs-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const TWO_SERVERS = ['addr1=127.0.0.1', 'port1=4001', 'addr2=::1', 'port2=4002'];
const DEFAULT_SERVICE = 'MyIronfleetService.IronRSLKV.service.txt';
const DEFAULT_PRIVATE = 'MyIronfleetService.IronRSLKV.server1.private.txt';

/** Creates with keys that are quick to make, and returns the lines that were printed. */
const create = async (
  args: readonly string[],
  progress: (made: number, total: number) => void = () => undefined,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  const now = new Date('2026-01-02T03:04:05Z');
  const print = (line: string) => lines.push(line);
  await createCerts(args, { now, print, progress, keyBits: 2048 });
  return lines;
};

const inDirectory = (name: string): string => join(directory, name);
const into = (name = ''): string => `outputdir=${inDirectory(name)}`;

describe('create-certs', () => {
  test('makes the files of a service, which its servers can read', async () => {
    const lines = await create(['name=My', 'type=IronLock', into(), ...TWO_SERVERS]);
    const privateFile = (n: number) => inDirectory(`My.IronLock.server${n}.private.txt`);
    expect(lines).toEqual([
      `Successfully wrote private key for server 1 to ${privateFile(1)}`,
      `Successfully wrote private key for server 2 to ${privateFile(2)}`,
      `Successfully wrote service description to ${inDirectory('My.IronLock.service.txt')}`,
      'DONE - SUCCESS',
    ]);
    const service = readServiceIdentity(inDirectory('My.IronLock.service.txt'));
    expect(service).toMatchObject({ friendlyName: 'My', serviceType: 'IronLock', useSsl: true });
    expect(service.servers.map(({ host, port }) => [host, port])).toEqual([
      ['127.0.0.1', 4001],
      ['::1', 4002],
    ]);
    for (const [index, server] of service.servers.entries()) {
      const me = readPrivateIdentity(privateFile(index + 1));
      expect(ownServer(service, me)).toBe(server);
      expect([me.host, me.port]).toEqual([server.host, server.port]);
    }
  });

  test('writes what the original writes, byte for byte', async () => {
    await create([into(), 'addr1=a"b&c\\é+', 'port1=1', 'useSSL=false']);
    const serviceText = readFileSync(inDirectory(DEFAULT_SERVICE), 'utf8');
    const privateText = readFileSync(inDirectory(DEFAULT_PRIVATE), 'utf8');
    const [, key] = /"PublicKey":"([A-Za-z0-9+/]+=*)"/.exec(serviceText) ?? [];
    const [, pkcs12] = /"Pkcs12":"([A-Za-z0-9+/]+=*)"/.exec(privateText) ?? [];
    const address = '"HostNameOrAddress":"a\\u0022b\\u0026c\\\\\\u00E9\\u002B","Port":1';
    expect(serviceText).toBe(
      '{"FriendlyName":"MyIronfleetService","ServiceType":"IronRSLKV","Servers":'
        + `[{"FriendlyName":"MyIronfleetService.IronRSLKV.server1","PublicKey":"${key}",`
        + `${address}}],"UseSsl":false}`,
    );
    expect(privateText).toBe(
      `{"FriendlyName":"MyIronfleetService.IronRSLKV.server1","Pkcs12":"${pkcs12}",${address}}`,
    );
  });

  test('gives a service administrators, each with a key in a file of its own', async () => {
    const lines = await create(['name=My', into(), 'addr1=h', 'port1=1', 'admins=2']);
    const privateFile = (n: number) => inDirectory(`My.IronRSLKV.admin${n}.private.txt`);
    expect(lines[2]).toBe(
      `Successfully wrote private key for administrator 2 to ${privateFile(2)}`,
    );
    const path = inDirectory('My.IronRSLKV.service.txt');
    const { administrators } = readServiceIdentity(path);
    for (const number of [1, 2]) {
      const { pkcs12: _, ...key } = readCredentials(privateFile(number));
      expect(key).toEqual(administrators?.[number - 1]);
      expect(statSync(privateFile(number)).mode & 0o777).toBe(0o600);
      expect(() => readPrivateIdentity(privateFile(number))).toThrow('HostNameOrAddress must');
    }
    const keys = readFileSync(path, 'utf8').match(/"PublicKey":"[^"]+"/g) ?? [];
    expect(readFileSync(path, 'utf8')).toBe(
      '{"FriendlyName":"My","ServiceType":"IronRSLKV","Servers":'
        + `[{"FriendlyName":"My.IronRSLKV.server1",${keys[0]},"HostNameOrAddress":"h","Port":1}],`
        + '"UseSsl":true,"Administrators":'
        + `[{"FriendlyName":"My.IronRSLKV.admin1",${keys[1]}},`
        + `{"FriendlyName":"My.IronRSLKV.admin2",${keys[2]}}]}`,
    );
    await expect(create(['name=My', into(), 'addr1=h', 'port1=1', 'admins=1'])).rejects.toThrow(
      'exists already',
    );
  });

  test('makes the directory, leaves only the files in it, and hides the private ones', async () => {
    await create([into('new/deep'), 'addr1=h', 'port1=1']);
    expect(readdirSync(inDirectory('new/deep')).sort()).toEqual([DEFAULT_PRIVATE, DEFAULT_SERVICE]);
    expect(statSync(inDirectory(`new/deep/${DEFAULT_PRIVATE}`)).mode & 0o777).toBe(0o600);
  });

  test('tells how many keys are made, and with verbose=true which', async () => {
    const made: [number, number][] = [];
    const lines = await create([into(), 'verbose=true', ...TWO_SERVERS], (...n) => made.push(n));
    expect(made).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    for (const server of readServiceIdentity(inDirectory(DEFAULT_SERVICE)).servers) {
      expect(lines).toContain(describeServer(server));
    }
  });

  test('keeps what is there unless told to overwrite it', async () => {
    writeFileSync(inDirectory(DEFAULT_PRIVATE), 'precious');
    const args = [into(), 'addr1=h', 'port1=1'];
    await expect(create(args)).rejects.toThrow(`${inDirectory(DEFAULT_PRIVATE)} exists already`);
    expect(readdirSync(directory)).toEqual([DEFAULT_PRIVATE]);
    expect(readFileSync(inDirectory(DEFAULT_PRIVATE), 'utf8')).toBe('precious');
    await create([...args, 'overwrite=true']);
    const service = readServiceIdentity(inDirectory(DEFAULT_SERVICE));
    ownServer(service, readPrivateIdentity(inDirectory(DEFAULT_PRIVATE)));
  });

  test('writes nothing where it cannot write all', async () => {
    const args = ['addr1=h', 'port1=1', 'overwrite=true'];
    mkdirSync(inDirectory(DEFAULT_SERVICE));
    await expect(create([...args, into()])).rejects.toThrow(UsageError);
    expect(readdirSync(directory)).toEqual([DEFAULT_SERVICE]);
    writeFileSync(inDirectory('file'), '');
    await expect(create([...args, into('file')])).rejects.toThrow('Could not write to directory');
  });
});

describe('the settings', () => {
  test('have the defaults of the original', () => {
    expect(parseCertSettings(['addr1=h', 'port1=65535'])).toEqual({
      name: 'MyIronfleetService',
      type: 'IronRSLKV',
      outputDir: '.',
      addresses: [{ host: 'h', port: 65_535 }],
      administrators: 0,
      useSsl: true,
      verbose: false,
      overwrite: false,
    });
  });

  test('may come in any order, with keys in any case and values as they stand', () => {
    const settings = ['Port2=2', 'NAME=A.b-C', 'ADDR2=Y', 'addr1=X=Z', 'port1=1', 'useSSL=false'];
    expect(parseCertSettings(settings)).toMatchObject({
      name: 'A.b-C',
      addresses: [
        { host: 'X=Z', port: 1 },
        { host: 'Y', port: 2 },
      ],
      useSsl: false,
    });
  });

  test.each([
    ['no server', [], 'addr1= is missing'],
    ['no key', ['addr1'], '"addr1" is no option'],
    ['an unknown key', ['adr1=h'], 'There is no option "adr1"; did you mean addr1=?'],
    ['no value', ['name='], 'name= will not do'],
    ['a key twice', ['addr1=h', 'ADDR1=i', 'port1=1'], 'addr1= is given twice'],
    ['server 0', ['addr0=h', 'port0=1'], 'There is no option "addr0"'],
    ['server 1000', ['port1000=1'], 'There is no server 1000'],
    ['a gap', ['addr2=h', 'port2=1'], 'addr1= is missing'],
    ['an address without a port', ['addr1=h'], 'port1= is missing'],
    ['a port without an address', ['port1=1'], 'addr1= is missing'],
    ['port 0', ['addr1=h', 'port1=0'], 'port1=0 will not do'],
    ['port -1', ['addr1=h', 'port1=-1'], 'port1=-1 will not do'],
    ['port 65536', ['addr1=h', 'port1=65536'], 'port1=65536 will not do'],
    ['a hexadecimal port', ['addr1=h', 'port1=0x10'], 'port1=0x10 will not do'],
    ['a blank in an address', ['addr1=a b', 'port1=1'], 'addr1=a b will not do'],
    [
      'one address for two',
      ['addr1=h', 'port1=1', 'addr2=h', 'port2=1'],
      'Servers 1 and 2 have one address, h:1',
    ],
    ['a blank in the name', ['name=My Lock', 'addr1=h', 'port1=1'], 'name=My Lock will not do'],
    ['an empty label', ['type=a..b', 'addr1=h', 'port1=1'], 'type=a..b will not do'],
    ['a path for a name', ['name=../x', 'addr1=h', 'port1=1'], 'name=../x will not do'],
    ['a label of 64', [`name=${'x'.repeat(64)}`, 'addr1=h', 'port1=1'], 'will not do'],
    ['too long a name', [`name=${'x.'.repeat(125)}x`, 'addr1=h', 'port1=1'], 'is longer than 253'],
    ['too many administrators', ['admins=100', 'addr1=h', 'port1=1'], 'admins=100 will not do'],
    ['half a truth', ['usessl=yes', 'addr1=h', 'port1=1'], 'usessl=yes will not do'],
  ])('with %s are refused', (_, settings, why) => {
    expect(() => parseCertSettings(settings)).toThrow(UsageError);
    expect(() => parseCertSettings(settings)).toThrow(why);
  });
});

test('a name of any characters is read back as it was written', () => {
  const address = fc.record({ host: fc.string({ minLength: 1, unit: 'binary' }), port: fc.nat() });
  fc.assert(
    fc.property(address, ({ host, port }) => {
      const server = { friendlyName: host, publicKey: new Uint8Array(), host, port, endPoint: '' };
      const service = { friendlyName: 'S', serviceType: 'T', servers: [server], useSsl: true };
      const file = serviceFileText(service);
      expect(file).toMatch(/^[ -~]*$/);
      expect(JSON.parse(file).Servers[0]).toMatchObject({ HostNameOrAddress: host, Port: port });
    }),
  );
});
