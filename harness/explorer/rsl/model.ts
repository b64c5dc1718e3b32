/**
 * # A replicated service, as a model
 *
 * The model of a part of it, in a size. With a refinement of its own it is the model of a changed
 * protocol.
 */

import { type Ballot, showBallot } from '../../../protocol/rsl/ballot.ts';
import type { Batch, Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import type { Ghost } from '../../../refinement/rsl/ghost.ts';
import { rslRefinement } from '../../../refinement/rsl/service.ts';
import type { State as Service } from '../../../spec/rsl/service.ts';
import { GhostModel } from '../ghostModel.ts';
import type { GhostState } from '../ghostState.ts';
import type { Deed, Move } from '../hostSteps.ts';
import { isWithin, lastBallotOf, NOW, parametersOf, replicasOf, type Size } from './instance.ts';
import { journal } from './journal.ts';
import { normalForm } from './normalForm.ts';
import type { Part } from './parts.ts';
import { Rehearsal } from './rehearsal.ts';

export type RslRefinement = SystemRefinement<Replica, Message, Ghost, Service>;
export type RslModel = GhostModel<Replica, Message, Ghost, Service>;
export type RslState = GhostState<Replica, Message, Ghost>;
export type RslMove = Move<Replica, Message>;

/** Of so many states, the laws that take long are asked of one. */
const SAMPLE_EVERY = 64;

export interface RslModelOptions {
  /** By default, the protocol as it is. */
  readonly refinement?: RslRefinement;
  readonly symmetry?: boolean;
  /** Whether what a replica never looks at again is forgotten. */
  readonly normal?: boolean;
  readonly separate?: boolean;
}

export const refinementOf = (size: Size): RslRefinement =>
  rslRefinement(journal, replicasOf(size), parametersOf(size));

export function rslModel(
  part: Part,
  size: Size = part.size,
  {
    refinement = refinementOf(size),
    symmetry = true,
    normal = true,
    separate = false,
  }: RslModelOptions = {},
): RslModel {
  const allows = allowed(part, size);
  return new GhostModel(refinement, {
    name: nameOf(part, size),
    beginning: part.begin(new Rehearsal(refinement, NOW), size),
    restarts: size.restarts,
    clockReadings: [NOW],
    allows,
    ...(normal && { normal: (r) => normalForm(r, size) }),
    ...(symmetry && { symmetry: part.symmetry(size) }),
    separate,
    sampleEvery: SAMPLE_EVERY,
    showState,
  });
}

/** The steps that an instance has. */
function allowed(part: Part, size: Size): (deed: Deed<Replica, Message>) => boolean {
  const lastBallot = lastBallotOf(size);
  const none = new Set<string>();
  const last = new Set<string>();
  for (const { actions, lastHasThem = false } of part.without) {
    for (const action of actions) (lastHasThem ? last : none).add(action);
  }
  return (deed) =>
    !none.has(deed.action)
    && (deed.place === size.replicas - 1 || !last.has(deed.action))
    && isWithin(deed, size, lastBallot);
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

const nameOf = ({ name }: Part, { replicas, operations, ballots, restarts }: Size): string =>
  [
    `rsl, ${name}: ${count(replicas, 'replica')}`,
    count(operations, 'operation'),
    count(ballots, 'ballot'),
    ...(restarts > 0 ? [count(restarts, 'restart')] : []),
  ].join(', ');

/** Each replica in a few words, and what was chosen. */
function showState({ hosts, sent }: RslState): string {
  const { state } = sent.ghost.history;
  const log = [...state.executed].map(({ client, seqno }) => `${client}#${seqno}`);
  return [...hosts.map(({ value }) => showReplica(value)), `chosen: ⟨${log.join(' ')}⟩`].join('; ');
}

const showBatch = (batch: Batch): string =>
  `[${batch.map(({ client, seqno }) => `${client}#${seqno}`).join(' ')}]`;

const showVote = (ballot: Ballot, batch: Batch): string =>
  `${showBallot(ballot)} ${showBatch(batch)}`;

function showReplica({ constants, proposer, acceptor, executor }: Replica): string {
  const votes = [...acceptor.votes].map(
    ([operation, { ballot, batch }]) => `${operation}: ${showVote(ballot, batch)}`,
  );
  return [
    constants.me,
    ...(proposer.phase > 0
      ? [`leads ${showBallot(proposer.maxBallotSent1a)} in phase ${proposer.phase}`]
      : []),
    `promised ${showBallot(acceptor.maxBallot)}`,
    ...(votes.length > 0 ? [`voted ${votes.join(', ')}`] : []),
    ...(executor.operationsComplete > 0 ? [`executed ${executor.operationsComplete}`] : []),
  ].join(' ');
}
