/** # The mutants of the replicated service, role by role. */
import type { Level } from '../campaign/level.ts';
import type { Mutant, ServiceMutant } from './mutant.ts';
import { acceptor } from './rslAcceptor.ts';
import { applications } from './rslApps.ts';
import { bounds } from './rslBounds.ts';
import { counting } from './rslCounting.ts';
import { election } from './rslElection.ts';
import { executor } from './rslExecutor.ts';
import { learner } from './rslLearner.ts';
import { proposer } from './rslProposer.ts';
import { runningReplica } from './rslReplica.ts';
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
  bounds,
  counting,
  surroundings,
];

/** Those of what runs. */
const RUNNING: readonly (readonly ServiceMutant[])[] = [runningReplica, applications];

const at = (level: Level, mutants: readonly (readonly ServiceMutant[])[]): readonly Mutant[] =>
  mutants.flat().map((mutant) => ({ service: 'rsl', level, ...mutant }));

export const rslMutants: readonly Mutant[] = [...at('protocol', ROLES), ...at('impl', RUNNING)];
