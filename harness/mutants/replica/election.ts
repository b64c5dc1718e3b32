/** # Mutants of the running replica’s election, heartbeats and second attempts. */
import { type NamedMutant, patch } from '../mutant.ts';
import { BALLOT, BEGINS, ELECTION, RECEIVING, STATE, unless, WAITING } from './terms.ts';

const views: readonly NamedMutant[] = [
  {
    name: 'begins in a view of the second replica',
    clauses: [BEGINS],
    patches: [
      patch(
        BALLOT,
        'FIRST_VIEW: Ballot = { seqno: 1, proposer: 0 }',
        'FIRST_VIEW: Ballot = { seqno: 1, proposer: 1 }',
      ),
    ],
  },
  {
    name: 'goes through views in which nobody leads',
    clauses: [STATE],
    patches: [patch(BALLOT, 'proposer + 1 < replicas', 'proposer < replicas')],
  },
  {
    name: 'suspects the next leader for what the last one has done',
    clauses: [STATE],
    patches: [patch(ELECTION, '    this.suspectors.clear();\n', '')],
  },
  {
    name: 'ends a view before a quorum suspects its leader',
    clauses: [unless('a quorum suspects the leader')],
    patches: [
      patch(ELECTION, 'this.suspectors.size >= quorum', 'this.suspectors.size >= quorum - 1'),
    ],
  },
  {
    name: 'ends the last view that there is',
    clauses: [unless('there is a next view')],
    ground: 'arbitrary states',
    patches: [patch(ELECTION, ' && this.view.seqno < parameters.maxInteger', '')],
  },
  {
    name: 'does not double epochs',
    clauses: [STATE],
    patches: [
      patch(
        ELECTION,
        'boundedSum(this.epochLength, this.epochLength, parameters)',
        'this.epochLength',
      ),
    ],
  },
  {
    name: 'doubles an epoch when it is over',
    clauses: [STATE],
    patches: [
      patch(
        ELECTION,
        `    this.epochLength = boundedSum(this.epochLength, this.epochLength, parameters);
    this.epochEnd = boundedSum(now, this.epochLength, parameters);`,
        `    this.epochEnd = boundedSum(now, this.epochLength, parameters);
    this.epochLength = boundedSum(this.epochLength, this.epochLength, parameters);`,
      ),
    ],
  },
  {
    name: 'counts suspicions of other views',
    clauses: [STATE],
    patches: [patch(ELECTION, 'suspicious && isSame(view, this.view)', 'suspicious')],
  },
  {
    name: 'enters anew the view that it is in',
    clauses: [STATE],
    patches: [
      patch(
        ELECTION,
        'const isLater = isBelow(this.view, view);',
        'const isLater = !isBelow(view, this.view);',
      ),
    ],
  },
  {
    name: 'suspects on behalf of the replica after',
    clauses: [STATE],
    patches: [patch(ELECTION, 'this.suspectors.add(from)', 'this.suspectors.add(from + 1)')],
  },
  {
    name: 'leads on in the view after its own',
    clauses: [STATE],
    patches: [patch(ELECTION, '  r.proposer.stepDown();\n', '')],
  },
  {
    name: 'leads on in a later view that it hears of',
    clauses: [STATE],
    patches: [
      patch(RECEIVING, 'io.readClock())) proposer.stepDown();', 'io.readClock())) proposer.phase;'),
    ],
  },
  {
    name: 'has epochs that stay long',
    clauses: [STATE],
    patches: [
      patch(
        ELECTION,
        'if (isWell) this.epochLength = parameters.baselineViewTimeout;\n    else this',
        'if (!isWell) this',
      ),
    ],
  },
  {
    name: 'suspects though nobody has waited long',
    clauses: [unless('a request of an earlier epoch is waiting')],
    patches: [
      patch(
        ELECTION,
        'this.waiting.earlierCount === 0',
        'this.waiting.new.length + this.waiting.earlierCount === 0',
      ),
    ],
  },
];

const waiting: readonly NamedMutant[] = [
  {
    name: 'does not move the boundary between epochs',
    clauses: [STATE],
    patches: [patch(WAITING, '    this.#new = 0;\n    this.#firstNew = undefined;\n', '')],
  },
  {
    name: 'takes the first of an epoch for one of the epoch before',
    clauses: [STATE],
    patches: [
      patch(
        WAITING,
        '    this.#firstNew ??= entry;\n',
        '    if (this.#new > 0) this.#firstNew ??= entry;\n',
      ),
    ],
  },
  {
    name: 'forgets where an epoch begins when its first request is executed',
    clauses: [STATE],
    patches: [patch(WAITING, 'this.#firstNew = after;', 'this.#firstNew = undefined;')],
  },
  {
    name: 'counts what is executed as of this epoch',
    clauses: [STATE],
    patches: [
      patch(
        WAITING,
        'if (entry.epoch === this.#epoch) this.#new--;',
        'if (this.#new > 0) this.#new--;',
      ),
    ],
  },
  {
    name: 'keeps only the epoch before waiting',
    clauses: [STATE],
    patches: [patch(WAITING, 'this.#earlier += this.#new;', 'this.#earlier = this.#new;')],
  },
  {
    name: 'lets go only of the very request that is executed',
    clauses: [STATE],
    options: { compatible: false },
    patches: [patch(WAITING, 'entry.request.seqno <= seqno', 'entry.request.seqno === seqno')],
  },
  {
    name: 'lets go only of the lowest request',
    clauses: [STATE],
    patches: [patch(WAITING, '      entry = higher;\n', '      entry = undefined;\n')],
  },
  {
    name: 'lets the same request wait twice',
    clauses: [STATE],
    patches: [patch(WAITING, 'lower?.request.seqno === request.seqno || ', '')],
  },
  {
    name: 'lets only newer requests of a client wait',
    clauses: [STATE],
    patches: [
      patch(
        WAITING,
        'if (lower?.request.seqno === request.seqno',
        'if ((client?.highest.request.seqno ?? -1) >= request.seqno',
      ),
    ],
  },
  {
    name: 'lets one request more wait than it may',
    clauses: [STATE],
    options: { settings: { maxInteger: 2, clients: 6 } },
    patches: [patch(WAITING, 'this.#new >= this.#max', 'this.#new > this.#max')],
  },
];

export const election: readonly NamedMutant[] = [...views, ...waiting];
