/**
 * # How long a reply may take
 *
 * The theorem of the original promises that a reply comes, not when: under its assumptions, a
 * request that a client keeps sending to a live quorum is answered at last. Here is a bound, from
 * the parameters and from where the replicas' timers stand when the assumptions begin to hold. It
 * is no tight one; but a protocol that is not live exceeds every bound.
 *
 * In what follows, a packet takes less than L, and a replica that may do something of its own
 * accord begins within R and goes on until there is nothing more to do. A is the client's period,
 * H that of heartbeats, B the length of a first epoch, W the window.
 *
 * - *News*, such as a view or a suspicion, reaches every live replica within N = H + 2R + L: with
 *   the next heartbeat.
 * - *Service*: a live replica that leads long enough has the request executed within S of the
 *   beginning of its view: the view gets about (N), then come 1a, 1b, 2a (3L + 3R) and, if
 *   somebody is behind, three messages that bring it the state (3L + 3R). Then come rounds of at
 *   most W operations each, for which the leader waits for a batch to fill, if it has to; they are
 *   voted on and executed, are written down, and their checkpoints get about and move the window
 *   (batch delay + 2L + 3R + N). There are as many rounds as it takes for what is in the window
 *   already, for each waiting request, and for ours. How many batches these make: whatever a batch
 *   that is cut by its bytes has, with what the next one has, is more than it may have; so there
 *   are no more of these than twice all bytes make. The last round ends with the reply (L); or it
 *   was another leader's proposal that was executed, which no other replica answers, and the client
 *   has to ask once more (A + 2L + R).
 * - *Suspicion*: once all live replicas know of the request, after A + L, and while none of them
 *   has executed it, each suspects its leader at the latest at the end of its next epoch but one.
 *   So a view whose Q-th shortest epoch, of live replicas, is E is over after 2E + 2N. Whoever
 *   enters a view doubles its epoch; nobody makes it short again, for something old is waiting.
 * - A *short* view is one whose Q-th shortest epoch is less than S, so that it may be over too
 *   soon. All Q who end it have a short epoch, and double it. An epoch is doubled at most
 *   m = ⌈log₂ S/B⌉ times until it is no longer short, so there are at most n·m/Q + 1 short views.
 *   Each of the n replicas has each length only once; all that it has before S add up to less than
 *   2S, so all short views together last no longer than 4nS + (n·m/Q + 1)·2N.
 * - A *lost* view is a longer one whose leader is dead, or whose ballot is too low, as somebody has
 *   promised a higher one. There are at most l = f + G + 1, where f replicas are dead and G is how
 *   many views the highest ballot ever seen is ahead of the live replicas' highest view. The first
 *   has an epoch of at most E₀ = max(2S, 2e), where e is the longest that any live replica has when
 *   all this begins, and each of the others at most one twice as long as the one before it.
 *   Together they last no longer than 2E₀(2ˡ − 1) + 2Nl.
 *
 * Running replicas never have two operations with requests of one client under way, so each round
 * may be of one operation only: for them W is 1.
 *
 * Before any of that, whatever the timers were set to has to pass: clocks that were set back make
 * that long.
 *
 * Where replicas try again, more is promised: every live replica answers, so each has caught up,
 * within C of the first reply. P is the period of retries.
 *
 * - *Catching up*: a replica hears that it is behind (N); looks twice, and then asks, in turns, for
 *   votes and for the state of one of the n others, until it has one that is ahead (2nP + 4L + 4R).
 *   That one may be behind, too: this happens at most n times. Then the client has to ask once more
 *   (A + 2L + R). Running replicas try less and less often, the longer it takes, and ask for
 *   states less often still: for them P is the longest that they wait.
 *
 * And more is promised for the time when nobody asks for anything any more: fewer than a quorum wait
 * in the end, whatever others have asked for before, and all live replicas are in one view. A
 * replica that alone knows of a request may wait for ever, for nobody else suspects a leader for it.
 *
 * - *Quiet*: what waits somewhere grows no more. So who is in a quorum that waits has waited all the
 *   while, and as above every view ends. Whoever leads a view that is neither short nor lost has
 *   proposed and executed all that it waited for, and waits no longer; so after n such views in a
 *   row nobody waits. They are as long as n more that are lost, at most. When nobody ends a view any
 *   more, the last one gets about (2N: there may have been one suspicion too many).
 */
import { MOST_DOUBLINGS, PERIODS_BETWEEN_STATES } from '../../impl/rsl/retry.ts';
import { type Ballot, compareBallots } from '../../protocol/rsl/ballot.ts';
import type { Parameters } from '../../protocol/rsl/configuration.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { wireOf } from '../../refinement/rsl/wire.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Expect, Expectation, Healed } from '../simulation/expectation.ts';
import { Random } from '../simulation/random.ts';
import { type Conversation, PersistentClient } from '../simulation/requestClient.ts';
import {
  type ApplicationName,
  ASKED,
  conversationInBytes,
  conversationWith,
  LONGEST,
} from './requests.ts';
import { ballotsAhead, higher, timersLeft } from './standing.ts';

/** How often the client asks. */
const PERIOD = 50;
/** A number beyond all that clients have used before. */
const FRESH = 1_000_000;

/** Replies to a client that keeps asking all live replicas. */
export function expectReply(
  application: ApplicationName,
  states: readonly Replica[],
): Expect<Message> {
  const conversation = conversationWith(application);
  return expectReplyTo('client1', { msg: freshRequest(application), conversation }, states, {});
}

/** How fast replicas are that do not do all that they may as soon as they may. */
interface Pace {
  /** How many operations are under way at once, if that is fewer than there may be. */
  readonly window?: number;
  /** In how many retry periods they try once, if not in each. */
  readonly patience?: number;
}

/** Those that run: no two operations with requests of one client, and longer and longer waits. */
const RUNNING: Pace = {
  window: 1,
  patience: Math.max(2 ** MOST_DOUBLINGS, PERIODS_BETWEEN_STATES),
};

/** The same of replicas that run, who are asked in bytes. */
export function expectReplyInBytes(
  application: ApplicationName,
  client: EndPoint,
  states: readonly Replica[],
): Expect<Uint8Array> {
  const conversation = conversationInBytes(application);
  const msg = wireOf(ASKED[application].application, true).write(freshRequest(application));
  return expectReplyTo(client, { msg, conversation }, states, RUNNING);
}

const freshRequest = (application: ApplicationName): Message => ({
  type: 'request',
  seqno: FRESH,
  request: ASKED[application].request(new Random(0)),
});

/** What a client keeps asking, and how it is answered. */
interface Asking<Said> {
  readonly msg: Said;
  readonly conversation: Conversation<Said>;
}

function expectReplyTo<Said>(
  name: EndPoint,
  { msg, conversation }: Asking<Said>,
  states: readonly Replica[],
  { window, patience = 1 }: Pace,
): Expect<Said> {
  const [first] = states;
  if (first === undefined) throw new RangeError('no replica, no reply');
  const { replicas, quorum, parameters } = first.constants;
  const request = { client: name, seqno: FRESH, msg };
  const begin = (healed: Healed): Expectation<Said> => {
    const asked = healed.live.map((place) => replicas[place] as EndPoint);
    const client = new PersistentClient(request, asked, conversation, PERIOD);
    const common = { client, observe: () => {} };
    const bound = replyBound(states, healed, window);
    if (parameters.compatible) {
      return {
        ...common,
        law: 'once a quorum lives and the network delivers, a request is answered in time',
        bound,
        waitsFor: () => (client.answeredBy.size > 0 ? [] : [`${client.name}#${FRESH}`]),
      };
    }
    return {
      ...common,
      law: 'once a quorum lives and the network delivers, every live replica answers in time',
      bound: bound + catchUpBound(replicas.length, patience, parameters, healed),
      waitsFor: () => asked.filter((replica) => !client.answeredBy.has(replica)),
      after: (now) => expectQuiet(states, now, window),
    };
  };
  return { silent: replicas.length - quorum, begin };
}

/**
 * What comes after the last reply, when nobody asks for anything more: in the end fewer than a
 * quorum wait for anything, so no view ends any more, and all live replicas are in one.
 */
function expectQuiet(
  states: readonly Replica[],
  healed: Healed,
  window?: number,
): Expectation<never> {
  const live = (): readonly Replica[] => healed.live.map((place) => states[place] as Replica);
  const [{ constants }] = live() as [Replica];
  return {
    law: 'once nobody asks for more, nothing waits at a quorum and views end no more, in time',
    bound: quietBound(states, healed, window),
    observe: () => {},
    waitsFor: () => {
      const impatient = live().filter(isImpatient);
      if (impatient.length >= constants.quorum) return impatient.map(nameOf);
      const latest = live().map(viewOf).reduce(higher);
      return live()
        .filter((r) => compareBallots(viewOf(r), latest) !== 0)
        .map(nameOf);
    },
  };
}

const nameOf = ({ constants }: Replica): EndPoint => constants.me;
const viewOf = ({ election }: Replica): Ballot => election.view;
const isImpatient = ({ election: { receivedEarlier, receivedThisEpoch } }: Replica): boolean =>
  receivedEarlier.length + receivedThisEpoch.length > 0;

/**
 * How long after the first reply the last may come, in milliseconds, as derived above; a replica
 * tries once in `patience` retry periods.
 */
function catchUpBound(
  replicas: number,
  patience: number,
  { heartbeatPeriod, retryPeriod }: Parameters,
  { latency: L, reaction: R }: Healed,
): number {
  const news = heartbeatPeriod + 2 * R + L;
  const round = news + 2 * replicas * patience * retryPeriod + 4 * (L + R);
  return replicas * round + PERIOD + 2 * L + R;
}

/** How long it may take until it is quiet, in milliseconds, as derived above. */
function quietBound(states: readonly Replica[], healed: Healed, window?: number): number {
  const { heartbeatPeriod } = (states[0] as Replica).constants.parameters;
  const news = heartbeatPeriod + 2 * healed.reaction + healed.latency;
  return replyBound(states, healed, window, states.length) + 2 * news;
}

/**
 * How long the first reply may take, in milliseconds, as derived above; `window` is W, if not that
 * of the parameters. With `turns`, until after the end of the chaos so many more views have passed
 * in which nobody is in a hurry.
 */
export function replyBound(
  states: readonly Replica[],
  healed: Healed,
  window?: number,
  turns = 0,
): number {
  const { latency: L, reaction: R } = healed;
  const live = healed.live.map((place) => states[place] as Replica);
  const { parameters, quorum } = (live[0] as Replica).constants;
  const { heartbeatPeriod, baselineViewTimeout } = parameters;
  const news = heartbeatPeriod + 2 * R + L;
  const maxLogLength = window ?? parameters.maxLogLength;
  const service = serviceTime(live, { ...parameters, maxLogLength }, { L, R, news });
  const doublings = Math.max(0, Math.ceil(Math.log2(service / baselineViewTimeout)));
  const short = Math.floor((states.length * doublings) / quorum) + 1;
  const longest = Math.max(...live.map(({ election }) => election.epochLength));
  const lost = states.length - live.length + ballotsAhead(states, live) + 1 + turns;
  const shortViews = 4 * states.length * service + short * 2 * news;
  const lostViews = 2 * Math.max(2 * service, 2 * longest) * (2 ** lost - 1) + lost * 2 * news;
  const first = timersLeft(live, healed) + PERIOD + L + 2 * longest + 2 * news;
  return first + shortViews + lostViews + service;
}

interface Times {
  readonly L: number;
  readonly R: number;
  readonly news: number;
}

function serviceTime(live: readonly Replica[], parameters: Parameters, { L, R, news }: Times) {
  const { maxLogLength, maxBatchSize, maxBatchBytes, maxBatchDelay } = parameters;
  const waiting = new Map<string, number>();
  for (const { election, proposer } of live) {
    for (const queue of [
      election.receivedEarlier,
      election.receivedThisEpoch,
      proposer.requestQueue,
    ]) {
      for (const { client, seqno, request } of queue) {
        waiting.set(`${client} ${seqno}`, request.length);
      }
    }
  }
  let bytes = LONGEST;
  for (const length of waiting.values()) bytes += length;
  const cut = Math.floor((2 * bytes) / maxBatchBytes);
  const batches = Math.min(waiting.size + 1, Math.ceil((waiting.size + 1) / maxBatchSize) + cut);
  const rounds = 1 + Math.ceil(batches / maxLogLength);
  const round = maxBatchDelay + 2 * L + 3 * R + news;
  return news + 6 * (L + R) + rounds * round + L + PERIOD + 2 * L + R;
}
