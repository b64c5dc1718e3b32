/**
 * # Mutants of which only the clients' view is asked
 *
 * Nobody looks inside of these: neither at steps nor at packets between replicas. What is left is
 * what clients saw (B7), and that alone must refuse them.
 */
import { type NamedMutant, type Patch, patch } from '../mutant.ts';
import {
  ACCEPTOR,
  CLIENTS,
  CONSTANTS,
  EXECUTOR,
  LEARNER,
  PROPOSER,
  REPLY_CACHE,
  TRANSFER,
} from './terms.ts';

/** The laws of B7. */
const ONE_ORDER = 'some order of the calls explains every reply';
const ONE_ANSWER = 'a request has one answer';
const WAS_ASKED = 'only what was asked is answered';

/** No step is checked, and none from arbitrary states. */
const UNSEEN: readonly Patch[] = [
  patch(
    'harness/simulation/cluster.ts',
    `    this.#watcher.step(
      this.monitor.observe({ host, action, io: io.done }, impl),
      this.monitor.ghost,
    );
`,
    '    this.monitor.seen.steps++;\n',
  ),
  patch('harness/rsl/replicas.ts', 'ANY_STATES_EVERY = 12', 'ANY_STATES_EVERY = Infinity'),
];

/** Everybody who asks is remembered, and nothing is promised, for nobody knows the states. */
const OPTIONS = {
  hosts: 3,
  compatible: false,
  settings: { maxInteger: 1_000_000_000, cachedReplies: 255, clients: 6 },
} as const;
/** Leaders come and go, too. */
const RESTLESS = {
  ...OPTIONS,
  settings: { ...OPTIONS.settings, batch: 1, viewTimeout: 5, heartbeat: 20 },
} as const;

const paxos: readonly NamedMutant[] = [
  {
    name: 'unseen: takes one replica for a quorum',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: RESTLESS,
    patches: [patch(CONSTANTS, 'Math.floor(replicas.length / 2) + 1', '1')],
  },
  {
    name: 'unseen: promises without telling of its votes',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: RESTLESS,
    patches: [
      patch(
        ACCEPTOR,
        'const votes = acceptor.votesFrom(logTruncationPoint);',
        'const votes: [] = [];',
      ),
    ],
  },
  {
    name: 'unseen: proposes something new where there was a vote',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: RESTLESS,
    patches: [patch(PROPOSER, '        this.votes.set(operation, vote);\n', '')],
  },
  {
    name: 'unseen: counts votes of different ballots together',
    clauses: [ONE_ANSWER, ONE_ORDER, 'no two increments come to the same count'],
    options: RESTLESS,
    patches: [patch(LEARNER, '      this.tallies.clear();\n', '')],
  },
];

const service: readonly NamedMutant[] = [
  {
    name: 'unseen: executes again what comes again',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: OPTIONS,
    patches: [patch(EXECUTOR, 'latest.seqno < seqno', 'latest.seqno <= seqno')],
  },
  {
    name: 'unseen: answers a get at once, without asking anyone',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: { ...OPTIONS, settings: { ...OPTIONS.settings, application: 'kv' } },
    patches: [
      patch(
        CLIENTS,
        "import { allocate } from '../framework/allocate.ts';",
        "import { allocate } from '../framework/allocate.ts';\nimport { marshalReply } from './marshal.ts';",
      ),
      patch(
        CLIENTS,
        '  const asked = {',
        `  if (request[3] === 1) {
    io.send(client, marshalReply(seqno, r.executor.app.handleRequest(request)));
    return 'answerFromCache';
  }
  const asked = {`,
      ),
    ],
  },
  {
    name: 'unseen: answers all of a batch to its first client',
    clauses: [WAS_ASKED],
    options: { ...OPTIONS, settings: { ...OPTIONS.settings, batch: 16 } },
    patches: [
      patch(
        EXECUTOR,
        'continue;\n    io.send(client, latest.message);',
        'continue;\n    io.send(requests[0]?.client ?? client, latest.message);',
      ),
    ],
  },
  {
    name: 'unseen: takes over how far a state is, and not the state',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: RESTLESS,
    patches: [patch(TRANSFER, '  executor.app = app;\n', '')],
  },
  {
    name: 'unseen: keeps its own replies when it takes over a state',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: RESTLESS,
    patches: [
      patch(
        TRANSFER,
        '  if (!compatible) executor.replyCache = remembered(msg.replyCache ?? []);\n',
        '',
      ),
    ],
  },
  {
    name: 'unseen: remembers only whom it has served last',
    clauses: [ONE_ANSWER, ONE_ORDER],
    options: OPTIONS,
    patches: [patch(REPLY_CACHE, 'cache.size <= maxCachedReplies', 'cache.size <= 1')],
  },
];

export const view: readonly NamedMutant[] = [...paxos, ...service].map((mutant) => ({
  ...mutant,
  patches: [...UNSEEN, ...mutant.patches],
}));
