/**
 * # The replicated service
 *
 * A set of servers runs one application for everybody, and seems to be a single machine that
 * never fails. A client sends a request to a server. At some instant the request *takes effect*:
 * the application handles it, and moves from one state to the next. Then a server may reply with
 * what the application replied. The state of the service is the application's state, and a log of
 * everything that has taken effect, each request with its reply.
 *
 *     Init        ≜  app = initial ∧ executed = ⟨⟩
 *     Execute(r)  ≜  |r.request| ≤ 128 MiB
 *                    ∧ app′ = handle(app, r.request).state
 *                    ∧ executed′ = executed ∘ ⟨r with handle(app, r.request).reply⟩
 *     Next        ≜  ∃ n ≥ 0, r₁ … rₙ : Execute(r₁) · … · Execute(rₙ), all in one instant
 *
 * **Why this is linearizability.** The log is one order of all that was ever done, and each reply
 * is the one that a single machine would give, asked in that order. The correspondence ties the
 * log to what the world can see: nothing is in it that its client has not sent, and no server
 * replies with anything that is not in it. So every request that is answered took effect at one
 * instant, after it was sent and before the reply. Whoever has a reply and then sends another
 * request finds the first before the second in the log, whichever servers the two clients spoke
 * to.
 *
 * **What is not promised.** That anything happens at all: a service that never executes anything
 * is safe. That a request takes effect only once: the network repeats packets and clients repeat
 * requests, and each copy may take effect, with a reply of its own, even long after the first one.
 * That a client's requests take effect in the order in which it sent them, unless it waits for
 * each reply.
 *
 * **At most once** is the stronger next. Servers remember a number of clients, called *sessions*:
 * those whose requests were the last to take effect. A request of a remembered client takes effect
 * only if its number is higher than that of the client's last. So if a client gives each of its
 * requests a higher number than the one before, and one of them has taken effect, then no copy of
 * it takes effect again until requests of as many other clients as there are sessions have. From
 * then on the client is forgotten, and an old copy that is still under way counts as new. With a
 * session for every client there ever is, nothing takes effect twice. The price: a request that is
 * overtaken by a later one of its client never takes effect.
 *
 * The original has two sets where this has the log: the requests executed, and the replies given.
 * They are the rows of the log without their replies, and without their requests.
 *
 * Follows Services/RSL/AbstractService.s.dfy of IronFleet. Linearizability is that of Herlihy and
 * Wing (Linearizability: A Correctness Condition for Concurrent Objects, 1990); sessions are the
 * client table of Viewstamped Replication Revisited (Liskov and Cowling, 2012), with a size.
 */
import { type Application, type AppState, MAX_REQUEST_BYTES } from '../apps/application.ts';
import type { Bytes } from '../framework/bytes.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { equal } from '../framework/equal.ts';
import type { Log } from '../framework/log.ts';
import { clause, exists, forAll, type Verdict } from '../framework/verdict.ts';

/** What a client wants done, under a number that the client chose. */
export interface Request {
  readonly client: EndPoint;
  readonly seqno: number;
  readonly request: Bytes;
}

/** A request that took effect, with what the application replied to it then. */
export interface Executed extends Request {
  readonly reply: Bytes;
}

export interface State {
  readonly servers: ReadonlySet<EndPoint>;
  readonly app: AppState;
  /** Everything that has taken effect, oldest first. */
  readonly executed: Log<Executed>;
}

/** The service begins with a fresh application, and nothing has taken effect. */
export const init = (s: State, application: Application, servers: ReadonlySet<EndPoint>): Verdict =>
  clause('the servers are the configured ones', sameElements(s.servers, servers))
  ?? clause('the application is in its initial state', equal(s.app, application.initial))
  ?? clause('nothing has been executed', s.executed.length === 0);

/** The one thing that ever happens: a batch of requests, perhaps of none, takes effect in order. */
export const next = (s: State, t: State, application: Application): Verdict =>
  clause('the servers never change', sameElements(s.servers, t.servers))
  ?? clause('what was executed is never rewritten', s.executed.isPrefixOf(t.executed, sameRow))
  ?? batchIsExecuted(s, t, application);

/** What is new in the log leads the application from its state in `s` to that in `t`. */
function batchIsExecuted(s: State, t: State, application: Application): Verdict {
  let app = s.app;
  for (const { request, reply } of t.executed.from(s.executed.length)) {
    const tooLong = clause('no request exceeds 128 MiB', request.length <= MAX_REQUEST_BYTES);
    if (tooLong) return tooLong;
    const handled = application.handle(app, request);
    const wrong = clause('the application gives this reply', handled.reply === reply);
    if (wrong) return wrong;
    app = handled.state;
  }
  return clause('the application is where the batch leads it', equal(app, t.app));
}

/** The stronger next: a request of a client among the last `sessions` takes effect only once. */
export const nextAtMostOnce = (
  s: State,
  t: State,
  application: Application,
  sessions: number,
): Verdict => next(s, t, application) ?? numbersRise(s, t, sessions);

function numbersRise(s: State, t: State, sessions: number): Verdict {
  for (let position = s.executed.length; position < t.executed.length; position++) {
    const { seqno } = t.executed.at(position) as Executed;
    const last = lastOfSameClient(t.executed, position, sessions);
    const refusal = clause(
      'a remembered client has a higher number each time',
      last === undefined || last.seqno < seqno,
    );
    if (refusal) return refusal;
  }
  return undefined;
}

/**
 * The row before `position` that is its client's last, unless that client has been forgotten: as
 * many others as there are sessions have come since. Where numbers rise it has the client's
 * highest.
 */
function lastOfSameClient(
  executed: Log<Executed>,
  position: number,
  sessions: number,
): Executed | undefined {
  const client = executed.at(position)?.client;
  const others = new Set<EndPoint>();
  for (let earlier = position - 1; earlier >= 0 && others.size < sessions; earlier--) {
    const row = executed.at(earlier) as Executed;
    if (row.client === client) return row;
    others.add(row.client);
  }
  return undefined;
}

/**
 * The state after a batch has taken effect: this runs the service. `next` allows it, as long as no
 * request is too long.
 */
export function execute(s: State, batch: Iterable<Request>, application: Application): State {
  let { app, executed } = s;
  for (const { client, seqno, request } of batch) {
    const handled = application.handle(app, request);
    app = handled.state;
    executed = executed.append({ client, seqno, request, reply: handled.reply });
  }
  return { servers: s.servers, app, executed };
}

/** What a client says on the network. Who it is, the packet's source tells. */
export interface RequestMessage {
  readonly type: 'request';
  readonly seqno: number;
  readonly request: Bytes;
}

/** What a server says on the network when a request of the packet's destination took effect. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly seqno: number;
  readonly reply: Bytes;
}

/**
 * What the world may conclude from the network: what a server replies, the application replied to
 * a request of that client; and whatever took effect, its client had asked a server for.
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
    ?? forAll(s.executed, (row) => requestWasSent(row, requests, s))
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
 * The correspondence of one row of the log, by the requests sent so far, or by the one of them
 * that bears it out.
 */
export const requestWasSent = (
  row: Executed,
  sent: Iterable<Packet<RequestMessage>>,
  s: State,
): Verdict =>
  clause(
    'what was executed was sent by its client to a server',
    exists(
      sent,
      ({ src, dst, msg }) =>
        src === row.client
        && s.servers.has(dst)
        && msg.seqno === row.seqno
        && msg.request === row.request,
    ),
  );

const isReplyTo = (row: Executed | undefined, { dst, msg }: Packet<ReplyMessage>): boolean =>
  row !== undefined && row.client === dst && row.seqno === msg.seqno && row.reply === msg.reply;

const sameRow = (a: Executed, b: Executed): boolean =>
  a === b
  || (a.client === b.client
    && a.seqno === b.seqno
    && a.request === b.request
    && a.reply === b.reply);

const sameElements = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean =>
  a === b || (a.size === b.size && [...a].every((item) => b.has(item)));
