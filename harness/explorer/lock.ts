/**
 * # The lock, explored
 *
 * An instance of the lock small enough to know all of it: so many hosts, and a last epoch. Retry periods have
 * always passed, so whatever may happen at some time may happen at any time, and the model is finite
 * without being cut.
 */
import { accept, type Host, type Message } from '../../protocol/lock/host.ts';
import type { SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import { lockSystem } from '../../refinement/lock/service.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { State as Service } from '../../spec/lock/service.ts';
import { namesOf } from '../simulation/names.ts';
import type { LivenessProperty } from './liveness.ts';
import { SystemModel, type SystemOptions } from './systemModel.ts';
import type { SystemState } from './systemState.ts';
import type { Transition } from './transition.ts';

export interface LockInstance {
  readonly hosts: number;
  /** The last epoch: whoever holds the lock in it keeps it. */
  readonly epochs: number;
  /** Whether to behave as the original: grant once and forget. */
  readonly compatible: boolean;
}

export type LockLaws = SystemRefinement<Host, Message, Service, Service>;
export type LockState = SystemState<Host, Message, Service>;
export type LockTransition = Transition<Host, Message, Service>;

/** All that must be true of an instance. */
export const lockLaws = ({ hosts, epochs, compatible }: LockInstance): LockLaws =>
  lockSystem(namesOf(hosts), { maxEpoch: epochs, retryPeriod: 0, compatible });

/** What somebody who is no host says to each host, as if it were one; nobody should care. */
export const strangers = ({ hosts, epochs }: LockInstance): Packet<Message>[] =>
  namesOf(hosts).flatMap((dst) =>
    [2, epochs].flatMap((epoch) => [
      { src: 'stranger', dst, msg: { type: 'transfer', epoch } } as const,
      { src: 'stranger', dst, msg: { type: 'locked', epoch } } as const,
    ]),
  );

/** The model of an instance. With `laws` of its own it is the model of a changed protocol. */
export const lockModel = (
  instance: LockInstance,
  { laws = lockLaws(instance), ...options }: LockOptions = {},
): SystemModel<Host, Message, Service, Service> =>
  new SystemModel(laws, {
    name: nameOf(instance),
    strangers: strangers(instance),
    showSpec,
    ...options,
  });

const nameOf = ({ hosts, epochs, compatible }: LockInstance): string =>
  `lock, ${hosts} hosts, ${epochs} epochs${compatible ? ', as the original' : ''}`;

export interface LockOptions extends SystemOptions<Message, Service> {
  readonly laws?: LockLaws;
}

/** How many of the latest holders a reader is shown. */
const SHOWN = 12;

const showSpec = ({ history }: Service): string => {
  const holders = [...history];
  return holders.length <= SHOWN
    ? `history ⟨${holders.join(' ')}⟩`
    : `history ⟨… ${holders.slice(-SHOWN).join(' ')}⟩, ${holders.length} holders`;
};

/** The lock goes around, as long as there is a next epoch. */
export const lockGoesAround = (
  { epochs }: LockInstance,
  model: SystemModel<Host, Message, Service, Service>,
): LivenessProperty<LockState, LockTransition> => ({
  ...model.fairness,
  name: 'every host gets the lock again and again',
  isProgress: (s, { move }, t) => move.action === accept.name && s !== t,
  isGoal: ({ hosts }) => hosts.some(({ value }) => value.held && value.epoch === epochs),
});
