import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import { ShtHost } from '../../impl/sht/host.ts';
import { serviceNamed } from '../campaign/services.ts';
import { groundsOf } from './grounds.ts';
import { hunt } from './hunt.ts';
import { GROUNDS, type Ground, type Mutant } from './mutant.ts';

const mutantOn = (ground?: Ground, service = 'rsl'): Mutant => ({
  service,
  name: 'none',
  refusedBy: 'B1',
  clauses: ['any'],
  patches: [],
  ...(ground !== undefined && { ground }),
});

const ORDER = { options: {}, seed: 1, limit: 10, shrinking: 1 };

describe('mutants are hunted', () => {
  test('in behaviours of their service where nothing else is said', () => {
    expect(groundsOf(mutantOn())).toBe(serviceNamed('rsl'));
    expect(groundsOf({ ...mutantOn(), level: 'protocol' })).toBe(serviceNamed('rsl', 'protocol'));
  });

  const elsewhere = GROUNDS.map((ground) => [ground, 'rsl'] as const);
  const everywhere = [...elsewhere, ['arbitrary states', 'sht'] as const];

  test.each(everywhere)('in %s of %s, where nothing is refused that is right', (ground, name) => {
    const grounds = groundsOf(mutantOn(ground, name));
    for (const { config, plan } of fc.sample(grounds.shapes({}), { seed: 1, numRuns: 4 })) {
      const { refusal, seen } = grounds.behaviours(config).run(plan);
      expect(refusal).toBeUndefined();
      expect(seen.steps).toBeGreaterThan(10);
    }
  });

  test('in arbitrary states, where a wrong replica is refused, in a step of its own', () => {
    const { step } = Replica.prototype;
    Replica.prototype.step = function wrong(this: Replica, io, wake) {
      this.nextHeartbeat++;
      return step.call(this, io, wake);
    };
    try {
      const { refusal, length } = hunt(groundsOf(mutantOn('arbitrary states')), ORDER);
      expect(refusal?.boundary).toBe('B1');
      expect(length).toBe(1);
    } finally {
      Replica.prototype.step = step;
    }
  });

  test('in arbitrary states of hash tables, where a wrong host is refused in a step', () => {
    const { step } = ShtHost.prototype;
    ShtHost.prototype.step = function wrong(this: ShtHost, io, wake) {
      this.numDelegations++;
      return step.call(this, io, wake);
    };
    try {
      const { refusal, length } = hunt(groundsOf(mutantOn('arbitrary states', 'sht')), ORDER);
      expect(refusal?.boundary).toBe('B1');
      expect(length).toBe(1);
    } finally {
      ShtHost.prototype.step = step;
    }
  });

  test('nowhere where their service has nothing to be asked', () => {
    expect(() => groundsOf(mutantOn('applications alone', 'sht'))).toThrow(
      'no mutant of sht is hunted in applications alone',
    );
  });

  test('in applications alone, where one that counts wrongly is refused', () => {
    const { handleRequest } = CounterService.prototype;
    CounterService.prototype.handleRequest = function twice(this: CounterService, request) {
      handleRequest.call(this, request);
      return handleRequest.call(this, request);
    };
    try {
      expect(hunt(groundsOf(mutantOn('applications alone')), ORDER).refusal?.boundary).toBe('B6');
    } finally {
      CounterService.prototype.handleRequest = handleRequest;
    }
  });
});
