/**
 * # One behaviour's stage
 *
 * Everything that the simulator needs for one behaviour, fresh from the start: the world, whoever
 * uses it, and what may be expected of it.
 */
import type { Host } from '../../impl/framework/io.ts';
import { refusingClause } from '../campaign/coverage.ts';
import { checkAnyStates } from './anyState.ts';
import type { Client } from './client.ts';
import { Cluster, type Envelope, toldOf } from './cluster.ts';
import type { Expect } from './expectation.ts';
import type { Clauses, SimulatedProtocol } from './protocolService.ts';
import { ProtocolWorld } from './protocolWorld.ts';
import type { Random } from './random.ts';
import type { SimulatedService } from './service.ts';
import type { Parcel, Told, World } from './world.ts';

export interface Stage<Said, P extends Parcel<Said> = Parcel<Said>> {
  readonly world: World<Said, P>;
  /** Who uses the service. */
  clients(random: Random): readonly Client<Said>[];
  /** What is promised once the network works; nothing where nothing is. */
  expect(): Expect<Said> | undefined;
  /** Checks single steps before the behaviour begins, and gives how many. */
  warmUp(random: Random, tell: ((step: Told<Said>) => void) | undefined): number;
  /** What has happened at some time so far, of what a campaign hopes to see. */
  sometimes(): Readonly<Record<string, boolean>>;
  /** How many requests were compared by what the hosts run. */
  requests(): number;
  /** How often each action was looked at and not allowed; empty where nobody counts. */
  refused(): Readonly<Record<string, number>>;
  /** How often each clause of an action's guard was the one that refused; empty likewise. */
  clauses(): Readonly<Record<string, number>>;
}

/** The hosts that run. */
export function clusterStage<Impl extends Host, State, Message, Ghost, Spec>(
  service: SimulatedService<Impl, State, Message, Ghost, Spec>,
): Stage<Uint8Array, Envelope> {
  const world = new Cluster(service);
  return {
    world,
    clients: (random) => service.clients?.(random) ?? [],
    expect: () => service.expect?.(world.monitor.states),
    warmUp: (random, tell) => {
      const states = service.anyStates?.(random);
      if (states === undefined) return 0;
      return checkAnyStates(states, (host, action, clock, io) => {
        tell?.(toldOf(states.refinement.protocol.hosts, host, action, clock, io));
      });
    },
    sometimes: () => world.sometimes(),
    requests: () => service.requestsOf?.(world.hosts) ?? 0,
    refused: () => ({}),
    clauses: () => ({}),
  };
}

/** The hosts of the protocol. */
export function protocolStage<State, Message, Ghost, Spec>(
  service: SimulatedProtocol<State, Message, Ghost, Spec>,
): Stage<Message> {
  const world = new ProtocolWorld(service);
  return {
    world,
    clients: (random) => service.clients(random),
    expect: () => service.expect?.(world.monitor.states),
    warmUp: () => 0,
    sometimes: () => world.sometimes(),
    requests: () => 0,
    refused: () => world.refused(),
    clauses: () => clausesOf(service.clauses ?? {}, world.clauses()),
  };
}

/** The clauses that may refuse, and whatever else did, each with how often it did. */
function clausesOf(
  declared: Clauses,
  counts: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const [action, clauses] of Object.entries(declared)) {
    for (const clause of clauses) all[refusingClause(action, clause)] = 0;
  }
  for (const [action, clauses] of Object.entries(counts)) {
    for (const [clause, count] of Object.entries(clauses)) {
      all[refusingClause(action, clause)] = count;
    }
  }
  return all;
}
