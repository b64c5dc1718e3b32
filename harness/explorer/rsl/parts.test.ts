import { describe, expect, test } from 'vitest';
import { RESTART } from '../../../refinement/framework/systemRefinement.ts';
import {
  type Explored,
  exploreInstance,
  INSTANCES,
  type Instance,
  isRefused,
} from './exploration.ts';
import { objectionsTo, type Size } from './instance.ts';
import { refinementOf, rslModel } from './model.ts';
import { misfit, PARTS, type Part, partOf } from './parts.ts';
import { instanceReport, rslReportJson, summary } from './report.ts';

const size = (replicas: number, operations: number, ballots: number, restarts = 0): Size => ({
  replicas,
  operations,
  ballots,
  restarts,
});

const named = (name: string): Part => partOf(name) as Part;

/** Smaller than what is explored by default, but everything happens. */
const SMALL: Readonly<Record<string, Size>> = {
  agreement: size(3, 1, 2),
  log: size(2, 2, 2),
  execution: size(2, 2, 2),
  restart: size(2, 1, 2, 1),
  'catch-up': size(3, 2, 1),
  takeover: size(3, 1, 2),
  original: size(3, 2, 2),
  election: size(3, 1, 2),
  service: size(1, 1, 1, 1),
  gap: size(2, 2, 2),
  succession: size(3, 1, 2),
};

const small = (part: Part): Instance => ({ part, size: SMALL[part.name] as Size });

describe('the parts of a replicated service', { timeout: 120_000 }, () => {
  const known = new Map<string, Explored>();
  const exploredOf = (part: Part): Explored => {
    const explored = known.get(part.name) ?? exploreInstance(small(part), { liveness: false });
    known.set(part.name, explored);
    return explored;
  };

  test.each(PARTS.map((part) => [part.name, part] as const))(
    '%s keeps every law in every state and step',
    (_, part) => {
      const found = exploredOf(part);
      expect(found.found.counterexample).toBeUndefined();
      expect(found.found.complete).toBe(true);
      expect(found.found.distinctStates).toBeGreaterThan(20);
      expect(isRefused(found)).toBe(false);
    },
  );

  test('take every action that changes something, restarts as well', () => {
    const taken = new Set<string>();
    // A replica that is alone has nobody to ask for its state.
    const service = exploreInstance({ part: named('service'), size: size(2, 1, 1) });
    for (const { found } of [...PARTS.map(exploredOf), service]) {
      for (const [action, times] of Object.entries(found.coverage)) {
        if (times > 0) taken.add(action);
      }
    }
    const names = refinementOf(named('service'), size(2, 1, 1)).protocol.actions;
    const all = [...names.map(({ name }) => name), RESTART].filter((name) => name !== 'ignore');
    expect([...taken].sort()).toEqual(all.sort());
  });

  test('leave out only actions that there are, and say why', () => {
    for (const part of PARTS) {
      const [instance] = part.sizes;
      const names = refinementOf(part, instance).protocol.actions.map(({ name }) => name);
      const possible = [...names, 'takeCheckpoint'];
      for (const { actions, because, except = () => [] } of part.without) {
        expect(possible).toEqual(expect.arrayContaining([...actions]));
        expect(because).not.toBe('');
        for (const place of except(instance)) expect(place).toBeLessThan(instance.replicas);
      }
    }
  });

  test('are of 2 and 3 replicas, 1 and 2 operations, and up to three ballots or more', () => {
    for (const { part, size } of INSTANCES) {
      expect(misfit(part, size)).toBeUndefined();
      expect(objectionsTo(size)).toEqual([]);
    }
    const of = (what: keyof Size) => new Set(INSTANCES.map(({ size }) => size[what]));
    expect(of('replicas')).toEqual(new Set([2, 3]));
    expect(of('operations')).toEqual(new Set([1, 2]));
    expect(Math.max(...of('ballots'))).toBeGreaterThanOrEqual(3);
    expect(Math.max(...of('restarts'))).toBeGreaterThanOrEqual(1);
  });

  test('say why they cannot be so large or so small', () => {
    expect(misfit(named('catch-up'), size(2, 1, 1))).toBe('catch-up needs at least 3 replicas');
    expect(misfit(named('service'), size(2, 1, 2))).toBe('service has at most 1 ballot');
    expect(objectionsTo(size(0, 1, 1))).toEqual(['there must be at least one replica']);
  });

  test('begin in a state that fits the specification, or not at all', () => {
    const part = named('agreement');
    const right = refinementOf(part, size(2, 1, 2));
    const actions = right.protocol.actions.filter(({ name }) => name !== 'changeView');
    const refinement = { ...right, protocol: { ...right.protocol, actions } };
    expect(() => rslModel(part, size(2, 1, 2), { refinement })).toThrow(
      'there is no action changeView',
    );
  });
});

describe('the report of a replicated service', () => {
  const agreement = exploreInstance({ part: named('agreement'), size: size(2, 1, 2) });
  const cut = exploreInstance({ part: named('log'), size: size(2, 2, 2) }, { maxStates: 100 });

  test('says what was left out and why, and what symmetry saved', () => {
    const text = instanceReport(agreement);
    expect(text).toContain('agreement: 2 replicas, 1 operation, 2 ballots');
    expect(text).toContain('without learn, decide, execute (but at b): ');
    expect(text).toMatch(/ states \(for [\d,]+: 1\.\d times as many\), /);
    expect(text).toContain('This is all of it: nothing was cut.');
  });

  test('says whether all of it is known', () => {
    expect(summary([agreement])).toContain('Nothing was refused, and nothing was cut');
    expect(summary([agreement, cut])).toContain('but this is not all of it: log was cut.');
    expect(summary([agreement])).toContain('Never taken: ');
  });

  test('is told to a program', () => {
    const { instances, refused } = JSON.parse(JSON.stringify(rslReportJson([agreement, cut])));
    expect(refused).toBe(false);
    expect(instances[0]).toMatchObject({ part: 'agreement', size: size(2, 1, 2), complete: true });
    expect(instances[0].standFor).toBeGreaterThan(instances[0].distinctStates);
    expect(instances[1].bounds[0].bound).toBe('maxStates');
  });

  test('tells the story of what was refused', () => {
    const part = named('agreement');
    const right = refinementOf(part, size(2, 1, 1));
    const refinement = {
      ...right,
      systemInvariants: {
        X1: ({ states }: { states: readonly { acceptor: { votes: { size: number } } }[] }) =>
          states.some(({ acceptor }) => acceptor.votes.size > 0)
            ? { failed: 'nobody votes' }
            : undefined,
      },
    };
    const wrong = exploreInstance({ part, size: size(2, 1, 1) }, { refinement });
    expect(isRefused(wrong)).toBe(true);
    const lines = instanceReport(wrong).split('\n');
    expect(lines).toContain('    ✗ X1');
    expect(lines.at(-2)).toMatch(/^ +8 {2}. vote ← a: 2a\(1\.0 0: \[c0#1\]\) → all: 2b/);
    expect(lines.at(-1)).toMatch(/voted \{0: 1\.0 \[c0#1\]\}; effective ⟨⟩$/);
    expect(summary([wrong])).toContain('REFUSED in agreement (2 replicas, 1 operation, 1 ballot).');
  });
});
