/** # Mutants of how a running replica keeps up: heartbeats, and trying again. */
import { type NamedMutant, patch } from '../mutant.ts';
import { RECEIVING, REPLICA, RETRY, SENDS, STATE, unless } from './terms.ts';

const heartbeats: readonly NamedMutant[] = [
  {
    name: 'says that it has come as far as its log',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        REPLICA,
        'const checkpoint = executor.operationsComplete;',
        'const checkpoint = acceptor.logTruncationPoint;',
      ),
    ],
  },
  {
    name: 'says that it suspects when anybody does',
    clauses: [SENDS],
    patches: [patch(REPLICA, 'election.suspectors.has(index)', '(election.suspectors.size > 0)')],
  },
  {
    name: 'says that the view is the ballot that it has attempted',
    clauses: [SENDS],
    patches: [patch(REPLICA, 'view: election.view,', 'view: r.proposer.maxBallotSent1a,')],
  },
  {
    name: 'sends one heartbeat and no other',
    clauses: [STATE],
    patches: [
      patch(
        REPLICA,
        'boundedSum(now, parameters.heartbeatPeriod, parameters)',
        'parameters.maxInteger',
      ),
    ],
  },
  {
    name: 'does not note what it says of itself',
    clauses: [STATE],
    patches: [
      patch(
        REPLICA,
        '  if (!parameters.compatible) acceptor.noteCheckpoint(index, checkpoint);\n',
        '',
      ),
    ],
  },
  {
    name: 'notes what it says of itself although the original does not',
    clauses: [STATE],
    options: { compatible: true },
    patches: [patch(REPLICA, 'if (!parameters.compatible) acceptor.note', 'acceptor.note')],
  },
  {
    name: 'sends heartbeats whenever it has executed anything',
    clauses: [unless('a heartbeat is due, or there is news')],
    options: { compatible: false, settings: { window: 7 } },
    patches: [patch(REPLICA, ' && news >= parameters.maxLogLength / 4', '')],
  },
  {
    name: 'notes the truncation point of others for their checkpoints',
    clauses: [STATE],
    patches: [
      patch(
        RECEIVING,
        'noteCheckpoint(from, checkpoint)',
        'noteCheckpoint(from, acceptor.logTruncationPoint)',
      ),
    ],
  },
];

const retries: readonly NamedMutant[] = [
  {
    name: 'tries once per client',
    clauses: [STATE],
    patches: [patch(RETRY, '    latest.tries = 0;\n', '')],
  },
  {
    name: 'does not count its tries',
    clauses: [STATE],
    patches: [patch(RETRY, '  latest.tries++;\n', '')],
  },
  {
    name: 'tries again at once',
    clauses: [STATE],
    patches: [
      patch(RETRY, '  latest.time = boundedSum(now, parameters.retryPeriod, parameters);\n', ''),
    ],
  },
  {
    name: 'tries again though it is in another view',
    clauses: [unless('the replica is stuck')],
    patches: [patch(RETRY, ' || !isSame(latest.view, election.view)', '')],
  },
  {
    name: 'tries again though it has moved',
    clauses: [unless('the replica is stuck')],
    patches: [patch(RETRY, 'latest.operation !== operation || ', '')],
  },
  {
    name: 'sees nothing outstanding in votes that it has counted',
    clauses: [unless('the replica is not stuck')],
    patches: [patch(RETRY, '    || learner.tallies.size > 0\n', '')],
  },
  {
    name: 'sees nothing outstanding in what others have executed',
    clauses: [unless('the replica is not stuck')],
    options: { hosts: 3, settings: { batch: 1, clients: 1, heartbeat: 10, retry: 20 } },
    patches: [
      patch(RETRY, 'acceptor.lastCheckpointed.some((checkpoint) => checkpoint > next)', 'false'),
    ],
  },
  {
    name: 'sees nothing outstanding in its own votes',
    clauses: [unless('the replica is not stuck')],
    patches: [patch(RETRY, '    || acceptor.hasVotedFrom(next)\n', '')],
  },
  {
    name: 'asks for a state first, and then for votes',
    clauses: [unless('it is a second try'), unless('it is a first try')],
    patches: [patch(RETRY, 'latest.tries % 2 === 1', 'latest.tries % 2 === 0')],
  },
  {
    name: 'asks itself for its state',
    clauses: [unless('it asks another replica')],
    patches: [patch(RETRY, 'replicas.filter((replica) => replica !== me)', 'replicas')],
  },
  {
    name: 'asks for a state no further than its own',
    clauses: [SENDS],
    patches: [patch(RETRY, 'executor.operationsComplete + 1;', 'executor.operationsComplete;')],
  },
  {
    name: 'repeats its first proposal only',
    clauses: [SENDS],
    patches: [
      patch(
        RETRY,
        "r.broadcast(io, marshal({ type: '2a', ballot, operation, batch }));",
        "r.broadcast(io, marshal({ type: '2a', ballot, operation, batch }));\n    break;",
      ),
    ],
  },
  {
    name: 'asks for promises of the view, whatever it has attempted',
    clauses: [unless('promises are being collected'), SENDS],
    patches: [patch(RETRY, 'if (proposer.phase === 1) {', 'if (proposer.phase >= 1) {')],
  },
];

export const keepingUp: readonly NamedMutant[] = [...heartbeats, ...retries];
