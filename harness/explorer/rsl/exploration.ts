/**
 * # Parts of a replicated service, explored
 *
 * Each instance is explored, and where its part says what its network is, and all of it is known, it
 * is checked that requests are executed in the end. For that all states are kept, and all names
 * differ.
 */
import { type Exploration, type ExploreOptions, explore } from '../breadthFirst.ts';
import { checkLiveness, type LivenessResult } from '../liveness.ts';
import type { Size } from './instance.ts';
import { requestsAreExecuted } from './liveness.ts';
import {
  type RslModel,
  type RslMove,
  type RslRefinement,
  type RslState,
  rslModel,
} from './model.ts';
import { type Network, PARTS, type Part } from './parts.ts';

/** More states than this are too many to keep. */
const MAX_LIVENESS_STATES = 300_000;

export interface Instance {
  readonly part: Part;
  readonly size: Size;
}

export interface InstanceOptions extends ExploreOptions {
  readonly symmetry?: boolean;
  readonly liveness?: boolean;
  /** By default, the protocol as it is. */
  readonly refinement?: RslRefinement;
}

export interface Explored extends Instance {
  readonly model: RslModel;
  readonly found: Exploration<RslState, RslMove>;
  /** For how many states those that were found stand, where that is known. */
  readonly standFor: number | undefined;
  readonly liveness: LivenessResult<RslState, RslMove> | undefined;
  /** Why it was not checked that requests are executed, where the part would have it. */
  readonly whyNotLiveness: string | undefined;
}

/** The instances that are explored if nobody says otherwise. */
export const INSTANCES: readonly Instance[] = PARTS.flatMap((part) =>
  part.sizes.map((size) => ({ part, size })),
);

export function exploreInstance(
  { part, size }: Instance,
  { symmetry = true, liveness = true, refinement, ...options }: InstanceOptions = {},
): Explored {
  const changed = refinement === undefined ? {} : { refinement };
  const model = rslModel(part, size, { symmetry, ...changed });
  const found = explore(model, options);
  const { network } = part;
  const whyNot = !liveness
    ? 'it was not asked for'
    : found.counterexample
      ? 'what was found is reason enough to refuse'
      : found.complete
        ? undefined
        : 'not all states are known';
  return {
    part,
    size,
    model,
    found,
    standFor: model.standFor,
    liveness:
      network && whyNot === undefined
        ? checkRequests({ part, size }, network, changed, options)
        : undefined,
    whyNotLiveness: network && whyNot,
  };
}

function checkRequests(
  { part, size }: Instance,
  network: Network,
  changed: { readonly refinement?: RslRefinement },
  { maxSeconds = Number.POSITIVE_INFINITY }: ExploreOptions,
): LivenessResult<RslState, RslMove> {
  const model = rslModel(part, size, { ...changed, symmetry: false, separate: true });
  const property = requestsAreExecuted(part, size, model, network);
  return checkLiveness(model, property, { maxStates: MAX_LIVENESS_STATES, maxSeconds });
}

/** Whether something was refused. */
export const isRefused = ({ found, liveness }: Explored): boolean =>
  found.counterexample !== undefined || liveness?.holds === false;
