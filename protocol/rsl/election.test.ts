import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import {
  ballot,
  guardOfTaking,
  PARAMETERS,
  replica,
  request,
  take,
  withPart,
} from '../../harness/testing/rslReplicas.ts';
import {
  changeView,
  hearView,
  initElection,
  noteExecuted,
  noteReceived,
  noteSettled,
  startEpoch,
  suspect,
} from './election.ts';
import type { Replica } from './replica.ts';

const VIEW = ballot(2, 0);
const EARLIER = [request('x', 1), request('y', 4)];
const NEW = [request('z', 1)];

/** Waits for three requests; its epoch ends at 500, and was to last 2000. */
const WAITING = {
  view: VIEW,
  suspectors: new Set([2]),
  epochEnd: 500,
  epochLength: 2_000,
  receivedThisEpoch: NEW,
  receivedEarlier: EARLIER,
};

const CONTENT = { ...WAITING, receivedEarlier: [] };

const SUSPECTED = { ...WAITING, suspectors: new Set([0, 2]) };

const waiting = replica({ election: WAITING });
const { constants } = waiting;
const content = replica({ election: CONTENT });

const LEADING = { phase: 2, requestQueue: NEW, proposed: new Map([[3, NEW]]) } as const;

describe('an election', () => {
  test('begins in the first view, with an epoch that is over', () => {
    const e = initElection(constants);
    expect(e).toEqual({
      view: ballot(1, 0),
      suspectors: new Set(),
      epochEnd: 0,
      epochLength: 1_000,
      receivedThisEpoch: [],
      receivedEarlier: [],
    });
    expect(initElection(constants, VIEW)).toEqual({ ...e, view: VIEW });
  });
});

type Row = readonly [because: string, r: Replica, now: number];

const START_EPOCH_REFUSES: readonly Row[] = [
  ['the epoch is over', content, 499],
  ['no request of an earlier epoch is waiting', waiting, 500],
];

describe('rsl: startEpoch', () => {
  test.each(START_EPOCH_REFUSES)('refuses, because ✗ %s', (because, r, now) => {
    expect(guardOfTaking(startEpoch, r, now)).toEqual({ failed: because });
  });

  test.each([500, 700])('begins a short epoch at %i, and suspects nobody for it', (now) => {
    const { state, sends } = take(startEpoch, content, now);
    expect(state).toEqual(
      withPart(content, 'election', {
        epochEnd: now + 1_000,
        epochLength: 1_000,
        receivedThisEpoch: [],
        receivedEarlier: NEW,
      }),
    );
    expect(sends).toEqual([]);
  });
});

const SUSPECT_REFUSES: readonly Row[] = [
  ['the epoch is over', waiting, 499],
  ['a request of an earlier epoch is waiting', content, 500],
];

describe('rsl: suspect', () => {
  test.each(SUSPECT_REFUSES)('refuses, because ✗ %s', (because, r, now) => {
    expect(guardOfTaking(suspect, r, now)).toEqual({ failed: because });
  });

  test('suspects the leader, and begins an epoch as long as the last', () => {
    const { state, sends } = take(suspect, waiting, 600);
    expect(state).toEqual(
      withPart(waiting, 'election', {
        suspectors: new Set([1, 2]),
        epochEnd: 2_600,
        receivedThisEpoch: [],
        receivedEarlier: [...EARLIER, ...NEW],
      }),
    );
    expect(sends).toEqual([]);
  });

  test('counts no suspicion twice', () => {
    const again = take(suspect, take(suspect, waiting, 600).state, 2_600);
    expect(again.state.election.suspectors).toEqual(new Set([1, 2]));
  });

  test('keeps no more requests than can be counted, the oldest', () => {
    const few = replica({ election: WAITING }, { ...PARAMETERS, maxInteger: 2 });
    expect(take(suspect, few, 600).state.election.receivedEarlier).toEqual(EARLIER);
  });
});

const CHANGE_VIEW_REFUSES: readonly Row[] = [
  ['a quorum suspects the leader', waiting, 0],
  [
    'there is a next view',
    replica({ election: { ...SUSPECTED, view: ballot(PARAMETERS.maxInteger, 0) } }),
    0,
  ],
];

describe('rsl: changeView', () => {
  test.each(CHANGE_VIEW_REFUSES)('refuses, because ✗ %s', (because, r, now) => {
    expect(guardOfTaking(changeView, r, now)).toEqual({ failed: because });
  });

  test.each([
    ['the next replica leads', VIEW, ballot(2, 1)],
    ['after the last the first one leads', ballot(2, 2), ballot(3, 0)],
  ])('%s, suspected by nobody, and in an epoch twice as long', (_, view, next) => {
    const r = replica({ election: { ...SUSPECTED, view }, proposer: LEADING });
    const { state, sends } = take(changeView, r, 600);
    const entered = withPart(r, 'election', {
      view: next,
      suspectors: new Set(),
      epochEnd: 4_600,
      epochLength: 4_000,
      receivedThisEpoch: [],
      receivedEarlier: [...EARLIER, ...NEW],
    });
    const left = { phase: 0, requestQueue: [], proposed: new Map() } as const;
    expect(state).toEqual(withPart(entered, 'proposer', left));
    expect(sends).toEqual([]);
  });

  test('epochs grow no longer than can be counted', () => {
    const r = replica({ election: { ...SUSPECTED, epochLength: 600_000 } });
    const { election } = take(changeView, r, 600).state;
    expect([election.epochLength, election.epochEnd]).toEqual([1_000_000, 1_000_000]);
  });
});

describe('what another replica says about its view', () => {
  const e = waiting.election;
  const hear = (view = VIEW, suspicious = false, from = 0) =>
    hearView(e, constants, from, view, suspicious, 600);

  test('is nothing new where it is the same view, and it is content or known to suspect', () => {
    expect(hear()).toBe(e);
    expect(hear(VIEW, true, 2)).toBe(e);
  });

  test('is one more suspicion where it is the same view', () => {
    expect(hear(VIEW, true)).toEqual({ ...e, suspectors: new Set([0, 2]) });
  });

  test.each([ballot(1, 2), ballot(1, 0)])(
    'is of no use where it is an earlier view, %j',
    (view) => {
      expect(hear(view, true)).toBe(e);
    },
  );

  test.each([
    [ballot(2, 1), false, []],
    [ballot(2, 2), true, [0]],
    [ballot(9, 0), true, [0]],
  ])('is followed where it is a later view, %j, which it suspects: %s', (view, suspicious, by) => {
    expect(hear(view, suspicious)).toEqual({
      view,
      suspectors: new Set(by),
      epochEnd: 4_600,
      epochLength: 4_000,
      receivedThisEpoch: [],
      receivedEarlier: [...EARLIER, ...NEW],
    });
  });
});

describe('a request that comes in', () => {
  const e = waiting.election;

  test('waits after all others of this epoch', () => {
    const noted = noteReceived(e, constants, request('x', 2));
    expect(noted).toEqual({ ...e, receivedThisEpoch: [...NEW, request('x', 2)] });
  });

  test.each([request('y', 4), request('z', 1)])('waits already if it is %j', (known) => {
    expect(noteReceived(e, constants, known)).toBe(e);
    expect(noteReceived(e, constants, { ...known, request: 'something else' })).toBe(e);
  });

  test('is forgotten where too many wait', () => {
    const few = replica({}, { ...PARAMETERS, maxInteger: 1 }).constants;
    expect(noteReceived(e, few, request('x', 2))).toEqual(e);
  });
});

describe('a request waits no longer', () => {
  const e = replica({
    election: { ...WAITING, receivedEarlier: [request('x', 1), request('x', 3), request('y', 4)] },
  }).election;

  test.each([
    ['itself', [request('x', 1)], ['x3', 'y4'], ['z1']],
    ['a later one of its client', [request('x', 2), request('z', 9)], ['x3', 'y4'], []],
    ['all', [request('y', 5), request('x', 3), request('z', 1)], [], []],
  ])('once %s has been executed', (_, batch, earlier, thisEpoch) => {
    const after = noteExecuted(e, batch);
    const names = (of: typeof e.receivedEarlier) => of.map(({ client, seqno }) => client + seqno);
    expect(names(after.receivedEarlier)).toEqual(earlier);
    expect(names(after.receivedThisEpoch)).toEqual(thisEpoch);
    const { receivedEarlier, receivedThisEpoch } = after;
    expect(after).toEqual({ ...e, receivedEarlier, receivedThisEpoch });
    const cache = new Map(batch.map(({ client, seqno }) => [client, { seqno, reply: '' }]));
    expect(noteSettled(e, cache)).toEqual(after);
  });

  test.each([
    ['nothing', []],
    ['an older one of its client', [request('y', 3)]],
    ['one of another client', [request('w', 7)]],
  ])('but not once %s has been', (_, batch) => {
    expect(noteExecuted(e, batch)).toBe(e);
    const cache = new Map(batch.map(({ client, seqno }) => [client, { seqno, reply: '' }]));
    expect(noteSettled(e, cache)).toBe(e);
  });
});

test('every clause of the election has a row in which it fails', () => {
  const rows = [...START_EPOCH_REFUSES, ...SUSPECT_REFUSES, ...CHANGE_VIEW_REFUSES].map(
    ([because]) => because,
  );
  expect(untried(clausesOf(new URL('./election.ts', import.meta.url)), rows)).toEqual([]);
});
