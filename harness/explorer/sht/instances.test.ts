import { describe, expect, test } from 'vitest';
import { allows } from '../../testing/shtChanges.ts';
import { type Explored, exploreInstance, isRefused } from './exploration.ts';
import { type Instance, parametersOf } from './instance.ts';
import { INSTANCES } from './instances.ts';
import { refinementOf } from './model.ts';
import { instanceReport, shtReportJson, summary } from './report.ts';

const named = (name: string): Instance =>
  INSTANCES.find((instance) => instance.name === name) as Instance;

/** Those of which all is known soon; of the others only the beginning is looked at here. */
const SMALL = ['hand-over', 'pieces', 'at-the-end', 'lossy', 'lossy-three'];
const BEGINNING = { maxStates: 6_000 };

const known = new Map<string, Explored>();

function exploredOf(name: string): Explored {
  const bounds = SMALL.includes(name) ? {} : BEGINNING;
  const explored = known.get(name) ?? exploreInstance(named(name), bounds);
  known.set(name, explored);
  return explored;
}

describe('the instances of the hash table', { timeout: 120_000 }, () => {
  test.each(INSTANCES.map(({ name }) => name))('%s keeps every law', (name) => {
    const explored = exploredOf(name);
    expect(explored.found.counterexample).toBeUndefined();
    expect(isRefused(explored)).toBe(false);
    expect(explored.found.complete).toBe(SMALL.includes(name));
    expect(explored.found.distinctStates).toBeGreaterThan(1_000);
  });

  test('take every action there is', () => {
    const taken = INSTANCES.flatMap(({ name }) =>
      Object.entries(exploredOf(name).found.coverage).flatMap(([action, times]) =>
        times > 0 ? [action] : [],
      ),
    );
    const all = refinementOf(named('lossy')).protocol.actions.map(({ name }) => name);
    expect([...new Set(taken)].toSorted()).toEqual(all.toSorted());
  });

  test('check B3, B4 and every law that there is', () => {
    const laws = refinementOf(named('lossy'));
    const { hostInvariants, packetInvariants, stepInvariants } = laws;
    const { systemInvariants, sampledInvariants } = laws;
    const ofParts = { ...hostInvariants, ...packetInvariants, ...stepInvariants };
    const numbers = Object.keys({ ...ofParts, ...systemInvariants, ...sampledInvariants });
    const { checks } = exploredOf('lossy').model;
    expect([...checks].toSorted()).toEqual(['B3', 'B4', ...numbers].toSorted());
  });

  test('have names of their own, and leave out only what there is', () => {
    expect(new Set(INSTANCES.map(({ name }) => name)).size).toBe(INSTANCES.length);
    for (const instance of INSTANCES) {
      const names = refinementOf(instance).protocol.actions.map(({ name }) => name);
      for (const { actions } of instance.without) {
        expect(names).toEqual(expect.arrayContaining([...actions]));
      }
    }
  });

  test('are small, but of the same kind as what is recommended', () => {
    const { compatible, maxDelegationKeys } = parametersOf(named('pieces'));
    expect([compatible, maxDelegationKeys]).toEqual([false, 1]);
    expect(parametersOf(named('original')).compatible).toBe(true);
  });
});

describe('keys arrive in the end', () => {
  test.each(['lossy', 'lossy-three'])('on a network that loses packets: %s', (name) => {
    const { liveness, model, found } = exploredOf(name);
    expect(liveness?.holds).toBe(true);
    expect(liveness?.states).toBe(found.distinctStates);
    expect(model.parts.packets).toBeGreaterThan(20);
  });

  test('but not if nothing is sent again', () => {
    const right = refinementOf(named('lossy'));
    const changed = { ...right, protocol: allows('resend', () => false)(right.protocol) };
    const explored = exploreInstance(named('lossy'), { refinement: changed });
    expect(explored.found.counterexample).toBeUndefined();
    expect(explored.liveness?.holds).toBe(false);
    expect(isRefused(explored)).toBe(true);
    const report = instanceReport(explored);
    expect(report).toContain('REFUSED: not in every fair behaviour does it hold that all');
    expect(report).toContain('a delegate → b: 1:delegate([0,');
    expect(summary([explored])).toContain('REFUSED in lossy.');
  });

  test('is not asked where nobody asks, or not all is known', () => {
    const quiet = exploreInstance(named('lossy'), { liveness: false });
    expect(instanceReport(quiet)).toContain('Liveness: not checked, for it was not asked for.');
    const cut = exploreInstance(named('lossy'), { maxStates: 100 });
    expect(cut.whyNotLiveness).toBe('not all states are known');
    expect(summary([cut])).toContain('this is not all of it: lossy was cut.');
  });
});

test('a report says what was said, what was left out, and what was found', () => {
  const report = instanceReport(exploredOf('pieces'));
  expect(report).toContain('admin1 to a: 1:shard([−∞,∞),b)');
  expect(report).toContain('without resend: whatever was sent may arrive at any time');
  expect(report).toContain('This is all of it: nothing was cut.');
  const { instances, refused, coverage } = shtReportJson([exploredOf('lossy')]);
  expect(refused).toBe(false);
  expect(instances[0]).toMatchObject({ name: 'lossy', hosts: 2, complete: true });
  expect(instances[0]?.said).toContain('admin1 to b: 1:shard([1,2),a)');
  expect(coverage['resend']).toBeGreaterThan(0);
});
