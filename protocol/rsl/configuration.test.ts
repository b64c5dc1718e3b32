import { describe, expect, test } from 'vitest';
import { REPLICAS } from '../../harness/testing/rslReplicas.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import {
  bounded,
  boundedSum,
  COMPATIBLE,
  DEFAULT,
  isReplica,
  objections,
  type Parameters,
  placeOf,
  quorumOf,
  remarks,
} from './configuration.ts';
import { constantsOf, rsl } from './rsl.ts';

const named = (count: number): readonly EndPoint[] =>
  Array.from({ length: count }, (_, index) => `replica${index}`);

describe('the presets', () => {
  test('the compatible one has the original’s values', () => {
    expect(COMPATIBLE).toMatchObject({
      maxLogLength: 7,
      maxBatchSize: 32,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      maxBatchDelay: 10,
      baselineViewTimeout: 1_000,
      heartbeatPeriod: 100,
      maxCachedReplies: 255,
      maxInteger: Number.MAX_SAFE_INTEGER,
      durable: false,
      compatible: true,
    });
  });

  test('the recommended one may restart, and does what the original does not', () => {
    expect([DEFAULT.durable, DEFAULT.compatible]).toEqual([true, false]);
  });

  test.each([
    ['compatible', COMPATIBLE],
    ['recommended', DEFAULT],
    ['smallest', smallest()],
  ])('nothing is to be said against the %s one', (_, parameters) => {
    expect(objections(REPLICAS, parameters)).toEqual([]);
  });
});

function smallest(): Parameters {
  return {
    maxLogLength: 1,
    maxBatchSize: 1,
    maxBatchBytes: 1,
    maxBatchDelay: 0,
    baselineViewTimeout: 1,
    heartbeatPeriod: 1,
    retryPeriod: 1,
    maxInteger: 1,
    maxCachedReplies: 1,
    durable: false,
    compatible: false,
  };
}

/** What is wrong with what, in words. */
const OBJECTIONS: readonly (readonly [readonly EndPoint[], Partial<Parameters>, string])[] = [
  [[], {}, 'there must be at least one replica'],
  [['a', 'b', 'a'], {}, 'a is a replica twice'],
  ...(
    [
      'maxLogLength',
      'maxBatchSize',
      'maxBatchBytes',
      'baselineViewTimeout',
      'heartbeatPeriod',
      'retryPeriod',
      'maxInteger',
      'maxCachedReplies',
    ] as const
  ).flatMap((name) =>
    [0, -1, 1.5, Number.NaN].map(
      (value) =>
        [
          REPLICAS,
          { [name]: value },
          `${name} must be a whole number of at least 1, not ${value}`,
        ] as const,
    ),
  ),
  [
    REPLICAS,
    { maxInteger: 2 ** 53 },
    'maxInteger must be a whole number of at least 1, not 9007199254740992',
  ],
  [REPLICAS, { maxBatchDelay: -1 }, 'maxBatchDelay must be a whole number of at least 0, not -1'],
  [REPLICAS, { maxBatchSize: 101 }, 'maxBatchSize must be at most 100, not 101'],
  [
    REPLICAS,
    { ...COMPATIBLE, maxLogLength: 8 },
    'the original accepts a maxLogLength of at most 7',
  ],
  [
    REPLICAS,
    { ...COMPATIBLE, maxBatchBytes: 2 ** 53 - 2 },
    'the original does not count the bytes of a batch',
  ],
  [REPLICAS, { ...COMPATIBLE, durable: true }, 'the original cannot be durable'],
];

describe('against replicas and parameters that make no service', () => {
  test.each(OBJECTIONS)('%j, %j it is said: %s', (replicas, changes, objection) => {
    const parameters = { ...DEFAULT, ...changes };
    expect(objections(replicas, parameters)).toEqual([objection]);
    expect(() => rsl(counter, replicas, parameters)).toThrow(new RangeError(objection));
  });

  test('all is said at once', () => {
    const parameters = { ...DEFAULT, maxLogLength: 0, retryPeriod: -5 };
    expect(objections(['a', 'a', 'b', 'b'], parameters)).toHaveLength(4);
  });
});

describe('quorums', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
  ])('of %i replicas are of %i', (replicas, quorum) => {
    expect(quorumOf(replicas)).toBe(quorum);
    expect(constantsOf(named(replicas), DEFAULT, 'replica0').quorum).toBe(quorum);
  });

  test('any two have a replica in common, and nothing smaller would do', () => {
    for (let replicas = 1; replicas < 100; replicas++) {
      expect(2 * quorumOf(replicas)).toBeGreaterThan(replicas);
      expect(2 * (quorumOf(replicas) - 1)).toBeLessThanOrEqual(replicas);
    }
  });
});

describe('of an even number of replicas it is remarked that one fewer is as good', () => {
  test.each([
    [2, 'of 2 replicas no more may fail than of 1: 0'],
    [4, 'of 4 replicas no more may fail than of 3: 1'],
    [6, 'of 6 replicas no more may fail than of 5: 2'],
  ])('%i', (count, remark) => {
    expect(remarks(named(count))).toEqual([remark]);
    expect(objections(named(count), DEFAULT)).toEqual([]);
  });

  test.each([0, 1, 3, 5])('and of %i nothing', (count) => {
    expect(remarks(named(count))).toEqual([]);
  });
});

describe('a replica’s constants', () => {
  const constants = constantsOf(['x', 'y', 'z'], DEFAULT, 'y');

  test('are its place, and what all replicas share', () => {
    expect(constants).toEqual({
      me: 'y',
      index: 1,
      replicas: ['x', 'y', 'z'],
      quorum: 2,
      parameters: DEFAULT,
    });
  });

  test('tell replicas from others', () => {
    expect(['x', 'z', 'mallory'].map((id) => isReplica(constants, id))).toEqual([
      true,
      true,
      false,
    ]);
    expect(['x', 'z', 'mallory'].map((id) => placeOf(constants, id))).toEqual([0, 2, -1]);
  });

  test('are of replicas only', () => {
    expect(() => constantsOf(['x'], DEFAULT, 'mallory')).toThrow(RangeError);
  });
});

describe('counting that ends', () => {
  const parameters = { ...DEFAULT, maxInteger: 10 };

  test.each([
    [3, 4, 7],
    [6, 4, 10],
    [7, 4, 10],
    [10, 10, 10],
  ])('%i and %i are %i', (a, b, sum) => {
    expect(boundedSum(a, b, parameters)).toBe(sum);
  });

  test('no sequence is longer than the greatest integer', () => {
    const ten = named(10);
    expect(bounded(ten, parameters)).toBe(ten);
    expect(bounded(named(12), parameters)).toEqual(ten);
  });
});
