/**
 * # Sending again
 *
 * Now and then, every other host is sent again what it has left unacknowledged since the last time.
 * A client gets nothing again unless it asks for it: so nothing is sent for ever to those who left.
 *
 * Follows Impl/LiveSHT/SchedulerModel.i.dfy of IronFleet; departs from it in that it goes by the
 * clock, and in that not everything is sent again.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import type { ShtHost } from './host.ts';

/** Whether a host has not acknowledged everything. */
export function isAnybodyWaiting({ constants, peers }: ShtHost): boolean {
  for (const id of constants.hosts) if ((peers.get(id)?.unacked.length ?? 0) > 0) return true;
  return false;
}

export function resend(h: ShtHost, io: Io): string {
  if (!isAnybodyWaiting(h)) return 'idle';
  const { hosts, parameters } = h.constants;
  const now = io.readClock();
  if (Math.abs(now - h.resentAt) < parameters.resendPeriod) return 'idle';
  const noted = new Map<EndPoint, number>();
  for (const [id, peer] of h.peers) {
    const first = peer.unacked[0]?.seqno;
    if (first === undefined || !hosts.has(id)) continue;
    noted.set(id, first);
    if (h.noted.get(id) === first) {
      h.counters.resent += peer.tellAgain(io, id, parameters.maxResent);
    }
  }
  h.resentAt = now;
  h.noted = noted;
  return 'resend';
}
