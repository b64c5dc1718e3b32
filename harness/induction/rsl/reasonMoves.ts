/**
 * # Changes that give a reason
 *
 * Something in the scene is there without what must have been there before: a vote without its
 * proposal, a proposal without its promises, a request that nobody has sent. These changes put the
 * reason behind it, so that what is strange about a scene is only what is wanted.
 */
import {
  type Ballot,
  compareBallots,
  higherOf,
  isBelow,
  isSame,
} from '../../../protocol/rsl/ballot.ts';
import type { Batch, Message, Operation, Promise1b } from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import { withHost, withPackets } from '../scene.ts';
import {
  type Change,
  cutOff,
  type RslScene,
  replicaAt,
  saidOf,
  someHost,
  toSome,
} from './scenes.ts';

interface Said {
  readonly ballot: Ballot;
  readonly operation: Operation;
  readonly batch: Batch;
}

/** Everything that a scene takes for voted. */
function votesIn(scene: RslScene): readonly Said[] {
  const kept = scene.hosts.flatMap(({ acceptor }) => [...acceptor.votes]);
  const told = saidOf(scene, '1b').flatMap(({ msg }) => [...msg.votes]);
  return [
    ...saidOf(scene, '2b').map(({ msg }) => msg),
    ...[...kept, ...told].map(([operation, vote]) => ({ operation, ...vote })),
  ];
}

/** What was voted for was proposed. */
export const wasProposed: Change = (scene, { random }) => {
  const votes = votesIn(scene);
  if (votes.length === 0) return undefined;
  const { ballot, operation, batch } = random.pick(votes);
  const leader = scene.hosts[ballot.proposer];
  if (leader === undefined) return undefined;
  return withPackets(scene, toSome(leader, { type: '2a', ballot, operation, batch }, random));
};

/** What was proposed had been permitted by a quorum, or by nearly one. */
export const wasPermitted: Change = (scene, { random }) => {
  const proposals = saidOf(scene, '2a');
  if (proposals.length === 0) return undefined;
  const { ballot, operation } = random.pick(proposals).msg;
  const dst = replicaAt(scene, 0).constants.replicas[ballot.proposer];
  if (dst === undefined) return undefined;
  let after = scene;
  for (const host of scene.hosts.keys()) {
    if (random.happens(0.2)) continue;
    const r = replicaAt(after, host);
    const { votes, maxBallot } = r.acceptor;
    const from = Math.min(operation, r.acceptor.logTruncationPoint, cutOff(scene));
    const told = [...votes].filter(([at, vote]) => at >= from && isBelow(vote.ballot, ballot));
    const msg: Promise1b = { type: '1b', ballot, logTruncationPoint: from, votes: new Map(told) };
    const acceptor = { ...r.acceptor, maxBallot: higherOf(maxBallot, ballot) };
    after = withHost(after, host, { ...r, acceptor });
    after = withPackets(after, [{ src: r.constants.me, dst, msg }]);
  }
  return after;
};

/** Every ballot that a scene speaks of, in which it matters who leads it. */
function ballotsIn(scene: RslScene): readonly Ballot[] {
  return [
    ...votesIn(scene),
    ...saidOf(scene, '1a').map(({ msg }) => msg),
    ...saidOf(scene, '2a').map(({ msg }) => msg),
    ...saidOf(scene, 'appStateSupply').map(({ msg }) => msg),
    ...scene.hosts.flatMap(({ acceptor, learner, executor }) => [
      { ballot: acceptor.maxBallot },
      { ballot: learner.maxBallotSeen },
      { ballot: executor.maxBallotReflected },
    ]),
  ].map(({ ballot }) => ballot);
}

/** A ballot that is spoken of was attempted by its replica, which is past what it proposed in it. */
export const wasAttempted: Change = (scene, { random }) => {
  const ballot = random.pick(ballotsIn(scene));
  const r = scene.hosts[ballot.proposer];
  if (r === undefined) return undefined;
  const above = compareBallots(r.proposer.maxBallotSent1a, ballot);
  if (above > 0) return undefined;
  const proposals = saidOf(scene, '2a').filter(({ msg }) => isSame(msg.ballot, ballot));
  const proposer: Proposer = {
    ...r.proposer,
    phase: random.pick([0, 0, 2]),
    maxBallotSent1a: ballot,
    received1bs: above === 0 ? r.proposer.received1bs : new Map(),
    proposed: above === 0 ? r.proposer.proposed : new Map(),
    nextOperation: Math.max(
      r.proposer.nextOperation,
      ...proposals.map(({ msg }) => msg.operation + 1),
    ),
  };
  return withHost(scene, ballot.proposer, { ...r, proposer });
};

/** Whatever is proposed or waits was asked for. */
export const wasAskedFor: Change = (scene, { random }) => {
  const requests = [
    ...saidOf(scene, '2a').flatMap(({ msg }) => msg.batch),
    ...scene.hosts.flatMap(({ proposer, election }) => [
      ...proposer.requestQueue,
      ...election.receivedEarlier,
      ...election.receivedThisEpoch,
    ]),
  ];
  const { replicas } = replicaAt(scene, 0).constants;
  const asked = requests
    .filter(({ client }) => !replicas.includes(client))
    .map(({ client, seqno, request }) => {
      const msg: Message = { type: 'request', seqno, request };
      return { src: client, dst: random.pick(replicas), msg };
    });
  return asked.length === 0 ? undefined : withPackets(scene, asked);
};

/** What a replica has counted or takes for decided was voted for. */
export const wasVotedFor: Change = (scene, { random }) => {
  const { learner, executor } = replicaAt(scene, someHost(scene, random));
  const { decided, operationsComplete } = executor;
  const said: Said[] = [...learner.tallies].map(([operation, { batch }]) => ({
    ballot: learner.maxBallotSeen,
    operation,
    batch,
  }));
  if (decided !== undefined) said.push({ operation: operationsComplete, ...decided });
  if (said.length === 0) return undefined;
  const msg: Message = { type: '2b', ...random.pick(said) };
  return scene.hosts.reduce(
    (after, voter) =>
      random.happens(0.3) ? after : withPackets(after, toSome(voter, msg, random)),
    scene,
  );
};
