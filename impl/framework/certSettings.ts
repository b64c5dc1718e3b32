/**
 * # What to create
 *
 * The `key=value` settings of `create-certs`.
 *
 * Follows CreateIronServiceCerts/Params.cs of IronFleet; departs from it in that settings that
 * could only make a useless service are refused: a name that no certificate can carry, a port out
 * of range, one address for two servers, a key given twice.
 */
import { flag, parseKeyValues, port, text, type ValueKind, wholeNumber } from './keyValue.ts';
import { UsageError } from './usageError.ts';

export interface CertSettings {
  readonly name: string;
  readonly type: string;
  readonly outputDir: string;
  /** Of the servers, in their order; at least one. */
  readonly addresses: readonly Address[];
  /** How many administrators the service has; with 0 anybody may do what they may. */
  readonly administrators: number;
  readonly useSsl: boolean;
  readonly verbose: boolean;
  readonly overwrite: boolean;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `key=value` arguments. Throws a {@link UsageError} if one will not do, or is missing. */
export function parseCertSettings(args: readonly string[]): CertSettings {
  const count = countServers(args);
  const kinds: typeof PLAIN_KINDS & ServerKinds = {
    ...PLAIN_KINDS,
    ...numbered('addr', count, host),
    ...numbered('port', count, port),
  };
  const given = parseKeyValues(args, kinds);
  const addresses = Array.from({ length: count }, (_, index) => ({
    host: required(given[`addr${index + 1}`], `addr${index + 1}`),
    port: required(given[`port${index + 1}`], `port${index + 1}`),
  }));
  requireDistinct(addresses);
  const { name = 'MyIronfleetService', type = 'IronRSLKV', outputdir = '.' } = given;
  requireShort(serverName({ name, type }, count));
  const { admins = 0, usessl = true, verbose = false, overwrite = false } = given;
  return {
    name,
    type,
    outputDir: outputdir,
    addresses,
    administrators: admins,
    useSsl: usessl,
    verbose,
    overwrite,
  };
}

/** What the server with this number, counted from 1, is called. */
export const serverName = (
  { name, type }: Pick<CertSettings, 'name' | 'type'>,
  number: number,
): string => `${name}.${type}.server${number}`;

/** What the administrator with this number, counted from 1, is called. */
export const administratorName = (
  { name, type }: Pick<CertSettings, 'name' | 'type'>,
  number: number,
): string => `${name}.${type}.admin${number}`;

/** A server's name serves as a domain name in TLS. */
const labels: ValueKind<string> = {
  mustBe: 'must be letters, digits and -, in groups of at most 63 separated by single dots',
  read: (value) => (/^[a-z\d-]{1,63}(\.[a-z\d-]{1,63})*$/i.test(value) ? value : undefined),
};

const host: ValueKind<string> = {
  mustBe: 'must be a host name or an IP address',
  read: (value) => (/^[^\s\p{Cc}]{1,255}$/u.test(value) ? value : undefined),
};

const MAX_ADMINISTRATORS = 99;

const PLAIN_KINDS = {
  name: labels,
  type: labels,
  outputdir: text,
  admins: wholeNumber(0, MAX_ADMINISTRATORS),
  usessl: flag,
  verbose: flag,
  overwrite: flag,
} as const;

type ServerKinds = Readonly<
  Record<`addr${number}`, ValueKind<string>> & Record<`port${number}`, ValueKind<number>>
>;

const MAX_SERVERS = 999;
const MAX_NAME_LENGTH = 253;

/** The highest number that any setting gives a server, but at least 1. */
function countServers(args: readonly string[]): number {
  const numbers = args.map((arg) => Number(/^(?:addr|port)(\d+)=/i.exec(arg)?.[1] ?? 1));
  const count = Math.max(1, ...numbers);
  if (count <= MAX_SERVERS) return count;
  throw new UsageError(`There is no server ${count}; they are numbered from 1 to ${MAX_SERVERS}`);
}

const numbered = <T>(
  name: string,
  count: number,
  kind: ValueKind<T>,
): Readonly<Record<string, ValueKind<T>>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index + 1}`, kind]));

function required<T>(value: T | undefined, key: string): T {
  if (value !== undefined) return value;
  throw new UsageError(
    `${key}= is missing; servers are numbered from 1 without gaps, each with addr and port`,
  );
}

function requireDistinct(addresses: readonly Address[]): void {
  const numbers = new Map<string, number>();
  for (const [index, address] of addresses.entries()) {
    const place = `${address.host}:${address.port}`;
    const first = numbers.get(place);
    if (first !== undefined) {
      throw new UsageError(`Servers ${first} and ${index + 1} have one address, ${place}`);
    }
    numbers.set(place, index + 1);
  }
}

function requireShort(longestName: string): void {
  if (longestName.length <= MAX_NAME_LENGTH) return;
  throw new UsageError(
    `${longestName} is longer than ${MAX_NAME_LENGTH} characters; shorten name= or type=`,
  );
}
