/**
 * # Die Hard
 *
 * Two jugs without marks, of 3 and of 5 gallons, a tap and a drain; wanted are exactly 4 gallons.
 *
 * The state machine is that of DieHard.tla in the TLA+ Examples: 16 states, 97 states generated.
 */
import { clause } from '../../../spec/framework/verdict.ts';
import { invariants, type Model } from '../model.ts';

export interface Jugs {
  readonly small: number;
  readonly big: number;
}

export const dieHard: Model<Jugs> = {
  name: 'Die Hard',
  initial: () => [{ small: 0, big: 0 }],
  successors({ small, big }, visit) {
    const toBig = Math.min(small, 5 - big);
    const toSmall = Math.min(big, 3 - small);
    visit('fill the small jug', { small: 3, big });
    visit('fill the big jug', { small, big: 5 });
    visit('empty the small jug', { small: 0, big });
    visit('empty the big jug', { small, big: 0 });
    visit('pour from small to big', { small: small - toBig, big: big + toBig });
    visit('pour from big to small', { small: small + toSmall, big: big - toSmall });
  },
  checkState: invariants({
    'no jug overflows': ({ small, big }) => clause('small ≤ 3 and big ≤ 5', small <= 3 && big <= 5),
  }),
};
