/**
 * # The executor
 *
 * Runs the application: one decided operation after the other, in their order, and answers the
 * clients. A replica that has fallen behind so far that the others have forgotten what it lacks
 * takes over the whole state of another.
 *
 * It keeps for each client the latest reply. With that, in the original, a reply that was lost is
 * given again. Here the replies kept are part of the replicated state, the same at every replica
 * that has executed as much, and go along when state is taken over; so all replicas agree which
 * requests have been executed before, and none is executed twice. The clients served longest ago
 * are forgotten when there are too many, and of those nothing is known any more.
 *
 * What is executed is not yet safe: a replica that crashes falls back to its latest checkpoint. It
 * tells others of checkpoints only, so what it counts for, it can always take up again.
 *
 * Follows Protocol/RSL/Executor.i.dfy of IronFleet; departs from it in the reply cache and in
 * checkpoints. The reply cache is the client table of Liskov and Cowling, "Viewstamped Replication
 * Revisited" (2012), section 4.
 */
import type { Application, AppState } from '../../spec/apps/application.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction, PacketAction } from '../framework/action.ts';
import { type Ballot, higherOf, isBelow, NO_BALLOT } from './ballot.ts';
import { isReplica, type Parameters } from './configuration.ts';
import { noteExecuted } from './election.ts';
import { forgetBefore } from './learner.ts';
import type { Batch, Message, Operation, ReplyCache } from './messages.ts';
import { broadcast, send } from './messages.ts';
import type { Replica } from './replica.ts';

/** What has been executed, and what came of it. */
export interface Progress {
  readonly app: AppState;
  /** All operations before this one have been executed. */
  readonly operationsComplete: Operation;
  /** At least the ballot of every operation that was executed. */
  readonly maxBallotReflected: Ballot;
  readonly replyCache: ReplyCache;
}

export interface Executor extends Progress {
  /** The next operation's value, once it is decided, and the ballot of the votes for it. */
  readonly decided: { readonly batch: Batch; readonly ballot: Ballot } | undefined;
  /** What a crash cannot take away; only for replicas that are durable. */
  readonly checkpoint: Progress | undefined;
}

export function initExecutor(application: Application, { durable }: Parameters): Executor {
  const nothing: Progress = {
    app: application.initial,
    operationsComplete: 0,
    maxBallotReflected: NO_BALLOT,
    replyCache: new Map(),
  };
  return { ...nothing, decided: undefined, checkpoint: durable ? nothing : undefined };
}

const progressOf = (e: Executor): Progress => ({
  app: e.app,
  operationsComplete: e.operationsComplete,
  maxBallotReflected: e.maxBallotReflected,
  replyCache: e.replyCache,
});

/** A restarted executor goes on from its checkpoint. */
export const restartExecutor = (e: Executor): Executor => ({
  ...(e.checkpoint ?? progressOf(e)),
  decided: undefined,
  checkpoint: e.checkpoint,
});

/** How far this replica may say that it has come: nothing that a crash could undo. */
export const advertised = ({ checkpoint, operationsComplete }: Executor): Operation =>
  checkpoint?.operationsComplete ?? operationsComplete;

/** A quorum has voted for the next operation: its value is decided. */
export const decide: LocalAction<Replica, Message> = {
  name: 'decide',
  takes: 'nothing',
  readsClock: false,
  guard: ({ constants, learner, executor: e }) =>
    clause('the operation before is executed', e.decided === undefined)
    ?? clause(
      'a quorum has voted for the operation',
      (learner.tallies.get(e.operationsComplete)?.voters.size ?? 0) >= constants.quorum,
    ),
  step: (r) => {
    const batch = r.learner.tallies.get(r.executor.operationsComplete)?.batch ?? [];
    const decided = { batch, ballot: r.learner.maxBallotSeen };
    return { state: { ...r, executor: { ...r.executor, decided } }, sends: [] };
  },
};

/** Which clients' replies to forget, beyond what the rule for all replicas demands. */
export interface Forget {
  readonly forget: readonly EndPoint[];
}

/**
 * The decided operation is executed: every request of the batch in turn, and each client is
 * answered. In the original each replica chooses for itself whose replies it forgets, and executes
 * what it does not remember again; here all forget alike, and nothing is left to choose.
 */
export const execute = (application: Application): LocalAction<Replica, Message, Forget> => ({
  name: 'execute',
  takes: 'nothing',
  readsClock: false,
  choices: (r) => forgettable(r, application),
  guard: (r, { choice: { forget } }) =>
    clause('the next operation is decided', r.executor.decided !== undefined)
    ?? clause(
      'it can be counted',
      r.executor.operationsComplete < r.constants.parameters.maxInteger,
    )
    ?? clause(
      'a replica forgets replies at will only as the original does',
      r.constants.parameters.compatible || forget.length === 0,
    )
    ?? clause(
      'the replies that are kept are not too many',
      !r.constants.parameters.compatible
        || keptAfter(r, application, forget).size <= r.constants.parameters.maxCachedReplies,
    ),
  step: (r, { choice: { forget } }) => {
    const { batch, ballot } = r.executor.decided ?? { batch: [], ballot: NO_BALLOT };
    const { app, replyCache, sends } = run(r, application, batch);
    const operationsComplete = r.executor.operationsComplete + 1;
    const executor: Executor = {
      app,
      operationsComplete,
      maxBallotReflected: higherOf(r.executor.maxBallotReflected, ballot),
      replyCache: without(replyCache, forget),
      decided: undefined,
      checkpoint: r.executor.checkpoint,
    };
    const state: Replica = {
      ...r,
      executor,
      learner: forgetBefore(r.learner, operationsComplete),
      election: noteExecuted(r.election, batch),
    };
    return { state, sends };
  },
});

/** What a batch does to the application and the reply cache, and the replies. */
function run({ constants, executor }: Replica, application: Application, batch: Batch) {
  const { compatible, maxCachedReplies } = constants.parameters;
  const replyCache = new Map(executor.replyCache);
  const sends: Packet<Message>[] = [];
  let { app } = executor;
  for (const { client, seqno, request } of batch) {
    const latest = replyCache.get(client);
    // Executed before: an older request than the latest is out of date, and nobody waits for it.
    if (!compatible && latest !== undefined && seqno <= latest.seqno) {
      if (seqno === latest.seqno) sends.push(send(constants, client, { type: 'reply', ...latest }));
      continue;
    }
    const { state, reply } = application.handle(app, request);
    app = state;
    sends.push(send(constants, client, { type: 'reply', seqno, reply }));
    // Whoever was served last comes last.
    replyCache.delete(client);
    replyCache.set(client, { seqno, reply });
    if (!compatible && replyCache.size > maxCachedReplies) forgetOldest(replyCache);
  }
  return { app, replyCache, sends };
}

function forgetOldest(replyCache: Map<EndPoint, unknown>): void {
  for (const client of replyCache.keys()) {
    replyCache.delete(client);
    return;
  }
}

function without(replyCache: ReplyCache, forget: readonly EndPoint[]): ReplyCache {
  if (forget.length === 0) return replyCache;
  return new Map([...replyCache].filter(([client]) => !forget.includes(client)));
}

const keptAfter = (r: Replica, application: Application, forget: readonly EndPoint[]): ReplyCache =>
  without(run(r, application, r.executor.decided?.batch ?? []).replyCache, forget);

/** Enough ways to forget to see them all in a small instance: as many clients in a row as must. */
function* forgettable(r: Replica, application: Application): Iterable<Forget> {
  const { compatible, maxCachedReplies } = r.constants.parameters;
  if (!compatible || r.executor.decided === undefined) {
    yield { forget: [] };
    return;
  }
  const clients = [...keptAfter(r, application, []).keys()];
  const excess = Math.max(0, clients.length - maxCachedReplies);
  if (excess === 0) {
    yield { forget: [] };
    return;
  }
  for (let from = 0; from < clients.length; from++) {
    yield { forget: [...clients, ...clients].slice(from, from + excess) };
  }
}

/** Write down what has been executed, so that a crash does not undo it. */
export const takeCheckpoint: LocalAction<Replica, Message> = {
  name: 'takeCheckpoint',
  takes: 'nothing',
  readsClock: false,
  guard: ({ executor: e }) =>
    clause('the replica is durable', e.checkpoint !== undefined)
    ?? clause(
      'there is progress since the last checkpoint',
      e.operationsComplete > (e.checkpoint?.operationsComplete ?? e.operationsComplete),
    ),
  step: (r) => ({
    state: { ...r, executor: { ...r.executor, checkpoint: progressOf(r.executor) } },
    sends: [],
  }),
};

/** A new leader begins where this replica has not come yet: it asks everyone for their state. */
export const requestState: PacketAction<Replica, Message> = {
  name: 'requestState',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, executor }, { packet: { src, msg } }) =>
    clause('the packet says that phase 2 starts', msg.type === 'startingPhase2')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'it starts beyond what this replica has executed',
      msg.type === 'startingPhase2' && msg.logTruncationPoint > executor.operationsComplete,
    ),
  step: (r, { packet: { msg } }) => {
    if (msg.type !== 'startingPhase2') throw new TypeError('the guard lets nothing else pass');
    const { ballot, logTruncationPoint: operation } = msg;
    const sends = broadcast(r.constants, { type: 'appStateRequest', ballot, operation });
    return { state: r, sends };
  },
};

/** Give the whole state to a replica that has fallen behind. */
export const supplyState: PacketAction<Replica, Message> = {
  name: 'supplyState',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, executor: e }, { packet: { src, msg } }) =>
    clause('the packet asks for state', msg.type === 'appStateRequest')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'the state is of no ballot above the one named',
      msg.type === 'appStateRequest' && !isBelow(msg.ballot, e.maxBallotReflected),
    )
    ?? clause(
      'this replica has come as far',
      msg.type === 'appStateRequest' && e.operationsComplete >= msg.operation,
    ),
  step: (r, { packet: { src } }) => {
    const { app, operationsComplete, maxBallotReflected, replyCache } = r.executor;
    const supply: Message = {
      type: 'appStateSupply',
      ballot: maxBallotReflected,
      operation: operationsComplete,
      app,
      replyCache: r.constants.parameters.compatible ? undefined : [...replyCache],
    };
    return { state: r, sends: [send(r.constants, src, supply)] };
  },
};

/** Take over the state of a replica that is ahead, and with it its memory of clients. */
export const adoptState: PacketAction<Replica, Message> = {
  name: 'adoptState',
  takes: 'packet',
  readsClock: false,
  guard: ({ constants, executor }, { packet: { src, msg } }) =>
    clause('the packet brings state', msg.type === 'appStateSupply')
    ?? clause('it comes from a replica', isReplica(constants, src))
    ?? clause(
      'it is ahead of this replica’s own',
      msg.type === 'appStateSupply' && msg.operation > executor.operationsComplete,
    )
    ?? clause(
      'it brings the replies as well, where they are part of the state',
      msg.type === 'appStateSupply'
        && (constants.parameters.compatible || msg.replyCache !== undefined),
    ),
  step: (r, { packet: { msg } }) => {
    if (msg.type !== 'appStateSupply') throw new TypeError('the guard lets nothing else pass');
    const executor: Executor = {
      app: msg.app,
      operationsComplete: msg.operation,
      maxBallotReflected: msg.ballot,
      replyCache:
        r.constants.parameters.compatible || msg.replyCache === undefined
          ? r.executor.replyCache
          : new Map(msg.replyCache),
      decided: undefined,
      checkpoint: r.executor.checkpoint,
    };
    return {
      state: { ...r, executor, learner: forgetBefore(r.learner, msg.operation) },
      sends: [],
    };
  },
};
