/** # Mutants of the running acceptor: promises, votes, and what is kept of them. */
import { type NamedMutant, patch } from '../mutant.ts';
import { ACCEPTOR, OF_USE, SENDS, STATE, unless } from './terms.ts';

const promises: readonly NamedMutant[] = [
  {
    name: 'promises what it has promised already',
    clauses: [unless('its ballot is above the promise')],
    patches: [
      patch(
        ACCEPTOR,
        'const isNew = isBelow(acceptor.maxBallot, ballot);',
        'const isNew = !isBelow(ballot, acceptor.maxBallot);',
      ),
    ],
  },
  {
    name: 'does not remember what it promises',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '  acceptor.maxBallot = ballot;\n', '')],
  },
  {
    name: 'promises again though it has voted since',
    clauses: [unless('there is no vote in it yet')],
    patches: [
      patch(
        ACCEPTOR,
        'if (isSame(vote.ballot, maxBallot)) return false;',
        'if (!vote) return false;',
      ),
    ],
  },
  {
    name: 'promises again although the original would not',
    clauses: ['the action is one of the protocol'],
    options: { compatible: true },
    patches: [
      patch(
        ACCEPTOR,
        '(constants.parameters.compatible || !mayRepeatPromise(acceptor, ballot))',
        '!mayRepeatPromise(acceptor, ballot)',
      ),
    ],
  },
  {
    name: 'tells of all votes but that for the first operation',
    clauses: [SENDS],
    patches: [
      patch(
        ACCEPTOR,
        'acceptor.votesFrom(logTruncationPoint)',
        'acceptor.votesFrom(logTruncationPoint + 1)',
      ),
    ],
  },
  {
    name: 'says that its log begins where it has executed',
    clauses: [SENDS],
    patches: [
      patch(
        ACCEPTOR,
        '  const { logTruncationPoint } = acceptor;\n  const votes',
        '  const { operationsComplete: logTruncationPoint } = r.executor;\n  const votes',
      ),
    ],
  },
];

const votes: readonly NamedMutant[] = [
  {
    name: 'votes below its own promise',
    clauses: [unless('its ballot is not below the promise')],
    patches: [patch(ACCEPTOR, 'isBelow(ballot, acceptor.maxBallot) ||', '')],
  },
  {
    name: 'votes in no ballot but the one promised',
    clauses: [OF_USE],
    patches: [
      patch(
        ACCEPTOR,
        'isBelow(ballot, acceptor.maxBallot) ||',
        '!isSame(ballot, acceptor.maxBallot) ||',
      ),
    ],
  },
  {
    name: 'does not promise the ballot that it votes in',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '    this.maxBallot = ballot;\n', '')],
  },
  {
    name: 'keeps a vote for an operation before its log',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '    if (operation < before) return;\n', '')],
  },
  {
    name: 'does not vote for the first operation of its log',
    clauses: [STATE],
    patches: [
      patch(ACCEPTOR, 'if (operation < before) return;', 'if (operation <= before) return;'),
    ],
  },
  {
    name: 'has a window one too wide',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '.maxLogLength + 1);', '.maxLogLength);')],
  },
  {
    name: 'has a window one too narrow',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '.maxLogLength + 1);', '.maxLogLength + 2);')],
  },
  {
    name: 'keeps the vote of an earlier ballot',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        'this.votes.set(operation, { ballot, batch });',
        'if (!this.votes.has(operation)) this.votes.set(operation, { ballot, batch });',
      ),
    ],
  },
  {
    name: 'tells its vote to nobody but the leader',
    clauses: [SENDS],
    patches: [
      patch(
        ACCEPTOR,
        "r.broadcast(io, marshal({ type: '2b', ballot, operation, batch }));",
        `const leader = constants.replicas[ballot.proposer] ?? constants.me;
  io.send(leader, marshal({ type: '2b', ballot, operation, batch }));`,
      ),
    ],
  },
  {
    name: 'repeats its votes in the order in which it voted',
    clauses: [SENDS],
    patches: [patch(ACCEPTOR, 'return found.sort(([a], [b]) => a - b);', 'return found;')],
  },
  {
    name: 'repeats its votes from the operation after on',
    clauses: [SENDS],
    patches: [patch(ACCEPTOR, 'acceptor.votesFrom(from)', 'acceptor.votesFrom(from + 1)')],
  },
  {
    name: 'repeats no votes where nobody has voted since',
    clauses: [OF_USE],
    patches: [patch(ACCEPTOR, '!acceptor.hasVotedFrom(from)', '!acceptor.hasVotedFrom(from + 1)')],
  },
];

const truncation: readonly NamedMutant[] = [
  {
    name: 'does not note the highest operation that it has voted for',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        '    if (operation > this.highestVoted) this.highestVoted = operation;\n',
        '',
      ),
    ],
  },
  {
    name: 'forgets all votes where it is to keep the last',
    clauses: [STATE],
    patches: [
      patch(ACCEPTOR, 'if (from > this.highestVoted) {', 'if (from >= this.highestVoted) {'),
    ],
  },
  {
    name: 'keeps all votes where it is to forget all',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '      votes.clear();\n', '')],
  },
  {
    name: 'forgets one vote too few',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        'operation = logTruncationPoint; operation < from;',
        'operation = logTruncationPoint + 1; operation < from;',
      ),
    ],
  },
  {
    name: 'forgets one vote too many',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        'operation = logTruncationPoint; operation < from;',
        'operation = logTruncationPoint; operation <= from;',
      ),
    ],
  },
  {
    name: 'keeps votes before a log that moves far',
    clauses: [STATE],
    options: { hosts: 3, settings: { window: 64, batch: 1, clients: 6, heartbeat: 10 } },
    patches: [
      patch(
        ACCEPTOR,
        'for (const operation of votes.keys()) if (operation < from) this.#forget(operation);',
        'for (const operation of votes.keys()) if (operation < logTruncationPoint) this.#forget(operation);',
      ),
    ],
  },
  {
    name: 'moves its log back',
    clauses: [STATE],
    patches: [patch(ACCEPTOR, '    if (from <= logTruncationPoint) return;\n', '')],
  },
  {
    name: 'cuts its log one operation too far',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        'truncateLog(acceptor.quorumCheckpoint)',
        'truncateLog(acceptor.quorumCheckpoint + 1)',
      ),
    ],
  },
  {
    name: 'cuts its log when one fewer than a quorum has come so far',
    clauses: [STATE, unless('a quorum has executed operations that the log still has')],
    options: { hosts: 3 },
    patches: [
      patch(
        ACCEPTOR,
        'highestFirst[this.#constants.quorum - 1]',
        'highestFirst[this.#constants.quorum - 2]',
      ),
    ],
  },
  {
    name: 'truncates its log no further than all have come',
    clauses: [STATE],
    options: { hosts: 3 },
    patches: [
      patch(
        ACCEPTOR,
        'highestFirst[this.#constants.quorum - 1]',
        'highestFirst[this.#constants.quorum]',
      ),
    ],
  },
  {
    name: 'believes that others have gone back',
    clauses: [STATE],
    patches: [
      patch(ACCEPTOR, '    if (checkpoint <= (this.lastCheckpointed[place] ?? 0)) return;\n', ''),
    ],
  },
  {
    name: 'notes how far others have come as its own checkpoint',
    clauses: [STATE],
    patches: [
      patch(
        ACCEPTOR,
        'this.lastCheckpointed[place] = checkpoint;',
        'this.lastCheckpointed[this.#constants.index] = checkpoint;',
      ),
    ],
  },
];

export const acceptor: readonly NamedMutant[] = [...promises, ...votes, ...truncation];
