import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT } from '../../protocol/sht/configuration.ts';
import { refusingClause } from '../campaign/coverage.ts';
import { clausesOfActions } from '../testing/clauses.ts';
import { shtCampaign } from './campaign.ts';
import { CLAUSES, clausesFor, EXEMPT, OF_ITS_TYPE, PROCESSED, WAITING } from './clauses.ts';
import type { ShtShape } from './shape.ts';

const PROTOCOL = new URL('../../protocol/sht/', import.meta.url);

const SOURCES = readdirSync(PROTOCOL)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, PROTOCOL), 'utf8'));

/** What is asked first where an action is made in one of these ways. */
const ASKED_FIRST = {
  "receiving\\('\\w+', ": [OF_ITS_TYPE],
  'onWaiting\\(': [WAITING, PROCESSED],
};

describe('the clauses of guards', () => {
  test('are those that the protocol has, action by action', () => {
    const found: Record<string, readonly string[]> = {};
    for (const source of SOURCES) {
      const first = Object.entries(ASKED_FIRST).flatMap(([how, clauses]) =>
        [...source.matchAll(new RegExp(`${how}\\{\\s*name: '(\\w+)'`, 'g'))].map(
          ([, name = '']) => [name, clauses] as const,
        ),
      );
      const asked = new Map(first);
      for (const [action, clauses] of Object.entries(clausesOfActions(source))) {
        found[action] = [...(asked.get(action) ?? []), ...clauses];
      }
    }
    expect(found).toEqual(CLAUSES);
  });

  test('are exempt only if there is such a clause', () => {
    for (const { clause, action } of EXEMPT) {
      const concerned = Object.entries(CLAUSES).filter(([name]) => name === (action ?? name));
      expect(concerned.some(([, all]) => (all as readonly string[]).includes(clause))).toBe(true);
    }
  });

  test('are exempt in some configurations, and not in others', () => {
    const shape: ShtShape = {
      hosts: 3,
      clients: 2,
      keys: 4,
      administrators: false,
      parameters: { ...DEFAULT, maxValueBytes: 6 },
    };
    const having = (parameters: object) => ({
      ...shape,
      parameters: { ...shape.parameters, ...parameters },
    });
    expect(clausesFor(shape)['hearAck']).toHaveLength(3);
    expect(clausesFor(having(COMPATIBLE))['hearAck']).toHaveLength(2);
    expect(clausesFor(shape)['set']).toHaveLength(4);
    expect(clausesFor(having({ maxValueBytes: 9_999 }))['set']).toHaveLength(3);
    expect(clausesFor(having({ maxSeqno: 9 }))['set']).toHaveLength(5);
    expect(clausesFor(having({ maxDelegations: 9 }))['adopt']).toHaveLength(4);
    expect(clausesFor({ ...shape, hosts: 1 })['resend']).toHaveLength(1);
    expect(clausesFor(shape)['refuse']).toHaveLength(3);
    expect(clausesFor(having(COMPATIBLE))['refuse']).toEqual([]);
  });

  test('that are exempt never refuse, and nothing does that is not known', () => {
    let seen = 0;
    for (const { config, plan } of fc.sample(shtCampaign.shapes({}), { seed: 2, numRuns: 60 })) {
      const expected = Object.entries(clausesFor(config)).flatMap(([action, clauses]) =>
        clauses.map((clause) => refusingClause(action, clause)),
      );
      const { clauses } = shtCampaign.behaviours(config).run(plan);
      const refused = Object.keys(clauses).filter((name) => clauses[name] !== 0);
      expect(refused.filter((name) => !expected.includes(name))).toEqual([]);
      seen += refused.length;
    }
    expect(seen).toBeGreaterThan(60 * 20);
  });
});
