/**
 * # What administrators have done
 */
import { ServiceUnreachableError } from '../../impl/client/errors.ts';
import { type ArrangeOptions, ShtAdministrator } from '../../impl/client/shtAdministrator.ts';
import type { Arrangement } from '../../impl/client/shtArranging.ts';
import { OrderRefusedError, SilentHostError, StuckError } from '../../impl/client/shtErrors.ts';
import { KEY_INF } from '../../impl/client/shtMessages.ts';
import {
  readCredentials,
  readServiceIdentity,
  type ServiceIdentity,
} from '../../impl/framework/identity.ts';
import { parseKeyValues, text, wholeNumber } from '../../impl/framework/keyValue.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import { type Progress, showProgress } from './progress.ts';
import { describeArrangement, describeTable, tableJson } from './shtAdminReport.ts';

const seconds = wholeNumber(1, 86_400);
const SHOW_OPTIONS = { key: text, timeout: seconds };
const MOVE_OPTIONS = { ...SHOW_OPTIONS, patience: seconds };

interface Options {
  readonly key?: string;
  readonly timeout?: number;
  readonly patience?: number;
}

type ExitCode = 0 | 1;

/** Prints where keys are. Throws a {@link UsageError}, as the others do. */
export function show(path: string, args: readonly string[], json: boolean): Promise<ExitCode> {
  const options = parseKeyValues(args, SHOW_OPTIONS);
  const service = readServiceIdentity(path);
  return administrate(service, options, async (administrator) => {
    const reports = await Promise.all(service.servers.map((_, host) => administrator.report(host)));
    const table = { service, reports };
    process.stdout.write(`${json ? tableJson(table) : describeTable(table)}\n`);
    return reports.some((report) => report instanceof Error) ? 1 : 0;
  });
}

/** Has a range moved; it is given by its bounds and its recipient, as a user writes them. */
export function move(
  path: string,
  [low, high, recipient]: readonly [string, string, string],
  args: readonly string[],
): Promise<ExitCode> {
  const options = parseKeyValues(args, MOVE_OPTIONS);
  const range = { low: boundOf(low), high: boundOf(high) };
  if (range.low >= range.high) {
    throw new UsageError(`There is no key from ${low} up to, but not including, ${high}`);
  }
  const service = readServiceIdentity(path);
  const target = { range, recipient: hostOf(recipient, service) };
  requireKey(service, options);
  return administrate(service, options, (administrator) =>
    watch(options, (watching) => administrator.arrange([target], watching)),
  );
}

/** Shares all keys out evenly. */
export function rebalance(path: string, args: readonly string[]): Promise<ExitCode> {
  const options = parseKeyValues(args, MOVE_OPTIONS);
  const service = readServiceIdentity(path);
  requireKey(service, options);
  return administrate(service, options, (administrator) =>
    watch(options, (watching) => administrator.rebalance(watching)),
  );
}

/** Does something as an administrator, and says in a line what went wrong, if that may happen. */
async function administrate(
  service: ServiceIdentity,
  { key, timeout }: Options,
  work: (administrator: ShtAdministrator) => Promise<ExitCode>,
): Promise<ExitCode> {
  const credentials = key === undefined ? undefined : readCredentials(key);
  let administrator: ShtAdministrator | undefined;
  try {
    administrator = await ShtAdministrator.connect(service, {
      key: credentials,
      timeout: timeout === undefined ? undefined : timeout * 1000,
    });
    return await work(administrator);
  } catch (error) {
    const expected = [ServiceUnreachableError, SilentHostError, OrderRefusedError, StuckError];
    if (!expected.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`ERROR - ${(error as Error).message}\n`);
    return 1;
  } finally {
    administrator?.close();
  }
}

/** Progress is shown of what takes longer. */
const LONG_MS = 1_000;

/** Shows how keys move, and what came of it. */
async function watch(
  { patience }: Options,
  work: (options: ArrangeOptions) => Promise<Arrangement | undefined>,
): Promise<ExitCode> {
  const began = Date.now();
  let bar: Progress | undefined;
  let arrangement: Arrangement | undefined;
  try {
    arrangement = await work({
      patience: patience === undefined ? undefined : patience * 1000,
      progress: ({ keysLeft, keysToMove }) => {
        if (Date.now() - began < LONG_MS) return;
        // In permille, because how many keys there are to move may turn out to be more.
        bar ??= showProgress('moving keys', 1000);
        const done = keysToMove === 0 ? 1000 : 1000 * (1 - keysLeft / keysToMove);
        bar.update(Math.floor(done), `${Math.round(keysLeft).toLocaleString('en')} keys left`);
      },
    });
  } finally {
    bar?.stop();
  }
  process.stdout.write(`${describeArrangement(arrangement)}\n`);
  return 0;
}

/** Without a key nobody need try to have keys moved that administrators watch over. */
function requireKey({ administrators, friendlyName }: ServiceIdentity, { key }: Options): void {
  if (administrators === undefined || key !== undefined) return;
  const names = administrators.map((each) => each.friendlyName).join(', ') || 'nobody';
  throw new UsageError(
    `Only administrators of ${friendlyName} may have keys moved (${names}): `
      + 'give the private key file of one with key=FILE',
  );
}

/** A bound as a user writes it. */
function boundOf(word: string): bigint {
  if (/^-inf$/i.test(word)) return 0n;
  if (/^\+?inf$/i.test(word)) return KEY_INF;
  const bound = /^(?:\d+|0x[\da-f]+)$/i.test(word) ? BigInt(word) : undefined;
  if (bound !== undefined && bound < KEY_INF) return bound;
  throw new UsageError(
    `${word} is no bound: it must be a key from 0 to ${KEY_INF - 1n}, in decimal or after 0x in `
      + 'hexadecimal, or -inf or inf',
  );
}

/** A host as a user calls it: its name, the end of its name, or its place, counted from 1. */
function hostOf(word: string, { servers, friendlyName }: ServiceIdentity): number {
  const place = /^\d{1,4}$/.test(word) ? Number(word) - 1 : undefined;
  if (place !== undefined && place >= 0 && place < servers.length) return place;
  const exact = servers.findIndex((server) => server.friendlyName === word);
  if (exact >= 0) return exact;
  const ending = servers.findIndex((server) => server.friendlyName.endsWith(`.${word}`));
  if (ending >= 0) return ending;
  const names = servers.map((server, host) => `${host + 1} ${server.friendlyName}`).join(', ');
  throw new UsageError(`${word} is no host of ${friendlyName}; its hosts are ${names}`);
}
