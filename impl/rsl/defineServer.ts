/**
 * # A replicated service of one's own
 *
 * Makes a program of a class of services: whoever runs it gets one replica of the service.
 *
 *     class MyService implements Service { … }
 *     await defineServer(MyService);
 */
import { basename } from 'node:path';
import type { ServiceClass } from '../apps/service.ts';
import { serveInProcess } from '../framework/serverProcess.ts';
import { UsageError } from '../framework/usageError.ts';
import { type RslServerArguments, runRslServer, serviceTypeOf } from './server.ts';
import { serverHelp } from './serverHelp.ts';

/**
 * Runs one replica of the service in this process, with the process's arguments, until a signal
 * stops it. Sets the exit code: 0 if all was well, 1 if the server had to stop, 2 for wrong usage.
 *
 * @throws TypeError where the class is no class of services, which is its author's to mend.
 */
export async function defineServer(
  serviceClass: ServiceClass,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  requireServiceClass(serviceClass);
  const type = serviceTypeOf(serviceClass);
  const command = `node ${basename(process.argv[1] ?? 'server.js')}`;
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    const usage = `Usage: ${command} <service> <private> [key=value...]`;
    const what = `One replica of the service ${serviceClass.serviceName}.`;
    process.stdout.write(`${usage}\n\n${what}\n${serverHelp(command, type)}\n`);
    return;
  }
  try {
    const given = parseArguments(args);
    await serveInProcess((surroundings) => runRslServer(serviceClass, given, surroundings));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`ERROR - ${error.message}\n`);
    process.exitCode = 2;
  }
}

function requireServiceClass(serviceClass: ServiceClass): void {
  const { serviceName, initialize, deserialize } = serviceClass;
  if (typeof serviceName !== 'string' || !/^[\w.-]+$/.test(serviceName)) {
    throw new TypeError(
      'A class of services has a static serviceName of letters, digits, dots, _ and -',
    );
  }
  if (typeof initialize !== 'function' || typeof deserialize !== 'function') {
    throw new TypeError('A class of services has static methods initialize and deserialize');
  }
}

function parseArguments(args: readonly string[]): RslServerArguments {
  const flag = args.find((arg) => arg.startsWith('-'));
  if (flag !== undefined) {
    throw new UsageError(`There is no option ${flag}; add --help to see what this program takes`);
  }
  const [serviceFile, privateKeyFile, ...options] = args;
  if (serviceFile === undefined || privateKeyFile === undefined) {
    const what = serviceFile === undefined ? 'service file' : 'private key file';
    throw new UsageError(`The ${what} is missing; add --help to see what this program takes`);
  }
  return { serviceFile, privateKeyFile, options };
}
