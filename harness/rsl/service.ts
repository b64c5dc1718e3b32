/**
 * # The replicated service, as the harness simulates it
 */
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { ignore, RECEIVED_BY } from '../../protocol/rsl/rsl.ts';
import type { Ghost } from '../../refinement/rsl/ghost.ts';
import { rslRefinement } from '../../refinement/rsl/service.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { State } from '../../spec/rsl/service.ts';
import { LINK_FAULTS } from '../simulation/faults.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import { RequestClient } from '../simulation/requestClient.ts';
import { lie } from './liars.ts';
import { expectReply } from './liveness.ts';
import { type ApplicationName, ASKED, conversationWith } from './requests.ts';
import { RslWatcher } from './watch.ts';

export interface RslShape {
  /** How many replicas there are. */
  readonly replicas: number;
  readonly application: ApplicationName;
  readonly parameters: Parameters;
  /** How many clients use the service. */
  readonly clients: number;
}

/** More replicas than there are letters to name them would be no service of this harness. */
export const MAX_REPLICAS = 26;

/** Replicas called a, b, c and so on. */
export const replicasOf = (count: number): readonly EndPoint[] =>
  Array.from({ length: count }, (_, place) => String.fromCharCode('a'.charCodeAt(0) + place));

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
    receivers: ({ type }) => RECEIVERS[type] ?? NOBODY,
    nextDeadline,
    lie: (random) => lie({ replicas, application }, random),
    clients: (random) =>
      Array.from(
        { length: shape.clients },
        (_, place) =>
          new RequestClient(`client${place + 1}`, replicas, conversationWith(name), random),
      ),
    watch: () => new RslWatcher(),
    // Where counters come to their end, the theorem promises nothing.
    ...(isPromised && { expect: (states: readonly Replica[]) => expectReply(name, states) }),
    never: shape.replicas === 1 ? LINK_FAULTS : [],
    showSpec: ({ executed }) => `${executed.length} executed`,
  };
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
