/**
 * # The original's transport, by hand
 *
 * What all clients of the original have in common: connections to all servers under a fresh key, and
 * frames on them. Nothing of the implementation is used but the making of keys.
 *
 * Follows Common/Native/IoFramework.cs of IronFleet.
 */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { createClientCredentials } from '../../impl/framework/certificate.ts';
import type { ServerIdentity, ServiceIdentity } from '../../impl/framework/identity.ts';

/** A number as eight bytes, and bytes after their length. */
export const word = (n: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(n));
  return bytes;
};
export const framed = (payload: Uint8Array): Buffer =>
  Buffer.concat([word(payload.length), payload]);

/** Connections to all servers, in their order, and the public key they were made with. */
export async function openToAll(
  service: ServiceIdentity,
): Promise<{ readonly publicKey: Uint8Array; readonly sockets: readonly Socket[] }> {
  const me = await createClientCredentials(new Date());
  const context = createSecureContext({ pfx: Buffer.from(me.pkcs12), passphrase: '' });
  const open = async ({ host, port, friendlyName }: ServerIdentity): Promise<Socket> => {
    if (!service.useSsl) {
      const socket = connectTcp({ host, port });
      await once(socket, 'connect');
      socket.write(framed(me.publicKey));
      return socket;
    }
    const socket = connectTls({
      host,
      port,
      secureContext: context,
      servername: friendlyName,
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    return socket;
  };
  const sockets = await Promise.all(service.servers.map(open));
  return { publicKey: me.publicKey, sockets };
}

/** Hands over the frames that each chunk completes. That a connection ends is no error here. */
export function onFrames(socket: Socket, take: (frames: readonly Buffer[]) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    const frames: Buffer[] = [];
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 8 && rest.length >= 8 + Number(rest.readBigUInt64BE())) {
      const end = 8 + Number(rest.readBigUInt64BE());
      frames.push(rest.subarray(8, end));
      rest = rest.subarray(end);
    }
    take(frames);
  });
}
