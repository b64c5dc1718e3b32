/**
 * # The lock server
 *
 * Follows Dafny/Distributed/Impl/Lock and IronLockServer/Program.cs of IronFleet, with its
 * arguments and its output; departs from it in the options that it adds, and in that it fails with
 * an exit code.
 */
import {
  ownServer,
  readPrivateIdentity,
  readServiceIdentity,
  requireServiceType,
} from '../framework/identity.ts';
import { flag, parseKeyValues, port, text, wholeNumber } from '../framework/keyValue.ts';
import { type Surroundings, serve } from '../framework/serve.ts';
import { DEFAULT_OPTIONS, LockHost, type LockOptions } from './host.ts';
import { LONGEST_MESSAGE } from './messages.ts';

/** What a service file must say for this program to serve it. */
export const SERVICE_TYPE = 'IronLock';

/** Milliseconds that a timer can wait. */
const milliseconds = (least: number) => wholeNumber(least, 2 ** 31 - 1);

const OPTIONS = {
  addr: text,
  port,
  verbose: flag,
  trace: text,
  overwrite: flag,
  compatible: flag,
  retry: milliseconds(1),
  hold: milliseconds(0),
};

export interface LockServerArguments {
  readonly serviceFile: string;
  readonly privateKeyFile: string;
  /** `key=value` each. */
  readonly options: readonly string[];
}

/**
 * Runs a lock server until it is told to stop; gives the exit code. Throws a {@link UsageError} if
 * the arguments or the files will not do, or the server cannot listen or record.
 */
export async function runLockServer(
  { serviceFile, privateKeyFile, options }: LockServerArguments,
  surroundings: Surroundings,
): Promise<0 | 1> {
  surroundings.stdout.write('IronLockServer program started\n');
  surroundings.stdout.write('Processing command-line arguments\n');
  const given = parseKeyValues(options, OPTIONS);
  const service = readServiceIdentity(serviceFile);
  requireServiceType(service, SERVICE_TYPE);
  const me = readPrivateIdentity(privateKeyFile);
  ownServer(service, me);
  const lock: LockOptions = {
    maxEpoch: DEFAULT_OPTIONS.maxEpoch,
    retryPeriod: given.retry ?? DEFAULT_OPTIONS.retryPeriod,
    compatible: given.compatible ?? DEFAULT_OPTIONS.compatible,
    hold: given.hold ?? DEFAULT_OPTIONS.hold,
  };
  const { maxEpoch, retryPeriod, compatible } = lock;
  const ring = service.servers.map(({ endPoint }) => endPoint);
  return serve(
    {
      service,
      me,
      host: given.addr,
      port: given.port,
      verbose: given.verbose ?? false,
      trace: given.trace,
      overwrite: given.overwrite ?? false,
      // Locks are passed among servers only.
      acceptClients: false,
      longestMessage: LONGEST_MESSAGE,
      parameters: { maxEpoch, retryPeriod, compatible },
      createHost: (announce) => new LockHost(me.endPoint, ring, lock, announce),
    },
    surroundings,
  );
}
