/**
 * # The clauses of the replicas' guards
 *
 * Which clause may refuse which action. A campaign counts how often each did: a clause that never
 * refused anything may as well not be there, for all that the campaign knows. The table is
 * compared with the source of the protocol in a test, and so are the exemptions with what happens.
 */
import type { Clauses } from '../simulation/protocolService.ts';
import type { RslShape } from './shape.ts';

/** Of all actions that only take what replicas say. */
export const FROM_REPLICA = 'it comes from a replica';

/** In the order in which they are asked. */
export const CLAUSES = {
  answerFromCache: ['the request is not too long', 'it is settled'],
  receiveRequest: [
    'the request is not too long',
    'it is not settled, unless such are executed again',
  ],
  promise: [FROM_REPLICA, 'its ballot is above the promise'],
  repeatPromise: [
    FROM_REPLICA,
    'lost messages are repeated',
    'its ballot is the one promised',
    'there is no vote in it yet',
  ],
  vote: [FROM_REPLICA, 'its ballot is not below the promise', 'its operation can be counted'],
  repeatVotes: [FROM_REPLICA, 'lost messages are repeated', 'there is such a vote'],
  truncateLog: ['a quorum has executed operations that the log still has'],
  startPhase1: ['the view is this replica’s', 'it has not attempted it yet'],
  collectPromise: [
    FROM_REPLICA,
    'it promises the ballot that was asked for',
    'promises are being collected',
    'it is the first from this replica',
  ],
  startPhase2: ['promises are being collected', 'a quorum has promised'],
  learn: [
    FROM_REPLICA,
    'its operation is undecided',
    'its operation is not too far ahead',
    'its ballot is not below one seen before',
    'the vote is not counted yet',
  ],
  sendHeartbeat: ['a heartbeat is due, or there is news'],
  hearHeartbeat: [FROM_REPLICA],
  requestState: [FROM_REPLICA, 'it starts beyond what this replica has executed'],
  supplyState: [
    FROM_REPLICA,
    'the state is of no ballot above the one named',
    'this replica has come as far',
  ],
  adoptState: [
    FROM_REPLICA,
    'it is ahead of this replica’s own',
    'it brings the replies as well, where they are part of the state',
  ],
  ignore: ['the packet is of no use'],
  proposeVoted: [
    'the replica proposes',
    'its view lasts',
    'a quorum has promised',
    'no promise is silent about the operation',
    'the operation is in the window',
    'a promise tells of a vote for it',
  ],
  proposeBatch: [
    'requests are queued',
    'the replica proposes',
    'its view lasts',
    'a quorum has promised',
    'no promise is silent about the operation',
    'the operation is in the window',
    'no promise tells of a vote for it',
    'the batch is full or old, or a later operation waits, or none is under way',
  ],
  fillGap: [
    'no request is queued',
    'the replica proposes',
    'its view lasts',
    'a quorum has promised',
    'no promise is silent about the operation',
    'the operation is in the window',
    'no promise tells of a vote for it',
    'a promise tells of a vote for a later one',
  ],
  startBatchTimer: [
    'requests are queued',
    'no batch is waiting',
    'the replica proposes',
    'its view lasts',
    'a quorum has promised',
    'no promise is silent about the operation',
    'the operation is in the window',
    'the batch is not full',
    'no promise tells of a vote for the operation',
    'no later operation waits',
  ],
  decide: ['the operation before is executed', 'a quorum has voted for the operation'],
  execute: [
    'the next operation is decided',
    'it can be counted',
    'replies are forgotten at will only as the original does',
    'the replies that are kept are not too many',
  ],
  takeCheckpoint: ['the replica is durable', 'there is progress since the last checkpoint'],
  startEpoch: ['the epoch is over', 'no request of an earlier epoch is waiting'],
  suspect: ['the epoch is over', 'a request of an earlier epoch is waiting'],
  changeView: ['a quorum suspects the leader', 'there is a next view'],
  noteProgress: [
    'lost messages are repeated',
    'a retry period has passed',
    'the replica is not stuck',
  ],
  repeat1a: [
    'lost messages are repeated',
    'a retry period has passed',
    'the replica is stuck',
    'promises are being collected',
  ],
  repeat2a: [
    'lost messages are repeated',
    'a retry period has passed',
    'the replica is stuck',
    'its own proposals are not executed',
    'it is a first try',
  ],
  askForVotes: [
    'lost messages are repeated',
    'a retry period has passed',
    'the replica is stuck',
    'no promises are being collected',
    'it has no proposals of its own to repeat',
    'it is a first try',
  ],
  askForState: [
    'lost messages are repeated',
    'a retry period has passed',
    'the replica is stuck',
    'no promises are being collected',
    'it is a second try',
    'it asks another replica',
  ],
} as const satisfies Clauses;

/** A clause that cannot be the one that refuses, of one action or of all that have it. */
interface Exemption {
  readonly clause: string;
  readonly action?: keyof typeof CLAUSES;
  readonly because: string;
  /** In which configurations; in all of them, if nothing is said. */
  readonly where?: (shape: RslShape) => boolean;
}

export const EXEMPT: readonly Exemption[] = [
  {
    clause: 'the request is not too long',
    because: 'only one of more than 128 MiB is, and nobody here has the time for that',
  },
  {
    clause: 'it is not settled, unless such are executed again',
    because: 'they are executed again',
    where: ({ parameters }) => parameters.compatible,
  },
  {
    clause: 'lost messages are repeated',
    because: 'where they are not, there are no such actions',
  },
  {
    clause: 'the replica is durable',
    because: 'where it is not, there is no such action',
  },
  {
    clause: 'its operation can be counted',
    because: 'replicas propose in their window only, which ends at the greatest integer',
  },
  {
    clause: 'it can be counted',
    because: 'replicas propose in their window only, which ends at the greatest integer',
  },
  {
    clause: 'its operation is not too far ahead',
    because: 'the original counts them all, and where a quorum is everyone nobody is left behind',
    where: ({ parameters, replicas }) => parameters.compatible || replicas <= 2,
  },
  {
    clause: 'there is a next view',
    because: 'nobody comes to the greatest integer',
    where: ({ parameters }) => parameters.maxInteger === Number.MAX_SAFE_INTEGER,
  },
  {
    clause: 'it brings the replies as well, where they are part of the state',
    because: 'replicas always bring them then',
  },
  {
    clause: 'its view lasts',
    because: 'a replica that changes its view proposes no longer',
  },
  ...(['proposeVoted', 'proposeBatch', 'fillGap', 'startBatchTimer'] as const).map((action) => ({
    clause: 'a quorum has promised',
    action,
    because: 'a replica proposes only after that',
  })),
  {
    clause: 'no promise is silent about the operation',
    because: 'a proposer begins where the log of the furthest promise begins',
  },
  {
    clause: 'replies are forgotten at will only as the original does',
    because: 'elsewhere nothing is offered to be forgotten',
  },
  {
    clause: 'the replies that are kept are not too many',
    because: 'only what keeps few enough is offered',
  },
  {
    clause: 'a retry period has passed',
    action: 'askForState',
    because: 'before that there is nobody to choose, and so no guard is asked',
  },
];

/** The clauses that may refuse something in a configuration. */
export const clausesFor = (shape: RslShape): Clauses =>
  Object.fromEntries(
    Object.entries(CLAUSES).map(([action, clauses]) => [
      action,
      (clauses as readonly string[]).filter(
        (clause) =>
          !EXEMPT.some(
            (each) =>
              each.clause === clause
              && (each.action ?? action) === action
              && (each.where?.(shape) ?? true),
          ),
      ),
    ]),
  );
