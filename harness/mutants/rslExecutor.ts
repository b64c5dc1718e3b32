/** # Mutants of the executor of the replicated service: what it executes, and whom it answers. */
import { patch, type ServiceMutant } from './mutant.ts';
import { CAUGHT_UP, EXECUTED } from './rslTerms.ts';

const EXECUTOR = 'protocol/rsl/executor.ts';
const CACHE = 'protocol/rsl/replyCache.ts';
const CLIENTS = 'protocol/rsl/clients.ts';

/** With which a reply is sent that has just been worked out. */
const REPLY = "replies.push(send(constants, client, { type: 'reply', seqno, reply }));";

const execution: readonly ServiceMutant[] = [
  {
    name: 'executes a batch from its end',
    refusedBy: 'B3',
    clauses: ['R22', 'R25'],
    options: { compatible: false },
    patches: [patch(EXECUTOR, 'request } of batch) {', 'request } of batch.toReversed()) {')],
  },
  {
    name: 'executes only the first request of a batch',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(EXECUTOR, 'request } of batch) {', 'request } of batch.slice(0, 1)) {')],
  },
  {
    name: 'executes requests again',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(EXECUTOR, 'isSettled(replyCache, client, seqno)) {', 'false) {')],
  },
  {
    name: 'does not keep what the application has become',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(EXECUTOR, '    app = state;\n', '')],
  },
  {
    name: 'counts two operations for one',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(EXECUTOR, 'r.executor.operationsComplete + 1', 'r.executor.operationsComplete + 2'),
    ],
  },
  {
    name: 'does not note in which ballots it has executed',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(
        EXECUTOR,
        'higherOf(r.executor.maxBallotReflected, ballot)',
        'r.executor.maxBallotReflected',
      ),
    ],
  },
];

const cache: readonly ServiceMutant[] = [
  {
    name: 'forgets the client that was served last',
    refusedBy: 'B3',
    clauses: ['R22'],
    options: { compatible: false, settings: { cachedReplies: 2 } },
    patches: [patch(CACHE, 'of cache.keys()) {', 'of [...cache.keys()].toReversed()) {')],
  },
  {
    name: 'forgets the client that was served first',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(CACHE, '  cache.delete(client);\n  cache.set', '  cache.set')],
  },
  {
    name: 'remembers one client more than it may',
    refusedBy: 'B3',
    clauses: ['R22', 'R30'],
    options: { compatible: false, settings: { cachedReplies: 2 } },
    patches: [patch(CACHE, 'cache.size <= maxCachedReplies', 'cache.size <= maxCachedReplies + 1')],
  },
  {
    name: 'remembers a client’s first reply',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(
        CACHE,
        '  cache.delete(client);\n  cache.set(client, latest);',
        `  const first = cache.get(client) ?? latest;
  cache.delete(client);
  cache.set(client, first);`,
      ),
    ],
  },
];

const replies: readonly ServiceMutant[] = [
  {
    name: 'tells the client of the first request of a batch what others are answered',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [patch(EXECUTOR, REPLY, `${REPLY}\n${REPLY.replace('client', 'batch[0].client')}`)],
  },
  {
    name: 'answers under the next number',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [patch(EXECUTOR, REPLY, REPLY.replace('seqno', 'seqno: seqno + 1'))],
  },
  {
    name: 'answers with one byte too many',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [patch(EXECUTOR, REPLY, REPLY.replace('reply }', "reply: reply + '!' }"))],
  },
  {
    name: 'answers a request that it skips with the reply to another',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [
      patch(EXECUTOR, 'if (latest?.seqno === seqno)', 'if (latest !== undefined)'),
      patch(EXECUTOR, "reply', ...latest", "reply', seqno, reply: latest.reply"),
    ],
  },
  {
    name: 'answers an older request with the reply to a newer one',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [
      patch(CLIENTS, 'step: (r, _, client) => {', 'step: (r, { seqno }, client) => {'),
      patch(CLIENTS, "reply', ...latest", "reply', seqno, reply: latest.reply"),
    ],
  },
  {
    name: 'answers with the reply that it has kept longest',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [
      patch(
        CLIENTS,
        'r.executor.replyCache.get(client);',
        '[...r.executor.replyCache.values()][0];',
      ),
    ],
  },
  {
    name: 'answers before anything is executed',
    refusedBy: 'B4',
    clauses: [EXECUTED],
    patches: [
      patch(
        CLIENTS,
        'return { state: { ...r, election, proposer }, sends: [] };',
        `return {
      state: { ...r, election, proposer },
      sends: [send(r.constants, client, { type: 'reply', seqno, reply: '' })],
    };`,
      ),
    ],
  },
  {
    name: 'does not answer whoever asks again',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    options: { compatible: false },
    patches: [patch(CLIENTS, "[send(r.constants, client, { type: 'reply', ...latest })]", '[]')],
  },
];

const requests: readonly ServiceMutant[] = [
  {
    name: 'queues a request under another number',
    refusedBy: 'B3',
    clauses: ['R27'],
    patches: [
      patch(
        CLIENTS,
        '{ client, seqno, request: asked }',
        '{ client, seqno: seqno + 1, request: asked }',
      ),
    ],
  },
  {
    name: 'queues a request as its own',
    refusedBy: 'B3',
    clauses: ['R27'],
    patches: [
      patch(
        CLIENTS,
        '{ client, seqno, request: asked }',
        '{ client: r.constants.me, seqno, request: asked }',
      ),
    ],
  },
  {
    name: 'proposes a request that nobody has sent',
    refusedBy: 'B3',
    clauses: ['R27'],
    patches: [
      patch(
        'protocol/rsl/proposing.ts',
        'propose(r, r.proposer.requestQueue.slice(0, size), {',
        'propose(r, r.proposer.requestQueue.slice(0, 1).map((each) => ({ ...each, seqno: 99 })), {',
      ),
    ],
  },
];

export const executor: readonly ServiceMutant[] = [...execution, ...cache, ...replies, ...requests];
