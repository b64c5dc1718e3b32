/**
 * # Instances of the hash table, explored
 *
 * Each is explored, and of those that are about it, it is checked that keys arrive in the end.
 */
import { type Exploration, type ExploreOptions, explore } from '../breadthFirst.ts';
import { checkLiveness, type LivenessResult } from '../liveness.ts';
import type { Instance } from './instance.ts';
import { keysArrive } from './liveness.ts';
import { ShtModel, type ShtMove, type ShtRefinement, type ShtState } from './model.ts';

/** More states than this are too many to keep. */
const MAX_LIVENESS_STATES = 300_000;

export interface InstanceOptions extends ExploreOptions {
  readonly liveness?: boolean;
  /** By default, the protocol as it is. */
  readonly refinement?: ShtRefinement;
}

export interface Explored {
  readonly instance: Instance;
  readonly model: ShtModel;
  readonly found: Exploration<ShtState, ShtMove>;
  readonly liveness: LivenessResult<ShtState, ShtMove> | undefined;
  /** Why it was not checked that keys arrive, where the instance is about that. */
  readonly whyNotLiveness: string | undefined;
}

export function exploreInstance(
  instance: Instance,
  { liveness = true, refinement, ...options }: InstanceOptions = {},
): Explored {
  const changed = refinement === undefined ? {} : { refinement };
  const model = new ShtModel(instance, changed);
  const found = explore(model, options);
  const { live = false } = instance;
  const whyNot = liveness ? whyNotAsk(found) : 'it was not asked for';
  const { maxSeconds = Number.POSITIVE_INFINITY } = options;
  return {
    instance,
    model,
    found,
    liveness:
      live && whyNot === undefined
        ? checkLiveness(model, keysArrive(instance, model), {
            maxStates: MAX_LIVENESS_STATES,
            maxSeconds,
          })
        : undefined,
    whyNotLiveness: live ? whyNot : undefined,
  };
}

const whyNotAsk = ({ counterexample, complete }: Explored['found']): string | undefined => {
  if (counterexample !== undefined) return 'what was found is reason enough to refuse';
  return complete ? undefined : 'not all states are known';
};

/** Whether something was refused. */
export const isRefused = ({ found, liveness }: Explored): boolean =>
  found.counterexample !== undefined || liveness?.holds === false;
