/**
 * # What the original's replica does
 *
 * Written anew from Protocol/RSL/{Replica,Acceptor,Proposer,Election,Learner,Executor}.i.dfy of
 * IronFleet, as literally as possible: what it does with each message and in each of its nine
 * actions without one, where one that finds nothing to do changes nothing. The protocol that is
 * compared with it shares nothing with this but the names of its fields.
 */
import type { Step } from '../../protocol/framework/action.ts';
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Message, Request, Vote } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { Packet } from '../../spec/framework/environment.ts';

type Outcome = Step<Replica, Message>;
type Of<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

const lt = (a: Ballot, b: Ballot): boolean =>
  a.seqno < b.seqno || (a.seqno === b.seqno && a.proposer < b.proposer);
const eq = (a: Ballot, b: Ballot): boolean => a.seqno === b.seqno && a.proposer === b.proposer;
const leq = (a: Ballot, b: Ballot): boolean => !lt(b, a);

const nothing = (state: Replica): Outcome => ({ state, sends: [] });

const toEveryone = ({ constants: { me, replicas } }: Replica, msg: Message): Packet<Message>[] =>
  replicas.map((dst) => ({ src: me, dst, msg }));

const to = ({ constants: { me } }: Replica, dst: string, msg: Message): Packet<Message>[] => [
  { src: me, dst, msg },
];

const plus = ({ constants }: Replica, a: number, b: number): number =>
  Math.min(a + b, constants.parameters.maxInteger);

const bound = ({ constants }: Replica, requests: readonly Request[]): readonly Request[] =>
  requests.slice(0, constants.parameters.maxInteger);

/** What may come of a packet: one outcome, but for requests, where there may be two. */
export function received(s: Replica, packet: Packet<Message>, clock: number): readonly Outcome[] {
  const { src, msg } = packet;
  if (msg.type === 'request') return request(s, src, msg);
  if (!s.constants.replicas.includes(src)) return [nothing(s)];
  switch (msg.type) {
    case '1a':
      return [message1a(s, src, msg)];
    case '1b':
      return [message1b(s, src, msg)];
    case '2a':
      return [message2a(s, msg)];
    case '2b':
      return [message2b(s, src, msg)];
    case 'heartbeat':
      return [heartbeat(s, src, msg, clock)];
    case 'startingPhase2': {
      const { ballot, logTruncationPoint: operation } = msg;
      if (operation <= s.executor.operationsComplete) return [nothing(s)];
      return [{ state: s, sends: toEveryone(s, { type: 'appStateRequest', ballot, operation }) }];
    }
    case 'appStateRequest':
      return [appStateRequest(s, src, msg)];
    case 'appStateSupply':
      return [appStateSupply(s, msg)];
    default:
      return [nothing(s)];
  }
}

function request(s: Replica, client: string, msg: Of<'request'>): readonly Outcome[] {
  const { seqno, request: value } = msg;
  if (value.length > 128 * 1024 * 1024) return [nothing(s)];
  const asked = { client, seqno, request: value };
  const { receivedEarlier: prev, receivedThisEpoch: current } = s.election;
  const known = [...prev, ...current].some((r) => r.client === client && r.seqno === seqno);
  const election = known
    ? s.election
    : { ...s.election, receivedThisEpoch: bound(s, [...current, asked]) };
  const highest = s.proposer.highestRequested.get(client);
  const queues = s.proposer.phase !== 0 && (highest === undefined || seqno > highest);
  const proposer = !queues
    ? s.proposer
    : {
        ...s.proposer,
        requestQueue: [...s.proposer.requestQueue, asked],
        highestRequested: new Map([...s.proposer.highestRequested, [client, seqno]]),
      };
  const proposed = nothing({ ...s, election, proposer });
  const cached = s.executor.replyCache.get(client);
  if (cached === undefined || seqno > cached.seqno) return [proposed];
  const { seqno: latest, reply } = cached;
  return [{ state: s, sends: to(s, client, { type: 'reply', seqno: latest, reply }) }, proposed];
}

function message1a(s: Replica, src: string, { ballot }: Of<'1a'>): Outcome {
  const { maxBallot, votes, logTruncationPoint } = s.acceptor;
  if (!lt(maxBallot, ballot)) return nothing(s);
  return {
    state: { ...s, acceptor: { ...s.acceptor, maxBallot: ballot } },
    sends: to(s, src, { type: '1b', ballot, logTruncationPoint, votes }),
  };
}

function truncated(acceptor: Replica['acceptor'], operation: number): Replica['acceptor'] {
  if (operation <= acceptor.logTruncationPoint) return acceptor;
  const votes = new Map([...acceptor.votes].filter(([voted]) => voted >= operation));
  return { ...acceptor, votes, logTruncationPoint: operation };
}

function message1b(s: Replica, src: string, msg: Of<'1b'>): Outcome {
  const { maxBallotSent1a, phase, received1bs } = s.proposer;
  if (!eq(msg.ballot, maxBallotSent1a) || phase !== 1 || received1bs.has(src)) return nothing(s);
  return nothing({
    ...s,
    proposer: { ...s.proposer, received1bs: new Map([...received1bs, [src, msg]]) },
    acceptor: truncated(s.acceptor, msg.logTruncationPoint),
  });
}

function message2a(s: Replica, { ballot, operation, batch }: Of<'2a'>): Outcome {
  const { maxBallot, votes, logTruncationPoint: old } = s.acceptor;
  const { maxInteger, maxLogLength } = s.constants.parameters;
  if (!leq(maxBallot, ballot) || operation > maxInteger) return nothing(s);
  const begins = operation - maxLogLength + 1;
  const logTruncationPoint = begins > old ? begins : old;
  const all: [number, Vote][] = [...votes, [operation, { ballot, batch }]];
  const kept = new Map(all.filter(([voted]) => voted >= logTruncationPoint));
  return {
    state: {
      ...s,
      acceptor: {
        ...s.acceptor,
        maxBallot: ballot,
        votes: old <= operation ? kept : votes,
        logTruncationPoint,
      },
    },
    sends: toEveryone(s, { type: '2b', ballot, operation, batch }),
  };
}

function message2b(s: Replica, src: string, { ballot, operation, batch }: Of<'2b'>): Outcome {
  const { operationsComplete, decided } = s.executor;
  const learnable =
    operationsComplete < operation || (operationsComplete === operation && decided === undefined);
  const { maxBallotSeen, tallies } = s.learner;
  if (!learnable || lt(ballot, maxBallotSeen)) return nothing(s);
  const sender = s.constants.replicas.indexOf(src);
  const counted = tallies.get(operation);
  const alone = { voters: new Set([sender]), batch };
  const learn = (learner: Replica['learner']): Outcome => nothing({ ...s, learner });
  if (lt(maxBallotSeen, ballot)) {
    return learn({ maxBallotSeen: ballot, tallies: new Map([[operation, alone]]) });
  }
  if (counted === undefined) {
    return learn({ maxBallotSeen, tallies: new Map([...tallies, [operation, alone]]) });
  }
  if (counted.voters.has(sender)) return nothing(s);
  const more = { voters: new Set([...counted.voters, sender]), batch: counted.batch };
  return learn({ maxBallotSeen, tallies: new Map([...tallies, [operation, more]]) });
}

/** The election and the proposer of a replica that enters a view. */
export function entering(s: Replica, view: Ballot, suspectors: readonly number[], clock: number) {
  const { epochLength, receivedEarlier, receivedThisEpoch } = s.election;
  const doubled = plus(s, epochLength, epochLength);
  return {
    election: {
      view,
      suspectors: new Set(suspectors),
      epochLength: doubled,
      epochEnd: plus(s, clock, doubled),
      receivedEarlier: bound(s, [...receivedEarlier, ...receivedThisEpoch]),
      receivedThisEpoch: [],
    },
    proposer: { ...s.proposer, phase: 0 as const, requestQueue: [] },
  };
}

function heartbeat(s: Replica, src: string, msg: Of<'heartbeat'>, clock: number): Outcome {
  const sender = s.constants.replicas.indexOf(src);
  const { view, suspectors } = s.election;
  const last = s.acceptor.lastCheckpointed;
  const checkpointed =
    msg.checkpoint > (last[sender] as number)
      ? { ...s.acceptor, lastCheckpointed: last.with(sender, msg.checkpoint) }
      : s.acceptor;
  const noted = { ...s, acceptor: checkpointed };
  if (eq(msg.view, view) && msg.suspicious) {
    const more = new Set([...suspectors, sender]);
    return nothing({ ...noted, election: { ...s.election, suspectors: more } });
  }
  if (!lt(view, msg.view)) return nothing(noted);
  return nothing({ ...noted, ...entering(s, msg.view, msg.suspicious ? [sender] : [], clock) });
}

function appStateRequest(s: Replica, src: string, msg: Of<'appStateRequest'>): Outcome {
  const { maxBallotReflected: ballot, operationsComplete: operation, app } = s.executor;
  if (!leq(ballot, msg.ballot) || operation < msg.operation) return nothing(s);
  const supply = { type: 'appStateSupply', ballot, operation, app, replyCache: undefined } as const;
  return { state: s, sends: to(s, src, supply) };
}

function appStateSupply(s: Replica, msg: Of<'appStateSupply'>): Outcome {
  if (msg.operation <= s.executor.operationsComplete) return nothing(s);
  const tallies = new Map([...s.learner.tallies].filter(([voted]) => voted >= msg.operation));
  return nothing({
    ...s,
    learner: { ...s.learner, tallies },
    executor: {
      ...s.executor,
      app: msg.app,
      operationsComplete: msg.operation,
      maxBallotReflected: msg.ballot,
      decided: undefined,
    },
  });
}

/** The replica after action 6, but for its replies, and what the batch is answered. */
export function executed(s: Replica): Outcome {
  const { decided, operationsComplete, maxBallotReflected } = s.executor;
  if (decided === undefined) return nothing(s);
  if (operationsComplete >= s.constants.parameters.maxInteger) return nothing(s);
  let { app } = s.executor;
  const sends: Packet<Message>[] = [];
  let { receivedEarlier, receivedThisEpoch } = s.election;
  for (const { client, seqno, request: value } of decided.batch) {
    const handled = counter.handle(app, value);
    app = handled.state;
    sends.push(...to(s, client, { type: 'reply', seqno, reply: handled.reply }));
    const stays = (r: Request): boolean => r.client !== client || r.seqno > seqno;
    receivedEarlier = receivedEarlier.filter(stays);
    receivedThisEpoch = receivedThisEpoch.filter(stays);
  }
  const tallies = new Map([...s.learner.tallies].filter(([op]) => op !== operationsComplete));
  const ballot = leq(maxBallotReflected, decided.ballot) ? decided.ballot : maxBallotReflected;
  const executor = {
    ...s.executor,
    app,
    operationsComplete: operationsComplete + 1,
    maxBallotReflected: ballot,
    decided: undefined,
  };
  const election = { ...s.election, receivedEarlier, receivedThisEpoch };
  return { state: { ...s, learner: { ...s.learner, tallies }, executor, election }, sends };
}
