/**
 * # What a client program can be told
 *
 * The options of the original's client programs with the defaults that its code has, which are not
 * those that its help tells; and what this project adds.
 */
import { randomInt } from 'node:crypto';
import {
  flag,
  parseKeyValues,
  text,
  type ValueKind,
  wholeNumber,
} from '../../impl/framework/keyValue.ts';
import { UsageError } from '../../impl/framework/usageError.ts';

/** A share of a whole. */
export const fraction: ValueKind<number> = {
  mustBe: 'must be a number from 0 to 1, such as 0.25',
  read(value) {
    const number = Number(value);
    return /^(?:\d+\.?\d*|\.\d+)$/.test(value) && number <= 1 ? number : undefined;
  },
};

/** More clients than a server accepts by default would be of no use, and this is more. */
export const MOST_THREADS = 10_000;
export const LONGEST_SECONDS = 2_000_000;
/** Values as long as a store accepts. */
const LONGEST_VALUE = 0x800_0000;

const OPTIONS = {
  nthreads: wholeNumber(1, MOST_THREADS),
  duration: wholeNumber(0, LONGEST_SECONDS),
  print: flag,
  verbose: flag,
  history: text,
  overwrite: flag,
  inflight: wholeNumber(1, 100_000),
  rate: wholeNumber(1, 10_000_000),
  sleep: wholeNumber(0, 3600),
  together: flag,
  timeout: wholeNumber(1, LONGEST_SECONDS * 1000),
  quiet: flag,
  seed: wholeNumber(0, 2 ** 31 - 1),
};

const KEY_VALUE_OPTIONS = {
  ...OPTIONS,
  setfraction: fraction,
  deletefraction: fraction,
  valuesize: wholeNumber(0, LONGEST_VALUE),
};

export interface ClientOptions {
  readonly threads: number;
  /** In seconds; 0 is for ever. */
  readonly duration: number;
  readonly print: boolean;
  readonly verbose: boolean;
  readonly history: string | undefined;
  readonly overwrite: boolean;
  readonly inFlight: number;
  /** Of all threads together, in requests a second. */
  readonly rate: number | undefined;
  /** How long a thread waits before its first request, in seconds. */
  readonly sleep: number;
  /** Whether all clients begin at once, when they are connected, and time counts from then on. */
  readonly together: boolean;
  /** How long a reply may take, in milliseconds. */
  readonly timeout: number | undefined;
  readonly quiet: boolean;
  readonly seed: number;
  readonly setFraction: number;
  readonly deleteFraction: number;
  readonly valueSize: number | undefined;
}

/** Reads the options of a client program, `key=value` each. Throws a {@link UsageError}. */
export function parseClientOptions(args: readonly string[], keyValue: boolean): ClientOptions {
  const given: ReturnType<typeof parseKeyValues<typeof KEY_VALUE_OPTIONS>> = keyValue
    ? parseKeyValues(args, KEY_VALUE_OPTIONS)
    : parseKeyValues(args, OPTIONS);
  if (given.overwrite && given.history === undefined) {
    throw new UsageError('overwrite= means nothing without history=; give both or neither');
  }
  if (given.rate !== undefined && given.inflight === undefined) given.inflight = PACED_IN_FLIGHT;
  return {
    threads: given.nthreads ?? 1,
    duration: given.duration ?? 60,
    print: given.print ?? false,
    verbose: given.verbose ?? false,
    history: given.history,
    overwrite: given.overwrite ?? false,
    inFlight: given.inflight ?? 1,
    rate: given.rate,
    sleep: given.sleep ?? 3,
    together: given.together ?? false,
    timeout: given.timeout,
    quiet: given.quiet ?? false,
    seed: given.seed ?? randomInt(2 ** 31),
    setFraction: given.setfraction ?? 0.05,
    deleteFraction: given.deletefraction ?? 0.25,
    valueSize: given.valuesize,
  };
}

/** With a rate, requests do not wait for each other unless that is asked for. */
export const PACED_IN_FLIGHT = 128;
