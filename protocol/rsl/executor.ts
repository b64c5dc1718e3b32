/**
 * # The executor
 *
 * Runs the application: one decided operation after the other, in their order, and answers the
 * clients.
 *
 * What is executed is not yet safe: a replica that crashes falls back to its latest checkpoint. It
 * tells others of checkpoints only, so what it counts for, it can always take up again.
 *
 * Follows Protocol/RSL/Executor.i.dfy of IronFleet; departs from it in checkpoints, in that it
 * executes no request again that the reply cache remembers, and in that only the replica that has
 * proposed an operation answers its clients: the others remember the replies, for whoever asks
 * again.
 */
import type { Application, AppState } from '../../spec/apps/application.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction } from '../framework/action.ts';
import { type Ballot, higherOf, NO_BALLOT } from './ballot.ts';
import type { Constants, Parameters } from './configuration.ts';
import { noteExecuted } from './election.ts';
import { forgetBefore } from './learner.ts';
import { type Batch, type Message, type Operation, type ReplyCache, send } from './messages.ts';
import { forgetProposed, forgetRequested } from './proposer.ts';
import type { Replica } from './replica.ts';
import { type Forget, isSettled, keptAfter, remember, waysToForget } from './replyCache.ts';

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
  /** The next operation's value, once it is known to be chosen, and the ballot of its votes. */
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

/** A quorum has voted for the next operation: its value is chosen, and now this replica knows. */
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

/**
 * The decided operation is executed: every request of the batch in turn, and its client is
 * answered by the replica that has proposed it. In the original every replica executes also what
 * has been executed before, answers, and chooses for itself whose replies it forgets; here nothing
 * is left to choose.
 */
export const execute = (application: Application): LocalAction<Replica, Message, Forget> => ({
  name: 'execute',
  takes: 'nothing',
  readsClock: false,
  choices: ({ constants, executor: { replyCache, decided } }) =>
    waysToForget(replyCache, decided?.batch ?? [], constants.parameters),
  guard: ({ constants: { parameters }, executor: e }, { choice }) =>
    clause('the next operation is decided', e.decided !== undefined)
    ?? clause('it can be counted', e.operationsComplete < parameters.maxInteger)
    ?? clause(
      'replies are forgotten at will only as the original does',
      parameters.compatible || choice.forget.length === 0,
    )
    ?? clause(
      'the replies that are kept are not too many',
      !parameters.compatible
        || keptAfter(e.replyCache, e.decided?.batch ?? [], choice) <= parameters.maxCachedReplies,
    ),
  step: (r, { choice: { forget } }) => {
    const { batch, ballot } = r.executor.decided ?? { batch: [], ballot: NO_BALLOT };
    const { app, replyCache, replies } = run(r, application, batch);
    for (const client of forget) replyCache.delete(client);
    const operationsComplete = r.executor.operationsComplete + 1;
    const executor: Executor = {
      app,
      operationsComplete,
      maxBallotReflected: higherOf(r.executor.maxBallotReflected, ballot),
      replyCache,
      decided: undefined,
      checkpoint: r.executor.checkpoint,
    };
    const state: Replica = {
      ...r,
      executor,
      learner: forgetBefore(r.learner, operationsComplete),
      election: noteExecuted(r.election, batch),
      proposer: forgetProposed(forgetRequested(r.proposer, r.constants, batch), operationsComplete),
    };
    return { state, sends: isToAnswer(r.constants, ballot) ? replies : [] };
  },
});

/** Whether this replica tells the clients: its own ballot has decided. In the original all do. */
const isToAnswer = ({ index, parameters }: Constants, ballot: Ballot): boolean =>
  parameters.compatible || ballot.proposer === index;

/** What a batch does to the application and the reply cache, and the replies. */
function run({ constants, executor }: Replica, application: Application, batch: Batch) {
  const { parameters } = constants;
  const replyCache = new Map(executor.replyCache);
  const replies: Packet<Message>[] = [];
  let { app } = executor;
  for (const { client, seqno, request } of batch) {
    if (!parameters.compatible && isSettled(replyCache, client, seqno)) {
      // Executed before. If it is not the client's latest, nobody waits for an answer.
      const latest = replyCache.get(client);
      if (latest?.seqno === seqno)
        replies.push(send(constants, client, { type: 'reply', ...latest }));
      continue;
    }
    const { state, reply } = application.handle(app, request);
    app = state;
    replies.push(send(constants, client, { type: 'reply', seqno, reply }));
    remember(replyCache, client, { seqno, reply }, parameters);
  }
  return { app, replyCache, replies };
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
