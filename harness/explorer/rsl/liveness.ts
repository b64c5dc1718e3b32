/**
 * # Requests are executed in the end
 *
 * What a replicated service promises if it is treated fairly: every replica that can take an action
 * for ever takes it, the network delivers as its kind does, and clients repeat what they ask. Then
 * every replica that has not stopped executes all operations of the instance.
 *
 * Views end here, as everything does in an instance: whoever leads in the last one leads for ever.
 * That stands for the time from which on nobody suspects a leader wrongly.
 */
import type { LivenessProperty } from '../liveness.ts';
import type { Size } from './instance.ts';
import type { RslModel, RslMove, RslState } from './model.ts';
import type { Network, Part } from './parts.ts';

/** The property, for a model in which steps that change nothing are visited as well. */
export function requestsAreExecuted(
  { stopped = [] }: Part,
  { operations }: Size,
  { fairness }: RslModel,
  network: Network,
): LivenessProperty<RslState, RslMove> {
  const isLive = (place: number): boolean => place >= 0 && !stopped.includes(place);
  return {
    name: 'every replica that has not stopped executes every operation',
    isProgress: () => false,
    isGoal: ({ hosts }) =>
      hosts.every(
        ({ place, value: { executor } }) =>
          !isLive(place) || executor.operationsComplete >= operations,
      ),
    weakFairness: (move) => {
      const { packet } = move;
      if (packet === undefined) return fairness.weakFairness?.(move);
      const arrives = network === 'reliable' || packet.value.msg.type === 'request';
      return arrives ? `packet ${packet.id} arrives` : undefined;
    },
    // What is sent to a replica that has stopped need not arrive.
    asksFor: ({ sends }) => sends.filter(({ destination }) => isLive(destination)),
    grants: ({ packet }) => (packet === undefined ? [] : [packet]),
  };
}
