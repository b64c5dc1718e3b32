import { describe, expect, test } from 'vitest';
import { flag, parseKeyValues, port, text, wholeNumber } from './keyValue.ts';
import { UsageError } from './usageError.ts';

const kinds = { addr: text, port, verbose: flag, useSSL: flag, runs: wholeNumber(0, 9) };

describe('options of the form key=value', () => {
  test('are read by their kinds, whatever the case of the key', () => {
    const args = ['ADDR=Host', 'Port=4001', 'verbose=true', 'usessl=false', 'runs=0'];
    expect(parseKeyValues(args, kinds)).toEqual({
      addr: 'Host',
      port: 4001,
      verbose: true,
      useSSL: false,
      runs: 0,
    });
  });

  test('that are not given are not there', () => {
    expect(parseKeyValues([], kinds)).toEqual({});
  });

  test('may have the equals sign in their value', () => {
    expect(parseKeyValues(['addr=a=b='], kinds)).toEqual({ addr: 'a=b=' });
  });

  test.each([
    ['a word without a value', ['verbose'], /^"verbose" is no option; options are addr= port= /],
    ['an unknown key', ['colour=red'], /^There is no option "colour"; the options are addr= /],
    ['a slip', ['prot=1'], /^There is no option "prot"; did you mean port=\? the options are /],
    ['a key of every object', ['toString=1'], /^There is no option "toString"; the options/],
    ['a key of every object, again', ['__proto__=1'], /^There is no option "__proto__"/],
    ['a key twice, in any case', ['port=1', 'PORT=1'], /^port= is given twice/],
    ['an empty value', ['addr='], /^addr= will not do: addr must not be empty$/],
    ['a flag in capitals', ['verbose=True'], /must be true or false$/],
    ['a port of 0', ['port=0'], /must be a whole number from 1 to 65535$/],
    ['a port too high', ['port=65536'], /must be a whole number from 1 to 65535$/],
    ['a negative number', ['runs=-1'], /must be a whole number from 0 to 9$/],
    ['a fraction', ['runs=1.5'], /must be a whole number/],
    ['a number in another notation', ['port=1e3'], /must be a whole number/],
    ['a number after a blank', ['port= 1'], /must be a whole number/],
  ])('refuse %s', (_, args, message) => {
    expect(() => parseKeyValues(args, kinds)).toThrow(UsageError);
    expect(() => parseKeyValues(args, kinds)).toThrow(message);
  });
});
