/**
 * # What the original's replica does of its own accord
 *
 * The actions 1 to 9 of Protocol/RSL/Replica.i.dfy of IronFleet, written anew as literally as
 * possible; action 0 receives a packet.
 */
import type { Step } from '../../protocol/framework/action.ts';
import type { Message, Vote } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { entering, executed } from './originalRsl.ts';

type Outcome = Step<Replica, Message>;
type Action = (s: Replica, clock: number) => Outcome;

const nothing = (state: Replica): Outcome => ({ state, sends: [] });

const toEveryone = (s: Replica, state: Replica, msg: Message): Outcome => {
  const { me: src, replicas } = s.constants;
  return { state, sends: replicas.map((dst) => ({ src, dst, msg })) };
};

const plus = ({ constants }: Replica, a: number, b: number): number =>
  Math.min(a + b, constants.parameters.maxInteger);

const isCurrent = ({ election: { view }, proposer: { maxBallotSent1a: ballot } }: Replica) =>
  view.seqno === ballot.seqno && view.proposer === ballot.proposer;

const quorumOf = ({ constants: { replicas } }: Replica): number =>
  Math.floor(replicas.length / 2) + 1;

/** 1 */
function maybeEnterNewViewAndSend1a(s: Replica): Outcome {
  const { view, receivedEarlier, receivedThisEpoch } = s.election;
  const sent = s.proposer.maxBallotSent1a;
  const isLater =
    sent.seqno < view.seqno || (sent.seqno === view.seqno && sent.proposer < view.proposer);
  if (view.proposer !== s.constants.index || !isLater) return nothing(s);
  const proposer = {
    ...s.proposer,
    phase: 1 as const,
    maxBallotSent1a: view,
    received1bs: new Map(),
    highestRequested: new Map(),
    requestQueue: [...receivedEarlier, ...receivedThisEpoch],
  };
  return toEveryone(s, { ...s, proposer }, { type: '1a', ballot: view });
}

/** 2 */
function maybeEnterPhase2(s: Replica): Outcome {
  const { received1bs, phase, maxBallotSent1a: ballot } = s.proposer;
  if (received1bs.size < quorumOf(s) || phase !== 1) return nothing(s);
  const { logTruncationPoint } = s.acceptor;
  const proposer = { ...s.proposer, phase: 2 as const, nextOperation: logTruncationPoint };
  const msg: Message = { type: 'startingPhase2', ballot, logTruncationPoint };
  return toEveryone(s, { ...s, proposer }, msg);
}

/** 3 */
function maybeNominateValueAndSend2a(s: Replica, clock: number): Outcome {
  const { maxBatchSize, maxBatchDelay, maxLogLength, maxInteger } = s.constants.parameters;
  const { phase, received1bs, nextOperation: opn, requestQueue, batchDeadline } = s.proposer;
  const promises = [...received1bs.values()];
  const canNominate =
    isCurrent(s)
    && phase === 2
    && promises.length >= quorumOf(s)
    && promises.every(({ logTruncationPoint }) => logTruncationPoint <= opn)
    && opn < plus(s, s.acceptor.logTruncationPoint, maxLogLength)
    && opn >= 0
    && opn < maxInteger;
  if (!canNominate) return nothing(s);
  const { maxBallotSent1a: ballot } = s.proposer;
  const next = { ...s.proposer, nextOperation: opn + 1 };
  const votes = promises.flatMap((p) => (p.votes.has(opn) ? [p.votes.get(opn) as Vote] : []));
  if (votes.length > 0) {
    votes.sort(({ ballot: a }, { ballot: b }) => b.seqno - a.seqno || b.proposer - a.proposer);
    const { batch } = votes[0] as Vote;
    return toEveryone(s, { ...s, proposer: next }, { type: '2a', ballot, operation: opn, batch });
  }
  const laterVoted = promises.some((p) => [...p.votes.keys()].some((voted) => voted > opn));
  const isOld = requestQueue.length > 0 && batchDeadline !== undefined && clock >= batchDeadline;
  const deadline = plus(s, clock, maxBatchDelay);
  if (laterVoted || requestQueue.length >= maxBatchSize || isOld) {
    const size = Math.min(requestQueue.length, maxBatchSize);
    const proposer = {
      ...next,
      requestQueue: requestQueue.slice(size),
      batchDeadline: requestQueue.length > size ? deadline : undefined,
    };
    const batch = requestQueue.slice(0, size);
    return toEveryone(s, { ...s, proposer }, { type: '2a', ballot, operation: opn, batch });
  }
  if (requestQueue.length > 0 && batchDeadline === undefined) {
    return nothing({ ...s, proposer: { ...s.proposer, batchDeadline: deadline } });
  }
  return nothing(s);
}

/** 4 */
function truncateLogBasedOnCheckpoints(s: Replica): Outcome {
  const { lastCheckpointed: last, logTruncationPoint, votes } = s.acceptor;
  const valid = last.find(
    (v) =>
      last.filter((other) => other > v).length < quorumOf(s)
      && last.filter((other) => other >= v).length >= quorumOf(s),
  ) as number;
  if (valid <= logTruncationPoint) return nothing(s);
  const kept = new Map([...votes].filter(([voted]) => voted >= valid));
  const acceptor = { ...s.acceptor, votes: kept, logTruncationPoint: valid };
  return nothing({ ...s, acceptor });
}

/** 5 */
function maybeMakeDecision(s: Replica): Outcome {
  const tally = s.learner.tallies.get(s.executor.operationsComplete);
  if (s.executor.decided !== undefined || tally === undefined) return nothing(s);
  if (tally.voters.size < quorumOf(s)) return nothing(s);
  const decided = { batch: tally.batch, ballot: s.learner.maxBallotSeen };
  return nothing({ ...s, executor: { ...s.executor, decided } });
}

/** 7 */
function checkForViewTimeout(s: Replica, clock: number): Outcome {
  const { receivedEarlier: prev, receivedThisEpoch: current, epochEnd, epochLength } = s.election;
  if (clock < epochEnd) return nothing(s);
  const { baselineViewTimeout, maxInteger } = s.constants.parameters;
  const election =
    prev.length === 0
      ? {
          ...s.election,
          epochLength: baselineViewTimeout,
          epochEnd: plus(s, clock, baselineViewTimeout),
          receivedEarlier: current,
          receivedThisEpoch: [],
        }
      : {
          ...s.election,
          suspectors: new Set([...s.election.suspectors, s.constants.index]),
          epochEnd: plus(s, clock, epochLength),
          receivedEarlier: [...prev, ...current].slice(0, maxInteger),
          receivedThisEpoch: [],
        };
  return nothing({ ...s, election });
}

/** 8 */
function checkForQuorumOfViewSuspicions(s: Replica, clock: number): Outcome {
  const { suspectors, view } = s.election;
  const { parameters, replicas } = s.constants;
  if (suspectors.size < quorumOf(s) || view.seqno >= parameters.maxInteger) return nothing(s);
  const successor =
    view.proposer + 1 < replicas.length
      ? { seqno: view.seqno, proposer: view.proposer + 1 }
      : { seqno: view.seqno + 1, proposer: 0 };
  return nothing({ ...s, ...entering(s, successor, [], clock) });
}

/** 9 */
function maybeSendHeartbeat(s: Replica, clock: number): Outcome {
  if (clock < s.nextHeartbeat) return nothing(s);
  const nextHeartbeat = plus(s, clock, s.constants.parameters.heartbeatPeriod);
  const { view, suspectors } = s.election;
  const suspicious = suspectors.has(s.constants.index);
  const checkpoint = s.executor.operationsComplete;
  const msg: Message = { type: 'heartbeat', view, suspicious, checkpoint };
  return toEveryone(s, { ...s, nextHeartbeat }, msg);
}

/** Each action, with the names of those that it is here. */
export const ORIGINAL_ACTIONS: readonly (readonly [action: Action, names: readonly string[]])[] = [
  [maybeEnterNewViewAndSend1a, ['startPhase1']],
  [maybeEnterPhase2, ['startPhase2']],
  [maybeNominateValueAndSend2a, ['proposeVoted', 'proposeBatch', 'fillGap', 'startBatchTimer']],
  [truncateLogBasedOnCheckpoints, ['truncateLog']],
  [maybeMakeDecision, ['decide']],
  [executed, ['execute']],
  [checkForViewTimeout, ['startEpoch', 'suspect']],
  [checkForQuorumOfViewSuspicions, ['changeView']],
  [maybeSendHeartbeat, ['sendHeartbeat']],
];
