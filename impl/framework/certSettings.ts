/**
 * # What to create
 *
 * The `key=value` settings of `create-certs`.
 *
 * Follows CreateIronServiceCerts/Params.cs of IronFleet; departs from it in that settings that could only make a
 * useless service are refused: a name that no certificate can carry, a port out of range, one address
 * for two servers, a key given twice.
 */
import { UsageError } from './usageError.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface CertSettings {
  readonly name: string;
  readonly type: string;
  readonly outputDir: string;
  /** Of the servers, in their order; at least one. */
  readonly addresses: readonly Address[];
  readonly useSsl: boolean;
  readonly verbose: boolean;
  readonly overwrite: boolean;
}

/** Reads `key=value` arguments. Throws a {@link UsageError} that names the first one that will not do. */
export function parseCertSettings(args: readonly string[]): CertSettings {
  const given = parsePairs(args);
  const settings = {
    name: given.get('name') ?? 'MyIronfleetService',
    type: given.get('type') ?? 'IronRSLKV',
    outputDir: given.get('outputdir') ?? '.',
    addresses: addressesIn(given),
    useSsl: flag(given, 'usessl', true),
    verbose: flag(given, 'verbose', false),
    overwrite: flag(given, 'overwrite', false),
  };
  requireLabels('name', settings.name);
  requireLabels('type', settings.type);
  const longest = serverName(settings, settings.addresses.length);
  if (longest.length > MAX_NAME_LENGTH) {
    throw new UsageError(`${longest} is longer than ${MAX_NAME_LENGTH}; shorten name= or type=`);
  }
  return settings;
}

/** What the server with this number, counted from 1, is called. */
export const serverName = (
  { name, type }: Pick<CertSettings, 'name' | 'type'>,
  number: number,
): string => `${name}.${type}.server${number}`;

const PLAIN_KEYS = ['name', 'type', 'outputdir', 'usessl', 'verbose', 'overwrite'];
const SERVER_KEY = /^(addr|port)(\d+)$/;
const MAX_SERVERS = 999;

/** Of a domain name, since a server's name serves as one in TLS. */
const MAX_NAME_LENGTH = 253;
const LABELS = /^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/;

/** The values by their keys, in lower case. */
function parsePairs(args: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const arg of args) {
    const [key = '', ...rest] = arg.split('=');
    const [known, value] = [knownKey(key.toLowerCase()), rest.join('=')];
    if (rest.length === 0)
      throw new UsageError(`${JSON.stringify(arg)} is no setting; write key=value`);
    if (known === undefined) {
      throw new UsageError(
        `Unknown key ${JSON.stringify(key)}; the keys are ${PLAIN_KEYS.join(', ')}, addr<n>, port<n>`,
      );
    }
    if (value === '') throw new UsageError(`${key}= has no value`);
    if (given.has(known)) throw new UsageError(`${key}= is given twice`);
    given.set(known, value);
  }
  return given;
}

/** The key as it is stored; nothing if there is no such key. */
function knownKey(key: string): string | undefined {
  if (PLAIN_KEYS.includes(key)) return key;
  const [, kind, digits] = SERVER_KEY.exec(key) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (number < 1 || number > MAX_SERVERS) {
    throw new UsageError(`${key}= names no server; they are numbered from 1 to ${MAX_SERVERS}`);
  }
  return `${kind}${number}`;
}

function addressesIn(given: ReadonlyMap<string, string>): readonly Address[] {
  const numbers = [...given.keys()].map((key) => Number(SERVER_KEY.exec(key)?.[2] ?? 0));
  const count = Math.max(0, ...numbers);
  if (count === 0) {
    throw new UsageError(
      'No server is given; say at least where the first is: addr1=HOST port1=PORT',
    );
  }
  const addresses = Array.from({ length: count }, (_, index) => addressOf(given, index + 1));
  for (const [index, { host, port }] of addresses.entries()) {
    const first = addresses.findIndex((other) => other.host === host && other.port === port);
    if (first < index) {
      throw new UsageError(
        `Servers ${first + 1} and ${index + 1} have one address, ${host}:${port}`,
      );
    }
  }
  return addresses;
}

function addressOf(given: ReadonlyMap<string, string>, number: number): Address {
  const [host, port] = [given.get(`addr${number}`), given.get(`port${number}`)];
  if (host === undefined || port === undefined) {
    const missing = host === undefined ? 'addr' : 'port';
    throw new UsageError(
      `${missing}${number}= is missing; servers are numbered from 1 without gaps, each with addr and port`,
    );
  }
  if (!/^[^\s\p{Cc}]{1,255}$/u.test(host)) {
    throw new UsageError(`addr${number}=${JSON.stringify(host)} is no host name or IP address`);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new UsageError(`port${number}=${port} is no port; give a number from 1 to 65535`);
  }
  return { host, port: Number(port) };
}

function flag(given: ReadonlyMap<string, string>, key: string, otherwise: boolean): boolean {
  const value = given.get(key);
  if (value === undefined) return otherwise;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new UsageError(`${key}=${value} is neither true nor false`);
}

function requireLabels(key: string, value: string): void {
  if (LABELS.test(value)) return;
  throw new UsageError(
    `${key}=${JSON.stringify(value)} cannot be part of a server's name; use letters, digits and -, `
      + 'in groups of at most 63 separated by single dots',
  );
}
