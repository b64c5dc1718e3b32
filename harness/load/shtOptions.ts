/**
 * # What the client program of the hash table can be told
 *
 * The options of the original's client with the names and defaults that its code has, and what this
 * project adds.
 */
import { randomInt } from 'node:crypto';
import type { Credentials } from '../../impl/framework/certificate.ts';
import { readCredentials } from '../../impl/framework/identity.ts';
import {
  flag,
  parseKeyValues,
  text,
  type ValueKind,
  wholeNumber,
} from '../../impl/framework/keyValue.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import { fraction, LONGEST_SECONDS, MOST_THREADS, PACED_IN_FLIGHT } from './options.ts';

/** Gets, sets, and one sharding, as in the original; and a mixture. */
const WORKLOADS = ['g', 's', 'f', 'm'] as const;
export type ShtWorkloadName = (typeof WORKLOADS)[number];

const workload: ValueKind<ShtWorkloadName> = {
  mustBe: 'must be g, s, f or m',
  read: (value) => WORKLOADS.find((name) => name === value),
};

/** No host accepts longer ones. */
const LONGEST_VALUE = 64 * 1024 * 1024;

const OPTIONS = {
  nthreads: wholeNumber(1, MOST_THREADS),
  duration: wholeNumber(0, LONGEST_SECONDS),
  workload,
  numkeys: wholeNumber(1, 2 ** 32),
  valuesize: wholeNumber(0, LONGEST_VALUE),
  verbose: flag,
  setfraction: fraction,
  deletefraction: fraction,
  setup: flag,
  inflight: wholeNumber(1, 100_000),
  rate: wholeNumber(1, 10_000_000),
  history: text,
  overwrite: flag,
  timeout: wholeNumber(1, LONGEST_SECONDS * 1000),
  sleep: wholeNumber(0, 3600),
  key: text,
  quiet: flag,
  seed: wholeNumber(0, 2 ** 31 - 1),
};

export interface ShtClientOptions {
  readonly threads: number;
  /** In seconds; 0 is for ever. */
  readonly duration: number;
  readonly workload: ShtWorkloadName;
  /** The keys are those from 0 to one less. */
  readonly keys: number;
  readonly valueSize: number;
  readonly verbose: boolean;
  /** How many requests of a mixture are sets, and how many of the others are deletes; 0 to 1. */
  readonly setFraction: number;
  readonly deleteFraction: number;
  /** Whether all keys are set first. */
  readonly setUp: boolean;
  readonly inFlight: number;
  /** Of all threads together, in requests a second. */
  readonly rate: number | undefined;
  readonly history: string | undefined;
  readonly overwrite: boolean;
  /** How long a reply may take, in milliseconds. */
  readonly timeout: number | undefined;
  /** How long the sharding waits after each of its steps, in seconds. */
  readonly sleep: number;
  /** Under which the sharding gives its order, where that needs an administrator. */
  readonly key: Credentials | undefined;
  readonly quiet: boolean;
  readonly seed: number;
}

/** Reads `key=value` options. Throws a {@link UsageError}. */
export function parseShtClientOptions(args: readonly string[]): ShtClientOptions {
  const given = parseKeyValues(args, OPTIONS);
  const { workload: name = 's', rate, history } = given;
  if (given.overwrite && history === undefined) {
    throw new UsageError('overwrite= means nothing without history=; give both or neither');
  }
  if (name === 'f') refuse(given, ['inflight', 'rate', 'history'], 'f');
  else refuse(given, ['sleep', 'key'], name);
  if (name !== 'm') refuse(given, ['setfraction', 'deletefraction'], name);
  return {
    threads: given.nthreads ?? 1,
    duration: given.duration ?? 60,
    workload: name,
    keys: given.numkeys ?? 1000,
    valueSize: given.valuesize ?? 1000,
    verbose: given.verbose ?? false,
    setFraction: given.setfraction ?? 0.25,
    deleteFraction: given.deletefraction ?? 0.05,
    setUp: given.setup ?? true,
    inFlight: given.inflight ?? (rate === undefined ? 1 : PACED_IN_FLIGHT),
    rate,
    history,
    overwrite: given.overwrite ?? false,
    timeout: given.timeout,
    sleep: given.sleep ?? 5,
    key: given.key === undefined ? undefined : readCredentials(given.key),
    quiet: given.quiet ?? false,
    seed: given.seed ?? randomInt(2 ** 31),
  };
}

function refuse<Name extends keyof typeof OPTIONS>(
  given: { readonly [Key in Name]?: unknown },
  names: readonly Name[],
  workloadName: ShtWorkloadName,
): void {
  const useless = names.find((name) => given[name] !== undefined);
  if (useless === undefined) return;
  throw new UsageError(`${useless}= means nothing with workload=${workloadName}; leave it out`);
}
