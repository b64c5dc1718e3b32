/** # Mutants of the learner of the replicated service: which votes count, and what is decided. */
import { patch, type ServiceMutant } from './mutant.ts';
import { CHANGING, PROGRESS } from './rslTerms.ts';

const LEARNER = 'protocol/rsl/learner.ts';
const EXECUTOR = 'protocol/rsl/executor.ts';

const votes: readonly ServiceMutant[] = [
  {
    name: 'counts votes of different ballots together',
    refusedBy: 'B3',
    clauses: ['R23'],
    patches: [
      patch(
        LEARNER,
        'isBelow(maxBallotSeen, ballot) ? new Map<Operation, Tally>() : new Map(tallies)',
        'new Map(tallies)',
      ),
    ],
  },
  {
    name: 'counts votes of a lower ballot as if they were of the highest',
    refusedBy: 'B3',
    clauses: ['R23'],
    options: CHANGING,
    patches: [
      patch(LEARNER, '!isBelow(ballot, r.learner.maxBallotSeen)', 'true'),
      patch(
        LEARNER,
        '{ maxBallotSeen: ballot, tallies: counted }',
        `{
      maxBallotSeen: isBelow(ballot, maxBallotSeen) ? maxBallotSeen : ballot,
      tallies: counted,
    }`,
      ),
    ],
  },
  {
    name: 'goes back to a lower ballot',
    refusedBy: 'B3',
    clauses: ['R23', 'R28'],
    options: CHANGING,
    patches: [
      patch(LEARNER, '!isBelow(ballot, r.learner.maxBallotSeen)', 'true'),
      patch(LEARNER, 'isBelow(maxBallotSeen, ballot) ?', '!isSame(maxBallotSeen, ballot) ?'),
    ],
  },
  {
    name: 'counts the same voter twice',
    refusedBy: 'B3',
    clauses: ['R23'],
    patches: [
      patch(LEARNER, '!isCounted(r, ballot, operation, src)', 'true'),
      patch(
        LEARNER,
        'new Set(before?.voters).add(placeOf(r.constants, src));',
        `new Set(before?.voters);
    const place = placeOf(r.constants, src);
    voters.add(voters.has(place) ? (place + 1) % r.constants.replicas.length : place);`,
      ),
    ],
  },
  {
    name: 'counts the votes of non-replicas',
    refusedBy: 'B3',
    clauses: ['R23'],
    patches: [
      patch(LEARNER, 'import { fromReplica }', 'import { fromAnyone }'),
      patch(LEARNER, "fromReplica('2b'", "fromAnyone('2b'"),
    ],
  },
  {
    name: 'counts a vote for the operation after',
    refusedBy: 'B3',
    clauses: ['R23'],
    patches: [patch(LEARNER, 'counted.set(operation, {', 'counted.set(operation + 1, {')],
  },
];

const decisions: readonly ServiceMutant[] = [
  {
    name: 'decides when one fewer than a quorum has voted',
    refusedBy: 'B3',
    clauses: ['R24'],
    patches: [patch(EXECUTOR, '>= constants.quorum', '>= constants.quorum - 1')],
  },
  {
    name: 'decides the operation after before the one before it',
    refusedBy: 'B3',
    clauses: ['R24'],
    patches: [
      patch(
        EXECUTOR,
        '(learner.tallies.get(e.operationsComplete)?.voters.size ?? 0) >= constants.quorum',
        `[0, 1].some(
        (ahead) =>
          learner.tallies.get(e.operationsComplete + ahead)?.voters.size >= constants.quorum,
      )`,
      ),
      patch(
        EXECUTOR,
        'r.learner.tallies.get(r.executor.operationsComplete)?.batch ?? []',
        `[0, 1]
      .map((ahead) => r.learner.tallies.get(r.executor.operationsComplete + ahead))
      .find((tally) => tally?.voters.size >= r.constants.quorum).batch`,
      ),
    ],
  },
  {
    name: 'decides in no ballot',
    refusedBy: 'B3',
    clauses: ['R24'],
    patches: [patch(EXECUTOR, 'ballot: r.learner.maxBallotSeen', 'ballot: NO_BALLOT')],
  },
  {
    name: 'decides on nothing',
    refusedBy: 'B3',
    clauses: ['R24'],
    patches: [
      patch(EXECUTOR, 'r.learner.tallies.get(r.executor.operationsComplete)?.batch ?? []', '[]'),
    ],
  },
  {
    name: 'keeps a decision when it has executed it',
    refusedBy: 'B3',
    clauses: ['R22', 'R24'],
    patches: [
      patch(
        EXECUTOR,
        '      replyCache,\n      decided: undefined,',
        '      replyCache,\n      decided: r.executor.decided,',
      ),
    ],
  },
  {
    name: 'waits for the votes of more than all',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(EXECUTOR, '>= constants.quorum', '> constants.replicas.length')],
  },
];

export const learner: readonly ServiceMutant[] = [...votes, ...decisions];
