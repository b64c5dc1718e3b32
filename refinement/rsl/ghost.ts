/**
 * # What the checker remembers of a replicated service
 *
 * Everything that replicas have said that a law may ask about, in the order in which it is asked
 * about: what was proposed and voted for in each operation, what each acceptor has promised, how
 * high and how far each replica has said to be, what clients have asked for; and the history that
 * all of this stands for. It follows from the set of packets sent so far, whatever their order.
 *
 * Besides, it remembers the step that it was told of last. Laws look only at what that step can have
 * changed, so they are to be asked after every step; of a ghost that knows of no step they look at
 * everything.
 */
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type {
  Batch,
  Message,
  Operation,
  Promise1b,
  Request,
  Vote,
} from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import type { Application } from '../../spec/apps/application.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { RequestMessage } from '../../spec/rsl/service.ts';
import type { Act } from '../framework/systemRefinement.ts';
import { Claims } from './claims.ts';
import { History } from './history.ts';
import { NOTHING_SAID, type OperationRecord, withProposal, withVote } from './operation.ts';
import { order, range, sameBatch, sameVotes } from './values.ts';

/** A service: what does not change. */
export interface Setting {
  readonly application: Application;
  readonly replicas: readonly EndPoint[];
  readonly parameters: Parameters;
}

/** A promise, as it was sent. */
export type PromisePacket = Packet<Promise1b>;

export class Ghost {
  readonly setting: Setting;
  /** How many replicas make a majority: any two majorities have one in common. */
  readonly majority: number;
  /** The last step of a replica; nothing if laws are to look at everything. */
  last: Act<Replica, Message> | undefined;
  /** What that step said that had not been said before, one packet a message. */
  news: readonly Packet<Message>[] = [];
  /** How many requests had taken effect before that step. */
  executedBefore = 0;
  #history: History;
  #operations = new Map<Operation, OperationRecord>();
  #lastOperation: Operation = -1;
  readonly #places: ReadonlyMap<EndPoint, number>;
  readonly #promises: PromisePacket[][];
  #claims: Claims;
  readonly #requests = new Map<EndPoint, Map<number, readonly Packet<RequestMessage>[]>>();

  constructor(setting: Setting) {
    const { replicas, application, parameters } = setting;
    const { compatible, maxCachedReplies } = parameters;
    this.setting = setting;
    this.majority = Math.floor(replicas.length / 2) + 1;
    this.#places = new Map(replicas.map((replica, place) => [replica, place]));
    this.#promises = replicas.map(() => []);
    this.#claims = new Claims(replicas.length);
    const sessions = compatible ? undefined : maxCachedReplies;
    this.#history = new History({ application, sessions }, new Set(replicas));
  }

  /** One that shares nothing with this that may change. */
  copy(): Ghost {
    const copy = new Ghost(this.setting);
    copy.last = this.last;
    copy.news = this.news;
    copy.executedBefore = this.executedBefore;
    copy.#history = this.#history.copy();
    copy.#operations = new Map(this.#operations);
    copy.#lastOperation = this.#lastOperation;
    copy.#claims = this.#claims.copy();
    for (const [place, sent] of this.#promises.entries()) copy.#promises[place] = sent.slice();
    for (const [client, asked] of this.#requests) copy.#requests.set(client, new Map(asked));
    return copy;
  }

  /** What the operations chosen so far amount to. */
  get history(): History {
    return this.#history;
  }

  /** A replica's place in the configuration. */
  placeOf(replica: EndPoint): number | undefined {
    return this.#places.get(replica);
  }

  operation(operation: Operation): OperationRecord {
    return this.#operations.get(operation) ?? NOTHING_SAID;
  }

  /** The operations of this number or a higher one about which something was said. */
  operationsFrom(from: Operation, last = this.#lastOperation): Iterable<Operation> {
    // Where the numbers run far apart, counting through them would take for ever.
    return last - from <= this.#operations.size
      ? range(Math.max(from, 0), last)
      : [...this.#operations.keys()].filter((operation) => from <= operation && operation <= last);
  }

  /** Asks about every vote of a replica for an operation of this number or a higher one. */
  forVotesOf(
    place: number,
    from: Operation,
    check: (operation: Operation, vote: Vote) => Verdict,
  ): Verdict {
    const last = this.#claims.of(place)?.votedOperation ?? -1;
    for (const operation of this.operationsFrom(from, last)) {
      for (const tally of this.operation(operation).tallies) {
        const refusal = tally.by.includes(place) ? check(operation, tally) : undefined;
        if (refusal !== undefined) return refusal;
      }
    }
    return undefined;
  }

  /** The promises of the replica at a place, those of lower ballots first. */
  promisesOf(place: number): readonly PromisePacket[] {
    return this.#promises[place] ?? [];
  }

  /** The operations of this number or a higher one of whose votes a replica may have told. */
  toldBy(place: number, from: Operation): Iterable<Operation> {
    const last = this.#claims.of(place)?.toldOperation ?? -1;
    const promises = this.promisesOf(place);
    // As above.
    return last - from <= promises.length * this.setting.parameters.maxLogLength
      ? range(from, last)
      : new Set(
          promises.flatMap(({ msg }) => [...msg.votes.keys()].filter((told) => told >= from)),
        );
  }

  /** How high and how far replicas have said to be. */
  get claims(): Claims {
    return this.#claims;
  }

  /** The packet in which a client has asked a replica for this, if there is one. */
  requestFor({ client, seqno, request }: Request): Packet<RequestMessage> | undefined {
    const asked = this.#requests.get(client)?.get(seqno);
    return asked?.find(({ msg }) => msg.request === request);
  }

  /** A replica takes a step. */
  act(act: Act<Replica, Message>): void {
    this.last = act;
    this.news = NOTHING;
    this.executedBefore = this.#history.state.executed.length;
    let told: Message | undefined;
    for (const packet of act.step.sends) {
      // What goes to all is said once.
      if (packet.msg !== told && this.record(packet)) this.news = [...this.news, packet];
      told = SAID_TO_ALL.has(packet.msg.type) ? packet.msg : undefined;
    }
  }

  /** Records a packet; tells whether it is a promise, a proposal or a vote that is new. */
  record(packet: Packet<Message>): boolean {
    const { src, dst, msg } = packet;
    if (msg.type === 'request') {
      if (this.#places.has(dst)) this.#request({ src, dst, msg });
      return false;
    }
    const place = this.#places.get(src);
    if (place === undefined) return false;
    switch (msg.type) {
      case '1b':
        return this.#promise(place, { src, dst, msg });
      case '2a':
        return this.#propose(place, msg.ballot, msg.operation, msg.batch);
      case '2b':
        return this.#vote(place, msg.ballot, msg.operation, msg.batch);
      case '1a':
        this.#claims.lead(place, msg.ballot);
        return false;
      case 'startingPhase2':
        this.#claims.lead(place, msg.ballot);
        this.#claims.use(msg.ballot);
        this.#claims.truncate(msg.logTruncationPoint);
        return false;
      case 'heartbeat':
        this.#claims.checkpoint(place, msg.checkpoint);
        if (msg.suspicious) this.#claims.suspect(place, msg.view);
        return false;
      case 'appStateSupply':
        this.#claims.use(msg.ballot);
        return false;
      case 'reply':
      case 'appStateRequest':
      case 'voteRequest':
      case 'invalid':
        return false;
    }
  }

  #request(asked: Packet<RequestMessage>): void {
    const { src, msg } = asked;
    let numbers = this.#requests.get(src);
    if (numbers === undefined) {
      numbers = new Map();
      this.#requests.set(src, numbers);
    }
    const others = numbers.get(msg.seqno) ?? NOTHING;
    if (others.some((other) => other.msg.request === msg.request)) return;
    numbers.set(msg.seqno, [...others, asked]);
  }

  #promise(place: number, packet: PromisePacket): boolean {
    const promises = this.#promises[place] as PromisePacket[];
    const { ballot, logTruncationPoint, votes } = packet.msg;
    let at = promises.length;
    for (; at > 0; at--) {
      const { dst, msg } = promises[at - 1] as PromisePacket;
      const later = order(msg.ballot, ballot);
      if (later < 0) break;
      if (later > 0 || dst !== packet.dst) continue;
      if (msg.logTruncationPoint === logTruncationPoint && sameVotes(msg.votes, votes))
        return false;
    }
    promises.splice(at, 0, packet);
    this.#claims.tell(place, votes.keys());
    this.#claims.truncate(logTruncationPoint);
    return true;
  }

  #propose(place: number, ballot: Ballot, operation: Operation, batch: Batch): boolean {
    const before = this.operation(operation);
    const record = withProposal(before, place, ballot, batch);
    if (record === before) return false;
    this.#set(operation, record);
    this.#claims.lead(place, ballot);
    this.#claims.propose(ballot, operation);
    this.#claims.truncate(operation - this.setting.parameters.maxLogLength + 1);
    return true;
  }

  #vote(place: number, ballot: Ballot, operation: Operation, batch: Batch): boolean {
    const before = this.operation(operation);
    const record = withVote(before, place, { ballot, batch }, this.majority);
    if (record === before) return false;
    this.#set(operation, record);
    this.#claims.vote(place, ballot, operation);
    this.#claims.use(ballot);
    if (record.chosen !== before.chosen) this.#choose(operation, before.chosen, record.chosen);
    return true;
  }

  #set(operation: Operation, record: OperationRecord): void {
    this.#operations.set(operation, record);
    if (operation > this.#lastOperation) this.#lastOperation = operation;
  }

  /** An operation was chosen, or chosen in a lower ballot, or with another value than was seen. */
  #choose(operation: Operation, before: Vote | undefined, chosen: Vote | undefined): void {
    if (chosen === undefined || operation > this.#history.length) return;
    if (operation < this.#history.length && before !== undefined) {
      if (sameBatch(before.batch, chosen.batch)) {
        this.#history.lower(operation, chosen.ballot);
        return;
      }
      // Agreement is broken: the past is another one now, as whoever compares the two will find.
      this.#history = this.#history.fresh();
    }
    for (let next = this.#history.length; ; next++) {
      const value = this.operation(next).chosen;
      if (value === undefined) return;
      this.#history.append(value);
    }
  }
}

const NOTHING: readonly never[] = [];

/** Messages of which it does not matter to whom they go. */
const SAID_TO_ALL: ReadonlySet<Message['type']> = new Set([
  '1a',
  '2a',
  '2b',
  'startingPhase2',
  'heartbeat',
]);

/** All that there is to know of these packets, whatever their order. */
export function ghostOf(packets: Iterable<Packet<Message>>, setting: Setting): Ghost {
  const ghost = new Ghost(setting);
  for (const packet of packets) ghost.record(packet);
  return ghost;
}
