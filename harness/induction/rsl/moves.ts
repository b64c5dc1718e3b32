/**
 * # Changes of a replicated service that belong together
 *
 * In Paxos hardly anything stands alone: a vote needs its proposal, a proposal its promises, an
 * executed operation its quorum. These changes make such a thing with what it needs, from what the
 * scene has, and without asking whether the protocol would.
 */

import { truncateLog } from '../../../protocol/rsl/acceptor.ts';
import { type Ballot, compareBallots, higherOf } from '../../../protocol/rsl/ballot.ts';
import type {
  Accept2a,
  Batch,
  Message,
  Operation,
  Promise1b,
  Vote,
  Votes,
} from '../../../protocol/rsl/messages.ts';
import type { Proposer } from '../../../protocol/rsl/proposer.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import type { Random } from '../../simulation/random.ts';
import { type Scene, withHost, withPackets } from '../scene.ts';
import type { Move } from '../walk.ts';
import type { Atoms, Universe } from './universe.ts';

type RslScene = Scene<Replica, Message>;
type Change = Move<Replica, Message>['change'];

const replicaAt = ({ hosts }: RslScene, host: number): Replica => hosts[host] as Replica;

const someOf = <T>(items: readonly T[], random: Random): readonly T[] =>
  items.filter(() => random.happens(0.7));

/** The same message to some of the replicas, or all. */
const toSome = (r: Replica, msg: Message, random: Random): readonly Packet<Message>[] => {
  const { me, replicas } = r.constants;
  const to = random.happens(0.5) ? replicas : someOf(replicas, random);
  return to.map((dst) => ({ src: me, dst, msg }));
};

/** Of the votes that a leader was told of, the one of the highest ballot. */
function highestVote({ proposer }: Replica, operation: Operation): Vote | undefined {
  const votes = [...proposer.received1bs.values()].flatMap(
    (told) => told.votes.get(operation) ?? [],
  );
  return votes.sort((a, b) => compareBallots(b.ballot, a.ballot))[0];
}

/** The packets of one type that replicas have sent. */
const saidOf = <Type extends Message['type']>(
  { hosts, sent }: RslScene,
  type: Type,
): readonly Packet<Extract<Message, { readonly type: Type }>>[] =>
  sent.filter(
    ({ src, msg }) => msg.type === type && hosts[0]?.constants.replicas.includes(src),
  ) as never;

export class RslMoves {
  readonly #universe: Universe;
  readonly #atoms: Atoms;

  constructor(universe: Universe, atoms: Atoms) {
    this.#universe = universe;
    this.#atoms = atoms;
  }

  get all(): readonly Move<Replica, Message>[] {
    const named: Readonly<Record<string, Change>> = {
      'cast a vote': this.#castVote,
      'cast some votes': this.#castVotes,
      'say a vote': this.#sayVote,
      'make a promise': this.#makePromise,
      'a quorum promises': this.#quorumPromises,
      lead: this.#lead,
      propose: this.#propose,
      'count votes': this.#count,
      decide: this.#decide,
      execute: this.#execute,
      checkpoint: this.#checkpoint,
      'supply state': this.#supply,
      'say how far': this.#heartbeat,
      truncate: this.#truncate,
      ask: this.#ask,
      'be like another': this.#imitate,
    };
    return Object.entries(named).map(([name, change]) => ({ name, weight: 1, change }));
  }

  #someHost(random: Random): number {
    return random.below(this.#universe.replicas.length);
  }

  /** A replica votes for something proposed, whatever it has promised. */
  #voted(scene: RslScene, host: number, proposal: Accept2a, random: Random): RslScene {
    const { ballot, operation, batch } = proposal;
    const r = replicaAt(scene, host);
    const { votes, maxBallot, logTruncationPoint } = r.acceptor;
    const old = votes.get(operation);
    const kept = old !== undefined && compareBallots(old.ballot, ballot) >= 0;
    const remembered = operation >= logTruncationPoint && !kept;
    const acceptor = {
      ...r.acceptor,
      maxBallot: higherOf(maxBallot, ballot),
      votes: remembered ? new Map(votes).set(operation, { ballot, batch }) : votes,
    };
    const said: Message = { type: '2b', ballot, operation, batch };
    return withPackets(withHost(scene, host, { ...r, acceptor }), toSome(r, said, random));
  }

  readonly #castVote: Change = (scene, random) => {
    const proposals = saidOf(scene, '2a');
    if (proposals.length === 0) return undefined;
    return this.#voted(scene, this.#someHost(random), random.pick(proposals).msg, random);
  };

  readonly #castVotes: Change = (scene, random) => {
    const proposals = saidOf(scene, '2a');
    if (proposals.length === 0) return undefined;
    const { msg } = random.pick(proposals);
    return someOf([...scene.hosts.keys()], random).reduce(
      (voted, host) => this.#voted(voted, host, msg, random),
      scene,
    );
  };

  /** A replica says again what it has voted for. */
  readonly #sayVote: Change = (scene, random) => {
    const r = replicaAt(scene, this.#someHost(random));
    const votes = [...r.acceptor.votes];
    if (votes.length === 0) return undefined;
    const [operation, vote] = random.pick(votes);
    return withPackets(scene, toSome(r, { type: '2b', operation, ...vote }, random));
  };

  /** A replica makes a promise, which tells of some of its votes. */
  #promised(scene: RslScene, host: number, ballot: Ballot, random: Random): RslScene {
    const r = replicaAt(scene, host);
    const { acceptor } = r;
    const from = random.pick([acceptor.logTruncationPoint, 0, this.#atoms.operations.draw(random)]);
    const votes: Votes = new Map(
      [...acceptor.votes].filter(
        ([operation, vote]) => operation >= from && compareBallots(vote.ballot, ballot) < 0,
      ),
    );
    const msg: Promise1b = { type: '1b', ballot, logTruncationPoint: from, votes };
    const dst = this.#universe.replicas[ballot.proposer];
    if (dst === undefined) return scene;
    const maxBallot = higherOf(acceptor.maxBallot, ballot);
    return withPackets(withHost(scene, host, { ...r, acceptor: { ...acceptor, maxBallot } }), [
      { src: r.constants.me, dst, msg },
    ]);
  }

  readonly #makePromise: Change = (scene, random) =>
    this.#promised(scene, this.#someHost(random), this.#atoms.ballots.draw(random), random);

  /** A replica attempts a ballot, and some others promise it. */
  readonly #quorumPromises: Change = (scene, random) => {
    const ballot = this.#atoms.ballots.draw(random);
    const owner = scene.hosts[ballot.proposer];
    if (owner === undefined) return undefined;
    let promised = scene;
    for (const host of someOf([...scene.hosts.keys()], random)) {
      promised = this.#promised(promised, host, ballot, random);
    }
    return this.#leading(promised, ballot, random);
  };

  #leading(scene: RslScene, ballot: Ballot, random: Random): RslScene {
    const host = ballot.proposer;
    const r = replicaAt(scene, host);
    const { me } = r.constants;
    const promises = saidOf(scene, '1b').filter(
      ({ dst, msg }) => dst === me && compareBallots(msg.ballot, ballot) === 0,
    );
    const received1bs = new Map(someOf(promises, random).map(({ src, msg }) => [src, msg]));
    const told = [...received1bs.values()].map(({ logTruncationPoint }) => logTruncationPoint);
    const proposer: Proposer = {
      ...r.proposer,
      phase: random.pick([1, 2, 2]),
      maxBallotSent1a: ballot,
      received1bs,
      nextOperation: Math.max(0, ...told),
      proposed: new Map(),
    };
    const election = random.happens(0.7) ? { ...r.election, view: ballot } : r.election;
    const acceptor = truncateLog(r.acceptor, random.happens(0.7) ? Math.max(0, ...told) : 0);
    return withHost(scene, host, { ...r, proposer, election, acceptor });
  }

  /** A whole ballot: promises, proposals and votes, by whoever could have made them. */
  ballotPassed(scene: RslScene, ballot: Ballot, random: Random): RslScene {
    let passed = scene;
    for (const [host, r] of scene.hosts.entries()) {
      if (compareBallots(r.acceptor.maxBallot, ballot) >= 0 || random.happens(0.2)) continue;
      passed = this.#promised(passed, host, ballot, random);
    }
    passed = this.#leading(passed, ballot, random);
    for (
      let operation = replicaAt(passed, ballot.proposer).proposer.nextOperation, left = 2;
      left > 0;
      left--
    ) {
      if (random.happens(0.2)) operation++;
      const leader = replicaAt(passed, ballot.proposer);
      const batch = highestVote(leader, operation)?.batch;
      const msg: Accept2a = {
        type: '2a',
        ballot,
        operation,
        batch: batch ?? this.#atoms.batches.draw(random),
      };
      passed = withPackets(passed, toSome(leader, msg, random));
      for (const [host, r] of passed.hosts.entries()) {
        if (compareBallots(r.acceptor.maxBallot, ballot) > 0 || random.happens(0.3)) continue;
        passed = this.#voted(passed, host, msg, random);
      }
      operation++;
      const proposed = this.#proposed(leader, msg.operation, msg.batch);
      const proposer: Proposer = {
        ...leader.proposer,
        phase: 2,
        nextOperation: operation,
        proposed,
      };
      passed = withHost(passed, ballot.proposer, {
        ...replicaAt(passed, ballot.proposer),
        proposer,
      });
    }
    return passed;
  }

  /** A replica leads by what it was promised. */
  readonly #lead: Change = (scene, random) => {
    const promises = saidOf(scene, '1b');
    if (promises.length === 0) return undefined;
    const { ballot } = random.pick(promises).msg;
    return scene.hosts[ballot.proposer] && this.#leading(scene, ballot, random);
  };

  #proposed({ proposer }: Replica, operation: Operation, batch: Batch): Proposer['proposed'] {
    if (this.#universe.parameters.compatible) return proposer.proposed;
    return new Map(proposer.proposed).set(operation, batch);
  }

  /** A leader proposes something, which need not be its turn. */
  readonly #propose: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const operation = this.#atoms.operations.draw(random);
    const batch = highestVote(r, operation)?.batch ?? this.#atoms.batches.draw(random);
    const msg: Accept2a = { type: '2a', ballot: r.proposer.maxBallotSent1a, operation, batch };
    const nextOperation = Math.max(r.proposer.nextOperation, operation + 1);
    const proposed = this.#proposed(r, operation, batch);
    const proposer = { ...r.proposer, nextOperation, proposed };
    return withPackets(withHost(scene, host, { ...r, proposer }), toSome(r, msg, random));
  };

  /** A replica has counted some of the votes of a ballot. */
  readonly #count: Change = (scene, random) => {
    const said = saidOf(scene, '2b');
    if (said.length === 0) return undefined;
    const { ballot } = random.pick(said).msg;
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const tallies = new Map<number, { voters: Set<number>; batch: Accept2a['batch'] }>();
    for (const { src, msg } of someOf(said, random) as typeof said) {
      if (compareBallots(msg.ballot, ballot) !== 0) continue;
      if (msg.operation < r.executor.operationsComplete) continue;
      const tally = tallies.get(msg.operation) ?? { voters: new Set<number>(), batch: msg.batch };
      if (!equal(tally.batch, msg.batch)) continue;
      tally.voters.add(r.constants.replicas.indexOf(src));
      tallies.set(msg.operation, tally);
    }
    return withHost(scene, host, { ...r, learner: { maxBallotSeen: ballot, tallies } });
  };

  /** The next operation is decided as some vote says. */
  readonly #decide: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const said = saidOf(scene, '2b').filter(
      ({ msg }) => msg.operation === r.executor.operationsComplete,
    );
    if (said.length === 0) return undefined;
    const { batch, ballot } = random.pick(said).msg;
    return withHost(scene, host, { ...r, executor: { ...r.executor, decided: { batch, ballot } } });
  };

  /** A replica has come as far as another, or as far as some supply of state says. */
  readonly #execute: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const { checkpoint, decided } = r.executor;
    const supplies = saidOf(scene, 'appStateSupply').map(({ msg }) => ({
      app: msg.app,
      operationsComplete: msg.operation,
      maxBallotReflected: msg.ballot,
      replyCache: new Map(msg.replyCache ?? r.executor.replyCache),
    }));
    const others = scene.hosts.map(({ executor }) => executor);
    const progress = random.pick([...others, ...supplies]);
    const executor = {
      ...progress,
      checkpoint,
      decided: random.happens(0.5) ? decided : undefined,
    };
    const learner = random.happens(0.5) ? r.learner : { ...r.learner, tallies: new Map() };
    return withHost(scene, host, { ...r, executor, learner });
  };

  /** A replica has written down what it has executed, or what another has. */
  readonly #checkpoint: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    if (r.executor.checkpoint === undefined) return undefined;
    const { app, operationsComplete, maxBallotReflected, replyCache } = random.happens(0.5)
      ? r.executor
      : random.pick(scene.hosts).executor;
    const checkpoint = { app, operationsComplete, maxBallotReflected, replyCache };
    return withHost(scene, host, { ...r, executor: { ...r.executor, checkpoint } });
  };

  readonly #supply: Change = (scene, random) => {
    const r = replicaAt(scene, this.#someHost(random));
    const { app, operationsComplete: operation, maxBallotReflected, replyCache } = r.executor;
    const ballot = random.happens(0.5) ? maxBallotReflected : this.#atoms.ballots.draw(random);
    const carried = this.#universe.parameters.compatible ? undefined : [...replyCache];
    const msg: Message = { type: 'appStateSupply', ballot, operation, app, replyCache: carried };
    return withPackets(scene, [
      { src: r.constants.me, dst: this.#atoms.replicas.draw(random), msg },
    ]);
  };

  /** A replica says of itself what is true or was, and perhaps another has heard it. */
  readonly #heartbeat: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const { executor } = r;
    const far = executor.checkpoint?.operationsComplete ?? executor.operationsComplete;
    const checkpoint = random.below(far + 1);
    const view = random.happens(0.5) ? r.election.view : this.#atoms.ballots.draw(random);
    const msg: Message = { type: 'heartbeat', view, suspicious: random.happens(0.5), checkpoint };
    const said = withPackets(scene, toSome(r, msg, random));
    const hearer = this.#someHost(random);
    const h = replicaAt(said, hearer);
    const lastCheckpointed = h.acceptor.lastCheckpointed.with(host, checkpoint);
    return withHost(said, hearer, { ...h, acceptor: { ...h.acceptor, lastCheckpointed } });
  };

  readonly #truncate: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const from = r.acceptor.logTruncationPoint + 1 + random.below(2);
    return withHost(scene, host, { ...r, acceptor: truncateLog(r.acceptor, from) });
  };

  /** A client asks, and a replica may have noticed. */
  readonly #ask: Change = (scene, random) => {
    const request = this.#atoms.requests.draw(random);
    const { client, seqno } = request;
    if (this.#universe.replicas.includes(client)) return undefined;
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const msg: Message = { type: 'request', seqno, request: request.request };
    const asked = withPackets(scene, [{ src: client, dst: r.constants.me, msg }]);
    const { proposer, election } = r;
    const requestQueue = [...proposer.requestQueue, request].slice(-2);
    const receivedEarlier = [...election.receivedEarlier, request].slice(-2);
    return random.pick([
      asked,
      withHost(asked, host, { ...r, proposer: { ...proposer, requestQueue } }),
      withHost(asked, host, { ...r, election: { ...election, receivedEarlier } }),
    ]);
  };

  /** A replica has a part of its state from another. */
  readonly #imitate: Change = (scene, random) => {
    const host = this.#someHost(random);
    const r = replicaAt(scene, host);
    const other = random.pick(scene.hosts);
    const part = random.pick(['election', 'acceptor', 'learner', 'executor'] as const);
    return withHost(scene, host, { ...r, [part]: other[part] });
  };
}
