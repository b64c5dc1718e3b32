/** # The mutants of the running replica, by what is wrong with them. */
import type { Mutant, NamedMutant, ServiceMutant } from './mutant.ts';
import { acceptor } from './replica/acceptor.ts';
import { clients } from './replica/clients.ts';
import { election } from './replica/election.ts';
import { keepingUp } from './replica/keepingUp.ts';
import { learner } from './replica/learner.ts';
import { liveness } from './replica/liveness.ts';
import { clocks, order } from './replica/order.ts';
import { proposer } from './replica/proposer.ts';
import { proposing } from './replica/proposing.ts';
import { saying } from './replica/saying.ts';
import { READS } from './replica/terms.ts';
import { view } from './replica/view.ts';
import { reading, writing } from './replica/wire.ts';

const by = (
  refusedBy: Mutant['refusedBy'],
  ...mutants: readonly (readonly NamedMutant[])[]
): readonly ServiceMutant[] => mutants.flat().map((mutant) => ({ refusedBy, ...mutant }));

export const runningReplica: readonly ServiceMutant[] = [
  ...by(
    'B0',
    reading.map((mutant) => ({ clauses: [READS], ...mutant })),
    writing,
  ),
  ...by('B1', saying, acceptor, learner, proposer, proposing, election, keepingUp, clients, clocks),
  ...by('B2', order),
  ...by('B7', view),
  ...by('liveness', liveness),
];
