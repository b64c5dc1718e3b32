/**
 * # The invariants of a replicated service
 *
 * All laws by their numbers, each in the table of what it speaks of. The modules beside this one
 * say what they mean.
 */
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Laws } from '../framework/laws.ts';
import { agreementOfPackets } from './invariants/agreement.ts';
import { checkpointsOfAll, executorInPackets, executorOfReplicas } from './invariants/executor.ts';
import { lawsOfPromises, promisesOfReplicas } from './invariants/promises.ts';
import { votesInPackets, votesOfReplicas } from './invariants/votes.ts';
import { afterSteps, ofEverything, ofNews, type ReplicaLaw, type WholeService } from './scope.ts';

const ofReplicas: Readonly<Record<string, ReplicaLaw>> = {
  ...votesOfReplicas,
  ...promisesOfReplicas,
  ...executorOfReplicas,
};

export const packetInvariants = ofNews({
  ...agreementOfPackets,
  ...lawsOfPromises,
  ...votesInPackets,
  ...executorInPackets,
});

export const replicaInvariants = afterSteps(ofReplicas);

export const stepInvariants: Laws<[before: Replica, after: Replica]> = {};

export const systemInvariants: Laws<[whole: WholeService]> = { ...checkpointsOfAll };

export const sampledInvariants = ofEverything(ofReplicas);
