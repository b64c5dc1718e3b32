/**
 * # The lock service, as the harness runs it
 */
import { LockHost } from '../../impl/lock/host.ts';
import type { Host as LockProtocolHost, Message } from '../../protocol/lock/host.ts';
import { lockRefinement } from '../../refinement/lock/service.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/lock/service.ts';
import type { SimulatedService } from '../simulation/service.ts';

export interface LockShape {
  /** How many hosts stand in the ring. */
  readonly hosts: number;
  readonly retryPeriod: number;
  readonly compatible: boolean;
  /** The last epoch: whoever holds the lock in it keeps it. */
  readonly maxEpoch: number;
}

/** The names of hosts in behaviours: a, b, c and so on. */
export const ringOf = (hosts: number): readonly EndPoint[] =>
  Array.from({ length: hosts }, (_, index) => String.fromCharCode('a'.charCodeAt(0) + index));

export function lockService(
  shape: LockShape,
): SimulatedService<LockHost, LockProtocolHost, Message, State> {
  const ring = ringOf(shape.hosts);
  const { retryPeriod, compatible, maxEpoch } = shape;
  const promised = !compatible && maxEpoch === Number.MAX_SAFE_INTEGER;
  return {
    name: 'lock',
    refinement: lockRefinement(ring, { maxEpoch, retryPeriod, compatible }),
    createHost: (me) => new LockHost(me, ring, { maxEpoch, retryPeriod, compatible, hold: 0 }),
    sometimes: ({ seen, spec }) => ({
      'the lock went around the whole ring': spec.history.length > ring.length,
      'a lost transfer was made good': (seen.actions['offer'] ?? 0) > 0 && spec.history.length > 2,
    }),
    // Each pass takes an offer, which a clock that was set back may delay to three periods, and the way there.
    ...(promised && {
      liveness: {
        progress: 'accept',
        bound: (latency: number, reaction: number) =>
          (shape.hosts + 1) * (3 * retryPeriod + 2 * latency + 2 * reaction),
      },
    }),
    showSpec: ({ history }) => `history ⟨${shorten([...history]).join(' ')}⟩`,
  };
}

const shorten = (history: readonly string[]): readonly string[] =>
  history.length <= 12 ? history : [`…(${history.length - 10} more)`, ...history.slice(-10)];
