import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, PARAMETERS, replica, request } from '../../../harness/testing/rslReplicas.ts';
import { SETTING } from '../../../harness/testing/rslScenes.ts';
import type { Election } from '../../../protocol/rsl/election.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { RESTART } from '../../framework/systemRefinement.ts';
import { Ghost } from '../ghost.ts';
import { electsForReason } from './electing.ts';

const { baselineViewTimeout: SHORT } = PARAMETERS;
const LONG = 8 * SHORT;
const VIEW = ballot(3, 0);

/** Of replica b, which knows that c suspects the leader. */
const election = (parts: Partial<Election>): Election =>
  replica({
    election: { view: VIEW, suspectors: new Set([2]), epochEnd: 40, epochLength: LONG, ...parts },
  }).election;

const patient = election({ receivedThisEpoch: [request('x', 1)] });
const impatient = election({ receivedEarlier: [request('x', 1)] });
const both = new Set([1, 2]);

function judged(
  before: Election,
  after: Election,
  { action = 'act', packet = undefined as Packet<Message> | undefined } = {},
): string | undefined {
  const [from, state] = [before, after].map((part) => replica({ election: part }));
  if (from === undefined || state === undefined) throw new Error('there are two');
  const ghost = new Ghost(SETTING);
  ghost.act({ host: 1, action, before: from, packet, step: { state, sends: [] } });
  return electsForReason(before, after, ghost, 1)?.failed;
}

const ENDS = 'who ends a view knows of a quorum that suspects its leader';
const SUSPECTS = 'who suspects a leader has waited since an earlier epoch';
const SHORT_AGAIN = 'an epoch is short again after one in which nothing old has waited';
const AS_LONG = 'an epoch is as long as the last if something old waits';

const WRONG: readonly (readonly [string, Election, Election])[] = [
  [ENDS, impatient, election({ view: ballot(3, 1), suspectors: new Set() })],
  [SUSPECTS, patient, { ...patient, suspectors: both }],
  [SHORT_AGAIN, patient, { ...patient, epochEnd: 90 }],
  [SHORT_AGAIN, patient, { ...patient, epochEnd: 90, epochLength: 2 * SHORT }],
  [AS_LONG, impatient, { ...impatient, epochEnd: 90, epochLength: 2 * LONG }],
  [AS_LONG, impatient, { ...impatient, epochEnd: 90, epochLength: SHORT }],
];

describe('R29, of a step', () => {
  test.each(WRONG)('✗ %s', (because, before, after) => {
    expect(judged(before, after)).toBe(because);
  });

  test.each([
    [
      'ends a view that a quorum suspects',
      election({ suspectors: both }),
      election({ view: ballot(3, 1), suspectors: new Set(), epochLength: 2 * LONG }),
    ],
    ['begins a short epoch', patient, { ...patient, epochEnd: 90, epochLength: SHORT }],
    ['suspects', impatient, { ...impatient, epochEnd: 90, suspectors: both }],
    ['does something else', patient, { ...patient, receivedEarlier: [request('y', 1)] }],
    [
      'begins another epoch though it suspects the leader',
      { ...patient, suspectors: both },
      { ...patient, suspectors: both, epochEnd: 90, epochLength: SHORT },
    ],
  ])('allows that it %s', (_, before, after) => {
    expect(judged(before, after)).toBeUndefined();
  });

  test('says nothing of what a replica hears, nor of its restart', () => {
    const packet: Packet<Message> = { src: 'a', dst: 'b', msg: { type: 'invalid' } };
    for (const [, before, after] of WRONG) {
      expect(judged(before, after, { packet })).toBeUndefined();
      expect(judged(before, after, { action: RESTART })).toBeUndefined();
    }
  });

  test('has no clause that never fails', () => {
    const clauses = clausesOf(new URL('./electing.ts', import.meta.url));
    expect(
      untried(
        clauses,
        WRONG.map(([because]) => because),
      ),
    ).toEqual([]);
  });
});
