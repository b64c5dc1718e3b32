/**
 * # Scenes of a replicated service
 *
 * A scene is a service at one moment: the packets that were sent, and the replicas as they are. All
 * of it is made up, so that it can be wrong in one point and in no other.
 */
import { expect } from 'vitest';
import type { Message, Promise1b, Request } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { LawList } from '../../refinement/framework/laws.ts';
import { lawList } from '../../refinement/framework/laws.ts';
import { type Ghost, ghostOf, type Setting } from '../../refinement/rsl/ghost.ts';
import {
  packetInvariants,
  replicaInvariants,
  systemInvariants,
} from '../../refinement/rsl/invariants.ts';
import { brokenLaws } from '../../refinement/rsl/textbookLaws.ts';
import { Moment } from '../../refinement/rsl/textbookTerms.ts';
import { counter } from '../../spec/apps/counter.ts';
import { u64 } from '../../spec/framework/bytes.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import {
  ballot,
  PARAMETERS,
  type Parts,
  promised,
  REPLICAS,
  replica,
  request,
} from './rslReplicas.ts';

export interface Scene {
  readonly packets: readonly Packet<Message>[];
  readonly states: readonly Replica[];
}

export const SETTING: Setting = {
  application: counter,
  replicas: REPLICAS,
  parameters: PARAMETERS,
};

/** A replica says the same to all. */
export const says = (src: EndPoint, msg: Message): readonly Packet<Message>[] =>
  REPLICAS.map((dst) => ({ src, dst, msg }));

/** A client asks replica a. */
export const asks = ({ client, seqno, request: asked }: Request): Packet<Message> => ({
  src: client,
  dst: 'a',
  msg: { type: 'request', seqno, request: asked },
});

/** The ballot that a leads, the one that b attempts after it, and two requests. */
export const FIRST = ballot(1, 0);
export const SECOND = ballot(1, 1);
export const X = request('x', 1);
export const Y = request('y', 1);

export const propose = (operation: number, ...batch: readonly Request[]): Message => ({
  type: '2a',
  ballot: FIRST,
  operation,
  batch,
});

export const voteFor = (operation: number, ...batch: readonly Request[]): Message => ({
  type: '2b',
  ballot: FIRST,
  operation,
  batch,
});

const PROMISE: Promise1b = promised(FIRST);

const VOTED = {
  maxBallot: FIRST,
  votes: new Map([[0, { ballot: FIRST, batch: [X] }]]),
};

/** What became of x's request, for whoever has executed it. */
export const EXECUTED = {
  app: 1n,
  operationsComplete: 1,
  maxBallotReflected: FIRST,
  replyCache: new Map([['x', { seqno: 1, reply: u64(1) }]]),
};

/**
 * Replica a leads the first ballot and has proposed x's request for operation 0. All have promised,
 * a and b have voted, so that it is chosen. Replica c has learned it and executed it, and keeps a
 * checkpoint of that; it has not voted.
 */
export const CHOSEN: Scene = {
  packets: [
    asks(X),
    asks(Y),
    ...says('a', { type: '1a', ballot: FIRST }),
    ...REPLICAS.map((src) => ({ src, dst: 'a', msg: PROMISE })),
    ...says('a', { type: 'startingPhase2', ballot: FIRST, logTruncationPoint: 0 }),
    ...says('a', propose(0, X)),
    ...says('a', voteFor(0, X)),
    ...says('b', voteFor(0, X)),
    { src: 'c', dst: 'x', msg: { type: 'reply', seqno: 1, reply: u64(1) } },
    ...says('c', { type: 'heartbeat', view: FIRST, suspicious: true, checkpoint: 1 }),
  ],
  states: [
    state('a', {
      proposer: {
        phase: 2,
        maxBallotSent1a: FIRST,
        nextOperation: 1,
        received1bs: new Map(REPLICAS.map((each) => [each, PROMISE])),
        proposed: new Map([[0, [X]]]),
      },
      acceptor: { ...VOTED, lastCheckpointed: [0, 0, 1] },
      learner: {
        maxBallotSeen: FIRST,
        tallies: new Map([[0, { voters: new Set([0, 1]), batch: [X] }]]),
      },
      executor: { decided: { batch: [X], ballot: FIRST } },
      election: { suspectors: new Set([2]) },
    }),
    state('b', { acceptor: VOTED, election: { receivedThisEpoch: [Y] } }),
    state('c', {
      acceptor: { maxBallot: FIRST },
      learner: { maxBallotSeen: FIRST },
      executor: { ...EXECUTED, checkpoint: EXECUTED },
    }),
  ],
};

function state(me: EndPoint, parts: Parts): Replica {
  return replica(parts, PARAMETERS, me);
}

/** The scene in which these packets were sent as well. */
export const plus = ({ packets, states }: Scene, ...more: readonly Packet<Message>[]): Scene => ({
  packets: [...packets, ...more],
  states,
});

/** The scene in which these packets were not sent. */
export const minus = (
  { packets, states }: Scene,
  never: (packet: Packet<Message>) => boolean,
): Scene => ({ packets: packets.filter((packet) => !never(packet)), states });

/** The scene in which some parts of a replica are others. */
export const but = ({ packets, states }: Scene, me: EndPoint, parts: Parts): Scene => ({
  packets,
  states: states.map((r) => (r.constants.me === me ? changed(r, parts) : r)),
});

const changed = (r: Replica, parts: Parts): Replica => ({
  constants: r.constants,
  nextHeartbeat: r.nextHeartbeat,
  retry: { ...r.retry, ...parts.retry },
  proposer: parts.proposer === undefined ? r.proposer : { ...r.proposer, ...parts.proposer },
  election: parts.election === undefined ? r.election : { ...r.election, ...parts.election },
  acceptor: parts.acceptor === undefined ? r.acceptor : { ...r.acceptor, ...parts.acceptor },
  learner: parts.learner === undefined ? r.learner : { ...r.learner, ...parts.learner },
  executor: parts.executor === undefined ? r.executor : { ...r.executor, ...parts.executor },
});

const PACKET_LAWS = lawList(packetInvariants);
const REPLICA_LAWS = lawList(replicaInvariants);
const SYSTEM_LAWS = lawList(systemInvariants);

/** Every law of a table that does not hold, with its clause. */
const broken = <Subject extends readonly unknown[]>(
  laws: LawList<Subject>,
  ...subject: Subject
): readonly string[] =>
  laws.flatMap(([number, law]) => {
    const verdict: Verdict = law(...subject);
    return verdict === undefined ? [] : [`${number}: ${verdict.failed}`];
  });

/** What is wrong with a scene for a checker that looks at everything. */
export function wrongWith({ packets, states }: Scene, setting = SETTING): readonly string[] {
  const ghost = ghostOf(packets, setting);
  return [
    ...states.flatMap((r, place) => broken(REPLICA_LAWS, r, { states, ghost }, place)),
    ...broken(SYSTEM_LAWS, { states, ghost }),
    ...packets.flatMap((packet) => broken(PACKET_LAWS, packet, { states, ghost })),
  ];
}

/** The numbers of the laws that do not hold of a scene, by the book. */
export const wrongByTheBook = ({ packets, states }: Scene, setting = SETTING): readonly string[] =>
  brokenLaws(new Moment(setting, packets, states));

/**
 * What is wrong with a scene for a checker that knows an earlier one to be right, and is told of
 * one step of each replica that leads from there, and looks only at what that changes.
 */
export function wrongAfter(
  earlier: Scene,
  { packets, states }: Scene,
  setting = SETTING,
): readonly string[] {
  const fresh = packets.filter((packet) => !earlier.packets.includes(packet));
  const ghost: Ghost = ghostOf(earlier.packets, setting);
  const now = [...earlier.states];
  for (const packet of fresh) if (!REPLICAS.includes(packet.src)) ghost.record(packet);
  return states.flatMap((after, host) => {
    const before = now[host] as Replica;
    const sends = fresh.filter(({ src }) => src === after.constants.me);
    if (after === before && sends.length === 0) return [];
    const step = { state: after, sends };
    ghost.act({ host, action: 'act', before, packet: undefined, step });
    now[host] = after;
    const whole = { states: now, ghost };
    return [
      ...broken(REPLICA_LAWS, after, whole, host),
      ...broken(SYSTEM_LAWS, whole),
      ...sends.flatMap((packet) => broken(PACKET_LAWS, packet, whole)),
    ];
  });
}

/** A scene in which a clause of a law does not hold, and all the laws that do not. */
export type WrongScene = readonly [law: string, because: string, wrong: string, scene: Scene];

/**
 * Tells whether a scene is wrong in this point, and in no others than these; and whether a checker
 * sees it that knows another one, with other parameters perhaps, to be right.
 */
export function expectWrong(
  law: string,
  because: string,
  wrong: string,
  scene: Scene,
  { right = CHOSEN, setting = SETTING } = {},
): void {
  const numbers = wrong.split(' ');
  const found = wrongWith(scene, setting);
  expect([...wrongByTheBook(scene, setting)].sort()).toEqual([...numbers].sort());
  expect([...new Set(found.map((one) => one.replace(/:.*/, '')))].sort()).toEqual(
    [...numbers].sort(),
  );
  expect(found).toContain(`${law}: ${because}`);
  // What was not sent in the end cannot come about by steps from a scene in which it was.
  if (right.packets.some((packet) => !scene.packets.includes(packet))) return;
  expect(wrongAfter(right, scene, setting)).toContain(`${law}: ${because}`);
}
