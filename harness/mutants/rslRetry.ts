/** # Mutants of what replicas of the service do about messages that are lost. */
import { patch, type ServiceMutant } from './mutant.ts';
import { CAUGHT_UP } from './rslTerms.ts';

const RETRY = 'protocol/rsl/retry.ts';

export const retry: readonly ServiceMutant[] = [
  {
    name: 'never tries again',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    patches: [patch(RETRY, "has passed', now >= retry.time", "has passed', false")],
  },
  {
    name: 'never asks for a state',
    refusedBy: 'liveness',
    clauses: [CAUGHT_UP],
    patches: [patch(RETRY, "is a second try', isSecondTry(r)", "is a second try', false")],
  },
  {
    name: 'asks again for promises, of the next ballot',
    refusedBy: 'B3',
    clauses: ['R18'],
    patches: [
      patch(
        RETRY,
        'ballot: r.proposer.maxBallotSent1a }',
        'ballot: { ...r.proposer.maxBallotSent1a, seqno: r.proposer.maxBallotSent1a.seqno + 1 } }',
      ),
    ],
  },
];
