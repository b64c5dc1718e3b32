import { describe, expect, test } from 'vitest';
import { LeaderGuess } from './leaderGuess.ts';

const RETRY = 1000;
const everybody = [0, 1, 2];

/** A guess among three servers, all connected unless `away`, and what happens to it. */
function scene({ away = [] as readonly number[] } = {}) {
  const guess = new LeaderGuess(3, RETRY);
  const answered = (by: number, asked: readonly number[], { tookMs = 1, now = 0 } = {}): void => {
    guess.heard(by);
    guess.answered({ by, asked, tookMs }, now, (server) => !away.includes(server));
  };
  /** Server 0 is confirmed, and answers within a millisecond. */
  const settled = (): void => {
    for (let each = 0; each < 50; each++) answered(0, [0]);
  };
  return { guess, answered, settled };
}

describe('who leads', () => {
  test('is confirmed when who was asked alone is answered for, by whomever', () => {
    const { guess, answered } = scene();
    expect([guess.target, guess.confirmed]).toEqual([0, undefined]);
    answered(0, everybody);
    expect(guess.confirmed).toBe(undefined);
    answered(2, [0]);
    expect(guess.confirmed).toBe(0);
  });

  test('is not confirmed by an answer to somebody else alone', () => {
    const { guess, answered } = scene();
    guess.forget();
    answered(1, everybody);
    answered(0, [0]);
    expect([guess.target, guess.confirmed]).toEqual([1, undefined]);
  });

  test('is whoever answers first when everybody is asked', () => {
    const { guess, answered, settled } = scene();
    settled();
    guess.despair();
    expect(guess.target).toBe(undefined);
    answered(2, everybody);
    answered(1, everybody);
    expect([guess.target, guess.confirmed]).toEqual([2, undefined]);
    answered(2, [2]);
    expect([guess.confirmed, guess.changes]).toEqual([2, 1]);
  });

  test('is not who was tried in vain, until all have been or somebody is confirmed', () => {
    const { guess, answered, settled } = scene();
    settled();
    guess.despair(); // Who was confirmed is not ruled out by that.
    const tried: (number | undefined)[] = [];
    for (let each = 0; each < 4; each++) {
      answered(0, everybody);
      tried.push(guess.target);
      guess.despair();
    }
    expect(tried).toEqual([0, 1, 2, 0]);
    answered(1, everybody);
    answered(1, [1]);
    guess.despair();
    answered(0, everybody);
    expect(guess.target).toBe(0);
  });

  test('is nobody who is not connected, if others are', () => {
    const { guess, answered } = scene({ away: [1] });
    guess.despair();
    answered(0, everybody);
    expect(guess.target).toBe(2);
  });
});

describe('patience', () => {
  test('is short with who is on trial, and lasts until the next try with who is confirmed', () => {
    const { guess, answered, settled } = scene();
    expect(guess.patienceMs).toBe(500);
    settled();
    expect([guess.patienceMs, guess.trialMs]).toEqual([RETRY, 100]);
    guess.forget();
    answered(1, everybody);
    expect(guess.patienceMs).toBe(100);
  });

  test('grows with the time that answers take, within limits', () => {
    const { guess, answered } = scene();
    for (let each = 0; each < 100; each++) answered(0, [0], { tookMs: 60 });
    expect(guess.trialMs).toBeCloseTo(240, 0);
    for (let each = 0; each < 100; each++) answered(0, [0], { tookMs: 700 });
    expect(guess.trialMs).toBe(RETRY);
    expect(guess.patienceMs).toBeCloseTo(2800, 0);
    for (let each = 0; each < 100; each++) answered(0, [0], { tookMs: 60_000 });
    expect(guess.patienceMs).toBe(8 * RETRY);
  });

  test('takes little notice of how long a leader was gone', () => {
    const { guess, answered, settled } = scene();
    settled();
    guess.despair();
    answered(1, everybody, { tookMs: 30_000 });
    expect(guess.trialMs).toBeLessThan(RETRY);
  });

  test('doubles twice when everybody is asked in vain, and is as before after an answer', () => {
    const { guess, answered, settled } = scene();
    settled();
    const rounds = Array.from({ length: 4 }, () => {
      guess.despair();
      return guess.patienceMs;
    });
    expect(rounds).toEqual([RETRY, 2 * RETRY, 4 * RETRY, 4 * RETRY]);
    answered(0, everybody);
    answered(0, [0]);
    expect(guess.patienceMs).toBe(RETRY);
  });
});

test('doubt begins when another answers, and ends when the target is heard', () => {
  const { guess, answered, settled } = scene();
  settled();
  expect(guess.doubtDeadline).toBe(Number.POSITIVE_INFINITY);
  answered(1, [0], { now: 50 });
  answered(2, [0], { now: 70 });
  expect(guess.doubtDeadline).toBe(50 + guess.trialMs);
  guess.heard(1);
  expect(guess.doubtDeadline).toBe(50 + guess.trialMs);
  guess.heard(0);
  expect(guess.doubtDeadline).toBe(Number.POSITIVE_INFINITY);
});
