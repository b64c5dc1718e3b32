/** # Mutants of the proposer of the replicated service: how it leads, and what it proposes. */
import { patch, type ServiceMutant } from './mutant.ts';
import { CAUGHT_UP, PROGRESS, RESTLESS } from './rslTerms.ts';

const PROPOSER = 'protocol/rsl/proposer.ts';
const PROPOSING = 'protocol/rsl/proposing.ts';

/** Phase 1. */
const leading: readonly ServiceMutant[] = [
  {
    name: 'configuration: a quorum is one too small',
    refusedBy: 'B3',
    clauses: ['R1'],
    patches: [
      patch(
        'protocol/rsl/configuration.ts',
        'Math.floor(replicas / 2) + 1',
        'Math.floor(replicas / 2)',
      ),
    ],
  },
  {
    name: 'proposes when one fewer than a quorum has promised',
    refusedBy: 'B3',
    clauses: ['R5'],
    patches: [PROPOSER, PROPOSING].map((file) =>
      patch(
        file,
        'received1bs.size >= constants.quorum',
        'received1bs.size >= constants.quorum - 1',
      ),
    ),
  },
  {
    name: 'begins phase 2 at the first promise',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(PROPOSER, 'received1bs.size >= constants.quorum', 'received1bs.size >= 1')],
  },
  {
    name: 'counts any promise, of whatever ballot',
    refusedBy: 'B3',
    clauses: ['R21'],
    patches: [patch(PROPOSER, 'isSame(ballot, p.maxBallotSent1a)', 'true')],
  },
  {
    name: 'counts the promises of an earlier ballot of its own',
    refusedBy: 'B3',
    clauses: ['R21'],
    patches: [
      patch(
        PROPOSER,
        'received1bs: new Map(),\n      highest',
        'received1bs: r.proposer.received1bs,\n      highest',
      ),
    ],
  },
  {
    name: 'counts the promises of non-replicas',
    refusedBy: 'B3',
    clauses: ['R21'],
    options: { hosts: 2, compatible: true, settings: { viewTimeout: 1_000 } },
    patches: [
      patch(PROPOSER, 'import { fromReplica }', 'import { fromAnyone }'),
      patch(PROPOSER, "fromReplica('1b'", "fromAnyone('1b'"),
    ],
  },
  {
    name: 'counts a promise that comes twice as two',
    refusedBy: 'B3',
    clauses: ['R21'],
    patches: [
      patch(PROPOSER, '!p.received1bs.has(src)', 'true'),
      patch(PROPOSER, '.set(src, msg);', '.set(src + r.proposer.received1bs.size, msg);'),
    ],
  },
  {
    name: 'does not truncate its log as those who promise have',
    refusedBy: 'B3',
    clauses: ['R16'],
    patches: [patch(PROPOSER, 'truncateLog(r.acceptor, msg.logTruncationPoint)', 'r.acceptor')],
  },
  {
    name: 'leads a view that is not its own',
    refusedBy: 'B3',
    clauses: ['R18'],
    patches: [patch(PROPOSER, 'election.view.proposer === constants.index', 'true')],
  },
  {
    name: 'asks for promises of a ballot that it has led',
    refusedBy: 'B3',
    clauses: ['R4', 'R20'],
    patches: [
      patch(
        PROPOSER,
        'isBelow(proposer.maxBallotSent1a, election.view)',
        'proposer.phase === 2 || isBelow(proposer.maxBallotSent1a, election.view)',
      ),
    ],
  },
  {
    name: 'goes on leading when its view is over',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    options: { hosts: 3, compatible: false, settings: { viewTimeout: 25 } },
    patches: [
      patch(PROPOSER, '  phase: 0,\n  requestQueue: [],\n  proposed', '  proposed'),
      patch(PROPOSING, 'isSame(election.view, p.maxBallotSent1a)', 'true'),
    ],
  },
];

/** Phase 2. */
const proposing: readonly ServiceMutant[] = [
  {
    name: 'adopts the vote of the lowest ballot',
    refusedBy: 'B3',
    clauses: ['R5'],
    options: RESTLESS,
    patches: [
      patch(
        PROPOSING,
        'isBelow(highest.ballot, vote.ballot)',
        'isBelow(vote.ballot, highest.ballot)',
      ),
    ],
  },
  {
    name: 'adopts the first vote that it finds',
    refusedBy: 'B3',
    clauses: ['R5'],
    options: RESTLESS,
    patches: [patch(PROPOSING, ' || isBelow(highest.ballot, vote.ballot)', '')],
  },
  {
    name: 'proposes nothing where a promise tells of a vote',
    refusedBy: 'B3',
    clauses: ['R5'],
    patches: [
      patch(
        PROPOSING,
        `    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause('a promise tells of a vote for a later one', laterIsVoted(r.proposer)),`,
        "    ?? clause('a promise tells of a vote', highestVote(r.proposer) !== undefined),",
      ),
    ],
  },
  {
    name: 'proposes requests where a promise tells of a vote',
    refusedBy: 'B3',
    clauses: ['R5'],
    patches: [
      patch(
        PROPOSING,
        `    ?? clause('no promise tells of a vote for it', highestVote(r.proposer) === undefined)
    ?? clause(
      'the batch is full`,
        `    ?? clause(
      'the batch is full`,
      ),
    ],
  },
  {
    name: 'begins at the first operation, whatever promises are silent about',
    refusedBy: 'B3',
    clauses: ['R5'],
    patches: [
      patch(PROPOSER, 'nextOperation: logTruncationPoint }', 'nextOperation: 0 }'),
      patch(
        PROPOSING,
        "clause('no promise is silent about the operation', isToldOf(p))",
        'undefined',
      ),
    ],
  },
  {
    name: 'begins at the first operation',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(PROPOSER, 'nextOperation: logTruncationPoint }', 'nextOperation: 0 }')],
  },
  {
    name: 'begins one operation too late',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [
      patch(
        PROPOSER,
        'nextOperation: logTruncationPoint }',
        'nextOperation: logTruncationPoint + 1 }',
      ),
    ],
  },
  {
    name: 'proposes one operation beyond the window',
    refusedBy: 'B3',
    clauses: ['R15'],
    patches: [patch(PROPOSING, '      < boundedSum(', '      <= boundedSum(')],
  },
  {
    name: 'proposes twice for an operation',
    refusedBy: 'B3',
    clauses: ['R3', 'R4'],
    patches: [patch(PROPOSING, 'nextOperation: operation + 1', 'nextOperation: operation')],
  },
  {
    name: 'leaves out every other operation',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(PROPOSING, 'nextOperation: operation + 1', 'nextOperation: operation + 2')],
  },
  {
    name: 'never fills a gap',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    options: {
      hosts: 4,
      compatible: true,
      settings: { batch: 8, batchDelay: 0, window: 7, viewTimeout: 100, clients: 3 },
    },
    patches: [
      patch(PROPOSING, '\n        || laterIsVoted(r.proposer)', ''),
      patch(PROPOSING, "vote for a later one', laterIsVoted(r.proposer)", "gap', false"),
    ],
  },
  {
    name: 'waits for a full batch',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [
      patch(PROPOSING, "is waiting', r.proposer.batchDeadline === undefined", "is waiting', false"),
    ],
  },
  {
    name: 'proposes again, this time nothing',
    refusedBy: 'B3',
    clauses: ['R3'],
    patches: [
      patch(
        'protocol/rsl/retry.ts',
        "{ type: '2a', ballot, operation, batch }",
        "{ type: '2a', ballot, operation, batch: [] }",
      ),
    ],
  },
  {
    name: 'proposes again in a new ballot what it proposed in an old one',
    refusedBy: 'B3',
    clauses: ['R3', 'R4', 'R5'],
    patches: [
      patch(
        PROPOSER,
        '  requestQueue: [],\n  proposed: NOTHING_PROPOSED,\n});\n\n/** All',
        '  requestQueue: [],\n});\n\n/** All',
      ),
      patch(
        PROPOSER,
        'highestRequested: new Map(),\n      proposed: NOTHING_PROPOSED,',
        'highestRequested: new Map(),',
      ),
    ],
  },
];

export const proposer: readonly ServiceMutant[] = [...leading, ...proposing];
