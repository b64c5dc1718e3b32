/**
 * # The replicated service, as the harness simulates it
 */
import { receiveRequest } from '../../protocol/rsl/clients.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import { fillGap, startBatchTimer } from '../../protocol/rsl/proposing.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { askForState } from '../../protocol/rsl/retry.ts';
import { ignore, RECEIVED_BY } from '../../protocol/rsl/rsl.ts';
import { adoptState, requestState, supplyState } from '../../protocol/rsl/stateTransfer.ts';
import type { Ghost } from '../../refinement/rsl/ghost.ts';
import { rslRefinement } from '../../refinement/rsl/service.ts';
import type { State } from '../../spec/rsl/service.ts';
import { refusing } from '../campaign/coverage.ts';
import { LINK_FAULTS } from '../simulation/faults.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import { clausesFor } from './clauses.ts';
import { clientsOf } from './clients.ts';
import { lie } from './liars.ts';
import { expectReply } from './liveness.ts';
import { ASKED, conversationWith, isEachFull } from './requests.ts';
import { type RslShape, replicasOf } from './shape.ts';
import { RslWatcher } from './watch.ts';

const RECEIVERS = Object.fromEntries(
  Object.entries(RECEIVED_BY).map(([type, actions]) => [
    type,
    [...actions.map(({ name }) => name), ignore.name],
  ]),
);
const NOBODY = [ignore.name];

export function rslService(shape: RslShape): SimulatedProtocol<Replica, Message, Ghost, State> {
  const { application: name, parameters } = shape;
  const { application } = ASKED[name];
  const replicas = replicasOf(shape.replicas);
  const isPromised = parameters.maxInteger === Number.MAX_SAFE_INTEGER;
  return {
    name: 'rsl',
    refinement: rslRefinement(application, replicas, parameters),
    isMessage,
    receivers: ({ type }) => RECEIVERS[type] ?? NOBODY,
    nextDeadline,
    lie: (random) => lie({ replicas, application }, random),
    clients: (random) =>
      clientsOf(shape.clients, clientNamed, replicas, conversationWith(name), random),
    watch: () => new RslWatcher(shape),
    // Where counters come to their end, the theorem promises nothing.
    ...(isPromised && { expect: (states: readonly Replica[]) => expectReply(name, states) }),
    never: impossible(shape),
    clauses: clausesFor(shape),
    showSpec: ({ executed }) => `${executed.length} executed`,
  };
}

const clientNamed = (place: number): string => `client${place}`;

const isMessage = (said: unknown): said is Message =>
  typeof said === 'object' && said !== null && 'type' in said && `${said.type}` in RECEIVERS;

/** What this configuration cannot have. */
export function impossible({ replicas, parameters }: RslShape): readonly string[] {
  const { compatible, maxLogLength } = parameters;
  return [
    // Whoever is alone is never behind.
    ...(replicas === 1
      ? [...LINK_FAULTS, supplyState.name, adoptState.name, askForState.name]
      : []),
    // A quorum of two is everyone, so nobody begins where another has not come yet.
    ...(replicas <= 2 ? [requestState.name] : []),
    // In a window of one there is no operation before another.
    ...(maxLogLength === 1 ? [fillGap.name] : []),
    ...(isEachFull(parameters) ? [startBatchTimer.name] : []),
    // Only a request of more than 128 MiB is refused there, and nobody here has the time for that.
    ...(compatible ? [refusing(receiveRequest.name)] : []),
  ];
}

/** The earliest of a replica's timers that is still to come. */
function nextDeadline(r: Replica, clock: number): number {
  const { compatible } = r.constants.parameters;
  let next = Number.POSITIVE_INFINITY;
  const consider = (time: number): void => {
    if (time > clock && time < next) next = time;
  };
  consider(r.nextHeartbeat);
  consider(r.election.epochEnd);
  if (!compatible) consider(r.retry.time);
  if (r.proposer.batchDeadline !== undefined) consider(r.proposer.batchDeadline);
  return next;
}
