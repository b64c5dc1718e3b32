/**
 * # Changes of what has been decided, executed and asked for
 */

import { stepsOf } from '../../../protocol/framework/steps.ts';
import { truncateLog } from '../../../protocol/rsl/acceptor.ts';
import { isSame } from '../../../protocol/rsl/ballot.ts';
import type { Executor, Progress } from '../../../protocol/rsl/executor.ts';
import type { Tally } from '../../../protocol/rsl/learner.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import { equal } from '../../../spec/framework/equal.ts';
import { withHost, withPackets } from '../scene.ts';
import {
  type Change,
  chosenAt,
  cutOff,
  farthest,
  type Hand,
  type RslScene,
  replicaAt,
  saidOf,
  someHost,
  someOf,
  toSome,
} from './scenes.ts';

/** A replica has counted some of the votes of a ballot. */
export const countVotes: Change = (scene, { random }) => {
  const said = saidOf(scene, '2b');
  if (said.length === 0) return undefined;
  const { ballot } = random.pick(said).msg;
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const tallies = new Map<number, Tally>();
  for (const { src, msg } of someOf(said, random) as typeof said) {
    if (!isSame(msg.ballot, ballot) || msg.operation < r.executor.operationsComplete) continue;
    const tally = tallies.get(msg.operation);
    if (tally !== undefined && !equal(tally.batch, msg.batch)) continue;
    const voters = new Set(tally?.voters).add(r.constants.replicas.indexOf(src));
    tallies.set(msg.operation, { voters, batch: msg.batch });
  }
  return withHost(scene, host, { ...r, learner: { maxBallotSeen: ballot, tallies } });
};

/** The next operation is decided as some vote says. */
export const decideNext: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const { operationsComplete } = r.executor;
  const said = saidOf(scene, '2b').filter(({ msg }) => msg.operation === operationsComplete);
  if (said.length === 0) return undefined;
  const { batch, ballot } = random.pick(said).msg;
  return withHost(scene, host, { ...r, executor: { ...r.executor, decided: { batch, ballot } } });
};

/** A replica executes the next operation as it was chosen; the clients may get their replies. */
function executed(scene: RslScene, host: number, { protocol, random }: Hand): RslScene | undefined {
  const r = replicaAt(scene, host);
  const decided = chosenAt(scene, r.executor.operationsComplete);
  const action = protocol.actions.find(({ name }) => name === 'execute');
  if (decided === undefined || action === undefined) return undefined;
  const ready = { ...r, executor: { ...r.executor, decided } };
  const [step] = stepsOf(action, ready, { packet: undefined, now: 0 });
  if (step === undefined) return undefined;
  const after = withHost(scene, host, step.state);
  return random.happens(0.5) ? after : withPackets(after, step.sends);
}

export const executeNext: Change = (scene, hand) =>
  executed(scene, someHost(scene, hand.random), hand);

const progressOf = ({ app, operationsComplete, maxBallotReflected, replyCache }: Progress) => ({
  app,
  operationsComplete,
  maxBallotReflected,
  replyCache,
});

/** A replica has come as far as another, or as far as some supply of state says. */
export const comeAsFar: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const { checkpoint, decided } = r.executor;
  const supplies = saidOf(scene, 'appStateSupply').map(({ msg }) => ({
    app: msg.app,
    operationsComplete: msg.operation,
    maxBallotReflected: msg.ballot,
    replyCache: new Map(msg.replyCache ?? r.executor.replyCache),
  }));
  const others = scene.hosts.map(({ executor }) => executor);
  const progress = progressOf(random.pick([...others, ...supplies]));
  const executor: Executor = {
    ...progress,
    checkpoint,
    decided: random.happens(0.5) ? decided : undefined,
  };
  const learner = random.happens(0.5) ? r.learner : { ...r.learner, tallies: new Map() };
  return withHost(scene, host, { ...r, executor, learner });
};

/** A replica has written down what it has executed, or what another has. */
export const writeDown: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  if (r.executor.checkpoint === undefined) return undefined;
  const from = random.happens(0.5) ? r : random.pick(scene.hosts);
  const checkpoint = progressOf(from.executor);
  return withHost(scene, host, { ...r, executor: { ...r.executor, checkpoint } });
};

export const supply: Change = (scene, { random, atoms }) => {
  const r = replicaAt(scene, someHost(scene, random));
  const { app, operationsComplete: operation, maxBallotReflected, replyCache } = r.executor;
  const ballot = random.happens(0.5) ? maxBallotReflected : atoms.ballots.draw(random);
  const carried = r.constants.parameters.compatible ? undefined : [...replyCache];
  const msg: Message = { type: 'appStateSupply', ballot, operation, app, replyCache: carried };
  return withPackets(scene, [{ src: r.constants.me, dst: atoms.replicas.draw(random), msg }]);
};

/** A replica says of itself what is true or was, and perhaps others have heard it. */
export const sayHowFar: Change = (scene, { random, atoms }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const far = farthest(r);
  const checkpoint = random.happens(0.7) ? far : random.below(far + 1);
  const view = random.happens(0.5) ? r.election.view : atoms.ballots.draw(random);
  const msg: Message = { type: 'heartbeat', view, suspicious: random.happens(0.5), checkpoint };
  let after = withPackets(scene, toSome(r, msg, random));
  for (const hearer of scene.hosts.keys()) {
    if (random.happens(0.5)) continue;
    const h = replicaAt(after, hearer);
    const lastCheckpointed = h.acceptor.lastCheckpointed.with(host, checkpoint);
    after = withHost(after, hearer, { ...h, acceptor: { ...h.acceptor, lastCheckpointed } });
  }
  return after;
};

/** Some replicas say that they suspect the leader of a view, in which one is that hears them. */
export const beSuspected: Change = (scene, { random, atoms }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const view = random.happens(0.5) ? r.election.view : atoms.ballots.draw(random);
  const suspectors = someOf([...scene.hosts.keys()], random) as readonly number[];
  const heard = suspectors.reduce((sofar, place) => {
    const suspector = replicaAt(scene, place);
    const checkpoint = farthest(suspector);
    const msg: Message = { type: 'heartbeat', view, suspicious: true, checkpoint };
    return withPackets(sofar, [{ src: suspector.constants.me, dst: r.constants.me, msg }]);
  }, scene);
  const election = { ...r.election, view, suspectors: new Set(suspectors) };
  return withHost(heard, host, { ...r, election });
};

/** A replica forgets what a quorum has executed, and sometimes more. */
export const forget: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const from = random.happens(0.2) ? r.acceptor.logTruncationPoint + 1 : cutOff(scene);
  return withHost(scene, host, { ...r, acceptor: truncateLog(r.acceptor, from) });
};

/** A client asks, and a replica may have noticed. */
export const ask: Change = (scene, { random, atoms }) => {
  const request = atoms.requests.draw(random);
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const { client, seqno } = request;
  if (r.constants.replicas.includes(client)) return undefined;
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

/** A replica asks another for something that it may lack. */
export const askReplica: Change = (scene, { random, atoms }) => {
  const { ballots, operations } = atoms;
  const r = replicaAt(scene, someHost(scene, random));
  const operation = operations.draw(random);
  const ballot = random.happens(0.5) ? r.election.view : ballots.draw(random);
  const msg = random.pick<Message>([
    { type: 'voteRequest', operation },
    { type: 'appStateRequest', ballot, operation },
    { type: 'startingPhase2', ballot: r.proposer.maxBallotSent1a, logTruncationPoint: operation },
  ]);
  return withPackets(scene, toSome(r, msg, random));
};

/** A replica has not moved since it last looked, and has tried something, or not. */
export const beStuck: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const operation = r.executor.operationsComplete;
  const retry = { time: 0, view: r.election.view, operation, tries: random.below(2) };
  return withHost(scene, host, { ...r, retry });
};

/** A replica has a part of its state from another; a proposer's goes with its view. */
export const beLikeAnother: Change = (scene, { random }) => {
  const host = someHost(scene, random);
  const r = replicaAt(scene, host);
  const { proposer, election, acceptor, learner, executor } = random.pick(scene.hosts);
  const part = random.pick([
    { election },
    { acceptor },
    { learner },
    { executor },
    { proposer, election },
  ]);
  return withHost(scene, host, { ...r, ...part });
};

/** Replicas execute what was chosen, each as far as it happens to come. */
export function executeSome(scene: RslScene, hand: Hand): RslScene {
  const { random } = hand;
  let after = scene;
  for (const host of scene.hosts.keys()) {
    for (let left = random.below(4); left > 0; left--) {
      after = executed(after, host, hand) ?? after;
      const r = replicaAt(after, host);
      if (r.executor.checkpoint === undefined || random.happens(0.3)) continue;
      const checkpoint = progressOf(r.executor);
      after = withHost(after, host, { ...r, executor: { ...r.executor, checkpoint } });
    }
  }
  return after;
}
