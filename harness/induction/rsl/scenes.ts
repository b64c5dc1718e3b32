/**
 * # Scenes of a replicated service, and what is found in them
 */
import { compareBallots, isSame } from '../../../protocol/rsl/ballot.ts';
import type { Message, Operation, Vote } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import type { Random } from '../../simulation/random.ts';
import type { Scene } from '../scene.ts';
import type { Atoms, RslProtocol } from './universe.ts';

export type RslScene = Scene<Replica, Message>;

/** Whatever changes a scene has this at hand. */
export interface Hand {
  readonly protocol: RslProtocol;
  readonly atoms: Atoms;
  readonly random: Random;
}

/** A change of a scene; nothing where it does not apply. */
export type Change = (scene: RslScene, hand: Hand) => RslScene | undefined;

export const replicaAt = ({ hosts }: RslScene, host: number): Replica => hosts[host] as Replica;

/** The place of one of the replicas. */
export const someHost = ({ hosts }: RslScene, random: Random): number => random.below(hosts.length);

export const someOf = <T>(items: readonly T[], random: Random): readonly T[] =>
  items.filter(() => random.happens(0.7));

/** The same message to all replicas, to some of them, or to none. */
export const toSome = (r: Replica, msg: Message, random: Random): readonly Packet<Message>[] => {
  const { me, replicas } = r.constants;
  const to = random.pick([replicas, replicas, someOf(replicas, random), []]);
  return to.map((dst) => ({ src: me, dst, msg }));
};

/** The packets of one type that replicas have sent. */
export const saidOf = <Type extends Message['type']>(
  { hosts, sent }: RslScene,
  type: Type,
): readonly Packet<Extract<Message, { readonly type: Type }>>[] =>
  sent.filter(
    ({ src, msg }) => msg.type === type && hosts[0]?.constants.replicas.includes(src),
  ) as never;

/** How far a replica has come for good. */
export const farthest = ({ executor: { checkpoint, operationsComplete } }: Replica): Operation =>
  checkpoint?.operationsComplete ?? operationsComplete;

/** The operation that a quorum has come to for good. */
export function cutOff({ hosts }: RslScene): Operation {
  const quorum = hosts[0]?.constants.quorum ?? 0;
  return hosts.map(farthest).sort((a, b) => b - a)[quorum - 1] ?? 0;
}

/** Of the votes that a leader was told of, the one of the highest ballot. */
export function highestVote({ proposer }: Replica, operation: Operation): Vote | undefined {
  const votes = [...proposer.received1bs.values()].flatMap(
    (told) => told.votes.get(operation) ?? [],
  );
  return votes.sort((a, b) => compareBallots(b.ballot, a.ballot))[0];
}

/** What a quorum has voted for in one ballot. */
export function chosenAt(scene: RslScene, operation: Operation): Vote | undefined {
  const votes = saidOf(scene, '2b').filter(({ msg }) => msg.operation === operation);
  const quorum = scene.hosts[0]?.constants.quorum ?? 0;
  return votes.find(({ msg: { ballot, batch } }) => {
    const same = votes.filter(({ msg }) => isSame(msg.ballot, ballot) && equal(msg.batch, batch));
    return new Set(same.map(({ src }) => src)).size >= quorum;
  })?.msg;
}
