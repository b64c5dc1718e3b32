/**
 * # The terms of the invariants, by the book
 *
 * What the laws of a replicated service speak of, of a system at one moment, from scratch.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type {
  Batch,
  Message,
  Operation,
  Request,
  Vote,
  Votes,
} from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { Executed } from '../../spec/rsl/service.ts';
import type { Setting } from './ghost.ts';
import { chosen, chosenRun, execution, type Packets, sentBy } from './textbook.ts';
import { order, sameBatch } from './values.ts';

/** The system at a moment: all packets sent so far, and the replicas. What is found is kept. */
export class Moment {
  readonly setting: Setting;
  readonly packets: Packets;
  readonly states: readonly Replica[];
  readonly #sent = new Map<Message['type'], Packets>();
  readonly #chosen = new Map<Operation, readonly Vote[]>();
  #run: readonly Batch[] | undefined;
  #executed: readonly Executed[] | undefined;

  constructor(setting: Setting, packets: Packets, states: readonly Replica[]) {
    this.setting = setting;
    this.packets = packets;
    this.states = states;
  }

  /** What replicas have sent of one type, and to whom. */
  sent<Type extends Message['type']>(
    type: Type,
  ): readonly Packet<Message & { readonly type: Type }>[] {
    const found = this.#sent.get(type) ?? sentBy(this.setting, this.packets, type);
    this.#sent.set(type, found);
    return found as readonly Packet<Message & { readonly type: Type }>[];
  }

  /** The same, but what one says to all only once: it is one message. */
  said<Type extends Message['type']>(type: Type) {
    const said = new Map<EndPoint, Set<Message>>();
    return this.sent(type).filter(({ src, msg }) => {
      const before = said.get(src) ?? new Set();
      said.set(src, before);
      return !before.has(msg) && before.add(msg);
    });
  }

  chosen(operation: Operation): readonly Vote[] {
    const found = this.#chosen.get(operation) ?? chosen(this.setting, this.sent('2b'), operation);
    this.#chosen.set(operation, found);
    return found;
  }

  /** The values of the longest run of chosen operations. */
  get run(): readonly Batch[] {
    this.#run ??= chosenRun(this.setting, this.sent('2b'));
    return this.#run;
  }

  /** What has taken effect. */
  get executed(): readonly Executed[] {
    this.#executed ??= execution(this.setting, this.run).executed;
    return this.#executed;
  }
}

export const implies = (a: boolean, b: boolean): boolean => !a || b;
export const below = (a: Ballot, b: Ballot): boolean => order(a, b) < 0;
export const same = (a: Ballot, b: Ballot): boolean => order(a, b) === 0;

/** How far a replica has come for good. */
export const comeTo = ({ executor: e }: Replica): Operation =>
  e.checkpoint?.operationsComplete ?? e.operationsComplete;

/** What one replica has said, by its place. */
export const ownOf = <Type extends '1b' | '2b' | 'heartbeat'>(
  m: Moment,
  type: Type,
  place: number,
) => m.said(type).flatMap(({ src, msg }) => (src === m.setting.replicas[place] ? [msg] : []));

export const everyReplica = (m: Moment, holds: (r: Replica, place: number) => boolean): boolean =>
  m.states.every(holds);

/** Whether a law holds at a moment. */
export type Law = (m: Moment) => boolean;

/** A law of everything of one type that replicas have said. */
export const everyRow =
  <Type extends '1a' | '1b' | '2a' | '2b' | 'startingPhase2'>(
    type: Type,
    holds: (m: Moment, packet: Packet<Message & { readonly type: Type }>) => boolean,
  ): Law =>
  (m) =>
    m.said(type).every((packet) => holds(m, packet));

/** All votes that are remembered: those of acceptors, and those that promises tell of. */
export const allVotes = (m: Moment): readonly Votes[] => [
  ...m.states.map(({ acceptor }) => acceptor.votes),
  ...m.said('1b').map(({ msg }) => msg.votes),
];

/** All ways to pick at most one item of each list. */
function picks<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  const [first, ...others] = lists;
  if (first === undefined) return [[]];
  return picks(others).flatMap((rest) => [rest, ...first.map((item) => [item, ...rest])]);
}

/** R5: a majority of promises, one of each replica, that permits a proposal. */
export function isPermitted(
  m: Moment,
  { msg: proposal }: Packet<Message & { type: '2a' }>,
): boolean {
  const promises = m.setting.replicas.map((replica) =>
    m
      .sent('1b')
      .flatMap(({ src, msg }) =>
        src === replica
        && same(msg.ballot, proposal.ballot)
        && msg.logTruncationPoint <= proposal.operation
          ? [msg]
          : [],
      ),
  );
  return picks(promises)
    .filter((quorum) => 2 * quorum.length > m.setting.replicas.length)
    .some((quorum) => {
      const votes = quorum.flatMap(({ votes }) => votes.get(proposal.operation) ?? []);
      return (
        votes.length === 0
        || votes.some(
          (vote) =>
            sameBatch(vote.batch, proposal.batch)
            && votes.every((other) => !below(vote.ballot, other.ballot)),
        )
      );
    });
}

/** R20: a replica is past phase 1 of its ballot. */
export function isPastPhase1({ states }: Moment, ballot: Ballot): boolean {
  const p = states[ballot.proposer]?.proposer;
  return (
    p !== undefined
    && !below(p.maxBallotSent1a, ballot)
    && implies(same(p.maxBallotSent1a, ballot), p.phase !== 1)
  );
}

export const ballotsUsed = (m: Moment): readonly Ballot[] => [
  ...m.said('2a').map(({ msg }) => msg.ballot),
  ...m.said('2b').map(({ msg }) => msg.ballot),
  ...m.said('startingPhase2').map(({ msg }) => msg.ballot),
  ...m.sent('appStateSupply').map(({ msg }) => msg.ballot),
  ...m.states.flatMap(({ learner, executor }) => [
    learner.maxBallotSeen,
    executor.maxBallotReflected,
    ...(executor.decided === undefined ? [] : [executor.decided.ballot]),
    ...(executor.checkpoint === undefined ? [] : [executor.checkpoint.maxBallotReflected]),
  ]),
];

/** What R22 says of a state of the service, however it came about. */
interface Progress {
  readonly app: unknown;
  readonly operation: Operation;
  readonly reflected: Ballot;
  readonly replies: Iterable<
    readonly [EndPoint, { readonly seqno: number; readonly reply: string }]
  >;
}

/** R22: all operations before were chosen, and this is what came of them. */
export function isOfChosen(m: Moment, { app, operation, reflected, replies }: Progress): boolean {
  const { compatible, maxCachedReplies } = m.setting.parameters;
  const batches = m.run.slice(0, operation);
  const { app: expected, executed } = execution(m.setting, batches);
  const last = executed
    .filter((row, at) => !executed.slice(at + 1).some(({ client }) => client === row.client))
    .map(({ client, seqno, reply }) => [client, seqno, reply])
    .slice(-maxCachedReplies);
  const kept = [...replies].map(([client, { seqno, reply }]) => [client, seqno, reply]);
  return (
    batches.length === operation
    && batches.every((_, at) => m.chosen(at).some((vote) => !below(reflected, vote.ballot)))
    && equal(app, expected)
    && (compatible || equal(kept, last))
  );
}

export const progresses = (m: Moment): readonly Progress[] => [
  ...m.states.flatMap(({ executor: e }) =>
    [e, ...(e.checkpoint === undefined ? [] : [e.checkpoint])].map((at) => ({
      app: at.app,
      operation: at.operationsComplete,
      reflected: at.maxBallotReflected,
      replies: at.replyCache,
    })),
  ),
  ...m.sent('appStateSupply').map(({ msg }) => ({
    app: msg.app,
    operation: msg.operation,
    reflected: msg.ballot,
    replies: msg.replyCache ?? [],
  })),
];

/** Whether a chosen request of this client and number got this reply. */
export const wasReplied = (m: Moment, client: EndPoint, seqno: number, reply: string): boolean =>
  m.executed.some((row) => equal([row.client, row.seqno, row.reply], [client, seqno, reply]));

export const wasSent = (
  { packets, setting }: Moment,
  { client, seqno, request }: Request,
): boolean =>
  request.length <= MAX_REQUEST_BYTES
  && packets.some(
    ({ src, dst, msg }) =>
      msg.type === 'request'
      && src === client
      && setting.replicas.includes(dst)
      && msg.seqno === seqno
      && msg.request === request,
  );
