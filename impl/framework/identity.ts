/**
 * # Identities
 *
 * A service is a list of servers, and a server is a public key with an address. Two kinds of file
 * say so: the *service file*, which everyone may read, names all servers; a *private key file*
 * holds one server's own key and certificate. A server's end point is the SHA-256 of its public
 * key.
 *
 * Follows Common/Native/IoFramework.cs of IronFleet, whose files these are; departs from it in
 * that a property without which nothing can work (anything but `UseSsl`) may not be missing, and in
 * `Administrators`, which it does not have and passes over.
 */
import { createPublicKey, hash, type X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { z } from 'zod';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { UsageError } from './usageError.ts';

/** One server as the service file describes it to everybody. */
export interface ServerIdentity {
  readonly friendlyName: string;
  /** DER of the PKCS#1 `RSAPublicKey`. */
  readonly publicKey: Uint8Array;
  /** Where the others find it. */
  readonly host: string;
  readonly port: number;
  readonly endPoint: EndPoint;
}

/** Somebody whom the service obeys, though nobody can be reached under that key. */
export interface AdministratorIdentity {
  readonly friendlyName: string;
  /** DER of the PKCS#1 `RSAPublicKey`. */
  readonly publicKey: Uint8Array;
  readonly endPoint: EndPoint;
}

/** A service as its service file describes it. The order of the servers may mean something. */
export interface ServiceIdentity {
  readonly friendlyName: string;
  readonly serviceType: string;
  /** At least one, no two with the same key. */
  readonly servers: readonly ServerIdentity[];
  /** Whether peers talk over mutual TLS; otherwise they use plain TCP and believe each other. */
  readonly useSsl: boolean;
  /** Who may give orders, no two with the same key; without it anybody may, as in the original. */
  readonly administrators?: readonly AdministratorIdentity[] | undefined;
}

/** One server as its private key file describes it to that server alone. */
export interface PrivateIdentity {
  readonly friendlyName: string;
  /** The private key and its certificate, as PKCS#12 with the empty password. */
  readonly pkcs12: Uint8Array;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** DER of the PKCS#1 `RSAPublicKey` in the certificate. */
  readonly publicKey: Uint8Array;
  readonly endPoint: EndPoint;
}

/** Reads a service file. Throws a {@link UsageError} if it is missing or makes no sense. */
export function readServiceIdentity(path: string): ServiceIdentity {
  const file = read('service file', path, serviceFile);
  const { FriendlyName, ServiceType, Servers, UseSsl, Administrators } = file;
  const servers = Servers.map((server) => ({
    friendlyName: server.FriendlyName,
    publicKey: server.PublicKey,
    host: server.HostNameOrAddress,
    port: server.Port,
    endPoint: endPointOf(server.PublicKey),
  }));
  const administrators = Administrators?.map((administrator) => ({
    friendlyName: administrator.FriendlyName,
    publicKey: administrator.PublicKey,
    endPoint: endPointOf(administrator.PublicKey),
  }));
  return {
    friendlyName: FriendlyName,
    serviceType: ServiceType,
    servers,
    useSsl: UseSsl,
    ...(administrators && { administrators }),
  };
}

/** Reads a private key file. Throws a {@link UsageError} if it is missing or makes no sense. */
export function readPrivateIdentity(path: string): PrivateIdentity {
  const file = read('private key file', path, privateFile);
  const credentials = credentialsIn(file, path);
  return { ...credentials, host: file.HostNameOrAddress, port: file.Port };
}

/** Reads a private key file of somebody who need not be found anywhere. Throws in the same way. */
export const readCredentials = (path: string): Omit<PrivateIdentity, 'host' | 'port'> =>
  credentialsIn(read('private key file', path, credentialsFile), path);

function credentialsIn(file: z.infer<typeof credentialsFile>, path: string) {
  const publicKey = certifiedKey(file.Pkcs12);
  if (publicKey === undefined) {
    throw unreadable(
      'private key file',
      path,
      'Pkcs12 must be an RSA key with its certificate under the empty password',
    );
  }
  return {
    friendlyName: file.FriendlyName,
    pkcs12: file.Pkcs12,
    publicKey,
    endPoint: endPointOf(publicKey),
  };
}

/** Which of the servers `me` is. Throws a {@link UsageError} unless key and name match one. */
export function ownServer(service: ServiceIdentity, me: PrivateIdentity): ServerIdentity {
  const server = service.servers.find(({ endPoint }) => endPoint === me.endPoint);
  const mine = `The private key of ${me.friendlyName} (key ${shortKey(me.publicKey)})`;
  if (server === undefined) {
    throw new UsageError(
      `${mine} is none of the keys of service ${service.friendlyName}; `
        + 'use the service file and the private key file that were created together',
    );
  }
  if (server.friendlyName !== me.friendlyName) {
    throw new UsageError(
      `${mine} belongs to ${server.friendlyName} in service ${service.friendlyName}; `
        + 'the two files must give one key one name',
    );
  }
  return server;
}

/** Throws a {@link UsageError} if the service is not of the type that a program serves. */
export function requireServiceType(service: ServiceIdentity, type: string): void {
  if (service.serviceType === type) return;
  throw new UsageError(
    `Service ${service.friendlyName} is of type ${service.serviceType}, but this program needs `
      + `type ${type}; use a service file created with type=${type}`,
  );
}

/** Lower-case hexadecimal of the key's SHA-256. */
export const endPointOf = (publicKey: Uint8Array): EndPoint => hash('sha256', publicKey, 'hex');

/** Eight characters that tell keys apart: for an RSA key, the first six bytes of its modulus. */
export const shortKey = (publicKey: Uint8Array): string =>
  Buffer.from(publicKey).toString('base64').slice(12, 20);

/** A server as people read it. */
export const describe = ({ friendlyName, publicKey, host, port }: ServerIdentity): string =>
  `${friendlyName} (key ${shortKey(publicKey)}) @ ${host}:${port}`;

/** An end point as people read it: the server if it is one, else the hash in base64. */
export function describeEndPoint(service: ServiceIdentity, endPoint: EndPoint): string {
  const server = service.servers.find((candidate) => candidate.endPoint === endPoint);
  return server ? describe(server) : Buffer.from(endPoint, 'hex').toString('base64');
}

const name = z.string('must be a string').min(1, 'must not be empty');
const port = z
  .int('must be a whole number')
  .min(1, 'must be from 1 to 65535')
  .max(65_535, 'must be from 1 to 65535');
const bytes = z
  .base64('must be base64')
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const publicKey = bytes.refine(isPublicKey, 'must be an RSA public key (PKCS#1 in DER)');

const server = z.object(
  { FriendlyName: name, PublicKey: publicKey, HostNameOrAddress: name, Port: port },
  'must be an object',
);

const administrator = z.object({ FriendlyName: name, PublicKey: publicKey }, 'must be an object');

const serviceFile = z.object(
  {
    FriendlyName: name,
    ServiceType: name,
    Servers: z
      .array(server, 'must be an array')
      .min(1, 'must name at least one server')
      .refine(haveDistinctKeys, 'must not name one key twice'),
    UseSsl: z.boolean('must be true or false').default(false),
    Administrators: z
      .array(administrator, 'must be an array')
      .refine(haveDistinctKeys, 'must not name one key twice')
      .optional(),
  },
  'must be an object',
);

const credentialsFile = z.object({ FriendlyName: name, Pkcs12: bytes }, 'must be an object');

const privateFile = credentialsFile.extend({ HostNameOrAddress: name, Port: port });

/** Far above the size of a service of 999 servers. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The file's JSON in the shape wanted, or a {@link UsageError}. `kind` says what the file is. */
function read<Shape>(kind: string, path: string, shape: z.ZodType<Shape>): Shape {
  const parsed = shape.safeParse(readJson(kind, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = z.core.toDotPath(issue?.path ?? []) || 'it';
  throw unreadable(kind, path, `${field} ${issue?.message}`);
}

function readJson(kind: string, path: string): unknown {
  const text = readText(kind, path);
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(kind, path, 'it is not JSON');
  }
}

function readText(kind: string, path: string): string {
  const content = readBytes(kind, path);
  try {
    // This also drops a byte-order mark, as the original's reader does.
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw unreadable(kind, path, 'it is not UTF-8');
  }
}

function readBytes(kind: string, path: string): Uint8Array {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new Error('there is no such file; create-certs makes them');
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > MAX_FILE_BYTES) throw new Error('it is too large to be one');
    return readFileSync(path);
  } catch (error) {
    throw unreadable(kind, path, error instanceof Error ? error.message : String(error));
  }
}

const unreadable = (kind: string, path: string, why: string): UsageError =>
  new UsageError(`Could not read contents of ${kind} ${path}: ${why}`);

/** The public key in the certificate inside, or nothing if it does not open or is not RSA. */
function certifiedKey(pkcs12: Uint8Array): Uint8Array | undefined {
  const key = ownCertificate(pkcs12)?.publicKey;
  if (key?.asymmetricKeyType !== 'rsa') return undefined;
  return new Uint8Array(key.export({ type: 'pkcs1', format: 'der' }));
}

/**
 * Node reads PKCS#12 only to use it for TLS, but a TLS socket tells its own certificate, even one
 * that has nobody to talk to. So a server needs no other reader.
 */
function ownCertificate(pkcs12: Uint8Array): X509Certificate | undefined {
  try {
    const secureContext = createSecureContext({ pfx: Buffer.from(pkcs12), passphrase: '' });
    const socket = new TLSSocket(new PassThrough(), { secureContext, isServer: true });
    const certificate = socket.getX509Certificate();
    socket.destroy();
    return certificate;
  } catch {
    return undefined;
  }
}

/** Written back, the key must give the very same bytes, for bytes are what peers compare. */
function isPublicKey(der: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(der), type: 'pkcs1', format: 'der' });
    // Not every version of Node writes back in this form what it has read in it. The other form
    // ends with this one.
    const info = key.export({ type: 'spki', format: 'der' });
    return info.subarray(info.length - der.length).equals(der);
  } catch {
    return false;
  }
}

function haveDistinctKeys(servers: readonly { readonly PublicKey: Uint8Array }[]): boolean {
  return new Set(servers.map(({ PublicKey }) => endPointOf(PublicKey))).size === servers.length;
}
