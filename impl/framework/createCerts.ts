/**
 * # Creating a service's identities
 *
 * Makes a key for each server of a new service, and for each administrator if it is to have some,
 * and writes the service file and the private key files, byte for byte in the original's form.
 *
 * Follows CreateIronServiceCerts of IronFleet; departs from it in that all is made before
 * anything is written, that files which exist are kept unless `overwrite=true`, and in
 * administrators.
 */
import { access, constants, lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServerCredentials } from './certificate.ts';
import {
  administratorName,
  type CertSettings,
  parseCertSettings,
  serverName,
} from './certSettings.ts';
import { describe, type PrivateIdentity, shortKey } from './identity.ts';
import { privateFileText, serviceFileText } from './identityText.ts';
import { UsageError } from './usageError.ts';

/** What the work takes from outside, and whom it tells. */
export interface Surroundings {
  readonly now: Date;
  /** Takes the lines of the output. */
  readonly print: (line: string) => void;
  /** Hears how many of the keys are made, from none to all. */
  readonly progress?: (made: number, total: number) => void;
  readonly keyBits?: number;
}

/**
 * Creates what the `key=value` arguments ask for. Throws a {@link UsageError} if they make no
 * sense or the files cannot be written; then none of them is.
 */
export async function createCerts(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  const settings = parseCertSettings(args);
  await makeRoom(settings);
  const [servers, administrators] = await createIdentities(settings, surroundings);
  const service = {
    friendlyName: settings.name,
    serviceType: settings.type,
    servers,
    useSsl: settings.useSsl,
    ...(administrators.length > 0 && { administrators }),
  };
  await writeFiles(settings.outputDir, [
    // The service file comes last, so that where it is the others are too.
    ...[...servers, ...administrators].map((identity) => ({
      name: privateFileName(identity.friendlyName),
      text: privateFileText(identity),
      mode: 0o600,
    })),
    { name: serviceFileName(settings), text: serviceFileText(service), mode: 0o644 },
  ]);
  report(settings, servers, administrators, surroundings.print);
}

const privateFileName = (whose: string): string => `${whose}.private.txt`;

const serviceFileName = ({ name, type }: CertSettings): string => `${name}.${type}.service.txt`;

/** Makes sure, before the long work, that the files can be written. */
async function makeRoom(settings: CertSettings): Promise<void> {
  const { outputDir, addresses, overwrite } = settings;
  await orUsageError(`Could not write to directory ${outputDir}`, async () => {
    await mkdir(outputDir, { recursive: true });
    await access(outputDir, constants.W_OK);
  });
  const names = [
    ...addresses.map((_, index) => serverName(settings, index + 1)),
    ...administratorNames(settings),
  ].map(privateFileName);
  for (const name of [serviceFileName(settings), ...names]) {
    const path = join(outputDir, name);
    const present = await lstat(path).catch(() => undefined);
    if (present === undefined || (overwrite && present.isFile())) continue;
    throw new UsageError(`${path} exists already; give overwrite=true or another outputdir=`);
  }
}

const administratorNames = (settings: CertSettings): readonly string[] =>
  Array.from({ length: settings.administrators }, (_, index) =>
    administratorName(settings, index + 1),
  );

/**
 * All keys are made at the same time, as far as the machine can: first those of the servers, then
 * those of the administrators, who are found nowhere.
 */
async function createIdentities(
  settings: CertSettings,
  { now, progress, keyBits }: Surroundings,
): Promise<readonly [PrivateIdentity[], PrivateIdentity[]]> {
  const { addresses, administrators } = settings;
  const total = addresses.length + administrators;
  let made = 0;
  progress?.(made, total);
  const create = async (name: string, host: string, port: number): Promise<PrivateIdentity> => {
    const credentials = await createServerCredentials(name, now, keyBits);
    progress?.(++made, total);
    return { ...credentials, host, port };
  };
  const servers = addresses.map(({ host, port }, index) =>
    create(serverName(settings, index + 1), host, port),
  );
  const others = administratorNames(settings).map((name) => create(name, '', 0));
  return Promise.all([Promise.all(servers), Promise.all(others)]);
}

interface OutputFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

/** Writes all files aside and moves them to their places only when each of them is whole. */
async function writeFiles(directory: string, files: readonly OutputFile[]): Promise<void> {
  await orUsageError(`Could not write the files to ${directory}`, async () => {
    const aside = await mkdtemp(join(directory, '.create-certs-'));
    try {
      for (const { name, text, mode } of files) await writeFile(join(aside, name), text, { mode });
      for (const { name } of files) await rename(join(aside, name), join(directory, name));
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  });
}

function report(
  settings: CertSettings,
  servers: readonly PrivateIdentity[],
  administrators: readonly PrivateIdentity[],
  print: (line: string) => void,
): void {
  const pathOf = (name: string) => join(settings.outputDir, name);
  const tell = (whose: string, { friendlyName }: PrivateIdentity): void =>
    print(
      `Successfully wrote private key for ${whose} to ${pathOf(privateFileName(friendlyName))}`,
    );
  for (const [index, server] of servers.entries()) {
    if (settings.verbose) print(describe(server));
    tell(`server ${index + 1}`, server);
  }
  for (const [index, administrator] of administrators.entries()) {
    const { friendlyName, publicKey } = administrator;
    if (settings.verbose) print(`${friendlyName} (key ${shortKey(publicKey)})`);
    tell(`administrator ${index + 1}`, administrator);
  }
  print(`Successfully wrote service description to ${pathOf(serviceFileName(settings))}`);
  print('DONE - SUCCESS');
}

async function orUsageError(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new UsageError(`${what}: ${error instanceof Error ? error.message : error}`);
  }
}
