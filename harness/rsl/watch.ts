/**
 * # What a campaign hopes to see of a replicated service
 *
 * The corner cases for which the protocol was made as it is. A campaign in which one of them never
 * happened proves little about it.
 */
import { bytesOf, type Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { isSettled } from '../../protocol/rsl/replyCache.ts';
import type { Act } from '../../refinement/framework/systemRefinement.ts';
import type { Ghost } from '../../refinement/rsl/ghost.ts';
import type { Watcher } from '../simulation/protocolService.ts';
import { isEachFull, isEachShort } from './requests.ts';
import type { RslShape } from './shape.ts';

/** Whoever counts ballots from one counts this many without a surprise. */
const USUAL_BALLOTS = 3;

const HOPES = {
  'several requests were executed as one operation': false,
  'a request that comes again was not executed again': false,
  'a request that comes again was executed again': false,
  'the window was full while requests waited': false,
  'several operations took effect in one step': false,
  'a ballot beyond the third came to its second phase': false,
  'a replica that had started again came to lead': false,
  'a reply was forgotten to make room': false,
  'a batch was cut because it would have had too many bytes': false,
  'a request was proposed at once because nothing was under way': false,
  'a heartbeat was sent before its time because there was news': false,
};

type Hope = keyof typeof HOPES;

/** What there is no hope of in some configuration. */
export function hopeless({ parameters, clients }: RslShape): readonly Hope[] {
  const { compatible, durable, maxBatchSize, maxLogLength, maxCachedReplies } = parameters;
  const reasons: readonly (readonly [Hope, boolean])[] = [
    ['several requests were executed as one operation', maxBatchSize === 1],
    ['a request that comes again was not executed again', compatible],
    ['a request that comes again was executed again', !compatible],
    // An operation is proposed only when those before its window are chosen and executed.
    ['several operations took effect in one step', maxLogLength === 1],
    ['a replica that had started again came to lead', !durable],
    ['a reply was forgotten to make room', maxCachedReplies >= clients],
    [
      'a batch was cut because it would have had too many bytes',
      isEachFull(parameters) || isEachShort(parameters),
    ],
    [
      'a request was proposed at once because nothing was under way',
      compatible || isEachFull(parameters),
    ],
    ['a heartbeat was sent before its time because there was news', compatible],
  ];
  return reasons.filter(([, vain]) => vain).map(([hope]) => hope);
}

export class RslWatcher implements Watcher<Replica, Message, Ghost> {
  #operations = 0;
  readonly #seen = { ...HOPES };
  readonly #hopeless: readonly string[];
  readonly #startedAgain = new Set<number>();

  constructor(shape: RslShape) {
    this.#hopeless = hopeless(shape);
  }

  step({ host, action, before, now = 0, step }: Act<Replica, Message>, ghost: Ghost): void {
    const seen = this.#seen;
    const operations = ghost.history.length;
    if (operations > this.#operations + 1)
      seen['several operations took effect in one step'] = true;
    this.#operations = operations;
    switch (action) {
      case 'execute':
        this.#execute(before, step.state);
        break;
      case 'receiveRequest':
        seen['the window was full while requests waited'] ||= isWindowFull(step.state);
        break;
      case 'proposeBatch':
        seen['the window was full while requests waited'] ||= isWindowFull(step.state);
        this.#propose(before, step.state, now);
        break;
      case 'sendHeartbeat':
        seen['a heartbeat was sent before its time because there was news'] ||=
          now < before.nextHeartbeat;
        break;
      case 'startPhase2':
        this.#lead(host, step.state);
        break;
      case 'restart':
        this.#startedAgain.add(host);
        break;
    }
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(
      Object.entries(this.#seen).filter(([hope]) => !this.#hopeless.includes(hope)),
    );
  }

  #execute(before: Replica, after: Replica): void {
    const seen = this.#seen;
    const { decided, replyCache } = before.executor;
    if (decided === undefined) return;
    const { batch } = decided;
    if (batch.length > 1) seen['several requests were executed as one operation'] = true;
    const { compatible, maxCachedReplies } = before.constants.parameters;
    if (batch.some(({ client, seqno }) => isSettled(replyCache, client, seqno))) {
      if (compatible) seen['a request that comes again was executed again'] = true;
      else seen['a request that comes again was not executed again'] = true;
    }
    const full = replyCache.size === maxCachedReplies;
    if (full && [...replyCache.keys()].some((client) => !after.executor.replyCache.has(client))) {
      seen['a reply was forgotten to make room'] = true;
    }
  }

  #propose({ proposer: p, constants }: Replica, after: Replica, now: number): void {
    const { maxBatchSize, maxBatchBytes } = constants.parameters;
    const left = after.proposer.requestQueue.length;
    if (p.requestQueue.length - left >= maxBatchSize) return;
    if (left > 0) {
      this.#seen['a batch was cut because it would have had too many bytes'] = true;
      return;
    }
    const isFull = bytesOf(p.requestQueue) >= maxBatchBytes;
    const isOld = p.batchDeadline !== undefined && now >= p.batchDeadline;
    if (isFull || isOld || p.proposed.size > 0 || isBeforeVoted(p)) return;
    this.#seen['a request was proposed at once because nothing was under way'] = true;
  }

  #lead(host: number, { constants, proposer }: Replica): void {
    const { seqno, proposer: leader } = proposer.maxBallotSent1a;
    const before = (seqno - 1) * constants.replicas.length + leader;
    if (before >= USUAL_BALLOTS) {
      this.#seen['a ballot beyond the third came to its second phase'] = true;
    }
    if (this.#startedAgain.has(host)) {
      this.#seen['a replica that had started again came to lead'] = true;
    }
  }
}

/** Whether a promise tells of a vote for an operation after the next. */
const isBeforeVoted = ({ received1bs, nextOperation }: Replica['proposer']): boolean =>
  [...received1bs.values()].some(({ votes }) => [...votes.keys()].some((op) => op > nextOperation));

function isWindowFull({ constants, proposer, acceptor }: Replica): boolean {
  const end = acceptor.logTruncationPoint + constants.parameters.maxLogLength;
  return proposer.phase === 2 && proposer.requestQueue.length > 0 && proposer.nextOperation >= end;
}
