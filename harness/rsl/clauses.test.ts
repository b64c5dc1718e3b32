import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT } from '../../protocol/rsl/configuration.ts';
import { refusingClause } from '../campaign/coverage.ts';
import { clausesOfActions } from '../testing/clauses.ts';
import { rslCampaign } from './campaign.ts';
import { CLAUSES, clausesFor, EXEMPT, FROM_REPLICA } from './clauses.ts';
import type { RslShape } from './shape.ts';

const PROTOCOL = new URL('../../protocol/rsl/', import.meta.url);

const SOURCES = readdirSync(PROTOCOL)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, PROTOCOL), 'utf8'));

describe('the clauses of guards', () => {
  test('are those that the protocol has, action by action', () => {
    const found: Record<string, readonly string[]> = {};
    for (const source of SOURCES) {
      const fromReplicas = [...source.matchAll(/fromReplica\('\w+', \{\s*name: '(\w+)'/g)];
      const names = fromReplicas.map(([, name]) => name);
      for (const [action, clauses] of Object.entries(clausesOfActions(source))) {
        found[action] = names.includes(action) ? [FROM_REPLICA, ...clauses] : clauses;
      }
    }
    expect(found).toEqual(CLAUSES);
    expect(Object.values(found).filter((clauses) => clauses.includes(FROM_REPLICA))).toHaveLength(
      10,
    );
  });

  test('are exempt only if there is such a clause', () => {
    for (const { clause, action } of EXEMPT) {
      const concerned = Object.entries(CLAUSES).filter(([name]) => name === (action ?? name));
      expect(concerned.some(([, all]) => (all as readonly string[]).includes(clause))).toBe(true);
    }
  });

  test('are exempt in some configurations, and not in others', () => {
    const shape: RslShape = { replicas: 3, application: 'kv', clients: 2, parameters: DEFAULT };
    const settled = 'it is not settled, unless such are executed again';
    expect(clausesFor(shape)['receiveRequest']).toEqual([settled]);
    expect(clausesFor({ ...shape, parameters: COMPATIBLE })['receiveRequest']).toEqual([]);
    expect(clausesFor(shape)['changeView']).toHaveLength(1);
    const bounded = { ...shape, parameters: { ...DEFAULT, maxInteger: 5 } };
    expect(clausesFor(bounded)['changeView']).toHaveLength(2);
  });

  test('that are exempt never refuse, and nothing does that is not known', {
    timeout: 60_000,
  }, () => {
    let seen = 0;
    for (const { config, plan } of fc.sample(rslCampaign.shapes({}), { seed: 2, numRuns: 40 })) {
      const expected = Object.entries(clausesFor(config)).flatMap(([action, clauses]) =>
        clauses.map((clause) => refusingClause(action, clause)),
      );
      const { clauses } = rslCampaign.behaviours(config).run(plan);
      const refused = Object.keys(clauses).filter((name) => clauses[name] !== 0);
      expect(refused.filter((name) => !expected.includes(name))).toEqual([]);
      seen += refused.length;
    }
    expect(seen).toBeGreaterThan(40 * 20);
  });
});
