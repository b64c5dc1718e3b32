/** # Mutants of how running replicas hear clients, remember replies and hand over states. */
import { type NamedMutant, patch } from '../mutant.ts';
import {
  CLIENTS,
  ELECTION,
  EXECUTOR,
  LEARNER,
  OF_USE,
  REPLY_CACHE,
  SENDS,
  STATE,
  TRANSFER,
  unless,
} from './terms.ts';

/** Few replies are kept, and many clients served. */
const CROWDED = { compatible: false, settings: { cachedReplies: 2, clients: 6 } };

const requests: readonly NamedMutant[] = [
  {
    name: 'does not see that a client’s latest request is settled',
    clauses: [unless('it is not settled, unless such are executed again')],
    options: { compatible: false },
    patches: [patch(CLIENTS, 'latest >= seqno &&', 'latest > seqno &&')],
  },
  {
    name: 'answers from the cache what is not settled',
    clauses: [unless('it is settled')],
    patches: [patch(CLIENTS, 'latest >= seqno &&', 'latest + 1 >= seqno &&')],
  },
  {
    name: 'answers another client from the cache',
    clauses: [SENDS],
    patches: [
      patch(
        CLIENTS,
        '    io.send(client, latest.message);',
        '    io.send([...r.executor.replyCache.keys()][0] ?? client, latest.message);',
      ),
    ],
  },
  {
    name: 'does not remember that a client waits',
    clauses: [STATE],
    patches: [patch(CLIENTS, '  r.election.waiting.add(asked);\n', '')],
  },
  {
    name: 'does not queue requests',
    clauses: [STATE],
    patches: [patch(CLIENTS, '  r.proposer.queueRequest(asked);\n', '')],
  },
];

const replies: readonly NamedMutant[] = [
  {
    name: 'forgets whoever came first, however lately he was served',
    clauses: [STATE],
    options: CROWDED,
    patches: [patch(REPLY_CACHE, '  cache.delete(client);\n', '')],
  },
  {
    name: 'forgets whoever was served last',
    clauses: [STATE],
    options: CROWDED,
    patches: [
      patch(
        REPLY_CACHE,
        'for (const longestAgo of cache.keys())',
        'for (const longestAgo of [...cache.keys()].slice(-2))',
      ),
    ],
  },
  {
    name: 'keeps one reply fewer than it may',
    clauses: [STATE],
    options: CROWDED,
    patches: [
      patch(REPLY_CACHE, 'cache.size <= maxCachedReplies', 'cache.size < maxCachedReplies'),
    ],
  },
  {
    name: 'keeps one reply more than it may',
    clauses: [STATE],
    options: CROWDED,
    patches: [
      patch(REPLY_CACHE, 'cache.size <= maxCachedReplies', 'cache.size <= maxCachedReplies + 1'),
    ],
  },
];

const transfer: readonly NamedMutant[] = [
  {
    name: 'asks for a state that it has',
    clauses: [unless('it starts beyond what this replica has executed')],
    patches: [
      patch(
        TRANSFER,
        'operation <= r.executor.operationsComplete',
        'operation < r.executor.operationsComplete',
      ),
    ],
  },
  {
    name: 'does not ask for a state that it lacks',
    clauses: [OF_USE],
    patches: [
      patch(
        TRANSFER,
        'operation <= r.executor.operationsComplete',
        'operation <= r.executor.operationsComplete + 1',
      ),
    ],
  },
  {
    name: 'supplies a state of a ballot that the other does not know',
    clauses: [unless('the state is of no ballot above the one named')],
    patches: [patch(TRANSFER, 'isBelow(ballot, maxBallotReflected) || ', '')],
  },
  {
    name: 'supplies a state that is not as far as was asked for',
    clauses: [unless('this replica has come as far')],
    patches: [patch(TRANSFER, ' || operationsComplete < operation', '')],
  },
  {
    name: 'supplies the state that it supplied before',
    clauses: [SENDS],
    patches: [
      patch(TRANSFER, 'app: app.serialize(),', 'app: (executor.atRest ??= app.serialize()),'),
      patch(EXECUTOR, '  app: Service;\n', '  app: Service;\n  atRest: Uint8Array | undefined;\n'),
    ],
  },
  {
    name: 'supplies what it wrote before it executed more',
    clauses: [SENDS],
    patches: [patch(EXECUTOR, '  e.supply = undefined;\n', '')],
  },
  {
    name: 'says that the state which it supplies is that of the ballot asked for',
    clauses: [SENDS],
    patches: [patch(TRANSFER, 'ballot: maxBallotReflected,', 'ballot,')],
  },
  {
    name: 'says that the state which it supplies is as far as was asked for',
    clauses: [SENDS],
    patches: [patch(TRANSFER, 'operation: operationsComplete,', 'operation,')],
  },
  {
    name: 'supplies no replies',
    clauses: [SENDS],
    options: { compatible: false },
    patches: [patch(TRANSFER, 'undefined : [...replyCache]', 'undefined : []')],
  },
  {
    name: 'takes over a state that is as far as its own',
    clauses: [unless('it is ahead of this replica’s own')],
    patches: [
      patch(
        TRANSFER,
        'msg.operation <= executor.operationsComplete',
        'msg.operation < executor.operationsComplete',
      ),
    ],
  },
  {
    name: 'takes over a state without replies',
    clauses: [unless('it brings the replies as well, where they are part of the state')],
    options: { compatible: false },
    patches: [
      patch(TRANSFER, "  if (!compatible && msg.replyCache === undefined) return 'ignore';\n", ''),
    ],
  },
  {
    name: 'takes over how far a state is, and not the state',
    clauses: [STATE],
    patches: [patch(TRANSFER, '  executor.app = app;\n', '')],
  },
  {
    name: 'keeps its own replies when it takes over a state',
    clauses: [STATE],
    options: { compatible: false },
    patches: [
      patch(
        TRANSFER,
        '  if (!compatible) executor.replyCache = remembered(msg.replyCache ?? []);\n',
        '',
      ),
    ],
  },
  {
    name: 'does not take over the ballot of a state',
    clauses: [STATE],
    patches: [patch(TRANSFER, '  executor.maxBallotReflected = msg.ballot;\n', '')],
  },
  {
    name: 'keeps a decision when it takes over a state beyond it',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [patch(TRANSFER, '  executor.decided = undefined;\n', '')],
  },
  {
    name: 'keeps counts when it takes over a state beyond them',
    clauses: [STATE],
    patches: [patch(TRANSFER, '  r.learner.forgetBefore(msg.operation);\n', '')],
  },
  {
    name: 'forgets the count of the operation after a state',
    clauses: [STATE],
    patches: [patch(LEARNER, 'if (counted < operation)', 'if (counted <= operation)')],
  },
  {
    name: 'lets requests wait that a state has settled',
    clauses: [STATE],
    options: { compatible: false },
    patches: [
      patch(TRANSFER, '  if (!compatible) r.election.noteSettled(executor.replyCache);\n', ''),
    ],
  },
  {
    name: 'lets requests wait that are before a state’s latest',
    clauses: [STATE],
    options: { compatible: false },
    patches: [
      patch(
        ELECTION,
        'if (latest !== undefined) this.waiting.settle(client, latest.seqno);',
        'if (latest !== undefined) this.waiting.settle(client, latest.seqno - 1);',
      ),
    ],
  },
];

export const clients: readonly NamedMutant[] = [...requests, ...replies, ...transfer];
