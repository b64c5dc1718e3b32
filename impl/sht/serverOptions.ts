/**
 * # What a server of the hash table can be told
 *
 * The options of the original's server, and what this project adds: where to record a trace, and
 * the parameters that all hosts of a service must be given alike.
 */
import { flag, parseKeyValues, port, text, wholeNumber } from '../framework/keyValue.ts';
import { UsageError } from '../framework/usageError.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';

/** Beyond these a host would need more memory than there is. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_DELEGATION_KEYS = 1_000_000;
const MOST = 1_000_000;

/** Milliseconds that a timer can wait. */
const milliseconds = wholeNumber(1, 2 ** 31 - 1);
const count = wholeNumber(1, MOST);

const OPTIONS = {
  addr: text,
  port,
  verbose: flag,
  profile: flag,
  trace: text,
  overwrite: flag,
  compatible: flag,
  valuebytes: wholeNumber(0, MOST_BYTES),
  delegationkeys: wholeNumber(1, MOST_DELEGATION_KEYS),
  delegationbytes: wholeNumber(1, MOST_BYTES),
  underway: count,
  orders: count,
  ranges: count,
  unacked: count,
  unackedbytes: wholeNumber(1, MOST_BYTES),
  peers: count,
  resend: milliseconds,
  resent: count,
};

/** What the original has nothing of. */
const OURS = ['delegationbytes', 'underway', 'orders', 'ranges'] as const;

export interface ServerOptions {
  readonly addr: string | undefined;
  readonly port: number | undefined;
  readonly verbose: boolean;
  readonly profile: boolean;
  readonly trace: string | undefined;
  readonly overwrite: boolean;
  readonly parameters: Parameters;
}

/** Reads the options of a server, `key=value` each. Throws a {@link UsageError}. */
export function parseServerOptions(args: readonly string[]): ServerOptions {
  const given = parseKeyValues(args, OPTIONS);
  const base = given.compatible ? COMPATIBLE : DEFAULT;
  if (given.compatible) requireOriginal(given);
  return {
    addr: given.addr,
    port: given.port,
    verbose: given.verbose ?? false,
    profile: given.profile ?? false,
    trace: given.trace,
    overwrite: given.overwrite ?? false,
    parameters: {
      ...base,
      maxValueBytes: given.valuebytes ?? base.maxValueBytes,
      maxDelegationKeys: given.delegationkeys ?? base.maxDelegationKeys,
      maxDelegationBytes: given.delegationbytes ?? base.maxDelegationBytes,
      maxDelegationsUnderWay: given.underway ?? base.maxDelegationsUnderWay,
      maxOrders: given.orders ?? base.maxOrders,
      maxRanges: given.ranges ?? base.maxRanges,
      maxUnacked: given.unacked ?? base.maxUnacked,
      maxUnackedBytes: given.unackedbytes ?? base.maxUnackedBytes,
      maxPeers: given.peers ?? base.maxPeers,
      resendPeriod: given.resend ?? base.resendPeriod,
      maxResent: given.resent ?? base.maxResent,
    },
  };
}

/** Refuses what the original could not follow, or does not have. */
function requireOriginal(
  given: {
    readonly [Name in (typeof OURS)[number] | 'valuebytes' | 'delegationkeys']?: number;
  },
): void {
  const { valuebytes = 0, delegationkeys = 0 } = given;
  if (valuebytes > COMPATIBLE.maxValueBytes) {
    throw new UsageError(
      `valuebytes=${valuebytes} will not do with compatible=true: the original's values have at `
        + `most ${COMPATIBLE.maxValueBytes} bytes`,
    );
  }
  if (delegationkeys > COMPATIBLE.maxDelegationKeys) {
    throw new UsageError(
      `delegationkeys=${delegationkeys} will not do with compatible=true: the original moves at `
        + `most ${COMPATIBLE.maxDelegationKeys} keys at a time`,
    );
  }
  const unknown = OURS.find((name) => given[name] !== undefined);
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown}= means nothing with compatible=true, which leaves out all that the original `
        + 'does not do',
    );
  }
}
