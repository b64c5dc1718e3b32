/** # Mutants of the running proposer: how it comes to lead, and what it proposes. */
import { type NamedMutant, patch } from '../mutant.ts';
import { PROPOSER, STATE, unless } from './terms.ts';

const DEFAULT = { compatible: false } as const;

const stepping: readonly NamedMutant[] = [
  {
    name: 'leads on when its view is over',
    clauses: [STATE],
    patches: [
      patch(PROPOSER, '  stepDown(): void {\n    this.phase = 0;\n', '  stepDown(): void {\n'),
    ],
  },
  {
    name: 'keeps its queue when a view changes',
    clauses: [STATE],
    patches: [patch(PROPOSER, '    this.requestQueue.clear();\n', '')],
  },
  {
    name: 'keeps its proposals when a view changes',
    clauses: [STATE],
    options: DEFAULT,
    patches: [patch(PROPOSER, '    this.proposed.clear();\n', '')],
  },
  {
    name: 'keeps the promises of the ballot before',
    clauses: [STATE],
    patches: [patch(PROPOSER, '    this.received1bs.clear();\n', '')],
  },
  {
    name: 'remembers from the ballot before what was queued',
    clauses: [STATE],
    patches: [patch(PROPOSER, '    this.highestRequested.clear();\n', '')],
  },
  {
    name: 'queues what came last first when it begins to lead',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [patch(PROPOSER, '[waiting.earlier, waiting.new]', '[waiting.new, waiting.earlier]')],
  },
  {
    name: 'queues only what has waited long when it begins to lead',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [patch(PROPOSER, '[waiting.earlier, waiting.new]', '[waiting.earlier]')],
  },
  {
    name: 'tries the same ballot again',
    clauses: [unless('it has not attempted it yet')],
    patches: [
      patch(
        PROPOSER,
        'isBelow(proposer.maxBallotSent1a, view)',
        '!isBelow(view, proposer.maxBallotSent1a)',
      ),
    ],
  },
  {
    name: 'leads in another’s view',
    clauses: [unless('the view is this replica’s')],
    patches: [patch(PROPOSER, 'view.proposer === constants.index && ', '')],
  },
  {
    name: 'proposes from where it has executed',
    clauses: [STATE],
    patches: [
      patch(
        PROPOSER,
        'proposer.nextOperation = logTruncationPoint;',
        'proposer.nextOperation = r.executor.operationsComplete;',
      ),
    ],
  },
];

const promises: readonly NamedMutant[] = [
  {
    name: 'takes promises of other ballots',
    clauses: [unless('it promises the ballot that was asked for')],
    ground: 'arbitrary states',
    patches: [
      patch(
        PROPOSER,
        'proposer.phase === 1 && isSame(msg.ballot, proposer.maxBallotSent1a)',
        'proposer.phase === 1',
      ),
    ],
  },
  {
    name: 'takes promises when it has enough',
    clauses: [unless('promises are being collected')],
    patches: [
      patch(
        PROPOSER,
        'proposer.phase === 1 && isSame(msg.ballot, proposer.maxBallotSent1a)',
        'isSame(msg.ballot, proposer.maxBallotSent1a)',
      ),
    ],
  },
  {
    name: 'takes a second promise of the same replica',
    clauses: [unless('it is the first from this replica')],
    patches: [patch(PROPOSER, '!isAskedFor || proposer.received1bs.has(src)', '!isAskedFor')],
  },
  {
    name: 'begins to propose with one promise too few',
    clauses: [unless('a quorum has promised')],
    patches: [
      patch(
        PROPOSER,
        'proposer.phase === 1 && proposer.received1bs.size >= constants.quorum',
        'proposer.phase === 1 && proposer.received1bs.size >= constants.quorum - 1',
      ),
    ],
  },
  {
    name: 'keeps what others have forgotten',
    clauses: [STATE],
    patches: [patch(PROPOSER, '  r.acceptor.truncateLog(msg.logTruncationPoint);\n', '')],
  },
  {
    name: 'does not note the highest operation that it is told of',
    clauses: [
      unless('no promise tells of a vote for it'),
      unless('no promise tells of a vote for the operation'),
      unless('no later operation waits'),
    ],
    patches: [
      patch(
        PROPOSER,
        '      if (operation > this.highestVoted) this.highestVoted = operation;\n',
        '',
      ),
    ],
  },
];

const queueing: readonly NamedMutant[] = [
  {
    name: 'queues requests though it does not lead',
    clauses: [STATE],
    patches: [patch(PROPOSER, '    if (this.phase === 0) return;\n', '')],
  },
  {
    name: 'queues the same request twice',
    clauses: [STATE],
    patches: [patch(PROPOSER, 'request.seqno <= highest', 'request.seqno < highest')],
  },
  {
    name: 'does not remember what it has queued',
    clauses: [STATE],
    patches: [
      patch(PROPOSER, '    this.highestRequested.set(request.client, request.seqno);\n', ''),
    ],
  },
  {
    name: 'remembers what was queued when it is executed',
    clauses: [STATE],
    options: DEFAULT,
    patches: [
      patch(
        PROPOSER,
        '    for (const { client, seqno } of batch.requests) this.#forgetRequested(client, seqno);\n',
        '',
      ),
    ],
  },
  {
    name: 'forgets that later requests are queued',
    clauses: [STATE],
    options: DEFAULT,
    patches: [
      patch(PROPOSER, 'highest !== undefined && highest <= executed', 'highest !== undefined'),
    ],
  },
  {
    name: 'forgets what is queued although the original does not',
    clauses: [STATE],
    options: { compatible: true },
    patches: [
      patch(
        PROPOSER,
        'this.#compatible || this.highestRequested.size === 0',
        'this.highestRequested.size === 0',
      ),
    ],
  },
  {
    name: 'remembers proposals although the original does not',
    clauses: [STATE],
    options: { compatible: true },
    patches: [
      patch(
        PROPOSER,
        'this.#compatible || operation < operationsComplete',
        'operation < operationsComplete',
      ),
    ],
  },
  {
    name: 'does not remember what it has proposed',
    clauses: [STATE],
    options: DEFAULT,
    patches: [patch(PROPOSER, '    this.proposed.set(operation, batch);\n', '')],
  },
  {
    name: 'remembers to propose what is executed',
    clauses: [STATE],
    options: DEFAULT,
    patches: [
      patch(PROPOSER, 'this.#compatible || operation < operationsComplete', 'this.#compatible'),
    ],
  },
  {
    name: 'goes on proposing what others have executed',
    clauses: [STATE],
    options: DEFAULT,
    patches: [
      patch(
        PROPOSER,
        'if (before < operation) this.#forgetProposed',
        'if (before < operation - 1) this.#forgetProposed',
      ),
    ],
  },
  {
    name: 'remembers what was queued when others have executed it',
    clauses: [STATE],
    options: DEFAULT,
    patches: [
      patch(
        PROPOSER,
        'if (settled !== undefined) this.#forgetRequested',
        'if (settled === null) this.#forgetRequested',
      ),
    ],
  },
];

export const proposer: readonly NamedMutant[] = [...stepping, ...promises, ...queueing];
