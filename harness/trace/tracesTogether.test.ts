import { describe, expect, test } from 'vitest';
import { UsageError } from '../../impl/framework/usageError.ts';
import { forge, type Line, withTraces } from '../testing/traces.ts';
import { checkTraces } from './checkTraces.ts';

describe('traces that do not belong together', () => {
  const usageError = (paths: readonly string[]): string => {
    try {
      checkTraces(paths);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error('no usage error');
  };

  test('are pointed out: a host without a trace', () => {
    withTraces(([a, b]) => {
      expect(usageError([a, b])).toBe('No trace of server3 is given; give one of each host');
    });
  });

  test('are pointed out: a host with two traces', () => {
    withTraces(([a, b, c]) => {
      expect(usageError([a, b, c, b])).toMatch(/are both traces of server2/);
    });
  });

  test.each<[string, (header: Line) => unknown, RegExp]>([
    [
      'another service',
      (header) => Object.assign(header, { service: 'Other' }),
      /agree on service$/,
    ],
    [
      'other parameters',
      (header) => Object.assign(header['parameters'] as object, { retryPeriod: 7 }),
      /agree on parameters$/,
    ],
    ['another ring', (header) => header.hosts.reverse(), /agree on hosts$/],
  ])('are pointed out: one of %s', (_, change, message) => {
    withTraces((paths) => {
      forge(paths[2], ([header]) => change(header as Line));
      expect(usageError(paths)).toMatch(message);
    });
  });

  test('are pointed out: a service that is not known', () => {
    withTraces((paths) => {
      for (const path of paths) {
        forge(path, ([header]) => Object.assign(header ?? {}, { serviceType: 'toString' }));
      }
      expect(usageError(paths)).toMatch(/of type toString; this can check: IronLock/);
    });
  });
});
