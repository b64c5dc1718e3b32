/**
 * # The hash table
 *
 * A set of servers keeps one table for everybody, and seems to be a single table. Its keys are all
 * the numbers of 64 bits; each has a value, or has none. A client asks a server for the value of a
 * key, or to set it; to set a key to nothing deletes it. At some instant the request *takes
 * effect*, and then the server may reply: with what the table has, or with what has been set.
 *
 * The servers share the keys among themselves, and keys move from one to another all the time. None
 * of that is to be seen here.
 *
 *     Init    ≜  map = ∅ ∧ executed = ⟨⟩
 *     Get(k)  ≜  map′ = map ∧ reply = map[k]
 *     Set(k, v)  ≜  map′ = map with k ↦ v, or without k if v is nothing ∧ reply = v
 *     Next    ≜  ∃ k, v : (Get(k) ∨ Set(k, v)) ∧ executed′ = executed ∘ ⟨the request with its reply⟩
 *
 * **Why this is linearizability.** The log is one order of all that was ever done, and each reply is
 * the one that a single table would give, asked in that order. The correspondence ties the log to
 * what the world can see: nothing is in it that its client has not sent to that server, and no
 * server replies with anything that is not in it.
 *
 * **At most once.** A client numbers what it sends to a server, and the server what it replies to a
 * client. The numbers in the log rise: so no copy of a request takes effect again, and no request is
 * answered twice with different words.
 *
 * **What is not promised.** That anything happens at all, and that what one client sends to
 * different servers takes effect in the order in which it was sent, unless it waits for each reply.
 *
 * Follows Services/SHT/{AbstractService,HT}.s.dfy of IronFleet; departs from it in that a row of the
 * log knows whose request it was and who answered, where the original has a set of requests and a
 * set of replies that nothing connects, and in that nothing takes effect twice.
 */
import type { Bytes } from '../framework/bytes.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { Latest } from '../framework/latest.ts';
import type { Log } from '../framework/log.ts';
import type { OrderedMap } from '../framework/orderedMap.ts';
import { clause, exists, forAll, type Verdict } from '../framework/verdict.ts';

/** A number of 64 bits: 0n … 2⁶⁴−1. */
export type Key = bigint;
export type Value = Bytes;

/** What a client wants: the value of a key, or to set it; to nothing, to delete it. */
export type Request =
  | { readonly type: 'get'; readonly key: Key }
  | { readonly type: 'set'; readonly key: Key; readonly value: Value | undefined };

/** A request that took effect, with what was replied. */
export interface Executed {
  readonly client: EndPoint;
  readonly server: EndPoint;
  /** The number that the client gave it; it counts what it sends to this server. */
  readonly seqno: number;
  readonly request: Request;
  readonly reply: Value | undefined;
  /** The number that the server gave the reply; it counts what it sends to this client. */
  readonly replySeqno: number;
}

export interface State {
  readonly servers: ReadonlySet<EndPoint>;
  readonly map: OrderedMap<Value>;
  /** Everything that has taken effect, oldest first. */
  readonly executed: Log<Executed>;
}

/** The service begins with an empty table, and nothing has taken effect. */
export const init = (s: State, servers: ReadonlySet<EndPoint>): Verdict =>
  clause('the servers are the configured ones', sameElements(s.servers, servers))
  ?? clause('the table is empty', s.map.size === 0)
  ?? clause('nothing has been executed', s.executed.length === 0);

/** The one thing that ever happens: one request takes effect. */
export const next = (s: State, t: State): Verdict =>
  clause('the servers never change', sameElements(s.servers, t.servers))
  ?? clause('what was executed is never rewritten', s.executed.isPrefixOf(t.executed, sameRow))
  ?? clause('one request takes effect at a time', t.executed.length === s.executed.length + 1)
  ?? takesEffect(t.executed.last as Executed, s, t)
  ?? numbersRise(s.executed, t.executed.last as Executed);

/** A request leads from one table to the other, with this reply. */
const takesEffect = ({ server, request, reply }: Executed, s: State, t: State): Verdict =>
  clause('whoever serves is a server', s.servers.has(server))
  ?? (request.type === 'get'
    ? (clause('a get changes nothing', s.map.equals(t.map))
      ?? clause('a get is answered with what the table has', reply === s.map.get(request.key)))
    : (clause(
        'a set changes its key, and nothing else',
        t.map.equals(
          request.value === undefined
            ? s.map.without(request.key)
            : s.map.with(request.key, request.value),
        ),
      ) ?? clause('a set is answered with what was set', reply === request.value)));

/** A row that is added has higher numbers than the one before it of the same client and server. */
function numbersRise(executed: Log<Executed>, row: Executed): Verdict {
  const earlier = latest.in(executed, row);
  return (
    clause('a request takes effect once', earlier === undefined || earlier.seqno < row.seqno)
    ?? clause(
      'every reply has a number of its own',
      earlier === undefined || earlier.replySeqno < row.replySeqno,
    )
  );
}

/** The last row of a client and a server, without a search through all that was ever done. */
const latest = new Latest<Executed>(({ client, server }) => `${client.length} ${client}${server}`);

/** What a client says on the network, under a number of its own. */
export interface RequestMessage {
  readonly type: 'request';
  readonly seqno: number;
  readonly request: Request;
}

/** What a server says on the network when a request of the packet's destination took effect. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly seqno: number;
  readonly key: Key;
  readonly value: Value | undefined;
}

/**
 * What the world may conclude from the network: what a server replies was done for whom it replies
 * to; and whatever took effect, its client had asked that server for.
 */
export function correspondence(
  sent: Iterable<Packet<RequestMessage | ReplyMessage>>,
  s: State,
): Verdict {
  const requests: Packet<RequestMessage>[] = [];
  const replies: Packet<ReplyMessage>[] = [];
  for (const { src, dst, msg } of sent) {
    if (msg.type === 'request') requests.push({ src, dst, msg });
    else replies.push({ src, dst, msg });
  }
  return (
    forAll(replies, (packet) => replyWasExecuted(packet, s))
    ?? forAll(s.executed, (row) => requestWasSent(row, requests))
  );
}

/**
 * The correspondence of one reply. It speaks only of what servers say. Who knows at which position
 * of the log its execution is, counting from 0, saves the search.
 */
export const replyWasExecuted = (
  packet: Packet<ReplyMessage>,
  s: State,
  position?: number,
): Verdict =>
  s.servers.has(packet.src)
    ? clause(
        'what a server replies was executed',
        position === undefined
          ? exists(s.executed, (row) => isReplyTo(row, packet))
          : isReplyTo(s.executed.at(position), packet),
      )
    : undefined;

/**
 * The correspondence of one row of the log, by the requests sent so far, or by the one of them that
 * bears it out.
 */
export const requestWasSent = (row: Executed, sent: Iterable<Packet<RequestMessage>>): Verdict =>
  clause(
    'what was executed was sent by its client to that server',
    exists(
      sent,
      ({ src, dst, msg }) =>
        src === row.client
        && dst === row.server
        && msg.seqno === row.seqno
        && sameRequest(msg.request, row.request),
    ),
  );

const isReplyTo = (row: Executed | undefined, { src, dst, msg }: Packet<ReplyMessage>): boolean =>
  row !== undefined
  && row.server === src
  && row.client === dst
  && row.replySeqno === msg.seqno
  && row.request.key === msg.key
  && row.reply === msg.value;

const sameRequest = (a: Request, b: Request): boolean =>
  a.type === 'get'
    ? b.type === 'get' && a.key === b.key
    : b.type === 'set' && a.key === b.key && a.value === b.value;

const sameRow = (a: Executed, b: Executed): boolean =>
  a === b
  || (a.client === b.client
    && a.server === b.server
    && a.seqno === b.seqno
    && sameRequest(a.request, b.request)
    && a.reply === b.reply
    && a.replySeqno === b.replySeqno);

const sameElements = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean =>
  a === b || (a.size === b.size && [...a].every((item) => b.has(item)));
