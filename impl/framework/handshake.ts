/**
 * # Handshakes
 *
 * How the two ends of a fresh connection learn who the other is. Over TLS both show a certificate,
 * and what counts is its public key: the dialled server must have the key and the name that the
 * service file gives it; whoever dials may be a server of the service, then under its own name, or
 * else is an anonymous client. Without TLS, whoever dials sends its public key as the first frame
 * and is believed.
 *
 * Follows Common/Native/IoFramework.cs of IronFleet; departs from it in that handshakes do not wait
 * for each other, that each has a time limit, and that certificates of other keys than RSA are
 * refused.
 */
import { constants, type X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Credentials } from './certificate.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { describe, endPointOf, type ServerIdentity, type ServiceIdentity } from './identity.ts';
import { Opening, type OpeningListener } from './opening.ts';
import type { RefusalReason, TransportLimits } from './transportLimits.ts';
import { UsageError } from './usageError.ts';

/** One of the two ways of opening connections. */
export interface Handshake {
  dial(server: ServerIdentity, listener: OpeningListener): Opening;
  accept(socket: Socket, listener: OpeningListener): Opening;
}

/** Why a certificate is refused. */
export interface Objection {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** The longest public key that a peer may send without TLS, in bytes: the original's limit. */
const MAX_KEY = 0xfffff;

/**
 * After so long without traffic the system asks whether the peer is still there, in milliseconds.
 */
const KEEP_ALIVE_MS = 10_000;

/**
 * The handshake that the service asks for. Throws a {@link UsageError} if the key cannot be used.
 */
export const handshakeOf = (
  service: ServiceIdentity,
  me: Credentials,
  limits: TransportLimits,
): Handshake => (service.useSsl ? tls(service, me, limits) : plain(me, limits));

function tls(service: ServiceIdentity, me: Credentials, limits: TransportLimits): Handshake {
  const servers = new Map(service.servers.map((server) => [server.endPoint, server]));
  const secureContext = secureContextOf(me);
  return {
    dial(server, listener) {
      const socket = connectTls({
        host: server.host,
        port: server.port,
        secureContext,
        rejectUnauthorized: false, // Certificates sign themselves. What decides is below.
        ...(isIP(server.friendlyName) === 0 && { servername: server.friendlyName }),
      });
      const opening = new Opening(socket, limits, listener, describe(server));
      socket.once('connect', () => tune(socket));
      socket.once('secureConnect', () => {
        const objection = judgeServer(socket.getPeerX509Certificate(), server);
        if (objection) opening.fail(objection.reason, objection.detail);
        else opening.succeed(server.endPoint);
      });
      return opening;
    },
    accept(raw, listener) {
      const address = addressOf(raw);
      tune(raw);
      const options = { isServer: true, requestCert: true, rejectUnauthorized: false };
      const socket = new TLSSocket(raw, { ...options, secureContext });
      const opening = new Opening(socket, limits, listener, address);
      socket.once('secure', () => {
        const verdict = judgeClient(socket.getPeerX509Certificate(), servers);
        if (typeof verdict === 'string') opening.succeed(verdict);
        else opening.fail(verdict.reason, verdict.detail);
      });
      return opening;
    },
  };
}

function plain(me: Credentials, limits: TransportLimits): Handshake {
  return {
    dial(server, listener) {
      const socket = connectTcp({ host: server.host, port: server.port });
      const opening = new Opening(socket, limits, listener, describe(server));
      socket.once('connect', () => {
        tune(socket);
        socket.write(encodeFrame(me.publicKey));
        opening.succeed(server.endPoint);
      });
      return opening;
    },
    accept(socket, listener) {
      tune(socket);
      const opening = new Opening(socket, limits, listener, addressOf(socket));
      const reader = new FrameReader(MAX_KEY);
      const readKey = (chunk: Uint8Array): void => {
        reader.feed(chunk);
        const key = reader.next();
        if (key === undefined && reader.failure === undefined) return;
        socket.off('data', readKey);
        if (key) opening.succeed(endPointOf(key), reader);
        else opening.fail('brokenHandshake', `instead of its key, ${reader.failure}`);
      };
      socket.on('data', readKey);
      return opening;
    },
  };
}

/** Nothing if the certificate is that of `server`, under its name. */
export function judgeServer(
  certificate: X509Certificate | undefined,
  server: ServerIdentity,
): Objection | undefined {
  const key = publicKeyOf(certificate);
  if ('reason' in key) return key;
  if (endPointOf(key) !== server.endPoint) {
    return { reason: 'wrongKey', detail: 'its key is not the one in the service file' };
  }
  return judgeName(certificate, server);
}

/** The end point of whoever has this certificate, be it a server under its name or a client. */
export function judgeClient(
  certificate: X509Certificate | undefined,
  servers: ReadonlyMap<EndPoint, ServerIdentity>,
): EndPoint | Objection {
  const key = publicKeyOf(certificate);
  if ('reason' in key) return key;
  const endPoint = endPointOf(key);
  const server = servers.get(endPoint);
  return (server && judgeName(certificate, server)) ?? endPoint;
}

function judgeName(
  certificate: X509Certificate | undefined,
  server: ServerIdentity,
): Objection | undefined {
  const wanted = `CN=${server.friendlyName}`;
  if (certificate?.subject === wanted) return undefined;
  return {
    reason: 'wrongSubject',
    detail: `its certificate is for ${JSON.stringify(certificate?.subject)}, not for ${wanted}`,
  };
}

function publicKeyOf(certificate: X509Certificate | undefined): Uint8Array | Objection {
  if (certificate === undefined) {
    return { reason: 'noCertificate', detail: 'it shows no certificate' };
  }
  try {
    const { publicKey } = certificate;
    if (publicKey.asymmetricKeyType === 'rsa') {
      return publicKey.export({ type: 'pkcs1', format: 'der' });
    }
  } catch {
    // A key that cannot be read is as good as one of a wrong kind.
  }
  return { reason: 'notRsa', detail: 'the key in its certificate is no RSA key' };
}

function secureContextOf(me: Credentials): ReturnType<typeof createSecureContext> {
  try {
    return createSecureContext({
      pfx: Buffer.from(me.pkcs12),
      passphrase: '',
      minVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      sessionIdContext: me.endPoint.slice(0, 32),
    });
  } catch (error) {
    throw new UsageError(
      `The private key of ${me.friendlyName} cannot be used for TLS `
        + `(${error instanceof Error ? error.message : error}); create new keys`,
    );
  }
}

function tune(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

const addressOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;
