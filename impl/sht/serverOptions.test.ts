import { describe, expect, test } from 'vitest';
import { UsageError } from '../framework/usageError.ts';
import { COMPATIBLE, DEFAULT } from './parameters.ts';
import { parseServerOptions } from './serverOptions.ts';

describe('the options of a server', () => {
  test('are the original’s, with its values, where nothing is given', () => {
    expect(parseServerOptions([])).toEqual({
      addr: undefined,
      port: undefined,
      verbose: false,
      profile: false,
      trace: undefined,
      overwrite: false,
      parameters: DEFAULT,
    });
  });

  test('with compatible=true are the original’s parameters', () => {
    expect(parseServerOptions(['compatible=true']).parameters).toEqual(COMPATIBLE);
    expect(parseServerOptions(['compatible=false']).parameters).toEqual(DEFAULT);
  });

  test('each reach the parameter that they are for', () => {
    const { parameters } = parseServerOptions([
      ...['valuebytes=1', 'DelegationKeys=2', 'delegationbytes=3', 'underway=4', 'orders=5'],
      ...['ranges=6', 'unacked=7', 'unackedbytes=8', 'peers=9', 'resend=10', 'resent=11'],
    ]);
    expect(parameters).toEqual({
      ...DEFAULT,
      maxValueBytes: 1,
      maxDelegationKeys: 2,
      maxDelegationBytes: 3,
      maxDelegationsUnderWay: 4,
      maxOrders: 5,
      maxRanges: 6,
      maxUnacked: 7,
      maxUnackedBytes: 8,
      maxPeers: 9,
      resendPeriod: 10,
      maxResent: 11,
    });
  });

  test('change what the original has, too, where it could follow', () => {
    const args = ['compatible=true', 'valuebytes=100', 'delegationkeys=10', 'resend=50'];
    expect(parseServerOptions(args).parameters).toEqual({
      ...COMPATIBLE,
      maxValueBytes: 100,
      maxDelegationKeys: 10,
      resendPeriod: 50,
    });
  });

  test.each<[RegExp, ...string[]]>([
    [/delegationkeys must be a whole number from 1 to/, 'delegationkeys=0'],
    [/valuebytes must be a whole number from 0 to/, 'valuebytes=67108865'],
    [/resend must be a whole number from 1/, 'resend=-1'],
    [/did you mean unacked=\?/, 'unaked=7'],
    [/orders= is given twice/, 'orders=1', 'orders=1'],
    [/valuebytes=1024 will not do with compatible=true/, 'valuebytes=1024', 'compatible=true'],
    [/delegationkeys=62 will not do with comp/, 'delegationkeys=62', 'compatible=true'],
    [/underway= means nothing with compatible=true/, 'compatible=true', 'underway=9'],
    [/delegationbytes= means nothing with comp/, 'compatible=true', 'delegationbytes=9'],
    [/orders= means nothing with compatible=true/, 'compatible=true', 'orders=9'],
    [/ranges= means nothing with compatible=true/, 'compatible=true', 'ranges=9'],
  ])('are refused with %s', (message, ...args) => {
    expect(() => parseServerOptions(args)).toThrow(UsageError);
    expect(() => parseServerOptions(args)).toThrow(message);
  });
});
