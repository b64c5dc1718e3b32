/**
 * # The invariants of a replicated service
 *
 * All laws by their numbers, each in the tables of what it speaks of. The modules beside this one
 * say what they mean and why they hold.
 */
import { agreementOfPackets, agreementOnOperations } from './invariants/agreement.ts';
import { boundsOfPackets, boundsOfReplicas } from './invariants/bounds.ts';
import { constantsOfReplicas } from './invariants/constants.ts';
import { executionOfReplicas } from './invariants/executing.ts';
import { checkpointsOfAll, executorInPackets, executorOfReplicas } from './invariants/executor.ts';
import { inductiveInPackets } from './invariants/inductive.ts';
import { learnerOfReplicas } from './invariants/learner.ts';
import { progressOfSteps } from './invariants/progress.ts';
import { lawsOfPromises, promisesOfReplicas } from './invariants/promises.ts';
import { ballotsOfAll, proposerInPackets, proposerOfReplicas } from './invariants/proposer.ts';
import { requestsInPackets, requestsOfReplicas } from './invariants/requests.ts';
import { votesInPackets, votesOfReplicas } from './invariants/votes.ts';
import { afterSteps, ofEverything, ofNews, ofRecentOperations } from './scope.ts';

const ofReplicas = {
  ...constantsOfReplicas,
  ...boundsOfReplicas,
  ...proposerOfReplicas,
  ...votesOfReplicas,
  ...promisesOfReplicas,
  ...executorOfReplicas,
  ...learnerOfReplicas,
  ...requestsOfReplicas,
  ...executionOfReplicas,
};

/** Of packets that replicas send. */
export const packetInvariants = ofNews({
  ...agreementOfPackets,
  ...proposerInPackets,
  ...lawsOfPromises,
  ...votesInPackets,
  ...executorInPackets,
  ...requestsInPackets,
  ...boundsOfPackets,
  ...inductiveInPackets,
});

/** Of a replica that has taken a step. */
export const replicaInvariants = afterSteps(ofReplicas);

/** Of a step of a replica, unless it is a restart. */
export const stepInvariants = progressOfSteps;

/** Of all replicas together. */
export const systemInvariants = { ...checkpointsOfAll, ...ballotsOfAll };

/** Of each replica and everything that is known of it, and of the operations under way. */
export const sampledInvariants = {
  ...ofRecentOperations(agreementOnOperations),
  ...ofEverything(ofReplicas),
};
