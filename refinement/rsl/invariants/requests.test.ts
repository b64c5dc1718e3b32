import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, request } from '../../../harness/testing/rslReplicas.ts';
import {
  asks,
  but,
  CHOSEN,
  expectWrong,
  FIRST,
  plus,
  propose,
  type Scene,
  SECOND,
  says,
  type WrongScene,
  X,
  Y,
} from '../../../harness/testing/rslScenes.ts';
import { NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import type { Constants } from '../../../protocol/rsl/configuration.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { MAX_REQUEST_BYTES } from '../../../spec/apps/application.ts';

const Z = request('z', 1);
const LONG = { client: 'z', seqno: 2, request: 'z'.repeat(MAX_REQUEST_BYTES + 1) };
const NOT_SENT = 'a request was sent by its client';
const WAITS_TWICE = 'no request waits twice';

const REQUESTS: readonly WrongScene[] = [
  ['R27', NOT_SENT, 'R27', but(CHOSEN, 'b', { election: { receivedThisEpoch: [Y, Z] } })],
  ['R27', NOT_SENT, 'R27', but(CHOSEN, 'b', { election: { receivedEarlier: [Z] } })],
  ['R27', NOT_SENT, 'R27', but(CHOSEN, 'a', { proposer: { requestQueue: [Z] } })],
  [
    'R27',
    NOT_SENT,
    'R27',
    but(CHOSEN, 'a', { proposer: { requestQueue: [{ ...X, request: '' }] } }),
  ],
  [
    'R27',
    NOT_SENT,
    'R27',
    plus(but(CHOSEN, 'a', { proposer: { nextOperation: 2 } }), ...says('a', propose(1, Z))),
  ],
  [
    'R27',
    'a request is at most 128 MiB long',
    'R27',
    plus(but(CHOSEN, 'a', { proposer: { requestQueue: [LONG] } }), asks(LONG)),
  ],
];

/** The scene in which b knows something else from the start. */
const configured = (constants: Partial<Constants>): Scene => ({
  packets: CHOSEN.packets,
  states: CHOSEN.states.map((r: Replica) =>
    r.constants.me === 'b' ? { ...r, constants: { ...r.constants, ...constants } } : r,
  ),
});

const PARAMETERS = (CHOSEN.states[1] as Replica).constants.parameters;
const THREE = ['x', 'y', 'z'].map((client) => [client, { seqno: 1, reply: '' }] as const);
const MANY = [0, 1, 2, 3, 4].map(
  (operation) => [operation, { ballot: FIRST, batch: [X] }] as const,
);

const CONSTANTS: readonly WrongScene[] = [
  ['R1', 'a replica knows its place', 'R1', configured({ index: 2 })],
  ['R1', 'a replica knows its place', 'R1', configured({ me: 'x' })],
  ['R1', 'a replica knows all replicas', 'R1', configured({ replicas: ['a', 'b'] })],
  ['R1', 'a quorum is a majority', 'R1', configured({ quorum: 3 })],
  [
    'R1',
    'a replica goes by the parameters',
    'R1',
    configured({ parameters: { ...PARAMETERS, maxLogLength: 5 } }),
  ],
  [
    'R29',
    'no epoch is shorter than the first',
    'R29',
    but(CHOSEN, 'b', { election: { epochLength: PARAMETERS.baselineViewTimeout - 1 } }),
  ],
  [
    'R29',
    'the first view is the first',
    'R29',
    but(CHOSEN, 'b', { election: { view: NO_BALLOT } }),
  ],
  [
    'R29',
    'a replica leads each view',
    'R29',
    but(CHOSEN, 'b', { election: { view: ballot(1, 3) } }),
  ],
  [
    'R29',
    'who is counted as suspicious has said so',
    'R29',
    but(CHOSEN, 'b', { election: { suspectors: new Set([1, 0]) } }),
  ],
  [
    'R29',
    'who is counted as suspicious has said so',
    'R29',
    but(CHOSEN, 'b', { election: { view: SECOND, suspectors: new Set([2]) } }),
  ],
  [
    'R31',
    'a replica leads each view that is spoken of',
    'R31',
    plus(
      CHOSEN,
      ...says('b', { type: 'heartbeat', view: ballot(1, 3), suspicious: false, checkpoint: 0 }),
    ),
  ],
  [
    'R30',
    'there are no more votes than operations in the window',
    'R12 R14 R30',
    but(CHOSEN, 'b', { acceptor: { votes: new Map(MANY) } }),
  ],
  [
    'R30',
    'the replies kept are not too many',
    'R22 R25 R30',
    but(CHOSEN, 'c', { executor: { replyCache: new Map(THREE) } }),
  ],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'b', { election: { receivedEarlier: [{ ...Y }] } })],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'b', { election: { receivedThisEpoch: [Y, Y] } })],
  ['R30', WAITS_TWICE, 'R30', but(CHOSEN, 'c', { election: { receivedEarlier: [Y, X, Y] } })],
  [
    'R30',
    'no batch is too large',
    'R30',
    plus(
      but(CHOSEN, 'a', { proposer: { nextOperation: 2 } }),
      ...says('a', propose(1, X, Y, X, Y)),
    ),
  ],
];

describe('requests and constants', () => {
  test.each([...REQUESTS, ...CONSTANTS])('%s: ✗ %s, of all laws %s', expectWrong);

  test.each([
    ['./requests.ts', REQUESTS],
    ['./constants.ts', CONSTANTS],
    ['./inductive.ts', CONSTANTS],
  ] as const)('have no clause in %s that never fails', (module, wrong) => {
    const clauses = clausesOf(new URL(module, import.meta.url));
    expect(
      untried(
        clauses,
        wrong.map(([, because]) => because),
      ),
    ).toEqual([]);
  });
});
