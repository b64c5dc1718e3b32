/**
 * # Executors and checkpoints
 *
 * Replicas execute what was chosen and nothing else, in its order; and what they say of how far they
 * have come is safe.
 *
 * Follows Protocol/RSL/RefinementProof/StateMachine.i.dfy, Requests.i.dfy and
 * CommonProof/{LogTruncationPoint,ReplyCache}.i.dfy of IronFleet, and departs from it in two points.
 * Replies kept are part of the replicated state here, so R22 speaks of them as well. And what a
 * replica tells others of is its checkpoint, where it has one: a crash takes away what it has
 * executed since, so that is what R15 and R17 speak of.
 */
import type { Progress } from '../../../protocol/rsl/executor.ts';
import type { CachedReply, Operation } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';
import type { Laws } from '../../framework/laws.ts';
import type { Ghost } from '../ghost.ts';
import type { PacketLaw, ReplicaLaw, WholeService } from '../scope.ts';
import { order, sameReplies } from '../values.ts';

/** How far a replica has come for good: a crash does not undo what it has written down. */
export const comeTo = ({ executor: { checkpoint, operationsComplete } }: Replica): Operation =>
  checkpoint === undefined ? operationsComplete : checkpoint.operationsComplete;

/** R22, AppStateAlwaysValid: everything before was chosen, and the state is where it leads. */
function isWhereChosenLeads(
  { app, operationsComplete, maxBallotReflected, replyCache }: Progress,
  { history, setting }: Ghost,
): Verdict {
  const fold = history.foldBefore(operationsComplete);
  const reflected = history.reflectedBefore(operationsComplete);
  if (fold === undefined || reflected === undefined) {
    return { failed: 'what is executed was chosen' };
  }
  return (
    clause(
      'no executed ballot is above the one reflected',
      order(reflected, maxBallotReflected) <= 0,
    )
    ?? clause('the application is where the chosen batches lead', equal(app, fold.app))
    ?? clause(
      'the replies kept are those that all replicas keep',
      setting.parameters.compatible || sameReplies(replyCache, fold.latest),
    )
  );
}

/** Whether two states of an executor say the same of what is executed. */
const sameProgress = (a: Progress, b: Progress): boolean =>
  a.operationsComplete === b.operationsComplete
  && a.app === b.app
  && a.replyCache === b.replyCache
  && a.maxBallotReflected === b.maxBallotReflected;

/** R22, of what a replica has executed and of its checkpoint. */
const executesChosen: ReplicaLaw = ({ executor: e }, ghost, _place, before) => {
  const old = before?.executor;
  if (e === old) return undefined;
  const refusal =
    old !== undefined && sameProgress(e, old) ? undefined : isWhereChosenLeads(e, ghost);
  if (refusal !== undefined || e.checkpoint === undefined) return refusal;
  return e.checkpoint === old?.checkpoint ? undefined : isWhereChosenLeads(e.checkpoint, ghost);
};

/** R22, TransferredStateAlwaysValid: the same of the state in a packet. */
const suppliesChosen: PacketLaw = ({ msg }, ghost) => {
  if (msg.type !== 'appStateSupply') return undefined;
  const { app, operation: operationsComplete, ballot: maxBallotReflected, replyCache } = msg;
  const replies = new Map<EndPoint, CachedReply>(replyCache);
  const progress = { app, operationsComplete, maxBallotReflected, replyCache: replies };
  return isWhereChosenLeads(progress, ghost);
};

/**
 * R25, ReplyInReplyCacheIsAllowed: a reply that is kept is what a chosen request got. That the
 * replies kept are the same everywhere is a part of R22.
 */
const keepsReplies: ReplicaLaw = ({ executor: { replyCache } }, { history }, _place, before) => {
  const old = before?.executor.replyCache;
  if (replyCache === old) return undefined;
  for (const [client, kept] of replyCache) {
    if (old?.get(client) === kept) continue;
    const refusal = clause(
      'a reply that is kept is what a chosen request got',
      history.positionOf(client, kept.seqno, kept.reply) !== undefined,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** R26, ReplySentIsAllowed: a reply that is sent is what a chosen request got. */
const repliesToChosen: PacketLaw = ({ dst, msg }, { history }) =>
  msg.type === 'reply'
    ? clause(
        'a reply that is sent is what a chosen request got',
        history.positionOf(dst, msg.seqno, msg.reply) !== undefined,
      )
    : undefined;

/**
 * R15, LogTruncationPointInvariant: nobody forgets, or moves its window past, an operation before a
 * majority has executed it for good.
 */
function forgetsOnlyExecuted({ states, ghost }: WholeService): Verdict {
  let forgotten = ghost.claims.truncation;
  for (const { acceptor } of states) forgotten = Math.max(forgotten, acceptor.logTruncationPoint);
  let come = 0;
  for (const state of states) if (comeTo(state) >= forgotten) come++;
  return clause('a majority has executed for good what is forgotten', come >= ghost.majority);
}

/**
 * R17, LastCheckpointedOperationReflectsOpsComplete: nobody is further in the eyes of another than
 * it has come for good.
 */
function checkpointsAreReached({ states }: WholeService): Verdict {
  for (const { acceptor } of states) {
    const { lastCheckpointed } = acceptor;
    const refusal = clause(
      'an acceptor knows a checkpoint of each replica',
      lastCheckpointed.length === states.length,
    );
    if (refusal !== undefined) return refusal;
    for (let place = 0; place < states.length; place++) {
      if ((lastCheckpointed[place] as Operation) <= comeTo(states[place] as Replica)) continue;
      return { failed: 'a replica has come as far as others know' };
    }
  }
  return undefined;
}

/** R17, HeartbeatMessagesReflectOpsComplete: a replica has come as far as it ever said. */
const heartbeatsAreTrue: ReplicaLaw = (r, { claims }, place) =>
  clause('a replica has come as far as it said', (claims.of(place)?.checkpoint ?? 0) <= comeTo(r));

export const executorOfReplicas: Readonly<Record<string, ReplicaLaw>> = {
  R17: heartbeatsAreTrue,
  R22: executesChosen,
  R25: keepsReplies,
};

export const executorInPackets: Readonly<Record<string, PacketLaw>> = {
  R22: suppliesChosen,
  R26: repliesToChosen,
};

export const checkpointsOfAll: Laws<[whole: WholeService]> = {
  R15: forgetsOnlyExecuted,
  R17: checkpointsAreReached,
};
