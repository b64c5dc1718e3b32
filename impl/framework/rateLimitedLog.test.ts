import { describe, expect, test } from 'vitest';
import { oneLine, RateLimitedLog } from './rateLimitedLog.ts';

describe('a rate-limited log', () => {
  test('passes ten lines in ten seconds and then says how many it kept to itself', () => {
    let now = 0;
    const lines: string[] = [];
    const log = new RateLimitedLog(
      (line) => lines.push(line),
      () => now,
    );
    for (let count = 0; count < 100; count++) log.line(`line ${count}`);
    expect(lines).toHaveLength(10);
    now = 9_999;
    log.line('still too early');
    expect(lines).toHaveLength(10);
    now = 10_000;
    log.line('later');
    log.line('next');
    expect(lines.slice(10)).toEqual(['later (and 91 lines like it before)', 'next']);
  });

  test('makes one line of any text', () => {
    const lines: string[] = [];
    const log = new RateLimitedLog((line) => lines.push(line));
    log.line('wrong version number:../deps/openssl/ssl3_record.c:355:\n');
    log.line('one\r\ntwo\u2028three\u001b[31m\u0000four\u202efive');
    log.line('naïve “quotes” — 🚢');
    expect(lines).toEqual([
      'wrong version number:../deps/openssl/ssl3_record.c:355:',
      'one two three [31m four five',
      'naïve “quotes” — 🚢',
    ]);
  });
});

describe('one line', () => {
  test('is of bounded length, and cuts no character in half', () => {
    expect(oneLine('x'.repeat(500))).toBe('x'.repeat(500));
    expect(oneLine('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
    expect(oneLine(`${'x'.repeat(499)}🚢`)).toBe(`${'x'.repeat(499)}…`);
  });
});
