import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  COMPATIBLE,
  guardOfReceiving,
  guardOfTaking,
  PARAMETERS,
  promised,
  receive,
  replica,
  request,
  take,
  toAll,
  votesOf,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import type { Request } from './messages.ts';
import {
  collectPromise,
  forgetProposed,
  forgetRequested,
  initProposer,
  queueRequest,
  restartProposer,
  startPhase1,
  startPhase2,
  stepDown,
} from './proposer.ts';
import type { Replica } from './replica.ts';

/** In everything different from the beginning. */
const BUSY = {
  phase: 2,
  requestQueue: [request('x', 3)],
  maxBallotSent1a: ballot(4, 1),
  nextOperation: 7,
  received1bs: new Map([['a', promised(ballot(4, 1))]]),
  highestRequested: new Map([['x', 3]]),
  batchDeadline: 80,
  proposed: new Map([[6, [request('y', 1)]]]),
} as const;

const busy = replica({ proposer: BUSY });

describe('a proposer', () => {
  test('begins with no attempt, but for one that is below all', () => {
    expect(initProposer(busy.constants)).toEqual({
      phase: 0,
      requestQueue: [],
      maxBallotSent1a: ballot(0, 1),
      nextOperation: 0,
      received1bs: new Map(),
      highestRequested: new Map(),
      batchDeadline: undefined,
      proposed: new Map(),
    });
  });

  test('that starts again remembers what it attempted, and leads no more', () => {
    expect(restartProposer(busy.proposer, busy.constants)).toEqual({
      ...initProposer(busy.constants),
      maxBallotSent1a: ballot(4, 1),
    });
  });

  test('that steps down drops its queue and its proposals, and keeps everything else', () => {
    expect(stepDown(busy.proposer)).toEqual({
      ...busy.proposer,
      phase: 0,
      requestQueue: [],
      proposed: new Map(),
    });
  });

  test.each([
    [5, [6, 8]],
    [6, [6, 8]],
    [7, [8]],
    [9, []],
  ])('forgets of its proposals all before %i', (operation, kept) => {
    const proposed = new Map([
      [6, [request('x', 1)]],
      [8, [request('y', 1)]],
    ]);
    const { proposer } = replica({ proposer: { ...BUSY, proposed } });
    const after = forgetProposed(proposer, operation);
    const expected = new Map([...proposed].filter(([later]) => kept.includes(later)));
    expect(after).toEqual({ ...proposer, proposed: expected });
  });

  test('that has proposed nothing has nothing to forget', () => {
    const { proposer } = replica();
    expect(forgetProposed(proposer, 5)).toBe(proposer);
  });
});

describe('of what it has queued a proposer forgets', () => {
  const highestRequested = new Map([
    ['x', 3],
    ['y', 5],
  ]);
  const keptAfter = (executed: readonly Request[], parameters = PARAMETERS) => {
    const { constants, proposer } = replica(
      { proposer: { ...BUSY, highestRequested } },
      parameters,
    );
    const { highestRequested: kept, ...others } = forgetRequested(proposer, constants, executed);
    expect({ ...others, highestRequested }).toEqual(proposer);
    return [...kept.keys()].join('');
  };

  test.each([
    ['the one that is executed', [request('x', 3)], 'y'],
    ['one that is older', [request('x', 4)], 'y'],
    ['all that are executed', [request('x', 3), request('z', 1), request('y', 5)], ''],
    ['one that is executed together with older ones', [request('y', 1), request('y', 5)], 'x'],
  ])('%s', (_, executed, kept) => {
    expect(keptAfter(executed)).toBe(kept);
  });

  test.each([
    ['one that is later than what is executed', [request('x', 2)], PARAMETERS],
    ['those of others', [request('z', 9)], PARAMETERS],
    ['any, in the compatible preset', [request('x', 3), request('y', 9)], COMPATIBLE],
  ])('but not %s', (_, executed, parameters) => {
    expect(keptAfter(executed, parameters)).toBe('xy');
  });

  test('nothing, if there is nothing', () => {
    const { constants, proposer } = replica();
    expect(forgetRequested(proposer, constants, [request('x', 3)])).toBe(proposer);
  });
});

describe('a request is queued', () => {
  test.each([
    ['the client’s first', 1, request('y', 0)],
    ['a later one', 1, request('x', 4)],
    ['a later one, in phase 2', 2, request('x', 9)],
  ] as const)('%s', (_, phase, asked) => {
    const { proposer } = replica({ proposer: { ...BUSY, phase } });
    expect(queueRequest(proposer, asked)).toEqual({
      ...proposer,
      requestQueue: [request('x', 3), asked],
      highestRequested: new Map(BUSY.highestRequested).set(asked.client, asked.seqno),
    });
  });

  test.each([
    ['by one who does not lead', 0, request('y', 0)],
    ['that has been queued', 1, request('x', 3)],
    ['that is older than one that has been', 2, request('x', 2)],
  ] as const)('but not one %s', (_, phase, asked) => {
    const { proposer } = replica({ proposer: { ...BUSY, phase } });
    expect(queueRequest(proposer, asked)).toBe(proposer);
  });
});

type LocalRow = readonly [because: string, r: Replica];

const WAITING = {
  view: ballot(5, 1),
  receivedEarlier: [request('y', 1), request('z', 1)],
  receivedThisEpoch: [request('w', 8)],
};

const START_PHASE_1_REFUSES: readonly LocalRow[] = [
  ['the view is this replica’s', replica({ election: { view: ballot(5, 0) } })],
  ['the view is this replica’s', replica({ election: { view: ballot(5, 2) } })],
  ['it has not attempted it yet', replica({ proposer: BUSY, election: { view: ballot(4, 1) } })],
  ['it has not attempted it yet', replica({ proposer: BUSY, election: { view: ballot(3, 1) } })],
];

describe('rsl: startPhase1', () => {
  test.each(START_PHASE_1_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(startPhase1, r)).toEqual({ failed: because });
  });

  test.each([
    ['', PARAMETERS],
    [', in the compatible preset as well', COMPATIBLE],
  ])(
    'asks all to promise the view’s ballot, and queues whatever waits, oldest first%s',
    (_, of) => {
      const r = replica({ proposer: BUSY, election: WAITING }, of);
      const { state, sends } = take(startPhase1, r);
      expect(state).toEqual(
        withPart(r, 'proposer', {
          phase: 1,
          requestQueue: [request('y', 1), request('z', 1), request('w', 8)],
          maxBallotSent1a: ballot(5, 1),
          received1bs: new Map(),
          highestRequested: new Map(),
          proposed: new Map(),
        }),
      );
      expect(sends).toEqual(toAll({ type: '1a', ballot: ballot(5, 1) }));
      expect(guardOfTaking(startPhase1, state)).toBeDefined();
    },
  );

  test('is what the first replica does before anyone asks for anything', () => {
    const { sends } = take(startPhase1, replica({}, PARAMETERS, 'a'));
    expect(sends).toEqual(toAll({ type: '1a', ballot: ballot(1, 0) }, 'a'));
  });
});

/** Collects promises of 4.1, and has one of a. */
const COLLECTING = {
  proposer: { ...BUSY, phase: 1 },
  acceptor: { votes: votesOf([2, 1, 'x'], [3, 1, 'y']), logTruncationPoint: 2 },
} as const;

const collecting = replica(COLLECTING);

const COLLECT_REFUSES: readonly (readonly [
  string,
  Replica,
  string,
  ReturnType<typeof promised>,
])[] = [
  ['it promises the ballot that was asked for', collecting, 'c', promised(ballot(3, 1))],
  ['it promises the ballot that was asked for', collecting, 'c', promised(ballot(5, 1))],
  ['promises are being collected', busy, 'c', promised(ballot(4, 1))],
  [
    'promises are being collected',
    replica({ proposer: { ...BUSY, phase: 0 } }),
    'c',
    promised(ballot(4, 1)),
  ],
  ['it is the first from this replica', collecting, 'a', promised(ballot(4, 1), 1)],
];

describe('rsl: collectPromise', () => {
  test.each(COLLECT_REFUSES)('refuses, because ✗ %s', (because, r, src, msg) => {
    expect(guardOfReceiving(collectPromise, r, src, msg)).toEqual({ failed: because });
  });

  test.each([
    ['begins later', 3, 3, votesOf([3, 1, 'y'])],
    ['begins as late', 2, 2, collecting.acceptor.votes],
    ['begins earlier', 0, 2, collecting.acceptor.votes],
  ])('keeps a promise whose log %s, and truncates its own no less', (_, theirs, from, votes) => {
    const msg = promised(ballot(4, 1), theirs, votesOf([4, 2, 'z']));
    const { state, sends } = receive(collectPromise, collecting, 'c', msg);
    const received1bs = new Map(BUSY.received1bs).set('c', msg);
    const kept = withPart(collecting, 'proposer', { received1bs });
    expect(state).toEqual(withPart(kept, 'acceptor', { votes, logTruncationPoint: from }));
    expect(sends).toEqual([]);
    expect(guardOfReceiving(collectPromise, state, 'c', msg)).toBeDefined();
  });
});

const QUORUM = new Map([
  ['a', promised(ballot(4, 1))],
  ['c', promised(ballot(4, 1), 1)],
]);

const START_PHASE_2_REFUSES: readonly LocalRow[] = [
  ['promises are being collected', replica({ proposer: { ...BUSY, received1bs: QUORUM } })],
  [
    'promises are being collected',
    replica({ proposer: { ...BUSY, phase: 0, received1bs: QUORUM } }),
  ],
  ['a quorum has promised', collecting],
];

describe('rsl: startPhase2', () => {
  test.each(START_PHASE_2_REFUSES)('refuses, because ✗ %s', (because, r) => {
    expect(guardOfTaking(startPhase2, r)).toEqual({ failed: because });
  });

  test('begins to propose where its log begins, and tells all', () => {
    const r = replica({ ...COLLECTING, proposer: { ...COLLECTING.proposer, received1bs: QUORUM } });
    const { state, sends } = take(startPhase2, r);
    expect(state).toEqual(withPart(r, 'proposer', { phase: 2, nextOperation: 2 }));
    const msg = { type: 'startingPhase2', ballot: ballot(4, 1), logTruncationPoint: 2 } as const;
    expect(sends).toEqual(toAll(msg));
  });

  test('does not ask whether its view lasts: then it will propose nothing', () => {
    const parts = { proposer: { ...COLLECTING.proposer, received1bs: QUORUM } };
    expect(guardOfTaking(startPhase2, replica({ ...parts, election: WAITING }))).toBeUndefined();
  });
});

test('every clause of the proposer has a row in which it fails', () => {
  const rows = [...START_PHASE_1_REFUSES, ...COLLECT_REFUSES, ...START_PHASE_2_REFUSES].map(
    ([because]) => because,
  );
  expect(untried(clausesOf(new URL('./proposer.ts', import.meta.url)), rows)).toEqual([]);
});
