/**
 * # Small universes of the replicated service
 *
 * An instance so small that chance brings its parts together: two or three replicas, a window of
 * two operations, a few ballots, clients and requests. And the domains of everything that a replica
 * may have in its state and say on the network there.
 */

import type { Protocol } from '../../../protocol/framework/action.ts';
import { type Ballot, FIRST_VIEW, NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from '../../../protocol/rsl/configuration.ts';
import type { Batch, CachedReply, Message, Request } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Application, AppState } from '../../../spec/apps/application.ts';
import { counter, INCREMENT } from '../../../spec/apps/counter.ts';
import { type Bytes, u64 } from '../../../spec/framework/bytes.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { type Domain, oneOf, record } from '../domain.ts';

export type RslProtocol = Protocol<Replica, Message>;

export interface Universe {
  readonly name: string;
  readonly application: Application;
  readonly replicas: readonly EndPoint[];
  readonly parameters: Parameters;
}

/** Who asks; the last never does, but may send whatever it likes. */
export const CLIENTS: readonly [EndPoint, EndPoint] = ['x', 'y'];
export const STRANGER: EndPoint = 'mallory';

const SMALL = {
  maxLogLength: 2,
  maxBatchSize: 2,
  maxBatchDelay: 1,
  baselineViewTimeout: 1,
  heartbeatPeriod: 1,
  retryPeriod: 1,
} as const satisfies Partial<Parameters>;

/** What clocks may read: the beginning of time, and so late that everything is due. */
export const TIMES: readonly number[] = [0, 20];

const universe = (name: string, replicas: string, parameters: Parameters): Universe => ({
  name,
  application: counter,
  replicas: [...replicas],
  parameters,
});

/** Sizes in which counters stay within their bounds, and sizes in which they meet them. */
export const UNIVERSES: readonly Universe[] = [
  universe('three replicas', 'abc', {
    ...DEFAULT,
    ...SMALL,
    maxInteger: 1_000,
    maxCachedReplies: 1,
  }),
  universe('three replicas like the original', 'abc', {
    ...COMPATIBLE,
    ...SMALL,
    maxInteger: 1_000,
    maxCachedReplies: 1,
  }),
  universe('two replicas that count to 4', 'ab', {
    ...DEFAULT,
    ...SMALL,
    maxBatchBytes: 15,
    maxInteger: 4,
    maxCachedReplies: 2,
  }),
  universe('two replicas like the original that count to 4', 'ab', {
    ...COMPATIBLE,
    ...SMALL,
    maxInteger: 4,
    maxCachedReplies: 2,
  }),
];

/** The domains that states and messages are made of. */
export interface Atoms {
  readonly ballots: Domain<Ballot>;
  readonly operations: Domain<number>;
  readonly counts: Domain<number>;
  readonly times: Domain<number>;
  readonly flags: Domain<boolean>;
  readonly replicas: Domain<EndPoint>;
  readonly places: Domain<number>;
  readonly clients: Domain<EndPoint>;
  readonly anyone: Domain<EndPoint>;
  readonly requests: Domain<Request>;
  readonly batches: Domain<Batch>;
  readonly apps: Domain<AppState>;
  readonly seqnos: Domain<number>;
  readonly replies: Domain<Bytes>;
  readonly cachedReplies: Domain<CachedReply>;
}

const [X, Y] = CLIENTS;
const ask = (client: EndPoint, seqno: number, request = INCREMENT): Request => ({
  client,
  seqno,
  request,
});

/** Requests of two clients; of one number there are two. */
const REQUESTS = [ask(X, 1), ask(Y, 1), ask(X, 2), ask(X, 1, '')] as const;
const [FIRST, OTHER, SECOND, NAMESAKE] = REQUESTS;

const ballotsOf = (replicas: number): Domain<Ballot> => {
  const usual = [1, 2].flatMap((seqno) =>
    Array.from({ length: replicas }, (_, proposer): Ballot => ({ seqno, proposer })),
  );
  const odd = [0, 1, 3, 4].map((seqno): Ballot => ({ seqno, proposer: replicas }));
  const low = [1, replicas - 1].map((proposer): Ballot => ({ seqno: 0, proposer }));
  const high = [
    { seqno: 3, proposer: 0 },
    { seqno: 4, proposer: replicas - 1 },
  ];
  return oneOf([NO_BALLOT, FIRST_VIEW, ...usual], [...low, ...odd, ...high]);
};

export function atomsOf({ replicas }: Universe): Atoms {
  const [first = ''] = replicas;
  const requests = oneOf<Request>(REQUESTS, [ask(Y, 0), ask(STRANGER, 1), ask(first, 1)]);
  const seqnos = oneOf([1, 2], [0, 3]);
  const replies = oneOf<Bytes>([u64(1), u64(2), u64(3)], ['', u64(0)]);
  return {
    ballots: ballotsOf(replicas.length),
    operations: oneOf([0, 1, 2], [3, 4, 5]),
    counts: oneOf([0, 1, 2], [3, 4]),
    times: oneOf([0, 1, 2], [4, 20]),
    flags: oneOf([false, true]),
    replicas: oneOf<EndPoint>([first, ...replicas], [X, STRANGER]),
    places: oneOf([0, ...replicas.keys()], [replicas.length]),
    clients: oneOf<EndPoint>(CLIENTS, [STRANGER, first]),
    anyone: oneOf<EndPoint>([first, ...replicas, ...replicas, X, Y], [STRANGER]),
    requests,
    batches: oneOf<Batch>(
      [[], [FIRST], [OTHER], [SECOND], [FIRST, OTHER]],
      [[NAMESAKE], [OTHER, FIRST], [FIRST, SECOND], [FIRST, FIRST]],
    ),
    apps: oneOf<AppState>([0n, 1n, 2n, 3n]),
    seqnos,
    replies,
    cachedReplies: record<CachedReply>({ seqno: seqnos, reply: replies }),
  };
}
