/**
 * # Changes of the same thing everywhere
 *
 * A promise is in a packet and in the proposer who keeps it, a value in proposals, votes, counts and
 * decisions. Changed in one place only, they contradict each other; these changes keep them alike.
 */

import type { Ballot } from '../../../protocol/rsl/ballot.ts';
import { isSame } from '../../../protocol/rsl/ballot.ts';
import type {
  Batch,
  Message,
  Operation,
  Promise1b,
  Votes,
} from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import type { Domain } from '../domain.ts';
import { withPackets } from '../scene.ts';
import { type Change, type RslScene, saidOf } from './scenes.ts';

/** A promise tells something else, and whoever keeps it was told so. */
export const tellOtherwise =
  (promises: Domain<Promise1b>): Change =>
  (scene, { random }) => {
    const said = saidOf(scene, '1b');
    if (said.length === 0) return undefined;
    const { src, msg } = random.pick(said);
    const other = promises.alter(msg, random);
    const isIt = (packet: Packet<Message>): boolean => packet.src === src && equal(packet.msg, msg);
    const kept = scene.sent.filter((packet) => !isIt(packet));
    const changed = scene.sent.filter(isIt).map((packet) => ({ ...packet, msg: other }));
    const hosts = scene.hosts.map((r) => {
      const { received1bs } = r.proposer;
      if (!equal(received1bs.get(src), msg)) return r;
      const received = new Map(received1bs).set(src, other);
      return { ...r, proposer: { ...r.proposer, received1bs: received } };
    });
    return withPackets({ hosts, sent: kept }, changed);
  };

/** Of all that is said in a ballot about an operation, the value is another. */
export const meanOtherwise: Change = (scene, { random, atoms }) => {
  const said = [...saidOf(scene, '2a'), ...saidOf(scene, '2b')];
  if (said.length === 0) return undefined;
  const { ballot, operation } = random.pick(said).msg;
  const batch = atoms.batches.draw(random);
  return new Meaning(ballot, operation, batch).of(scene);
};

/** The value of an operation in a ballot. */
class Meaning {
  readonly #ballot: Ballot;
  readonly #operation: Operation;
  readonly #batch: Batch;

  constructor(ballot: Ballot, operation: Operation, batch: Batch) {
    this.#ballot = ballot;
    this.#operation = operation;
    this.#batch = batch;
  }

  of({ hosts, sent }: RslScene): RslScene {
    const emptied: RslScene = { hosts: hosts.map((r) => this.#ofReplica(r)), sent: [] };
    return withPackets(
      emptied,
      sent.map((packet) => ({ ...packet, msg: this.#ofMessage(packet.msg) })),
    );
  }

  #ofMessage(msg: Message): Message {
    if (msg.type === '1b') return this.#ofPromise(msg);
    if (msg.type !== '2a' && msg.type !== '2b') return msg;
    return this.#isMeant(msg.operation, msg.ballot) ? { ...msg, batch: this.#batch } : msg;
  }

  #isMeant(operation: Operation, ballot: Ballot): boolean {
    return operation === this.#operation && isSame(ballot, this.#ballot);
  }

  #ofVotes(votes: Votes): Votes {
    const vote = votes.get(this.#operation);
    if (vote === undefined || !isSame(vote.ballot, this.#ballot)) return votes;
    return new Map(votes).set(this.#operation, { ...vote, batch: this.#batch });
  }

  #ofPromise(promise: Promise1b): Promise1b {
    const votes = this.#ofVotes(promise.votes);
    return votes === promise.votes ? promise : { ...promise, votes };
  }

  #ofReplica(r: Replica): Replica {
    const { proposer, acceptor, learner, executor } = r;
    const { decided, operationsComplete } = executor;
    const tally = learner.tallies.get(this.#operation);
    const counted = tally !== undefined && isSame(learner.maxBallotSeen, this.#ballot);
    const proposed =
      proposer.proposed.has(this.#operation) && isSame(proposer.maxBallotSent1a, this.#ballot);
    return {
      ...r,
      acceptor: { ...acceptor, votes: this.#ofVotes(acceptor.votes) },
      proposer: {
        ...proposer,
        received1bs: new Map(
          [...proposer.received1bs].map(([src, promise]) => [src, this.#ofPromise(promise)]),
        ),
        proposed: proposed
          ? new Map(proposer.proposed).set(this.#operation, this.#batch)
          : proposer.proposed,
      },
      learner: counted
        ? {
            ...learner,
            tallies: new Map(learner.tallies).set(this.#operation, {
              ...tally,
              batch: this.#batch,
            }),
          }
        : learner,
      executor:
        decided !== undefined && this.#isMeant(operationsComplete, decided.ballot)
          ? { ...executor, decided: { ...decided, batch: this.#batch } }
          : executor,
    };
  }
}
