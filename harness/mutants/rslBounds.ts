/**
 * # Mutants of what only replicas do that need not be like the original
 *
 * Batches are cut by their bytes, only proposers answer, news does not wait for its time, and nothing
 * that is remembered grows without bound.
 */
import { type NamedMutant, patch, type ServiceMutant } from './mutant.ts';
import { CAUGHT_UP, PROGRESS } from './rslTerms.ts';

const PROPOSER = 'protocol/rsl/proposer.ts';
const PROPOSING = 'protocol/rsl/proposing.ts';
const EXECUTOR = 'protocol/rsl/executor.ts';
const LEARNER = 'protocol/rsl/learner.ts';
const REPLICA = 'protocol/rsl/replica.ts';

const compatible = false;

const refused = (mutants: readonly NamedMutant[]): readonly ServiceMutant[] =>
  mutants.map((mutant) => ({ ...mutant, refusedBy: 'B3' }));

const batches: readonly ServiceMutant[] = [
  ...refused([
    {
      name: 'batch: has more requests than it may',
      clauses: ['R30'],
      patches: [patch(PROPOSING, 'size === maxBatchSize || (', 'size > maxBatchSize || (')],
    },
    {
      name: 'batch: may have any number of bytes',
      clauses: ['R30'],
      options: { compatible, settings: { batchBytes: 20 } },
      patches: [patch(PROPOSING, '(size > 0 && bytes > maxBatchBytes)', 'false')],
    },
    {
      name: 'batch: has the request that is too much',
      clauses: ['R30'],
      options: { compatible, settings: { batchBytes: 20 } },
      patches: [
        patch(PROPOSING, '    bytes += request.length;\n', ''),
        patch(
          PROPOSING,
          'bytes > maxBatchBytes)) return size;',
          'bytes > maxBatchBytes)) return size;\n    bytes += request.length;',
        ),
      ],
    },
    {
      name: 'batch: has one byte too many',
      clauses: ['R30'],
      options: { compatible, settings: { application: 'counter', batchBytes: 15, clients: 6 } },
      patches: [patch(PROPOSING, 'bytes > maxBatchBytes)', 'bytes > maxBatchBytes + 1)')],
    },
  ]),
  {
    name: 'batch: is empty where the first request is too long',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    options: { compatible, settings: { application: 'counter', batchBytes: 7 } },
    patches: [patch(PROPOSING, '(size > 0 && bytes > maxBatchBytes)', 'bytes > maxBatchBytes')],
  },
];

const answers: readonly ServiceMutant[] = refused([
  {
    name: 'answers for the proposals of others',
    clauses: ['R32'],
    patches: [patch(EXECUTOR, 'parameters.compatible || ballot.proposer === index', 'true')],
  },
  {
    name: 'leaves all answers to others',
    clauses: ['R32'],
    patches: [
      patch(
        EXECUTOR,
        'parameters.compatible || ballot.proposer === index',
        'parameters.compatible',
      ),
    ],
  },
  {
    name: 'answers for its own proposals only, in the original as well',
    clauses: ['R32'],
    options: { hosts: 3, compatible: true },
    patches: [patch(EXECUTOR, 'parameters.compatible || ballot.', 'ballot.')],
  },
  {
    name: 'answers the first request of a batch only',
    clauses: ['R32'],
    patches: [patch(EXECUTOR, 'ballot) ? replies : []', 'ballot) ? replies.slice(0, 1) : []')],
  },
]);

const news: readonly ServiceMutant[] = [
  {
    name: 'tells its news again and again',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    options: { compatible },
    patches: [
      patch(
        REPLICA,
        'parameters.compatible ? acceptor : noteCheckpoint',
        'true ? acceptor : noteCheckpoint',
      ),
    ],
  },
  {
    name: 'always has news',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    options: { compatible },
    patches: [patch(REPLICA, '>= Math.max(1, parameters.maxLogLength / 4)', '>= 0')],
  },
  {
    name: 'notes as its own checkpoint how far it has executed',
    refusedBy: 'B3',
    clauses: ['R15', 'R17'],
    options: { compatible, settings: { durable: true } },
    patches: [
      patch(
        REPLICA,
        'noteCheckpoint(acceptor, index, checkpoint)',
        'noteCheckpoint(acceptor, index, r.executor.operationsComplete)',
      ),
    ],
  },
];

const memory: readonly ServiceMutant[] = refused([
  {
    name: 'remembers for ever what it has queued',
    clauses: ['R33'],
    patches: [patch(PROPOSER, 'parameters.compatible || p.highestRequested.size === 0', 'true')],
  },
  {
    name: 'remembers what it has queued until its client asks for more',
    clauses: ['R33'],
    patches: [patch(PROPOSER, '?? Infinity) <= seqno', '?? Infinity) < seqno')],
  },
  {
    name: 'remembers what it has queued when a state settles it',
    clauses: ['R33'],
    options: { hosts: 3, compatible, settings: { window: 1, viewTimeout: 25 } },
    patches: [
      patch(
        'protocol/rsl/stateTransfer.ts',
        'forgetRequested(r.proposer, r.constants, settled)',
        'r.proposer',
      ),
    ],
  },
  {
    name: 'counts votes however far ahead',
    clauses: ['R30'],
    options: { hosts: 3, compatible, settings: { window: 1 } },
    patches: [patch(LEARNER, '< 2 * parameters.maxLogLength', '< Infinity')],
  },
  {
    name: 'counts votes for one operation too many',
    clauses: ['R30'],
    options: { hosts: 3, compatible, settings: { window: 1 } },
    patches: [patch(LEARNER, '< 2 * parameters.maxLogLength', '<= 2 * parameters.maxLogLength')],
  },
  {
    name: 'counts votes two windows ahead of its log, not of what it has executed',
    clauses: ['R30'],
    options: { hosts: 3, compatible, settings: { window: 1 } },
    patches: [
      patch(
        LEARNER,
        'constants: { parameters }, executor }: Replica, operation',
        'constants: { parameters }, acceptor }: Replica, operation',
      ),
      patch(
        LEARNER,
        'operation - executor.operationsComplete',
        'operation - acceptor.logTruncationPoint',
      ),
    ],
  },
]);

const attention: readonly ServiceMutant[] = [
  {
    name: 'counts no votes for what comes next',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    options: { compatible },
    patches: [
      patch(
        LEARNER,
        'operation - executor.operationsComplete <',
        'executor.operationsComplete < operation && operation - executor.operationsComplete <',
      ),
    ],
  },
];

export const bounds: readonly ServiceMutant[] = [
  ...batches,
  ...answers,
  ...news,
  ...memory,
  ...attention,
];
