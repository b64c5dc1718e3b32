/** # The mutants of the hash table, by the boundary that must refuse them. */
import type { Level } from '../campaign/level.ts';
import type { Mutant, NamedMutant } from './mutant.ts';
import { READS } from './replica/terms.ts';
import { liveness as runningLiveness } from './sht/liveness.ts';
import { mapping } from './sht/mapping.ts';
import { moving as runningMoving } from './sht/moving.ts';
import { clocks, order } from './sht/order.ts';
import { processing } from './sht/processing.ts';
import { receiving } from './sht/receiving.ts';
import { view } from './sht/view.ts';
import { reading, saying, writing } from './sht/wire.ts';
import { acks } from './shtAcks.ts';
import { adopted } from './shtAdopting.ts';
import { delivery } from './shtDelivery.ts';
import { liveness } from './shtLiveness.ts';
import { moving } from './shtMoving.ts';
import { answers, packets } from './shtRequests.ts';

const by = (
  level: Level,
  refusedBy: Mutant['refusedBy'],
  ...mutants: readonly (readonly NamedMutant[])[]
): readonly Mutant[] =>
  mutants.flat().map((mutant) => ({ service: 'sht', level, refusedBy, ...mutant }));

export const shtMutants: readonly Mutant[] = [
  ...by('protocol', 'B3', delivery, acks, moving, adopted, answers),
  ...by('protocol', 'B4', packets),
  ...by('protocol', 'liveness', liveness),
  ...by(
    'impl',
    'B0',
    reading.map((mutant) => ({ clauses: [READS], ...mutant })),
    writing,
  ),
  ...by('impl', 'B1', saying, receiving, processing, runningMoving, mapping, clocks),
  ...by('impl', 'B2', order),
  ...by('impl', 'B7', view),
  ...by('impl', 'liveness', runningLiveness),
];
