import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ASKED_COUNTER,
  type Asked,
  askedKeyValue,
  doubtfulHistory,
  drawnCall,
  hasOrder,
  seenBy,
  tableOf,
} from '../../../harness/testing/histories.ts';
import { ImpossibleReply } from '../linearizability.ts';
import { contradiction } from './contradiction.ts';
import { ILLEGAL, type Machine, NO_STATE } from './machine.ts';
import { findOrder } from './search.ts';
import { shortest, upTo } from './shortest.ts';
import { sweep } from './sweep.ts';
import { type CallTable, Timeline } from './timeline.ts';

const ENOUGH = { patience: 1e6, looks: 1e6 };
const ALL = { configurations: 1e4, looks: 1e6 };

/** Histories of one partition, with what was answered wrongly now and then, as tables. */
const SUBJECTS: readonly (readonly [string, Asked])[] = [
  ['a counter', ASKED_COUNTER],
  ['a key', askedKeyValue('a')],
];

/** The table of a history; nothing if a reply is wrong in every state. */
function tableIfPossible(...[model, calls]: Parameters<typeof tableOf>): CallTable | undefined {
  try {
    return tableOf(model, calls);
  } catch (error) {
    if (error instanceof ImpossibleReply) return undefined;
    throw error;
  }
}

describe.each(SUBJECTS)('orders of calls to %s', (_, asked) => {
  const { application, model: newModel } = asked;

  test('are found if and only if there are any, by the search and by the sweep', () => {
    fc.assert(
      fc.property(doubtfulHistory(asked), (history) => {
        const model = newModel();
        const table = tableIfPossible(model, history);
        fc.pre(table !== undefined);
        const timeline = new Timeline(table);
        const verdict = hasOrder(application, history) ? 'order' : 'none';
        expect(findOrder(timeline, model, ENOUGH).verdict).toBe(verdict);
        expect(sweep(timeline, model, ALL).verdict).toBe(verdict);
      }),
      { numRuns: 2_000 },
    );
  });

  test('end at the first reply with which there is none', () => {
    let checked = 0;
    fc.assert(
      fc.property(doubtfulHistory(asked), (history) => {
        const model = newModel();
        const table = tableIfPossible(model, history);
        fc.pre(table !== undefined);
        const timeline = new Timeline(table);
        const found = findOrder(timeline, model, ENOUGH);
        if (found.verdict === 'order') return;
        checked++;
        const { place, verdict } = shortest(timeline, table, model, found, ENOUGH);
        expect(verdict).toBe('none');
        const verdictAt = (end: number): string =>
          sweep(upTo(timeline, table, model, end), model, ALL).verdict;
        expect([verdictAt(place - 1), verdictAt(place)]).toEqual(['order', 'none']);
      }),
      { numRuns: 2_000 },
    );
    expect(checked).toBeGreaterThan(200);
  });

  test('are never contradicted where there is one', () => {
    fc.assert(
      fc.property(fc.array(drawnCall(asked.request), { maxLength: 12 }), (calls) => {
        const model = newModel();
        const table = tableOf(model, seenBy(application, calls));
        const timeline = new Timeline(table);
        for (const [place, event] of timeline.events.entries()) {
          if (event < 0) expect(contradiction(table, timeline, model, place)).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are always contradicted in a short history where there is none, by calls of it', () => {
    let checked = 0;
    fc.assert(
      fc.property(doubtfulHistory(asked), (history) => {
        const model = newModel();
        const table = tableIfPossible(model, history);
        fc.pre(table !== undefined);
        const timeline = new Timeline(table);
        const found = findOrder(timeline, model, ENOUGH);
        if (found.verdict === 'order') return;
        checked++;
        const { place } = shortest(timeline, table, model, found, ENOUGH);
        const cause = contradiction(table, timeline, model, place);
        expect(cause?.rows ?? []).toContain(timeline.rowOfReply(place));
      }),
      { numRuns: 2_000 },
    );
    expect(checked).toBeGreaterThan(200);
  });
});

describe('a search and a sweep', () => {
  /** A register of which nothing can be foreseen. Operations above 1000 read, others set. */
  const register: Machine = {
    initial: 0,
    others: [],
    step: (state, op) => (op < 1000 ? op : state === op - 1000 ? state : ILLEGAL),
    observes: (op) => op >= 1000,
    enables: () => true,
    wants: () => NO_STATE,
    gives: () => NO_STATE,
    forget: (op) => op,
    anonymous: (op) => op,
  };

  /** All at the same time, each of ten values is set, and one is read that is not. */
  const timeline = new Timeline({
    client: new Array<number>(11).fill(0),
    invoked: new Array<number>(11).fill(0),
    completed: new Array<number>(11).fill(1),
    op: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1011],
  });

  test('are unsure where it takes them more than they may do', () => {
    const search = (patience: number, looks: number): string =>
      findOrder(timeline, register, { patience, looks }).verdict;
    expect([search(1e3, 1e7), search(1e7, 1e3), search(1e7, 1e7)]).toEqual([
      'unsure',
      'unsure',
      'none',
    ]);
    const sweepUpTo = (configurations: number, looks: number): string =>
      sweep(timeline, register, { configurations, looks }).verdict;
    expect([sweepUpTo(100, 1e8), sweepUpTo(1e6, 1e3), sweepUpTo(1e6, 1e8)]).toEqual([
      'unsure',
      'unsure',
      'none',
    ]);
  });
});
