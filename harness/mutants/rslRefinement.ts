/**
 * # Mutants of what the replicated service is checked against
 *
 * The protocol is right and the abstraction is wrong: another law must notice.
 */
import { patch, type ServiceMutant } from './mutant.ts';

const FOLD = 'refinement/rsl/fold.ts';

export const refinement: readonly ServiceMutant[] = [
  {
    name: 'abstraction: a request that is settled takes effect again',
    refusedBy: 'B3',
    clauses: ['the step is one of the specification'],
    patches: [patch(FOLD, 'last.seqno >= seqno', 'last.seqno < 0')],
  },
  {
    name: 'abstraction: the client that was served first is forgotten',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(FOLD, '  latest.delete(row.client);\n', '')],
  },
  {
    name: 'abstraction: one fewer than a majority choose',
    refusedBy: 'B3',
    clauses: ['R1'],
    patches: [
      patch(
        'refinement/rsl/ghost.ts',
        'Math.floor(replicas.length / 2) + 1',
        'Math.floor(replicas.length / 2)',
      ),
    ],
  },
  {
    name: 'abstraction: votes count whatever their ballots',
    refusedBy: 'B3',
    clauses: ['R4', 'R7', 'R12', 'R23', 'R24'],
    patches: [
      patch(
        'refinement/rsl/operation.ts',
        'order(voice.ballot, ballot) === 0 && sameBatch(voice.batch, batch),\n  );',
        'sameBatch(voice.batch, batch),\n  );',
      ),
    ],
  },
];
