/** # Mutants of what the running proposer proposes. */
import { type NamedMutant, patch } from '../mutant.ts';
import { PROPOSING, REQUEST_QUEUE, SENDS, STATE, unless } from './terms.ts';

/** Clients keep it busy, and batches have several requests. */
const BUSY = { compatible: false, settings: { batch: 4, clients: 6, maxInteger: 2 ** 53 - 1 } };

export const proposing: readonly NamedMutant[] = [
  {
    name: 'proposes the operation after the window',
    clauses: [unless('the operation is in the window')],
    patches: [
      patch(
        PROPOSING,
        '&& p.nextOperation\n      < boundedSum',
        '&& p.nextOperation\n      <= boundedSum',
      ),
    ],
  },
  {
    name: 'proposes the same operation again',
    clauses: [STATE],
    patches: [patch(PROPOSING, '  proposer.nextOperation++;\n', '')],
  },
  {
    name: 'proposes nothing where there was a vote',
    clauses: [SENDS],
    patches: [patch(PROPOSING, '?.batch ?? EMPTY_BATCH', ' && EMPTY_BATCH')],
  },
  {
    name: 'cuts batches one request too short',
    clauses: [SENDS, STATE],
    options: BUSY,
    patches: [
      patch(
        REQUEST_QUEUE,
        'const end = this.#head + this.#batchSize;',
        'const end = this.#head + Math.max(1, this.#batchSize - 1);',
      ),
    ],
  },
  {
    name: 'proposes the requests of a batch back to front',
    clauses: [SENDS, STATE],
    options: BUSY,
    patches: [
      patch(
        REQUEST_QUEUE,
        'slice(this.#head, end) as Request[];',
        'slice(this.#head, end).reverse() as Request[];',
      ),
    ],
  },
  {
    name: 'does not look how many bytes a batch has',
    clauses: [SENDS],
    options: { compatible: false, settings: { batch: 4, batchBytes: 20, clients: 6 } },
    patches: [patch(REQUEST_QUEUE, 'this.#batchSize > 0 && bytes > this.#maxBytes', 'bytes < 0')],
  },
  {
    name: 'does not count the bytes of a batch together',
    clauses: [SENDS],
    options: { compatible: false, settings: { batch: 4, batchBytes: 20, clients: 6 } },
    patches: [patch(REQUEST_QUEUE, '      this.#batchBytes = bytes;\n', '')],
  },
  {
    name: 'counts the bytes of the batch before as well',
    clauses: [
      SENDS,
      STATE,
      unless('the batch is full or old, or a later operation waits, or none is under way'),
    ],
    options: { compatible: false, settings: { batch: 4, batchBytes: 20, clients: 6 } },
    patches: [
      patch(
        REQUEST_QUEUE,
        '    this.#batchBytes = 0;\n    this.#extendBatch();',
        '    this.#extendBatch();',
      ),
    ],
  },
  {
    name: 'puts one request more in a batch than it may',
    clauses: [SENDS, STATE],
    options: BUSY,
    patches: [
      patch(
        REQUEST_QUEUE,
        'while (this.#batchSize < this.#maxSize)',
        'while (this.#batchSize <= this.#maxSize)',
      ),
    ],
  },
  {
    name: 'lets nobody join the first request of a batch',
    clauses: [
      SENDS,
      STATE,
      unless('the batch is full or old, or a later operation waits, or none is under way'),
    ],
    patches: [
      patch(
        REQUEST_QUEUE,
        '    this.#items.push(request);\n    this.#extendBatch();',
        '    this.#items.push(request);\n    if (this.length === 1) this.#extendBatch();',
      ),
    ],
  },
  {
    name: 'sets no timer for what is left in the queue',
    clauses: [STATE],
    patches: [
      patch(
        PROPOSING,
        'requestQueue.length > 0 ? boundedSum',
        'requestQueue.length < 0 ? boundedSum',
      ),
    ],
  },
  {
    name: 'proposes at once although the original waits',
    clauses: [unless('the batch is full or old, or a later operation waits, or none is under way')],
    options: { compatible: true },
    patches: [
      patch(PROPOSING, '!r.constants.parameters.compatible && p.proposed.size', 'p.proposed.size'),
    ],
  },
  {
    name: 'fills a gap though requests are queued',
    clauses: [unless('no request is queued')],
    options: {
      hosts: 3,
      settings: { viewTimeout: 5, heartbeat: 10, batch: 1, clients: 6, window: 3 },
    },
    patches: [patch(PROPOSING, 'p.requestQueue.length === 0 ? fillGap : proposeBatch', 'fillGap')],
  },
];
