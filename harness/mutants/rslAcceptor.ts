/** # Mutants of the acceptor of the replicated service: its promises, its votes and its log. */
import { type Patch, patch, type ServiceMutant } from './mutant.ts';
import { PROGRESS } from './rslTerms.ts';

const ACCEPTOR = 'protocol/rsl/acceptor.ts';
const REPLICA = 'protocol/rsl/replica.ts';

/** Lets an action take a message from whoever sent it. */
const takenFromAnyone = (type: string, action: string): readonly Patch[] => [
  patch(ACCEPTOR, 'import { fromReplica }', 'import { fromAnyone, fromReplica }'),
  patch(ACCEPTOR, `${action} = fromReplica('${type}'`, `${action} = fromAnyone('${type}'`),
];

const promises: readonly ServiceMutant[] = [
  {
    name: 'promises and does not raise its promise',
    refusedBy: 'B3',
    clauses: ['R9'],
    patches: [patch(ACCEPTOR, 'state: { ...r, acceptor }, sends', 'state: r, sends')],
  },
  {
    name: 'votes and does not raise its promise',
    refusedBy: 'B3',
    clauses: ['R8', 'R13'],
    patches: [
      patch(ACCEPTOR, '      maxBallot: ballot,\n', '      maxBallot: r.acceptor.maxBallot,\n'),
    ],
  },
  {
    name: 'promises a ballot below its promise',
    refusedBy: 'B3',
    clauses: ['R28', 'R8', 'R9', 'R11', 'R13'],
    patches: [patch(ACCEPTOR, 'isBelow(acceptor.maxBallot, ballot)', 'true')],
  },
  {
    name: 'promises a ballot in which it has voted',
    refusedBy: 'B3',
    clauses: ['R11'],
    patches: [
      patch(ACCEPTOR, '!exists(votes.values(), (vote) => isSame(vote.ballot, maxBallot))', 'true'),
    ],
  },
  {
    name: 'promises and tells no votes',
    refusedBy: 'B3',
    clauses: ['R9', 'R10'],
    patches: [
      patch(ACCEPTOR, 'TruncationPoint,\n  votes,', 'TruncationPoint,\n  votes: new Map(),'),
    ],
  },
  {
    name: 'promises and tells only its latest vote',
    refusedBy: 'B3',
    clauses: ['R9', 'R10'],
    patches: [
      patch(
        ACCEPTOR,
        'TruncationPoint,\n  votes,',
        'TruncationPoint,\n  votes: new Map([...votes].slice(-1)),',
      ),
    ],
  },
  {
    name: 'promises whoever asks',
    refusedBy: 'B3',
    clauses: ['R19'],
    patches: takenFromAnyone('1a', 'promise'),
  },
  {
    name: 'promises and says that its log is truncated further than it is',
    refusedBy: 'B3',
    clauses: ['R15'],
    patches: [
      patch(
        ACCEPTOR,
        'ballot: maxBallot,\n  logTruncationPoint,',
        'ballot: maxBallot,\n  logTruncationPoint: logTruncationPoint + 1,',
      ),
    ],
  },
  {
    name: 'compares ballots by their numbers alone',
    refusedBy: 'B3',
    clauses: ['R28', 'R8', 'R9', 'R13'],
    patches: [
      patch(
        'protocol/rsl/ballot.ts',
        'a.seqno - b.seqno || a.proposer - b.proposer;',
        'a.seqno - b.seqno;',
      ),
    ],
  },
];

const votes: readonly ServiceMutant[] = [
  {
    name: 'votes below its promise and takes it back',
    refusedBy: 'B3',
    clauses: ['R28', 'R8', 'R9'],
    patches: [patch(ACCEPTOR, '!isBelow(ballot, acceptor.maxBallot)', 'true')],
  },
  {
    name: 'votes below its promise and keeps it',
    refusedBy: 'B3',
    clauses: ['R8', 'R9', 'R10', 'the step is one of the specification'],
    patches: [
      patch(ACCEPTOR, '!isBelow(ballot, acceptor.maxBallot)', 'true'),
      patch(
        ACCEPTOR,
        '      maxBallot: ballot,\n',
        '      maxBallot: isBelow(ballot, r.acceptor.maxBallot) ? r.acceptor.maxBallot : ballot,\n',
      ),
    ],
  },
  {
    name: 'votes for what anyone proposes',
    refusedBy: 'B3',
    clauses: ['R7', 'R12', 'R19'],
    patches: takenFromAnyone('2a', 'vote'),
  },
  {
    name: 'says that it has voted for nothing',
    refusedBy: 'B3',
    clauses: ['R7', 'R8'],
    patches: [
      patch(
        ACCEPTOR,
        "broadcast(r.constants, { type: '2b', ballot, operation, batch })",
        "broadcast(r.constants, { type: '2b', ballot, operation, batch: [] })",
      ),
    ],
  },
  {
    name: 'keeps its first vote for an operation',
    refusedBy: 'B3',
    clauses: ['R8'],
    patches: [
      patch(
        ACCEPTOR,
        '.set(operation, { ballot, batch })',
        '.set(operation, votes.get(operation) ?? { ballot, batch })',
      ),
    ],
  },
  {
    name: 'does not remember its votes',
    refusedBy: 'B3',
    clauses: ['R8'],
    patches: [
      patch(ACCEPTOR, 'votesFrom(votes, from).set(operation, { ballot, batch }),', 'votes,'),
    ],
  },
  {
    name: 'repeats votes as if they were of the ballot promised',
    refusedBy: 'B3',
    clauses: ['R7', 'R8'],
    patches: [
      patch(
        ACCEPTOR,
        "send(r.constants, src, { type: '2b', ballot, operation, batch })",
        "send(r.constants, src, { type: '2b', ballot: r.acceptor.maxBallot, operation, batch })",
      ),
    ],
  },
];

const log: readonly ServiceMutant[] = [
  {
    name: 'loses the vote at which the log is truncated',
    refusedBy: 'B3',
    clauses: ['R8'],
    patches: [
      patch(
        ACCEPTOR,
        'cast] of votes) if (operation >= from)',
        'cast] of votes) if (operation > from)',
      ),
    ],
  },
  {
    name: 'truncates its log where the furthest replica is',
    refusedBy: 'B3',
    clauses: ['R15'],
    patches: [patch(ACCEPTOR, '[quorum - 1] ?? 0', '[0] ?? 0')],
  },
  {
    name: 'truncates its log one operation too far',
    refusedBy: 'B3',
    clauses: ['R15'],
    patches: [patch(ACCEPTOR, '[quorum - 1] ?? 0', '[quorum - 1] + 1')],
  },
  {
    name: 'truncates its log when one fewer than a quorum has come so far',
    refusedBy: 'B3',
    clauses: ['R15'],
    patches: [
      patch(ACCEPTOR, '[quorum - 1] ?? 0', '[Math.max(0, quorum - 2)] ?? 0'),
      patch(ACCEPTOR, '>= constants.quorum', '>= constants.quorum - 1'),
    ],
  },
  {
    name: 'forgets one operation too many when it votes beyond the window',
    refusedBy: 'B3',
    clauses: ['R14', 'R15'],
    patches: [patch(ACCEPTOR, 'parameters.maxLogLength + 1;', 'parameters.maxLogLength + 2;')],
  },
  {
    name: 'does not truncate its log when it votes beyond the window',
    refusedBy: 'B3',
    clauses: ['R14', 'R30'],
    patches: [patch(ACCEPTOR, 'Math.max(logTruncationPoint, windowStart)', 'logTruncationPoint')],
  },
  {
    name: 'remembers a vote for what it has truncated',
    refusedBy: 'B3',
    clauses: ['R14'],
    patches: [patch(ACCEPTOR, 'operation < logTruncationPoint\n', 'operation < 0\n')],
  },
  {
    name: 'takes what another says of its progress for its own as well',
    refusedBy: 'B3',
    clauses: ['R17'],
    patches: [
      patch(
        REPLICA,
        'noteCheckpoint(r.acceptor, from, checkpoint)',
        `noteCheckpoint(
      noteCheckpoint(r.acceptor, from, checkpoint),
      constants.index,
      checkpoint,
    )`,
      ),
    ],
  },
  {
    name: 'never truncates its log',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(ACCEPTOR, '>= constants.quorum', '> constants.replicas.length')],
  },
];

export const acceptor: readonly ServiceMutant[] = [...promises, ...votes, ...log];
