/**
 * # The executor
 *
 * Runs the service, one decided operation after the other, and answers clients: those whose
 * requests it executes, where this replica proposed them, and those who ask again.
 *
 * Follows Impl/RSL/ExecutorModel.i.dfy of IronFleet.
 */
import { MAX_REPLY_BYTES } from '../../spec/apps/application.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Service, ServiceClass } from '../apps/service.ts';
import type { Io } from '../framework/io.ts';
import { isBelow, NO_BALLOT } from './ballot.ts';
import type { Ballot, Batch } from './messages.ts';
import type { Replica } from './replica.ts';
import { RememberedReply, type ReplyCache, remember } from './replyCache.ts';

export class Executor {
  app: Service;
  operationsComplete = 0;
  maxBallotReflected: Ballot = NO_BALLOT;
  replyCache: ReplyCache = new Map();
  decided: { readonly batch: Batch; readonly ballot: Ballot } | undefined;
  /** The message that tells this state, once somebody has asked for it. */
  supply: Uint8Array | undefined;

  constructor(app: Service) {
    this.app = app;
  }
}

/** What is answered if a service replies with more than a reply may have. */
const TOO_LONG = new Uint8Array(0);

/** A quorum has voted for the next operation. */
export function mayDecide({ constants, learner, executor: e }: Replica): boolean {
  if (e.decided !== undefined) return false;
  const tally = learner.tallies.get(e.operationsComplete);
  return tally !== undefined && tally.voters.size >= constants.quorum;
}

export function decide({ executor: e, learner }: Replica): string {
  const tally = learner.tallies.get(e.operationsComplete);
  if (tally !== undefined) e.decided = { batch: tally.batch, ballot: learner.maxBallotSeen };
  return 'decide';
}

/** The next operation is decided, and can be counted. */
export const mayExecute = ({ constants, executor: e }: Replica): boolean =>
  e.decided !== undefined && e.operationsComplete < constants.parameters.maxInteger;

export function execute(r: Replica, io: Io): string {
  const { executor: e, constants } = r;
  if (e.decided === undefined) return 'idle';
  const { batch, ballot } = e.decided;
  const { compatible } = constants.parameters;
  if (compatible) executeAsOriginal(r, io, batch);
  else executeOnce(r, io, batch, ballot.proposer === constants.index);
  const operation = e.operationsComplete;
  e.operationsComplete++;
  e.supply = undefined;
  if (isBelow(e.maxBallotReflected, ballot)) e.maxBallotReflected = ballot;
  e.decided = undefined;
  r.learner.tallies.delete(operation);
  r.election.noteExecuted(batch);
  r.proposer.noteExecuted(operation, batch);
  return 'execute';
}

/** Executes what is not settled, and answers if told to. */
function executeOnce(r: Replica, io: Io, { requests }: Batch, isToAnswer: boolean): void {
  const { replyCache } = r.executor;
  const { parameters } = r.constants;
  for (const { client, seqno, request } of requests) {
    let latest = replyCache.get(client);
    if (latest === undefined || latest.seqno < seqno) {
      latest = new RememberedReply(seqno, handle(r, client, request));
      remember(replyCache, client, latest, parameters);
    }
    // If a settled request is not the client's latest, nobody waits for an answer.
    if (!isToAnswer || latest.seqno !== seqno) continue;
    io.send(client, latest.message);
    r.observer.replySent?.(client, seqno);
  }
}

/** Executes whatever was executed before as well, and answers in any case. */
function executeAsOriginal(r: Replica, io: Io, { requests }: Batch): void {
  for (const { client, seqno, request } of requests) {
    const latest = new RememberedReply(seqno, handle(r, client, request));
    remember(r.executor.replyCache, client, latest, r.constants.parameters);
    io.send(client, latest.message);
    r.observer.replySent?.(client, seqno);
  }
}

/** What the service answers, the same at all replicas. */
function handle(r: Replica, client: EndPoint, request: Uint8Array): Uint8Array {
  const { executor, counters, service } = r;
  let reply: Uint8Array;
  try {
    reply = executor.app.handleRequest(request);
  } catch (cause) {
    throw failureOf(service, client, request, cause);
  }
  if (!(reply instanceof Uint8Array)) throw noReply(service, reply);
  if (reply.length <= MAX_REPLY_BYTES) return reply;
  counters.repliesTooLong++;
  return TOO_LONG;
}

/** A service that throws ends its replica; this says which, and at what. */
function failureOf(
  { serviceName }: ServiceClass,
  client: EndPoint,
  { length }: Uint8Array,
  cause: unknown,
): Error {
  const request = `a request of ${length} bytes of client ${client}`;
  const what = cause instanceof Error ? cause.message : String(cause);
  return new Error(`the service ${serviceName} failed on ${request}: ${what}`, { cause });
}

function noReply({ serviceName }: ServiceClass, reply: unknown): TypeError {
  const isPromised = typeof (reply as { then?: unknown } | undefined | null)?.then === 'function';
  const given = isPromised ? 'a promise: it must not be async' : describe(reply);
  const gave = `handleRequest of the service ${serviceName} gave ${given}`;
  return new TypeError(isPromised ? gave : `${gave}, where a Uint8Array must be`);
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `an object of ${value.constructor?.name ?? 'no class'}`
    : `${typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)}`;
