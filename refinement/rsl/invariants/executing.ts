/**
 * # Steps of execution
 *
 * What a replica notes, and whom it answers, when it has executed an operation. These laws speak of
 * a step and what it sends, not of a state.
 *
 * The replica in whose ballot an operation was decided answers all its clients; the others remember
 * what they would have said, for whoever asks again. In the original everyone answers. What clients
 * are told is the matter of R26. IronFleet has no such law.
 */
import { clause } from '../../../spec/framework/verdict.ts';
import { isLocalStep, type ReplicaLaw } from '../scope.ts';
import { order } from '../values.ts';

/**
 * R28, of the ballot that a replica reflects: it is at least that of all that it has executed, in
 * whatever order their ballots come. It sinks only where a state is taken over.
 */
const reflectsHighest: ReplicaLaw = ({ executor: e }, ghost, _place, before) => {
  const old = before?.executor;
  if (old === undefined || old === e || !isLocalStep(ghost)) return undefined;
  return clause(
    'the ballot reflected sinks only where a state is taken over',
    order(old.maxBallotReflected, e.maxBallotReflected) <= 0,
  );
};

/** R32: an operation is answered by the replica in whose ballot it was decided, and by no other. */
const proposersAnswer: ReplicaLaw = (r, ghost, place, before) => {
  const { decided, operationsComplete } = before?.executor ?? {};
  if (decided === undefined || operationsComplete === r.executor.operationsComplete) {
    return undefined;
  }
  if (!isLocalStep(ghost)) return undefined;
  const sends = ghost.last?.step.sends ?? [];
  if (!ghost.setting.parameters.compatible && decided.ballot.proposer !== place) {
    return clause('who executes another’s proposal leaves the answers to it', sends.length === 0);
  }
  const { replyCache } = r.executor;
  // Of several requests of a client only the last need be answered.
  const kept = decided.batch.filter(({ client, seqno }) => replyCache.get(client)?.seqno === seqno);
  const told = new Set(sends.map(({ dst, msg }) => (msg.type === 'reply' ? dst : undefined)));
  return clause(
    'who executes its own proposal answers everyone in it',
    kept.every(({ client }) => told.has(client)),
  );
};

export const executionOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R28: reflectsHighest,
  R32: proposersAnswer,
};
