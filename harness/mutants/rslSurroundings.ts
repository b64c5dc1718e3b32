/**
 * # Mutants of what is around the roles of the replicated service
 *
 * Where the protocol is right and the abstraction is wrong, another law must notice; and who speaks
 * to whom is checked, too.
 */
import { patch, type ServiceMutant } from './mutant.ts';

const FOLD = 'refinement/rsl/fold.ts';

const abstraction: readonly ServiceMutant[] = [
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

const network: readonly ServiceMutant[] = [
  {
    name: 'speaks to all under the name of the first replica',
    refusedBy: 'B4',
    clauses: ['a host sends under its own name'],
    patches: [
      patch(
        'protocol/rsl/messages.ts',
        'replicas.map((dst) => ({ src: me, dst, msg }))',
        'replicas.map((dst) => ({ src: replicas[0] ?? me, dst, msg }))',
      ),
    ],
  },
  {
    name: 'network: packets come to whom they were not sent',
    refusedBy: 'B4',
    clauses: ['a packet comes to whom it was sent'],
    patches: [
      patch(
        'harness/simulation/network.ts',
        'return this.#indexOf.get(dst);',
        `const place = this.#indexOf.get(dst);
    return place === undefined ? undefined : (place + 1) % this.#indexOf.size;`,
      ),
    ],
  },
];

export const surroundings: readonly ServiceMutant[] = [...abstraction, ...network];
