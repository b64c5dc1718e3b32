/**
 * # Keys arrive in the end
 *
 * What the hosts promise if they are treated fairly: every host that can take an action for ever
 * takes it, a packet that is sent again and again arrives again and again, though perhaps when there
 * is no room for it, and clients repeat what they ask. Then everything that was said is accepted and
 * dealt with, every order is carried out, and every delegation arrives and is acknowledged.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import { peerOf } from '../../../protocol/sht/singleDelivery.ts';
import type { LivenessProperty } from '../liveness.ts';
import type { Instance } from './instance.ts';
import type { ShtModel, ShtMove, ShtState } from './model.ts';

/** The property of an instance; `model` is its model. */
export function keysArrive(
  { said }: Instance,
  { fairness }: ShtModel,
): LivenessProperty<ShtState, ShtMove> {
  const isAccepted = ({ constants, peers }: Host): boolean =>
    said.every(
      ({ src, dst, msg }) =>
        dst !== constants.me || msg.type !== 'single' || peerOf(peers, src).accepted >= msg.seqno,
    );
  return {
    ...fairness,
    name: 'all that is said is dealt with, and keys go where they are ordered to',
    isProgress: () => false,
    isGoal: ({ hosts }) => hosts.every(({ value }) => isAccepted(value) && isDone(value)),
    weakFairness: (move) => {
      const { packet } = move;
      if (packet === undefined) return fairness.weakFairness?.(move);
      return said.includes(packet.value) ? `packet ${packet.id} arrives` : undefined;
    },
  };
}

/** Whether a host has nothing left to do. */
const isDone = ({ received, orders, peers, constants }: Host): boolean =>
  received === undefined
  && orders.length === 0
  && constants.hosts.every((id) => peerOf(peers, id).unacked.length === 0);
