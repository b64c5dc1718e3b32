import { describe, expect, test } from 'vitest';
import { LeaderGuess } from './leaderGuess.ts';

const ALL = [0, 1, 2];
const connected = () => true;

describe('guessing who leads', () => {
  /**
   * Two requests are always under way, as over one identity they often are: of the two that
   * everybody is asked, the answer to one puts somebody on trial, and the answer to the other comes
   * while he is.
   */
  test('finds the only one who answers, also if that one was on trial in vain before', () => {
    for (const leader of ALL) {
      const guess = new LeaderGuess(3, 1000);
      guess.forget();
      const byLeader = { by: leader, asked: ALL, tookMs: 5 };
      guess.answered(byLeader, 0, connected);
      expect(guess.target).toBe(leader);
      guess.despair(); // It did not lead yet.
      let now = 0;
      for (let trials = 0; guess.target !== leader; trials++) {
        expect(trials).toBeLessThan(3);
        guess.answered(byLeader, now, connected);
        guess.answered(byLeader, now, connected);
        if (guess.target === leader) break;
        expect(guess.doubtDeadline).toBe(now + guess.trialMs);
        now = guess.doubtDeadline;
        guess.doubt();
      }
      guess.answered({ by: leader, asked: [leader], tookMs: 5 }, now, connected);
      expect(guess.confirmed).toBe(leader);
    }
  });
});
