import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, request } from '../../../harness/testing/rslReplicas.ts';
import {
  asks,
  but,
  CHOSEN,
  expectWrong,
  plus,
  propose,
  type Scene,
  SECOND,
  says,
  type WrongScene,
  wrongByTheBook,
  wrongWith,
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

/** A proposer that remembers to have queued this, and something of another client. */
const queued = (client: string, seqno: number) => ({
  proposer: {
    highestRequested: new Map([
      ['y', 1],
      [client, seqno],
    ]),
  },
});

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
  ['R33', 'what is remembered as queued is not settled', 'R33', but(CHOSEN, 'c', queued('x', 1))],
  ['R33', 'what is remembered as queued is not settled', 'R33', but(CHOSEN, 'c', queued('x', 0))],
  [
    'R33',
    'what is waited for is not settled',
    'R33',
    but(CHOSEN, 'c', { election: { receivedThisEpoch: [Y, X] } }),
  ],
  [
    'R33',
    'what is waited for is not settled',
    'R33',
    but(CHOSEN, 'c', { election: { receivedEarlier: [X] } }),
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
];

describe('requests and constants', () => {
  test.each([...REQUESTS, ...CONSTANTS])('%s: ✗ %s, of all laws %s', expectWrong);

  test('let a proposer remember what is under way', () => {
    const scene = but(but(CHOSEN, 'c', queued('x', 2)), 'a', queued('x', 1));
    expect([...wrongWith(scene), ...wrongByTheBook(scene)]).toEqual([]);
  });

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
