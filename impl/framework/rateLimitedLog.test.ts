import { describe, expect, test } from 'vitest';
import { RateLimitedLog } from './rateLimitedLog.ts';

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
});
