/** # Mutants of the election and of the heartbeats of the replicated service. */
import { patch, type ServiceMutant } from './mutant.ts';
import { PROGRESS, QUIET } from './rslTerms.ts';

const BALLOT = 'protocol/rsl/ballot.ts';
const ELECTION = 'protocol/rsl/election.ts';
const EXECUTOR = 'protocol/rsl/executor.ts';
const PROPOSER = 'protocol/rsl/proposer.ts';
const REPLICA = 'protocol/rsl/replica.ts';
const TRANSFER = 'protocol/rsl/stateTransfer.ts';

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
    name: 'ends a view that one fewer than a quorum suspect',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(
        ELECTION,
        'suspectors.size >= constants.quorum',
        'suspectors.size >= constants.quorum - 1',
      ),
    ],
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
    name: 'suspects a leader although nothing old waits',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [patch(ELECTION, "is waiting', e.receivedEarlier.length > 0", "is waiting', true")],
  },
  {
    name: 'never makes an epoch short again',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(
        ELECTION,
        'epochLength: baselineViewTimeout,\n      receivedThisEpoch',
        'epochLength: r.election.epochLength,\n      receivedThisEpoch',
      ),
    ],
  },
  {
    name: 'doubles an epoch each time that it suspects a leader',
    refusedBy: 'B3',
    clauses: ['R29'],
    patches: [
      patch(
        ELECTION,
        'epochLength: r.election.epochLength,',
        'epochLength: 2 * r.election.epochLength,',
      ),
    ],
  },
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

const waiting: readonly ServiceMutant[] = [
  {
    name: 'waits on for what it has executed',
    refusedBy: 'B3',
    clauses: ['R33'],
    options: { compatible: false },
    patches: [
      patch(EXECUTOR, 'election: noteExecuted(r.election, batch),', 'election: r.election,'),
    ],
  },
  {
    name: 'waits on for what a state that it takes over has settled',
    refusedBy: 'B3',
    clauses: ['R33'],
    options: { hosts: 3, compatible: false },
    patches: [patch(TRANSFER, 'noteSettled(r.election, adopted)', 'r.election')],
  },
  {
    name: 'proposes only what it is asked while it leads, not what has waited',
    refusedBy: 'liveness',
    clauses: [QUIET],
    options: { hosts: 3, compatible: false, settings: { viewTimeout: 25 } },
    patches: [
      patch(
        PROPOSER,
        'requestQueue: [...receivedEarlier, ...receivedThisEpoch],',
        'requestQueue: [],',
      ),
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

export const election: readonly ServiceMutant[] = [...views, ...epochs, ...waiting, ...heartbeats];
