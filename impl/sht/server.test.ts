import { expect, test } from 'vitest';
import { endPointOf, type ServiceIdentity } from '../framework/identity.ts';
import { ShtHost } from './host.ts';
import { DEFAULT } from './parameters.ts';
import { configurationOf } from './server.ts';

const keys = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
const [first, second] = keys.map(endPointOf) as [string, string];
const service: ServiceIdentity = {
  friendlyName: 'Test',
  serviceType: 'IronSHT',
  servers: keys.map((publicKey, index) => ({
    friendlyName: `Test${index}`,
    publicKey,
    host: '127.0.0.1',
    port: 4_000 + index,
    endPoint: endPointOf(publicKey),
  })),
  useSsl: false,
};

test('the hosts are the servers in their order, and the first begins with all keys', () => {
  const configuration = configurationOf(service);
  expect(configuration.hosts).toEqual([first, second]);
  const [a, b] = [first, second].map((me) => new ShtHost(me, configuration, DEFAULT));
  expect([a?.isMine(5n), b?.isMine(5n)]).toEqual([true, false]);
  expect(() => new ShtHost('ab', configuration, DEFAULT)).toThrow('ab is none of the hosts');
});

test('a host may be called by its public key, as the original’s client does', () => {
  const { constants } = new ShtHost(first, configurationOf(service), DEFAULT);
  expect(constants.hostNamed('040506')).toBe(second);
  expect(constants.hostNamed(second)).toBe(second);
  expect(constants.hostNamed('0405')).toBe('0405');
});

test('administrators are those of the service file; without them everybody is one', () => {
  const isAdministrator = (id: string, given: ServiceIdentity): boolean =>
    new ShtHost(first, configurationOf(given), DEFAULT).constants.isAdministrator(id);
  expect(isAdministrator('01', service)).toBe(true);
  const administrators = [{ friendlyName: 'A', publicKey: Uint8Array.of(9), endPoint: 'ad' }];
  expect(isAdministrator('01', { ...service, administrators })).toBe(false);
  expect(isAdministrator('ad', { ...service, administrators })).toBe(true);
  expect(isAdministrator('ad', { ...service, administrators: [] })).toBe(false);
});
