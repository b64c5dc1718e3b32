/**
 * # What a server of a replicated service can be told
 *
 * The options of the original's servers, and what this project adds: where to record a trace, and
 * the parameters that all replicas of a service must be given alike.
 */
import { flag, parseKeyValues, port, text, wholeNumber } from '../framework/keyValue.ts';
import { UsageError } from '../framework/usageError.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';

/** Milliseconds that a timer can wait. */
const milliseconds = (least: number) => wholeNumber(least, 2 ** 31 - 1);

/** How many requests a batch may have on the wire. */
const LONGEST_BATCH = 100;

/** How many votes a promise may have for the original to read it. */
const COMPATIBLE_WINDOW = 7;

/** Beyond these a replica would need more memory than there is. */
const MOST_BATCH_BYTES = 64 * 1024 * 1024;
const LONGEST_WINDOW = 65_536;
const MOST_CACHED_REPLIES = 1_000_000;

const OPTIONS = {
  addr: text,
  port,
  verbose: flag,
  profile: flag,
  progress: flag,
  safeguard: flag,
  trace: text,
  overwrite: flag,
  compatible: flag,
  window: wholeNumber(1, LONGEST_WINDOW),
  batch: wholeNumber(1, LONGEST_BATCH),
  batchbytes: wholeNumber(1, MOST_BATCH_BYTES),
  batchdelay: milliseconds(0),
  viewtimeout: milliseconds(1),
  heartbeat: milliseconds(1),
  retry: milliseconds(1),
  cachedreplies: wholeNumber(1, MOST_CACHED_REPLIES),
};

export interface ServerOptions {
  readonly addr: string | undefined;
  readonly port: number | undefined;
  readonly verbose: boolean;
  readonly profile: boolean;
  readonly progress: boolean;
  readonly safeguard: boolean;
  readonly trace: string | undefined;
  readonly overwrite: boolean;
  readonly parameters: Parameters;
}

/** Reads the options of a server, `key=value` each. Throws a {@link UsageError}. */
export function parseServerOptions(args: readonly string[]): ServerOptions {
  const given = parseKeyValues(args, OPTIONS);
  const base = given.compatible ? COMPATIBLE : DEFAULT;
  const parameters: Parameters = {
    ...base,
    maxLogLength: given.window ?? base.maxLogLength,
    maxBatchSize: given.batch ?? base.maxBatchSize,
    maxBatchBytes: given.batchbytes ?? base.maxBatchBytes,
    maxBatchDelay: given.batchdelay ?? base.maxBatchDelay,
    baselineViewTimeout: given.viewtimeout ?? base.baselineViewTimeout,
    heartbeatPeriod: given.heartbeat ?? base.heartbeatPeriod,
    retryPeriod: given.retry ?? base.retryPeriod,
    maxCachedReplies: given.cachedreplies ?? base.maxCachedReplies,
  };
  if (given.compatible) requireOriginal(given);
  return {
    addr: given.addr,
    port: given.port,
    verbose: given.verbose ?? false,
    profile: given.profile ?? false,
    progress: given.progress ?? false,
    safeguard: given.safeguard ?? true,
    trace: given.trace,
    overwrite: given.overwrite ?? false,
    parameters,
  };
}

/** Refuses what the original could not follow, or does not have. */
function requireOriginal(given: { window?: number; batchbytes?: number; retry?: number }): void {
  const { window = COMPATIBLE_WINDOW, batchbytes, retry } = given;
  if (window > COMPATIBLE_WINDOW) {
    throw new UsageError(
      `window=${window} will not do with compatible=true: the original's replicas drop promises `
        + `with more than ${COMPATIBLE_WINDOW} votes`,
    );
  }
  const unknown =
    batchbytes !== undefined ? 'batchbytes' : retry !== undefined ? 'retry' : undefined;
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown}= means nothing with compatible=true, which leaves out all that the original `
        + 'does not do',
    );
  }
}
