/**
 * # Histories in which anybody may have been careless
 *
 * Some ballots in which something was promised, proposed and voted for, where each replica kept the
 * rules only most of the time: promises do not tell of all votes, leaders do not propose what they
 * must, votes are cast below a promise and forgotten. Where few laws are required, this is how they
 * come to be kept by luck, and a step away from being broken.
 */
import { type Ballot, compareBallots, higherOf, isBelow } from '../../../protocol/rsl/ballot.ts';
import type { Message, Operation, Promise1b, Vote } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { withHost, withPackets } from '../scene.ts';
import { beReady } from './paxosMoves.ts';
import { type Hand, type RslScene, replicaAt, someOf, toSome } from './scenes.ts';

/** How often a rule is kept. */
const MOSTLY = 0.75;

/** The scene after some ballots, lowest first. */
export function carelessHistory(scene: RslScene, ballots: readonly Ballot[], hand: Hand): RslScene {
  let after = scene;
  for (const ballot of ballots.toSorted(compareBallots)) {
    for (const host of scene.hosts.keys()) {
      if (hand.random.happens(MOSTLY)) after = promises(after, host, ballot, hand);
    }
    after = leads(after, ballot, hand);
    for (const operation of [0, 1]) {
      if (hand.random.happens(MOSTLY)) after = votesOn(after, ballot, operation, hand);
    }
  }
  const last = hand.random.pick(ballots);
  if (last === undefined || hand.random.happens(0.5)) return after;
  return promisedAgain(after, { seqno: last.seqno + 1, proposer: last.proposer }, hand);
}

/** A leader that has not proposed anything yet, but may. */
function promisedAgain(scene: RslScene, ballot: Ballot, hand: Hand): RslScene {
  let after = scene;
  for (const host of scene.hosts.keys()) {
    if (hand.random.happens(MOSTLY)) after = promises(after, host, ballot, hand);
  }
  return beReady(leads(after, ballot, hand), hand) ?? after;
}

function promises(scene: RslScene, host: number, ballot: Ballot, { random }: Hand): RslScene {
  const r = replicaAt(scene, host);
  const { acceptor, constants } = r;
  const votes = [...acceptor.votes].filter(
    ([, vote]) => isBelow(vote.ballot, ballot) && random.happens(MOSTLY),
  );
  const msg: Promise1b = { type: '1b', ballot, logTruncationPoint: 0, votes: new Map(votes) };
  const dst = constants.replicas[ballot.proposer] ?? constants.me;
  const said = withPackets(scene, [{ src: constants.me, dst, msg }]);
  if (!random.happens(MOSTLY)) return said;
  const maxBallot = higherOf(acceptor.maxBallot, ballot);
  return withHost(said, host, { ...r, acceptor: { ...acceptor, maxBallot } });
}

function leads(scene: RslScene, ballot: Ballot, { random }: Hand): RslScene {
  const r = scene.hosts[ballot.proposer];
  if (r === undefined) return scene;
  const told = scene.sent.flatMap(({ src, msg }) =>
    msg.type === '1b' && compareBallots(msg.ballot, ballot) === 0 ? [[src, msg] as const] : [],
  );
  const proposer: Replica['proposer'] = {
    ...r.proposer,
    phase: random.pick([0, 1, 2, 2]),
    maxBallotSent1a: ballot,
    received1bs: new Map(someOf(told, random)),
    proposed: new Map(),
  };
  const election = { ...r.election, view: ballot };
  return withHost(scene, ballot.proposer, { ...r, proposer, election });
}

/** Some value is proposed for an operation, and some replicas vote for it. */
function votesOn(scene: RslScene, ballot: Ballot, operation: Operation, hand: Hand): RslScene {
  const { random, atoms } = hand;
  const leader = scene.hosts[ballot.proposer];
  if (leader === undefined) return scene;
  const earlier = scene.sent.flatMap(({ msg }) =>
    msg.type === '2a' && msg.operation === operation ? [msg.batch] : [],
  );
  const same = earlier.length > 0 && random.happens(MOSTLY);
  const vote: Vote = { ballot, batch: same ? random.pick(earlier) : atoms.batches.draw(random) };
  let after = withPackets(scene, toSome(leader, { type: '2a', operation, ...vote }, random));
  const { proposer } = leader;
  if (random.happens(MOSTLY)) {
    const nextOperation = Math.max(proposer.nextOperation, operation + 1);
    const knowing = { ...leader, proposer: { ...proposer, nextOperation } };
    after = withHost(after, ballot.proposer, knowing);
  }
  for (const host of scene.hosts.keys()) {
    const r = replicaAt(after, host);
    if (isBelow(ballot, r.acceptor.maxBallot) && random.happens(MOSTLY)) continue;
    if (random.happens(0.4)) continue;
    const said: Message = { type: '2b', operation, ...vote };
    after = withPackets(after, toSome(r, said, random));
    if (!random.happens(MOSTLY)) continue;
    const acceptor = {
      ...r.acceptor,
      maxBallot: higherOf(r.acceptor.maxBallot, ballot),
      votes: new Map(r.acceptor.votes).set(operation, vote),
    };
    after = withHost(after, host, { ...r, acceptor });
  }
  return after;
}
