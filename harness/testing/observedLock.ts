/**
 * # What lock hosts are seen to do
 *
 * Operations of lock hosts with their bytes, written by hand rather than by the implementation, to
 * show to a monitor.
 */
import type { Message } from '../../protocol/lock/host.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** Bytes that mean the message; one byte for the message that means nothing. */
export function bytesOf(msg: Message): Uint8Array {
  if (msg.type === 'invalid') return new Uint8Array(1);
  const bytes = new DataView(new ArrayBuffer(16));
  bytes.setBigUint64(0, msg.type === 'transfer' ? 0n : 1n);
  bytes.setBigUint64(8, BigInt(msg.epoch));
  return new Uint8Array(bytes.buffer);
}

export const received = (src: EndPoint, msg: Message): ObservedIo => ({
  type: 'receive',
  src,
  bytes: bytesOf(msg),
});

export const sent = (dst: EndPoint, msg: Message): ObservedIo => ({
  type: 'send',
  dst,
  bytes: bytesOf(msg),
});

export const clock = (now: number): ObservedIo => ({ type: 'clock', now });

export const TIMEOUT: ObservedIo = { type: 'timeout' };

export const transfer = (epoch: number): Message => ({ type: 'transfer', epoch });

export const locked = (epoch: number): Message => ({ type: 'locked', epoch });
