/**
 * # The replicated service
 */
import { type Application, type AppState, MAX_REQUEST_BYTES } from '../apps/application.ts';
import type { Bytes } from '../framework/bytes.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { equal } from '../framework/equal.ts';
import type { Log } from '../framework/log.ts';
import { clause, forAll, type Verdict } from '../framework/verdict.ts';

/** What a client wants done, under a number of the client's own. */
export interface Request {
  readonly client: EndPoint;
  readonly seqno: number;
  readonly request: Bytes;
}

/** A request that has taken effect, and what the application replied. */
export interface Executed extends Request {
  readonly reply: Bytes;
}

export interface State {
  readonly servers: ReadonlySet<EndPoint>;
  readonly app: AppState;
  /** Every request that has taken effect, in the order in which they did. */
  readonly executed: Log<Executed>;
}

/** The service begins with a fresh application and nothing executed. */
export const init = (s: State, application: Application, servers: ReadonlySet<EndPoint>): Verdict =>
  clause('the servers are the configured ones', sameElements(s.servers, servers))
  ?? clause('the application is in its initial state', equal(s.app, application.initial))
  ?? clause('nothing has been executed', s.executed.length === 0);

/** A batch of requests, perhaps empty, takes effect: all of it in one instant, one by one in order. */
export const next = (s: State, t: State, application: Application): Verdict =>
  clause('the servers never change', sameElements(s.servers, t.servers))
  ?? clause('what was executed is never rewritten', s.executed.isPrefixOf(t.executed, sameRow))
  ?? batchIsExecuted(s, t, application);

function batchIsExecuted(s: State, t: State, application: Application): Verdict {
  let { app } = s;
  for (const { request, reply } of t.executed.from(s.executed.length)) {
    if (request.length > MAX_REQUEST_BYTES) return clause('no request exceeds 128 MiB', false);
    const handled = application.handle(app, request);
    if (handled.reply !== reply) return clause('replies are what the application gives', false);
    app = handled.state;
  }
  return clause('the application is where the batch leads', equal(app, t.app));
}

/** The state after a batch: runs the service. */
export function execute(s: State, batch: Iterable<Request>, application: Application): State {
  let { app, executed } = s;
  for (const { client, seqno, request } of batch) {
    const { state, reply } = application.handle(app, request);
    app = state;
    executed = executed.append({ client, seqno, request, reply });
  }
  return { servers: s.servers, app, executed };
}

export const nextAtMostOnce = (
  s: State,
  t: State,
  application: Application,
  sessions: number,
): Verdict => next(s, t, application) ?? numbersRise(s, t, sessions);

function numbersRise(_s: State, _t: State, _sessions: number): Verdict {
  return undefined;
}

/** A client's request on the network. */
export interface RequestMessage {
  readonly type: 'request';
  readonly seqno: number;
  readonly request: Bytes;
}

/** A server's answer on the network. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly seqno: number;
  readonly reply: Bytes;
}

export const correspondence = (
  sent: Iterable<Packet<RequestMessage | ReplyMessage>>,
  s: State,
): Verdict => {
  const packets = [...sent];
  return (
    forAll(packets, (packet) => replyWasExecuted(packet, s))
    ?? forAll(s.executed, (row) => requestWasSent(row, packets, s))
  );
};

export const replyWasExecuted = (
  { src, dst, msg }: Packet<RequestMessage | ReplyMessage>,
  s: State,
  rows: Iterable<Executed> = s.executed,
): Verdict => {
  void dst;
  void msg;
  void src;
  void rows;
  return undefined;
};

export const requestWasSent = (
  row: Executed,
  sent: Iterable<Packet<RequestMessage | ReplyMessage>>,
  s: State,
): Verdict => {
  void row;
  void sent;
  void s;
  return undefined;
};

const sameRow = (a: Executed, b: Executed): boolean =>
  a === b
  || (a.client === b.client
    && a.seqno === b.seqno
    && a.request === b.request
    && a.reply === b.reply);

const sameElements = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean =>
  a === b || (a.size === b.size && [...a].every((item) => b.has(item)));
