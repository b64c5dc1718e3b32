/**
 * # Changes of what has been promised, proposed and voted for
 *
 * In Paxos hardly anything stands alone: a vote needs its proposal, a proposal its promises. These
 * changes make such a thing with what it needs, from what the scene has, and without asking whether
 * the protocol would.
 */
import { truncateLog } from '../../../protocol/rsl/acceptor.ts';
import { type Ballot, higherOf, isBelow, isSame } from '../../../protocol/rsl/ballot.ts';
import type { Accept2a, Message, Promise1b, Votes } from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Random } from '../../simulation/random.ts';
import { withHost, withPackets } from '../scene.ts';
import {
  type Change,
  cutOff,
  type Hand,
  highestVote,
  type RslScene,
  replicaAt,
  saidOf,
  someHost,
  someOf,
  toSome,
} from './scenes.ts';
import { executeSome } from './serviceMoves.ts';

/** A replica votes for something proposed, whatever it has promised. */
function voted(scene: RslScene, host: number, proposal: Accept2a, { random }: Hand): RslScene {
  const { ballot, operation, batch } = proposal;
  const r = replicaAt(scene, host);
  const { votes, maxBallot, logTruncationPoint } = r.acceptor;
  const old = votes.get(operation);
  const kept = old !== undefined && !isBelow(old.ballot, ballot);
  const remembered = operation >= logTruncationPoint && !kept;
  const acceptor = {
    ...r.acceptor,
    maxBallot: higherOf(maxBallot, ballot),
    votes: remembered ? new Map(votes).set(operation, { ballot, batch }) : votes,
  };
  const windowStart = operation - r.constants.parameters.maxLogLength + 1;
  const said: Message = { type: '2b', ballot, operation, batch };
  const after = { ...r, acceptor: truncateLog(acceptor, windowStart) };
  return withPackets(withHost(scene, host, after), toSome(r, said, random));
}

export const castVote: Change = (scene, hand) => {
  const proposals = saidOf(scene, '2a');
  if (proposals.length === 0) return undefined;
  const host = someHost(scene, hand.random);
  return voted(scene, host, hand.random.pick(proposals).msg, hand);
};

export const castVotes: Change = (scene, hand) => {
  const proposals = saidOf(scene, '2a');
  if (proposals.length === 0) return undefined;
  const { msg } = hand.random.pick(proposals);
  const voters = someOf([...scene.hosts.keys()], hand.random);
  return voters.reduce((sofar, host) => voted(sofar, host, msg, hand), scene);
};

/** A replica says again what it has voted for. */
export const sayVote: Change = (scene, { random }) => {
  const r = replicaAt(scene, someHost(scene, random));
  const votes = [...r.acceptor.votes];
  if (votes.length === 0) return undefined;
  const [operation, vote] = random.pick(votes);
  return withPackets(scene, toSome(r, { type: '2b', operation, ...vote }, random));
};

/** A replica makes a promise, which tells of its votes in lower ballots, from somewhere on. */
function promised(scene: RslScene, host: number, ballot: Ballot, { random }: Hand): RslScene {
  const r = replicaAt(scene, host);
  const { acceptor, constants } = r;
  // An earlier one than it has is from before it forgot some votes.
  const from = random.below(4) > 0 ? acceptor.logTruncationPoint : random.below(cutOff(scene) + 1);
  const votes: Votes = new Map(
    [...acceptor.votes].filter(
      ([operation, vote]) => operation >= from && isBelow(vote.ballot, ballot),
    ),
  );
  const msg: Promise1b = { type: '1b', ballot, logTruncationPoint: from, votes };
  const dst = constants.replicas[ballot.proposer];
  if (dst === undefined) return scene;
  const maxBallot = higherOf(acceptor.maxBallot, ballot);
  const after = withHost(scene, host, { ...r, acceptor: { ...acceptor, maxBallot } });
  return withPackets(after, [{ src: constants.me, dst, msg }]);
}

export const makePromise: Change = (scene, hand) =>
  promised(scene, someHost(scene, hand.random), hand.atoms.ballots.draw(hand.random), hand);

/** A replica leads a ballot by some of what was promised for it, or all. */
function leading(scene: RslScene, host: number, ballot: Ballot, hand: Hand, all = false): RslScene {
  const { random } = hand;
  const r = replicaAt(scene, host);
  const promises = saidOf(scene, '1b').filter(({ msg }) => isSame(msg.ballot, ballot));
  const mine = promises.filter(({ dst }) => dst === r.constants.me);
  const kept = all
    ? mine
    : (someOf(host === ballot.proposer ? mine : promises, random) as typeof mine);
  const received1bs = new Map(kept.map(({ src, msg }) => [src, msg]));
  const told = [...received1bs.values()];
  const from = Math.max(0, ...told.map(({ logTruncationPoint }) => logTruncationPoint));
  const again = isSame(r.proposer.maxBallotSent1a, ballot);
  const proposer: Proposer = {
    ...r.proposer,
    phase: random.pick([1, 2, 2]),
    maxBallotSent1a: ballot,
    received1bs,
    nextOperation: again ? Math.max(r.proposer.nextOperation, from) : from,
    proposed: again ? r.proposer.proposed : new Map(),
  };
  const election = random.happens(0.8) ? { ...r.election, view: ballot } : r.election;
  const acceptor = random.happens(0.8) ? truncateLog(r.acceptor, from) : r.acceptor;
  return withHost(scene, host, { ...r, proposer, election, acceptor });
}

/** The replica that a ballot names, and seldom another. */
const leaderOf = (scene: RslScene, { proposer }: Ballot, random: Random): number =>
  random.happens(0.1) ? someHost(scene, random) : proposer;

/** A replica attempts a ballot: from now on it asks for promises. */
export const attempt: Change = (scene, { random, atoms }) => {
  const ballot = atoms.ballots.draw(random);
  const host = leaderOf(scene, ballot, random);
  const r = scene.hosts[host];
  if (r === undefined) return undefined;
  const proposer: Proposer = {
    ...r.proposer,
    phase: random.pick([0, 1, 1]),
    maxBallotSent1a: ballot,
    received1bs: new Map(),
    proposed: new Map(),
  };
  const election = random.happens(0.5) ? { ...r.election, view: ballot } : r.election;
  const after = withHost(scene, host, { ...r, proposer, election });
  return withPackets(after, toSome(r, { type: '1a', ballot }, random));
};

/** A leader is where it may propose something, if it may at all: its view lasts, clients wait. */
export const beReady: Change = (scene, { random, atoms }) => {
  const ready = [...scene.hosts.keys()].filter(
    (host) => replicaAt(scene, host).proposer.received1bs.size > 0,
  );
  if (ready.length === 0) return undefined;
  const host = random.pick(ready);
  const r = replicaAt(scene, host);
  const { nextOperation, maxBallotSent1a } = r.proposer;
  const asked = scene.sent.flatMap(({ src, msg }) =>
    msg.type === 'request' ? [{ client: src, seqno: msg.seqno, request: msg.request }] : [],
  );
  const requestQueue = asked.length === 0 || random.happens(0.3) ? [] : [random.pick(asked)];
  const proposer: Proposer = {
    ...r.proposer,
    phase: 2,
    nextOperation: random.happens(0.5) ? nextOperation : atoms.operations.draw(random),
    requestQueue,
    batchDeadline: random.happens(0.7) ? 0 : undefined,
  };
  return withHost(scene, host, {
    ...r,
    proposer,
    election: { ...r.election, view: maxBallotSent1a },
  });
};

/** A replica leads by what it was promised. */
export const lead: Change = (scene, hand) => {
  const promises = saidOf(scene, '1b');
  if (promises.length === 0) return undefined;
  const { ballot } = hand.random.pick(promises).msg;
  const host = leaderOf(scene, ballot, hand.random);
  return scene.hosts[host] && leading(scene, host, ballot, hand);
};

/** A replica attempts a ballot, and some others promise it. */
export const quorumPromises: Change = (scene, hand) => {
  const ballot = hand.atoms.ballots.draw(hand.random);
  const host = leaderOf(scene, ballot, hand.random);
  if (scene.hosts[host] === undefined) return undefined;
  const promisers = someOf([...scene.hosts.keys()], hand.random);
  const after = promisers.reduce((sofar, each) => promised(sofar, each, ballot, hand), scene);
  return leading(after, host, ballot, hand);
};

/** A leader proposes something for an operation, whether it is that one's turn or not. */
function proposed(scene: RslScene, host: number, operation: number, hand: Hand): RslScene {
  const { random, atoms } = hand;
  const r = replicaAt(scene, host);
  const batch = highestVote(r, operation)?.batch ?? atoms.batches.draw(random);
  const msg: Accept2a = { type: '2a', ballot: r.proposer.maxBallotSent1a, operation, batch };
  const said = toSome(r, msg, random);
  const remembered = !r.constants.parameters.compatible && said.length > 0;
  const proposer: Proposer = {
    ...r.proposer,
    nextOperation: Math.max(r.proposer.nextOperation, operation + 1),
    proposed: remembered ? new Map(r.proposer.proposed).set(operation, batch) : r.proposer.proposed,
  };
  return withPackets(withHost(scene, host, { ...r, proposer }), said);
}

export const propose: Change = (scene, hand) => {
  const host = someHost(scene, hand.random);
  const { nextOperation } = replicaAt(scene, host).proposer;
  const operation = hand.random.happens(0.5)
    ? nextOperation
    : hand.atoms.operations.draw(hand.random);
  return proposed(scene, host, operation, hand);
};

/** The operations that may be proposed end here: a window after what a quorum has come to. */
function windowEnd(scene: RslScene): number {
  const { maxLogLength, maxInteger } = replicaAt(scene, 0).constants.parameters;
  return Math.min(cutOff(scene) + maxLogLength, maxInteger);
}

/** A whole ballot: promises, proposals and votes, by whoever could have made them. */
export function passBallot(scene: RslScene, ballot: Ballot, hand: Hand): RslScene {
  const { random } = hand;
  const leader = ballot.proposer;
  let passed = scene;
  for (const [host, { acceptor }] of scene.hosts.entries()) {
    if (!isBelow(acceptor.maxBallot, ballot) || random.happens(0.25)) continue;
    passed = promised(passed, host, ballot, hand);
  }
  passed = leading(passed, leader, ballot, hand, true);
  const { proposer, constants } = replicaAt(passed, leader);
  if (proposer.received1bs.size < constants.quorum) return inPhase(passed, leader, 1);
  let operation = proposer.nextOperation;
  for (let left = random.below(5); left > 0 && operation < windowEnd(passed); left--) {
    passed = proposed(passed, leader, operation, hand);
    passed = electorate(passed, ballot, operation, hand);
    // Gaps are rare, for nobody fills them later.
    operation += random.happens(0.1) ? 2 : 1;
    if (random.happens(0.6)) passed = executeSome(passed, hand);
  }
  return inPhase(passed, leader, 2);
}

/** Some of those who may vote for what was proposed for an operation. */
function electorate(scene: RslScene, ballot: Ballot, operation: number, hand: Hand): RslScene {
  const proposal = saidOf(scene, '2a').find(
    ({ msg }) => msg.operation === operation && isSame(msg.ballot, ballot),
  );
  let after = scene;
  for (const [host, { acceptor }] of scene.hosts.entries()) {
    if (proposal === undefined || isBelow(ballot, acceptor.maxBallot)) continue;
    if (hand.random.happens(0.75)) after = voted(after, host, proposal.msg, hand);
  }
  return after;
}

function inPhase(scene: RslScene, host: number, phase: Proposer['phase']): RslScene {
  const r = replicaAt(scene, host);
  return withHost(scene, host, { ...r, proposer: { ...r.proposer, phase } });
}
