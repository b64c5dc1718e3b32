/** # The mutants of the replicated service, role by role. */
import type { Mutant, ServiceMutant } from './mutant.ts';
import { acceptor } from './rslAcceptor.ts';
import { election } from './rslElection.ts';
import { executor } from './rslExecutor.ts';
import { learner } from './rslLearner.ts';
import { proposer } from './rslProposer.ts';
import { retry } from './rslRetry.ts';
import { surroundings } from './rslSurroundings.ts';
import { transfer } from './rslTransfer.ts';

const ROLES: readonly (readonly ServiceMutant[])[] = [
  acceptor,
  proposer,
  learner,
  executor,
  transfer,
  election,
  retry,
  surroundings,
];

export const rslMutants: readonly Mutant[] = ROLES.flat().map((mutant) => ({
  service: 'rsl',
  level: 'protocol',
  ...mutant,
}));
