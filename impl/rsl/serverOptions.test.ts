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
      progress: false,
      safeguard: true,
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
    const args = ['window=1', 'batch=2', 'batchbytes=3', 'batchdelay=4', 'ViewTimeout=5'];
    const { parameters } = parseServerOptions([
      ...args,
      'heartbeat=6',
      'RETRY=7',
      'cachedreplies=8',
    ]);
    expect(parameters).toEqual({
      maxLogLength: 1,
      maxBatchSize: 2,
      maxBatchBytes: 3,
      maxBatchDelay: 4,
      baselineViewTimeout: 5,
      heartbeatPeriod: 6,
      retryPeriod: 7,
      maxCachedReplies: 8,
      maxInteger: Number.MAX_SAFE_INTEGER,
      compatible: false,
    });
  });

  test('change what the original has, too, where it could follow', () => {
    const args = ['compatible=true', 'window=3', 'batch=100', 'batchdelay=0', 'heartbeat=10'];
    expect(parseServerOptions([...args, 'viewtimeout=100000'])).toMatchObject({
      parameters: {
        ...COMPATIBLE,
        maxLogLength: 3,
        maxBatchSize: 100,
        maxBatchDelay: 0,
        heartbeatPeriod: 10,
        baselineViewTimeout: 100_000,
      },
    });
  });

  test.each<[RegExp, ...string[]]>([
    [/window=0 will not do: window must be a whole number from 1 to/, 'window=0'],
    [/batch=101 will not do: batch must be a whole number from 1 to 100/, 'batch=101'],
    [/batchbytes must be a whole number/, 'batchbytes=1e3'],
    [/heartbeat must be a whole number from 1/, 'heartbeat=-1'],
    [/safeguard must be true or false/, 'safeguard=no'],
    [/did you mean safeguard=\?/, 'safegard=false'],
    [/progress= is given twice/, 'progress=true', 'progress=true'],
    [/window=8 will not do with compatible=true/, 'window=8', 'compatible=true'],
    [/batchbytes= means nothing with compatible=true/, 'compatible=true', 'batchbytes=9'],
    [/retry= means nothing with compatible=true/, 'compatible=true', 'retry=9'],
  ])('are refused with %s', (message, ...args) => {
    expect(() => parseServerOptions(args)).toThrow(UsageError);
    expect(() => parseServerOptions(args)).toThrow(message);
  });
});
