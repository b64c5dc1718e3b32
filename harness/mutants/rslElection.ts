/** # Mutants of the election and of the heartbeats of the replicated service. */
import { patch, type ServiceMutant } from './mutant.ts';
import { PROGRESS } from './rslTerms.ts';

const BALLOT = 'protocol/rsl/ballot.ts';
const ELECTION = 'protocol/rsl/election.ts';
const REPLICA = 'protocol/rsl/replica.ts';

const views: readonly ServiceMutant[] = [
  {
    name: 'counts a suspicion each time that it hears of it',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(ELECTION, '!suspicious || e.suspectors.has(from)', '!suspicious'),
      patch(
        ELECTION,
        'add(from) };',
        'add((from + e.suspectors.size) % constants.replicas.length) };',
      ),
    ],
  },
  {
    name: 'suspects in the next view whoever was suspected in this one',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(
        ELECTION,
        'constants, view, new Set(), now)',
        'constants, view, r.election.suspectors, now)',
      ),
    ],
  },
  {
    name: 'takes whoever says in which view it is for one who suspects its leader',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [patch(ELECTION, 'new Set(suspicious ? [from] : [])', 'new Set([from])')],
  },
  {
    name: 'goes back to an earlier view',
    refusedBy: 'B3',
    clauses: ['R28'],
    patches: [patch(ELECTION, '  if (isBelow(view, e.view)) return e;\n', '')],
  },
  {
    name: 'lets someone lead who is no replica',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [patch(BALLOT, 'proposer + 1 < replicas', 'proposer < replicas')],
  },
  {
    name: 'lets only the first replica lead',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(BALLOT, 'proposer + 1 < replicas', 'proposer + 1 < 0')],
  },
];

const epochs: readonly ServiceMutant[] = [
  {
    name: 'has epochs of no length',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(
        ELECTION,
        'epochLength: baselineViewTimeout,\n      receivedThisEpoch',
        'epochLength: 0,\n      receivedThisEpoch',
      ),
    ],
  },
  {
    name: 'never doubles an epoch',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    options: { settings: { viewTimeout: 5, heartbeat: 20 } },
    patches: [
      patch(
        ELECTION,
        'boundedSum(e.epochLength, e.epochLength, constants.parameters)',
        'e.epochLength',
      ),
    ],
  },
  {
    name: 'never suspects',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(ELECTION, "is waiting', e.receivedEarlier.length > 0", "is waiting', false")],
  },
  {
    name: 'forgets at the end of an epoch who is waiting',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [
      patch(ELECTION, 'receivedEarlier: r.election.receivedThisEpoch', 'receivedEarlier: []'),
    ],
  },
];

const heartbeats: readonly ServiceMutant[] = [
  {
    name: 'sends no heartbeats',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(REPLICA, 'now >= r.nextHeartbeat || hasNews(r)', 'false')],
  },
  {
    name: 'keeps its suspicions to itself',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(REPLICA, 'election.suspectors.has(index)', 'false')],
  },
  {
    name: 'pays no heed to heartbeats',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(REPLICA, 'guard: () => undefined', "guard: () => clause('it listens', false)")],
  },
  {
    name: 'believes anybody’s heartbeat',
    refusedBy: 'B3',
    clauses: ['R17', 'R28', 'R29'],
    patches: [
      patch(REPLICA, 'import { fromReplica }', 'import { fromAnyone }'),
      patch(REPLICA, "fromReplica('heartbeat'", "fromAnyone('heartbeat'"),
    ],
  },
];

export const election: readonly ServiceMutant[] = [...views, ...epochs, ...heartbeats];
