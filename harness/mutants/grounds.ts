/**
 * # Where mutants are hunted
 *
 * In behaviours of their service, which is what campaigns try; unless a mutant says that it shows
 * sooner elsewhere: in single steps from arbitrary states, of which a campaign takes some as well,
 * or where an application is asked by itself, as a test does.
 */
import fc from 'fast-check';
import { CounterService } from '../../impl/apps/counter.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { counter } from '../../spec/apps/counter.ts';
import { checkService } from '../apps/checkService.ts';
import { COUNTER, FAR_COUNTERS, KEY_VALUE, SMALL_KEY_VALUE, type Trial } from '../apps/trials.ts';
import type { Outcome } from '../campaign/behaviour.ts';
import { type AnyCampaignService, serviceNamed } from '../campaign/services.ts';
import { anyReplicas } from '../rsl/anyReplica.ts';
import { anyHosts } from '../sht/anyHost.ts';
import { shtHostCampaign } from '../sht/hostCampaign.ts';
import type { ShtShape } from '../sht/shape.ts';
import { checkAnyStates } from '../simulation/anyState.ts';
import { NO_FAULTS, noFaultsYet } from '../simulation/faults.ts';
import { Random } from '../simulation/random.ts';
import type { Ground, Mutant } from './mutant.ts';

/** What a hunt needs to know of a service. */
export type Grounds = Pick<AnyCampaignService, 'shapes' | 'behaviours'>;

/** Something that is done for each seed, and gives how many steps it checked. */
const each = (act: (seed: number) => number): ReturnType<Grounds['behaviours']> => ({
  never: [],
  run: ({ seed }) => outcomeOf(() => act(seed)),
  replay: () => outcomeOf(() => 0),
});

/** The same, where all seeds are of one configuration. */
const once = (act: (seed: number) => number): Grounds => ({
  shapes: () =>
    fc
      .noShrink(fc.integer())
      .map((seed) => ({ config: undefined, plan: { seed, steps: 0, faults: NO_FAULTS } })),
  behaviours: () => each(act),
});

function outcomeOf(act: () => number): Outcome {
  let steps = 0;
  let refusal: BoundaryRefusal | undefined;
  try {
    steps = act();
  } catch (error) {
    if (!(error instanceof BoundaryRefusal)) throw error;
    refusal = error;
  }
  return {
    seen: { steps, specSteps: 0, messages: 0, packets: 0, actions: {} },
    anyStateSteps: steps,
    faults: noFaultsYet(),
    sometimes: {},
    requests: 0,
    testimony: undefined,
    refused: {},
    clauses: {},
    promise: undefined,
    refusal,
    // It is as short as it can be.
    anyState: true,
    digest: '',
    schedule: undefined,
    story: [],
  };
}

const TRIALS: readonly Trial[] = [COUNTER, ...FAR_COUNTERS, KEY_VALUE, SMALL_KEY_VALUE];

/** How many sequences of requests an application is asked at a time. */
const SEQUENCES = 20;

function askApplications(seed: number): number {
  for (const { service, application, requests } of TRIALS) {
    const found = checkService(service, application, { requests, seed, runs: SEQUENCES });
    if (found !== undefined) throw found.refusal;
  }
  return TRIALS.length * SEQUENCES;
}

/** Steps of hosts of the hash table, in the configurations in which behaviours are tried. */
const anyTables: Grounds = {
  shapes: (options) => shtHostCampaign.shapes(options),
  behaviours: (config) =>
    each((seed) => checkAnyStates(anyHosts(config as ShtShape, new Random(seed)))),
};

/** By ground and service. */
const ELSEWHERE: Readonly<Record<Ground, Readonly<Record<string, Grounds>>>> = {
  'arbitrary states': {
    rsl: once((seed) =>
      checkAnyStates(
        anyReplicas({ service: CounterService, application: counter }, new Random(seed)),
      ),
    ),
    sht: anyTables,
  },
  'applications alone': { rsl: once(askApplications) },
};

/** Throws a RangeError if mutants of this service are not hunted there. */
export function groundsOf({ service, level, ground }: Mutant): Grounds {
  if (ground === undefined) return serviceNamed(service, level);
  const found = ELSEWHERE[ground][service];
  if (found !== undefined) return found;
  throw new RangeError(`no mutant of ${service} is hunted in ${ground}`);
}
