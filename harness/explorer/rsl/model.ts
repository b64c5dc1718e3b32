/**
 * # A replicated service, as a model
 *
 * The model of a part of it, in a size. With a refinement of its own it is the model of a changed
 * protocol.
 */
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { ignore } from '../../../protocol/rsl/rsl.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';
import { rslRefinement } from '../../../refinement/rsl/service.ts';
import type { State as Service } from '../../../spec/rsl/service.ts';
import { GhostModel } from '../ghostModel.ts';
import type { GhostState } from '../ghostState.ts';
import type { Move, PossibleStep } from '../hostSteps.ts';
import { symmetryOf } from './alike.ts';
import {
  isWithin,
  lastBallotOf,
  NOW,
  parametersOf,
  replicasOf,
  type Size,
  showSize,
} from './instance.ts';
import { journal } from './journal.ts';
import { normalForm } from './normalForm.ts';
import type { Part } from './parts.ts';
import { Rehearsal } from './rehearsal.ts';
import { showChosen, showReplica } from './show.ts';

export type RslRefinement = SystemRefinement<Replica, Message, Ghost, Service>;
export type RslModel = GhostModel<Replica, Message, Ghost, Service>;
export type RslState = GhostState<Replica, Message, Ghost>;
export type RslMove = Move<Replica, Message>;

/** Of so many states, the laws that take long are asked of one. */
export const SAMPLE_EVERY = 64;

export interface RslModelOptions {
  /** By default, the protocol as it is. */
  readonly refinement?: RslRefinement;
  /** Whether states that differ in names only are one; by default they are. */
  readonly symmetry?: boolean;
  /** Whether what a replica never looks at again is forgotten; by default it is. */
  readonly normal?: boolean;
  readonly separate?: boolean;
}

export const refinementOf = ({ parameters }: Part, size: Size): RslRefinement =>
  rslRefinement(journal, replicasOf(size), parametersOf(size, parameters));

export function rslModel(part: Part, size: Size, options: RslModelOptions = {}): RslModel {
  const { refinement = refinementOf(part, size), separate = false } = options;
  const { symmetry = true, normal = true } = options;
  const beginning = part.begin(new Rehearsal(refinement, NOW), size);
  return new GhostModel(refinement, {
    name: nameOf(part, size),
    actions: actionsOf(part, size, refinement),
    beginning,
    restarts: size.restarts,
    clockReadings: [NOW],
    allows: stepsOf(part, size),
    ...(normal && { normal: (r) => normalForm(r, size) }),
    ...(symmetry && { symmetry: symmetryOf(part, size, beginning) }),
    separate,
    sampleEvery: SAMPLE_EVERY,
    showState: ({ hosts, sent: { ghost } }, moved) => {
      const shown = moved === undefined ? hosts : [moved];
      return [...shown.map(({ value }) => showReplica(value)), showChosen(ghost)].join('; ');
    },
  });
}

/** The actions that somebody may take and that change something. */
function actionsOf(part: Part, size: Size, { protocol }: RslRefinement): string[] {
  const left = part.without
    .filter(({ except = () => [] }) => except(size).length === 0)
    .flatMap(({ actions }) => actions);
  return protocol.actions
    .map(({ name }) => name)
    .filter((name) => name !== ignore.name && !left.includes(name));
}

/** Whether an instance has a step. */
export function stepsOf(part: Part, size: Size): (step: PossibleStep<Replica, Message>) => boolean {
  const lastBallot = lastBallotOf(size);
  const places = [...replicasOf(size).keys()];
  const stopped = new Set(part.stopped);
  const without = new Map<string, ReadonlySet<number>>();
  for (const { actions, except = () => [] } of part.without) {
    const kept = except(size);
    const lacking = new Set(places.filter((place) => !kept.includes(place)));
    for (const action of actions) without.set(action, lacking);
  }
  return (step) =>
    !stopped.has(step.place)
    && !without.get(step.action)?.has(step.place)
    && isWithin(step, size, lastBallot);
}

export const nameOf = ({ name }: Part, size: Size): string => `rsl, ${name}: ${showSize(size)}`;
