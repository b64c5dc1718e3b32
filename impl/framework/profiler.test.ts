import { describe, expect, test } from 'vitest';
import type { Host } from './io.ts';
import { FREE_FLOW } from './io.ts';
import { ProfiledHost, Profiler, studentT975 } from './profiler.ts';

describe('the profiler', () => {
  test('prints average, interval, deviation, count and sum of each name', () => {
    const lines: string[] = [];
    const profiler = new Profiler((line) => lines.push(line), { ignored: 0 });
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) profiler.record('vote', value);
    profiler.record('decide', 3);
    profiler.print();
    const stdev = Math.sqrt(32 / 7);
    expect(lines[0]).toBe('Profiler statistics');
    const [, average, interval, deviation] =
      /^Aggregate vote: avg_usec (\S+) conf95plusorminus (\S+) stdev (\S+) count 8 sum 40$/.exec(
        lines[1] ?? '',
      ) ?? [];
    expect(Number(average)).toBe(5);
    expect(Number(deviation)).toBeCloseTo(stdev, 10);
    // 2.3646 is what tables of the distribution have for 7 degrees of freedom.
    expect(Number(interval)).toBeCloseTo((2.3646 * stdev) / Math.sqrt(8), 2);
    expect(lines.slice(2)).toEqual(['Aggregate decide: 3']);
  });

  test('leaves out what comes first, and prints once in a period', () => {
    const lines: string[] = [];
    const profiler = new Profiler((line) => lines.push(line), { ignored: 3, period: 5 });
    for (let count = 0; count < 12; count++) profiler.record('vote', 1);
    expect(lines).toEqual([
      'Profiler statistics',
      'Aggregate vote: avg_usec 1 conf95plusorminus 0 stdev 0 count 2 sum 2',
      'Profiler statistics',
      'Aggregate vote: avg_usec 1 conf95plusorminus 0 stdev 0 count 7 sum 7',
    ]);
  });

  test.each([
    [1, 12.706],
    [2, 4.303],
    [5, 2.571],
    [6, 2.447],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
    [1e9, 1.96],
  ])('knows Student’s t for %i degrees of freedom as tables have it', (degrees, t) => {
    expect(Math.abs(studentT975(degrees) - t)).toBeLessThan(0.002);
  });
});

describe('a host that is measured', () => {
  test('does what the host does, and each step is measured under its action', () => {
    const lines: string[] = [];
    const profiler = new Profiler((line) => lines.push(line), { ignored: 0 });
    const host: Host = {
      step: (_, wake) => (wake === 'packet' ? 'vote' : 'decide'),
      nextDeadline: () => 7,
      counters: { things: 3 },
      snapshot: () => ({ at: 'rest' }),
    };
    const measured = new ProfiledHost(host, profiler);
    const io = { receive: () => undefined, readClock: () => 0, send: () => {}, ...FREE_FLOW };
    expect(measured.step(io, 'packet')).toBe('vote');
    expect(measured.step(io, 'packet')).toBe('vote');
    expect(measured.step(io, 'deadline')).toBe('decide');
    expect([measured.nextDeadline(), measured.counters, measured.snapshot()]).toEqual([
      7,
      { things: 3 },
      { at: 'rest' },
    ]);
    profiler.print();
    expect(lines[1]).toMatch(/^Aggregate vote: avg_usec \d.* count 2 sum \d/);
    expect(lines[2]).toMatch(/^Aggregate decide: \d/);
  });
});
