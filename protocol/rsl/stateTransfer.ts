/**
 * # State transfer
 *
 * Votes for operations that a quorum has executed are forgotten. A replica that has fallen behind
 * further than that takes over the whole state of another.
 *
 * Follows Protocol/RSL/Executor.i.dfy of IronFleet; departs from it in that the reply cache, which
 * is part of the replicated state here, goes along, and what it settles waits no longer, nor is it
 * remembered as queued. Without it a replica could not tell which requests to skip.
 */
import { clause } from '../../spec/framework/verdict.ts';
import { isBelow } from './ballot.ts';
import { noteSettled } from './election.ts';
import type { Executor } from './executor.ts';
import { forgetBefore } from './learner.ts';
import { broadcast, send } from './messages.ts';
import { forgetProposed, forgetRequested } from './proposer.ts';
import { fromReplica } from './receiving.ts';

/** A new leader begins where this replica has not come yet: it asks everyone for their state. */
export const requestState = fromReplica('startingPhase2', {
  name: 'requestState',
  guard: ({ executor }, { logTruncationPoint }) =>
    clause(
      'it starts beyond what this replica has executed',
      logTruncationPoint > executor.operationsComplete,
    ),
  step: (r, { ballot, logTruncationPoint: operation }) => ({
    state: r,
    sends: broadcast(r.constants, { type: 'appStateRequest', ballot, operation }),
  }),
});

/** Give the whole state to a replica that has fallen behind. */
export const supplyState = fromReplica('appStateRequest', {
  name: 'supplyState',
  guard: ({ executor: e }, { ballot, operation }) =>
    clause('the state is of no ballot above the one named', !isBelow(ballot, e.maxBallotReflected))
    ?? clause('this replica has come as far', e.operationsComplete >= operation),
  step: (r, _, src) => {
    const { app, operationsComplete, maxBallotReflected, replyCache } = r.executor;
    const supply = send(r.constants, src, {
      type: 'appStateSupply',
      ballot: maxBallotReflected,
      operation: operationsComplete,
      app,
      replyCache: r.constants.parameters.compatible ? undefined : [...replyCache],
    });
    return { state: r, sends: [supply] };
  },
});

/**
 * Take over the state of a replica that is ahead, and with it its memory of clients. In the
 * original a replica keeps its own, old memory instead.
 */
export const adoptState = fromReplica('appStateSupply', {
  name: 'adoptState',
  guard: ({ constants, executor }, { operation, replyCache }) =>
    clause('it is ahead of this replica’s own', operation > executor.operationsComplete)
    ?? clause(
      'it brings the replies as well, where they are part of the state',
      constants.parameters.compatible || replyCache !== undefined,
    ),
  step: (r, { ballot, operation, app, replyCache }) => {
    const { compatible } = r.constants.parameters;
    const adopted =
      compatible || replyCache === undefined ? r.executor.replyCache : new Map(replyCache);
    const executor: Executor = {
      app,
      operationsComplete: operation,
      maxBallotReflected: ballot,
      replyCache: adopted,
      decided: undefined,
      checkpoint: r.executor.checkpoint,
    };
    const settled = [...adopted].map(([client, { seqno }]) => ({ client, seqno }));
    const proposer = forgetRequested(r.proposer, r.constants, settled);
    return {
      state: {
        ...r,
        executor,
        learner: forgetBefore(r.learner, operation),
        election: compatible ? r.election : noteSettled(r.election, adopted),
        proposer: forgetProposed(proposer, operation),
      },
      sends: [],
    };
  },
});
