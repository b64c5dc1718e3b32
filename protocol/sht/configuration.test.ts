import { describe, expect, test } from 'vitest';
import {
  COMPATIBLE,
  type Configuration,
  DEFAULT,
  hostNamed,
  isAdministrator,
  isHost,
  objections,
  type Parameters,
} from './configuration.ts';

const HOSTS = { hosts: ['a', 'b'] };

describe('a service', () => {
  test.each([
    ['the original’s parameters', COMPATIBLE],
    ['what is recommended', DEFAULT],
    ['values of no bytes', { ...DEFAULT, maxValueBytes: 0 }],
    ['one thing at a time', { ...DEFAULT, maxDelegationKeys: 1, maxOrders: 1, maxUnacked: 1 }],
  ])('may have %s', (_, parameters) => {
    expect(objections(HOSTS, parameters)).toEqual([]);
  });

  test.each<[string, Configuration, Partial<Parameters>]>([
    ['there must be at least one host', { hosts: [] }, {}],
    ['a is a host twice', { hosts: ['a', 'b', 'a'] }, {}],
    [
      'maxDelegationKeys must be a whole number of at least 1, not 0',
      HOSTS,
      { maxDelegationKeys: 0 },
    ],
    [
      'maxDelegationBytes must be a whole number of at least 1, not 0.5',
      HOSTS,
      { maxDelegationBytes: 0.5 },
    ],
    [
      'maxDelegationsUnderWay must be a whole number of at least 1, not 0',
      HOSTS,
      { maxDelegationsUnderWay: 0 },
    ],
    ['maxOrders must be a whole number of at least 1, not -1', HOSTS, { maxOrders: -1 }],
    ['maxRanges must be a whole number of at least 1, not NaN', HOSTS, { maxRanges: Number.NaN }],
    ['maxUnacked must be a whole number of at least 1, not 0', HOSTS, { maxUnacked: 0 }],
    ['maxUnackedBytes must be a whole number of at least 1, not 0', HOSTS, { maxUnackedBytes: 0 }],
    [
      'maxPeers must be a whole number of at least 1, not Infinity',
      HOSTS,
      { maxPeers: Number.POSITIVE_INFINITY },
    ],
    ['resendPeriod must be a whole number of at least 1, not 0', HOSTS, { resendPeriod: 0 }],
    ['maxResent must be a whole number of at least 1, not 0', HOSTS, { maxResent: 0 }],
    [
      'maxSeqno must be a whole number of at least 1, not 9007199254740992',
      HOSTS,
      { maxSeqno: 2 ** 53 },
    ],
    ['maxDelegations must be a whole number of at least 1, not 0', HOSTS, { maxDelegations: 0 }],
    ['maxValueBytes must be a whole number of at least 0, not -1', HOSTS, { maxValueBytes: -1 }],
    ['maxPeers must leave room for all 2 hosts, not 1', HOSTS, { maxPeers: 1 }],
    [
      "the original's values have at most 1023 bytes",
      HOSTS,
      { ...COMPATIBLE, maxValueBytes: 1_024 },
    ],
    [
      'the original moves at most 61 keys at a time',
      HOSTS,
      { ...COMPATIBLE, maxDelegationKeys: 62 },
    ],
  ])('cannot run, because %s', (because, configuration, parameters) => {
    expect(objections(configuration, { ...DEFAULT, ...parameters })).toEqual([because]);
  });

  test('has longer values and larger delegations only where all hosts are of this kind', () => {
    const large = { maxValueBytes: 1_024, maxDelegationKeys: 62 };
    expect(objections(HOSTS, { ...DEFAULT, ...large })).toEqual([]);
    expect(objections(HOSTS, { ...COMPATIBLE, ...large })).toHaveLength(2);
  });
});

describe('a configuration', () => {
  test('says who is a host', () => {
    expect(['a', 'b', 'x'].map((id) => isHost(HOSTS, id))).toEqual([true, true, false]);
  });

  test('says who may have keys moved; if it does not, anybody may', () => {
    const may = (configuration: Configuration) =>
      ['admin1', 'a', 'x'].map((id) => isAdministrator(configuration, id));
    expect(may(HOSTS)).toEqual([true, true, true]);
    expect(may({ ...HOSTS, administrators: ['admin1'] })).toEqual([true, false, false]);
    expect(may({ ...HOSTS, administrators: [] })).toEqual([false, false, false]);
  });

  test('knows hosts by other names, and everybody by his own', () => {
    const aliases = new Map([['rawB', 'b']]);
    const named = ['rawB', 'b', 'x'].map((name) => hostNamed({ ...HOSTS, aliases }, name));
    expect(named).toEqual(['b', 'b', 'x']);
    expect(hostNamed(HOSTS, 'rawB')).toBe('rawB');
  });
});
