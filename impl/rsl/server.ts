/**
 * # The server of a replicated service
 *
 * One replica of any service, on the network. It deletes its private key once nothing is left that
 * could keep it from serving, because it keeps what it promises in memory only: started again, it
 * would break its promises.
 *
 * Follows Services/RSL/Program.cs of IronFleet, with its arguments and its output; departs from it
 * in the options that it adds, in that it fails with an exit code, and in that a slip in the
 * arguments does not cost the key.
 */
import { MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { ServiceClass } from '../apps/service.ts';
import {
  describeEndPoint,
  ownServer,
  type PrivateIdentity,
  readPrivateIdentity,
  readServiceIdentity,
  requireServiceType,
  type ServiceIdentity,
} from '../framework/identity.ts';
import { deleteKeyFile } from '../framework/keyFile.ts';
import { type ServerSettings, type Surroundings, serve } from '../framework/serve.ts';
import { type Observer, Replica } from './replica.ts';
import { parseServerOptions, type ServerOptions } from './serverOptions.ts';

/** What a service file must say for a server of this class to serve it. */
export const serviceTypeOf = ({ serviceName }: ServiceClass): string => `IronRSL${serviceName}`;

/** The longest message of a client: a request of 128 MiB, its number and its length. */
const LONGEST_REQUEST = MAX_REQUEST_BYTES + 24;

/**
 * The longest message of a replica, in bytes: a promise with a whole log, which may hold 64 MiB
 * when the longest batch is added to it, or an application's state. A replica cannot be handed a
 * state that is longer.
 */
const LONGEST_MESSAGE = 512 * 1024 * 1024;

export interface RslServerArguments {
  readonly serviceFile: string;
  readonly privateKeyFile: string;
  /** `key=value` each. */
  readonly options: readonly string[];
}

/**
 * Runs one replica of a service until it is told to stop; gives the exit code. Throws a
 * {@link UsageError} if the arguments or the files will not do, or the server cannot listen or
 * record.
 */
export async function runRslServer(
  serviceClass: ServiceClass,
  { serviceFile, privateKeyFile, options }: RslServerArguments,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const type = serviceTypeOf(serviceClass);
  surroundings.stdout.write(`${type}Server program started\n`);
  surroundings.stdout.write('Processing command-line arguments\n');
  const given = parseServerOptions(options);
  const service = readServiceIdentity(serviceFile);
  requireServiceType(service, type);
  const me = readPrivateIdentity(privateKeyFile);
  ownServer(service, me);
  return serve(
    {
      ...settingsOf(service, me, given, serviceClass),
      beforeReady: (print) => {
        // Who is told to stop before he has served may keep his key.
        if (surroundings.signal.aborted) return;
        if (given.safeguard) deleteKeyFile(privateKeyFile);
        (given.safeguard ? DELETED : DANGER).forEach(print);
      },
    },
    surroundings,
  );
}

const DELETED = [
  'Deleted private key file after reading it since RSL servers should never run twice.',
];

const DANGER = [
  '  *** DANGER:  safeguard=false keeps the private key file. If this server is ***',
  '  *** ever started again, it will break the promises that it has made, and   ***',
  '  *** replicas may part. Do this for tests only.                             ***',
];

function settingsOf(
  service: ServiceIdentity,
  me: PrivateIdentity,
  { addr, port, verbose, profile, progress, trace, overwrite, parameters }: ServerOptions,
  serviceClass: ServiceClass,
): ServerSettings {
  const replicas = service.servers.map(({ endPoint }) => endPoint);
  return {
    service,
    me,
    host: addr,
    port,
    verbose,
    profile,
    trace,
    overwrite,
    acceptClients: true,
    longestMessage: LONGEST_MESSAGE,
    longestRequest: LONGEST_REQUEST,
    parameters,
    createHost: (announce, flow) => {
      const observer = progress ? tellingOf(service, announce) : {};
      return new Replica(me.endPoint, replicas, parameters, serviceClass, { flow, observer });
    },
  };
}

/** Prints a line for each request and each reply. */
function tellingOf(service: ServiceIdentity, print: (line: string) => void): Observer {
  const tell = (what: string) => (client: EndPoint, seqno: number) =>
    print(`${what} client ${describeEndPoint(service, client)} with sequence number ${seqno}`);
  return {
    requestReceived: tell('Received request from'),
    replySent: tell('Sending reply to'),
    cachedReplySent: tell('Sending cached reply to'),
  };
}
