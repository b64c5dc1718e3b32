/**
 * # Mutants of when a running replica acts
 *
 * Each step of theirs is one of the protocol, for that leaves open when an action is taken. Only
 * who waits for something notices.
 */
import { type NamedMutant, patch } from '../mutant.ts';
import { PROGRESS, QUIET } from '../rslTerms.ts';
import { ACCEPTOR, PROPOSER, PROPOSING, REPLICA, UNDER_WAY } from './terms.ts';

const DEFAULT = { compatible: false } as const;

/** A log that has few bytes, as one of large requests would have. */
const SHORT_LOG = patch(PROPOSING, 'MAX_LOG_BYTES = 64 * 1024 * 1024', 'MAX_LOG_BYTES = 400');

const deadlines: readonly NamedMutant[] = [
  {
    name: 'sleeps while there is something to do',
    clauses: PROGRESS,
    patches: [
      patch(REPLICA, 'return Number.NEGATIVE_INFINITY;', 'return Number.POSITIVE_INFINITY;'),
    ],
  },
  {
    name: 'never sleeps',
    clauses: PROGRESS,
    patches: [
      patch(
        REPLICA,
        'if (this.#urgent() !== undefined) return Number.NEGATIVE_INFINITY;',
        'if (this.constants.index >= 0) return Number.NEGATIVE_INFINITY;',
      ),
    ],
  },
  {
    name: 'wakes for no heartbeat',
    clauses: PROGRESS,
    patches: [
      patch(REPLICA, '      this.nextHeartbeat,\n', ''),
      patch(
        REPLICA,
        '    if (now >= this.nextHeartbeat) return sendHeartbeat(this, io, now);\n',
        '',
      ),
    ],
  },
  {
    name: 'wakes for heartbeats and sends none',
    clauses: PROGRESS,
    patches: [
      patch(
        REPLICA,
        '    if (now >= this.nextHeartbeat) return sendHeartbeat(this, io, now);\n',
        '',
      ),
    ],
  },
  {
    name: 'wakes at no end of an epoch',
    clauses: PROGRESS,
    patches: [
      patch(REPLICA, '      this.election.epochEnd,\n', ''),
      patch(
        REPLICA,
        '    if (now >= this.election.epochEnd) return this.election.endEpoch(now);\n',
        '',
      ),
    ],
  },
  {
    name: 'lets batches wait that are not full',
    clauses: PROGRESS,
    options: { compatible: true, settings: { batch: 16 } },
    patches: [
      patch(
        PROPOSING,
        'batchDeadline === undefined || requestQueue.length === 0',
        'batchDeadline === undefined || requestQueue.length > 0',
      ),
    ],
  },
  {
    name: 'sets no timer for a batch that is not full',
    clauses: PROGRESS,
    options: { compatible: true, settings: { batch: 16 } },
    patches: [
      patch(
        PROPOSING,
        'return isFull || p.batchDeadline !== undefined ? undefined : startBatchTimer;',
        'return undefined;',
      ),
    ],
  },
  {
    name: 'waits for others when nothing is under way',
    clauses: PROGRESS,
    options: { compatible: false, settings: { batch: 16 } },
    patches: [
      patch(PROPOSING, '(isFull || isNothingUnderWay)', 'isFull'),
      patch(
        PROPOSING,
        'return isFull || p.batchDeadline !== undefined ? undefined : startBatchTimer;',
        'return undefined;',
      ),
    ],
  },
];

const memory: readonly NamedMutant[] = [
  {
    name: 'does not refresh how far a quorum has come',
    clauses: [...PROGRESS, QUIET],
    patches: [
      patch(
        ACCEPTOR,
        'this.quorumCheckpoint = highestFirst',
        'highestFirst.length = 0;\n    highestFirst',
      ),
    ],
  },
  {
    name: 'counts bytes of votes that it has forgotten all at once',
    clauses: PROGRESS,
    patches: [SHORT_LOG, patch(ACCEPTOR, '      this.voteBytes = 0;\n', '')],
  },
  {
    name: 'counts bytes of the proposals of a view that is over',
    clauses: PROGRESS,
    options: DEFAULT,
    patches: [
      SHORT_LOG,
      patch(
        PROPOSER,
        '    this.proposed.clear();\n    this.proposedBytes = 0;\n',
        '    this.proposed.clear();\n',
      ),
    ],
  },
  {
    name: 'holds back for ever whoever has had something under way',
    clauses: PROGRESS,
    patches: [
      patch(
        UNDER_WAY,
        'this.#operations.get(client) ?? -1;\n      if (this.#obstacle >= complete) return true;',
        'this.#operations.has(client) ? Infinity : -1;\n      if (this.#obstacle >= complete) return true;',
      ),
      patch(UNDER_WAY, '<= operation) this.#operations.delete(client);', '<= operation) continue;'),
    ],
  },
];

export const liveness: readonly NamedMutant[] = [...deadlines, ...memory];
