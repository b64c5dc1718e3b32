/**
 * # The server of the hash table
 *
 * One host of the service, on the network.
 *
 * Follows IronSHTServer/Program.cs of IronFleet, with its arguments and its output; departs from it
 * in the options that it adds, and in that it fails with an exit code.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import {
  ownServer,
  readPrivateIdentity,
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../framework/identity.ts';
import { type Surroundings, serve } from '../framework/serve.ts';
import type { Configuration } from './configuration.ts';
import { MAX_END_POINT_BYTES } from './messages.ts';
import { PacedHost } from './pacedHost.ts';
import type { Parameters } from './parameters.ts';
import { parseServerOptions } from './serverOptions.ts';

/** What a service file must say for this program to serve it. */
export const SERVICE_TYPE = 'IronSHT';

/**
 * Two names of end points, which may be long, and whatever else a message has besides entries, in
 * bytes. Names are short, so a value may be as much too long and is refused rather than cut off.
 */
const OVERHEAD = 2 * MAX_END_POINT_BYTES + 1024;

export interface ShtServerArguments {
  readonly serviceFile: string;
  readonly privateKeyFile: string;
  /** `key=value` each. */
  readonly options: readonly string[];
}

/**
 * Runs one host until it is told to stop; gives the exit code. Throws a {@link UsageError} if the
 * arguments or the files will not do, or the server cannot listen or record.
 */
export async function runShtServer(
  { serviceFile, privateKeyFile, options }: ShtServerArguments,
  surroundings: Surroundings,
): Promise<0 | 1> {
  surroundings.stdout.write('IronSHTServer program started\n');
  surroundings.stdout.write('Processing command-line arguments\n');
  const given = parseServerOptions(options);
  const { parameters } = given;
  const service = readServiceIdentity(serviceFile);
  requireServiceType(service, SERVICE_TYPE);
  const me = readPrivateIdentity(privateKeyFile);
  ownServer(service, me);
  const configuration = configurationOf(service);
  const { administrators, aliases } = configuration;
  return serve(
    {
      service,
      me,
      host: given.addr,
      port: given.port,
      verbose: given.verbose,
      profile: given.profile,
      trace: given.trace,
      overwrite: given.overwrite,
      acceptClients: true,
      longestMessage: OVERHEAD + longestDelegation(parameters),
      longestRequest: OVERHEAD + parameters.maxValueBytes,
      parameters: { ...parameters, administrators, aliases: [...aliases] },
      beforeReady: (print) => print('IronFleet program started.'),
      createHost: (_, flow) => new PacedHost(me.endPoint, configuration, parameters, flow),
    },
    surroundings,
  );
}

/**
 * What a service file says to its hosts. The original's client names hosts by their public keys
 * where it orders keys to be moved.
 */
export function configurationOf({ servers, administrators }: ServiceIdentity) {
  const aliases = new Map<EndPoint, EndPoint>();
  for (const { publicKey, endPoint } of servers) {
    aliases.set(Buffer.from(publicKey).toString('hex'), endPoint);
  }
  return {
    hosts: servers.map(({ endPoint }) => endPoint),
    administrators: administrators?.map(({ endPoint }) => endPoint),
    aliases,
  } satisfies Configuration;
}

/** The entries of a delegation, in bytes. */
function longestDelegation(parameters: Parameters): number {
  const { maxDelegationKeys, maxDelegationBytes, maxValueBytes } = parameters;
  const values = Math.max(maxDelegationBytes, maxValueBytes);
  return 16 * maxDelegationKeys + Math.min(values, maxDelegationKeys * maxValueBytes);
}
