/**
 * # The lock service, as the harness runs it
 */
import { LockHost } from '../../impl/lock/host.ts';
import { marshal } from '../../impl/lock/messages.ts';
import type { Host as LockProtocolHost, Message } from '../../protocol/lock/host.ts';
import { lockRefinement } from '../../refinement/lock/service.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/lock/service.ts';
import type { Situation } from '../simulation/anyState.ts';
import { type Expect, everyHostTakes } from '../simulation/expectation.ts';
import { LINK_FAULTS } from '../simulation/faults.ts';
import { namesOf } from '../simulation/names.ts';
import type { Watcher } from '../simulation/protocolService.ts';
import type { Random } from '../simulation/random.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { rubbish } from '../simulation/strangers.ts';

export interface LockShape {
  /** How many hosts stand in the ring. */
  readonly hosts: number;
  readonly retryPeriod: number;
  readonly compatible: boolean;
  /** How long a host keeps the lock. */
  readonly hold: number;
  /** The last epoch: whoever holds the lock in it keeps it. */
  readonly maxEpoch: number;
}

/** Steps from arbitrary states that are checked along with each behaviour. */
const ANY_STATES = 16;

export function lockService(
  shape: LockShape,
): SimulatedService<LockHost, LockProtocolHost, Message, State, State> {
  const ring = namesOf(shape.hosts);
  const { retryPeriod, compatible, maxEpoch, hold } = shape;
  const expect = expectAccept(shape, ring);
  const refinement = lockRefinement(ring, { maxEpoch, retryPeriod, compatible });
  return {
    name: 'lock',
    refinement,
    createHost: (me) => new LockHost(me, ring, { maxEpoch, retryPeriod, compatible, hold }),
    anyStates: (random) => ({
      refinement,
      situations: Array.from({ length: ANY_STATES }, () => anySituation(shape, ring, random)),
    }),
    watch: () => watchLock(shape),
    never: impossible(shape),
    ...(expect && { expect: () => expect }),
    showSpec: showHistory,
  };
}

/** Looks for what a campaign hopes to see. */
export function watchLock(shape: LockShape): Watcher<LockProtocolHost, Message, State> {
  let spec: State | undefined;
  let offers = 0;
  return {
    step: ({ action }, ghost) => {
      spec = ghost;
      if (action === 'offer') offers++;
    },
    sometimes: () => hopes(shape, spec?.history.length ?? 0, offers),
  };
}

/** The hopes, of a behaviour with a history so long and so many offers. */
const hopes = (
  { hosts, compatible }: LockShape,
  held: number,
  offers: number,
): Readonly<Record<string, boolean>> => ({
  'the lock went around the whole ring': held > hosts,
  ...(!compatible && { 'a lost transfer was made good': offers > 0 && held > 2 }),
});

/**
 * A host alone has its offer back before it can hear that it was accepted, and loses nothing that
 * it sends to itself.
 */
export const impossible = ({ hosts }: LockShape): readonly string[] =>
  hosts === 1 ? ['confirm', 'a packet was lost', ...LINK_FAULTS] : [];

/** Every host accepts the lock again, as long as it goes around. */
export function expectAccept(
  { hosts, retryPeriod, compatible, hold, maxEpoch }: LockShape,
  ring: readonly EndPoint[],
): Expect<never> | undefined {
  if (compatible || maxEpoch !== Number.MAX_SAFE_INTEGER) return undefined;
  // Each pass takes the time for which the lock is kept, an offer, and the way there. A clock that
  // was set back may make of one period almost three.
  return everyHostTakes(
    'accept',
    ring,
    ({ latency, reaction }) =>
      (hosts + 1) * (3 * retryPeriod + 3 * hold + 2 * latency + 3 * reaction),
  );
}

export const showHistory = ({ history }: State): string =>
  `history ⟨${shorten([...history]).join(' ')}⟩`;

/** Epochs and times are drawn from few values, so that they often meet. */
function anySituation(
  shape: LockShape,
  ring: readonly EndPoint[],
  random: Random,
): Situation<LockHost, LockProtocolHost> {
  const { retryPeriod, compatible, maxEpoch, hold } = shape;
  const epoch = (): number => random.below(6);
  const time = (): number => random.below(3) * retryPeriod + random.below(2);
  const host = random.below(ring.length);
  const me = ring[host] as EndPoint;
  const impl = new LockHost(me, ring, { maxEpoch, retryPeriod, compatible, hold });
  impl.held = random.happens(0.5);
  impl.epoch = epoch();
  impl.offeredAt = !compatible && random.happens(0.5) ? time() : undefined;
  const src = random.happens(0.8) ? random.pick(ring) : 'mallory';
  const type = random.happens(0.6) ? 'transfer' : 'locked';
  const bytes = random.happens(0.9) ? marshal({ type, epoch: epoch() }) : rubbish(random, []);
  const constants = { me, ring, parameters: { maxEpoch, retryPeriod, compatible } };
  return {
    host,
    impl,
    state: { constants, held: impl.held, epoch: impl.epoch, offeredAt: impl.offeredAt },
    packet: random.happens(0.7) ? { src, bytes } : undefined,
    clock: time(),
  };
}

const shorten = (history: readonly string[]): readonly string[] =>
  history.length <= 12 ? history : [`…(${history.length - 10} more)`, ...history.slice(-10)];
