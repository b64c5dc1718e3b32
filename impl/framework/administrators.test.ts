import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCerts } from './createCerts.ts';
import { readServiceIdentity } from './identity.ts';
import { serviceFileText } from './identityText.ts';
import { UsageError } from './usageError.ts';

let directory: string;
let path: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'administrators-'));
  path = join(directory, 'S.IronSHT.service.txt');
  await createCerts(
    ['name=S', 'type=IronSHT', `outputdir=${directory}`, 'addr1=h', 'port1=1', 'admins=2'],
    { now: new Date(), print: () => undefined, keyBits: 2048 },
  );
});

afterAll(() => rmSync(directory, { recursive: true }));

const read = (text: string): ReturnType<typeof readServiceIdentity> => {
  const file = join(directory, 'changed.txt');
  writeFileSync(file, text);
  return readServiceIdentity(file);
};

describe('the administrators in a service file', () => {
  test('are read as they were written', () => {
    const service = readServiceIdentity(path);
    expect(service.administrators?.map(({ friendlyName }) => friendlyName)).toEqual([
      'S.IronSHT.admin1',
      'S.IronSHT.admin2',
    ]);
    expect(serviceFileText(service)).toBe(readFileSync(path, 'utf8'));
  });

  test('may be nobody, which is not the same as anybody', () => {
    const { administrators: _, ...service } = readServiceIdentity(path);
    expect('administrators' in read(serviceFileText(service))).toBe(false);
    const nobody = { ...service, administrators: [] };
    expect(read(serviceFileText(nobody))).toEqual(nobody);
  });

  test('change nothing else in it', () => {
    const service = readServiceIdentity(path);
    const { administrators: _, ...without } = service;
    const text = serviceFileText(without);
    expect(serviceFileText(service).startsWith(text.slice(0, -1))).toBe(true);
    expect(text.endsWith(',"UseSsl":true}')).toBe(true);
  });

  test.each<[string, (administrator: { PublicKey: string }) => unknown, string]>([
    ['that are no list', () => 'all', 'Administrators must be an array'],
    ['of whom one is none', () => [null], 'Administrators[0] must be an object'],
    ['without a key', () => [{ FriendlyName: 'a' }], 'Administrators[0].PublicKey must be base64'],
    ['without a name', ({ PublicKey }) => [{ PublicKey }], 'FriendlyName must be a string'],
    [
      'with a key that is none',
      () => [{ FriendlyName: 'a', PublicKey: 'AAAA' }],
      'Administrators[0].PublicKey must be an RSA public key',
    ],
    [
      'of whom two are one',
      ({ PublicKey }) => [
        { FriendlyName: 'a', PublicKey },
        { FriendlyName: 'b', PublicKey },
      ],
      'Administrators must not name one key twice',
    ],
  ])('%s are refused', (_, change, why) => {
    const json = JSON.parse(readFileSync(path, 'utf8'));
    const text = JSON.stringify({ ...json, Administrators: change(json.Administrators[0]) });
    expect(() => read(text)).toThrow(UsageError);
    expect(() => read(text)).toThrow(why);
  });
});
