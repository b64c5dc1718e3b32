/** # The protocol of the lock service, as the harness simulates it. */
import type { Host, Message } from '../../protocol/lock/host.ts';
import { accept, answer, confirm, ignore } from '../../protocol/lock/host.ts';
import { lockRefinement } from '../../refinement/lock/service.ts';
import type { State } from '../../spec/lock/service.ts';
import { namesOf } from '../simulation/names.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import type { Random } from '../simulation/random.ts';
import { expectAccept, impossible, type LockShape, showHistory, watchLock } from './service.ts';

const RECEIVERS = [accept, answer, confirm, ignore].map(({ name }) => name);

export function lockProtocol(shape: LockShape): SimulatedProtocol<Host, Message, State, State> {
  const ring = namesOf(shape.hosts);
  const { retryPeriod, compatible, maxEpoch } = shape;
  const expect = expectAccept(shape, ring);
  return {
    name: 'lock',
    refinement: lockRefinement(ring, { maxEpoch, retryPeriod, compatible }),
    isMessage,
    receivers: () => RECEIVERS,
    nextDeadline: ({ offeredAt }, clock) =>
      offeredAt !== undefined && offeredAt + retryPeriod > clock
        ? offeredAt + retryPeriod
        : Number.POSITIVE_INFINITY,
    lie,
    clients: () => [],
    watch: () => watchLock(shape),
    ...(expect && { expect: () => expect }),
    never: impossible(shape),
    showSpec: showHistory,
  };
}

const TYPES: readonly unknown[] = ['transfer', 'locked', 'invalid'] satisfies Message['type'][];

const isMessage = (said: unknown): said is Message =>
  typeof said === 'object' && said !== null && 'type' in said && TYPES.includes(said.type);

/** Epochs are drawn from few, so that they often meet those that are in use. */
function lie(random: Random): Message {
  if (random.happens(0.1)) return { type: 'invalid' };
  return { type: random.happens(0.6) ? 'transfer' : 'locked', epoch: random.below(6) };
}
