/**
 * # How long keys may be on their way
 *
 * The theorem of the original promises that every delegation lands, not when: whatever is sent
 * between hosts again and again is accepted at last. Here is a bound, from the parameters and from
 * what is under way when the network works again. It is no tight one; but a protocol that is not
 * live exceeds every bound.
 *
 * In what follows, a packet takes less than L, and a host that may do something of its own accord
 * begins within R and goes on until there is nothing more to do; P is the period after which
 * messages are sent again, and n the number of hosts.
 *
 * - *A look*: while something is not acknowledged, a host looks every P + R for what to send again.
 *   The first time may be later: it has set its alarm for P after the last time, and whatever its
 *   clock was set back by since then, B at most, has to pass once more: so within F = B + P + R.
 * - *A message* that is the first which its recipient has not acknowledged is noted with the next
 *   look, and with the one after that sent again, if it still is the first. It arrives within L, and
 *   the recipient has accepted nothing after what came before it: so it is accepted, and the
 *   acknowledgement is there within another L. That is M = 2(P + R) + 2L + R. While all that it
 *   waits for is room, a message is sent within R of the acknowledgement before it.
 * - *All messages* from one host to another take one M after the other: those that are not
 *   acknowledged, and those that are still to be sent. An order makes as many pieces as its range
 *   has entries, at most, and one if it has none; the newcomer's own key may be one more. An order
 *   that has been accepted may be waiting, too, and nobody gives another. Let m be the most that any
 *   host has for any other. So everything has landed within D = F + R + m·M.
 * - *A client* asks somebody, and is sent from one host to the next. From where a host has sent a
 *   key last, it was sent on only later: so once all keys have landed it takes n hosts at most, and
 *   one before them that never had the key. With each of them it takes the time until it asks again
 *   (A), since it may ask for more before its last acknowledgement has come (L), and then there and
 *   back (2L + R): that is C = A + 3L + R. It sets a key, and then gets it: 2(n + 1)C.
 */
import type { Host } from '../../protocol/sht/host.ts';
import type { Content } from '../../protocol/sht/messages.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Client } from '../simulation/client.ts';
import type { Expect, Expectation, Healed } from '../simulation/expectation.ts';
import type { Wire } from './client.ts';
import { keysOf } from './keys.ts';
import { Line } from './line.ts';
import { isRoomy, type Names, type ShtShape } from './shape.ts';

/** How often the client asks again, in milliseconds. */
const PERIOD = 50;

/** Everything that is on its way lands, and a client who has never been there is served. */
export function expectAllLands<Said>(
  shape: ShtShape,
  names: Names,
  wire: Wire<Said>,
  states: readonly Host[],
): Expect<Said> {
  const begin = (healed: Healed): Expectation<Said> => {
    const bound = landingBound(states, healed);
    const unfinished = new Unfinished(states);
    const waitsFor = (): readonly string[] => unfinished.first;
    const landed = { bound, observe: () => {}, waitsFor };
    // Hosts that converse with as many others as they may do not listen to newcomers.
    if (!isRoomy(shape)) {
      const law = 'once the network delivers, all that hosts hand on lands in time';
      return { law, ...landed };
    }
    const client = new Newcomer(shape, names, wire);
    return {
      law: 'once the network delivers, all that hosts hand on lands in time, and clients are served',
      ...landed,
      bound: bound + servingBound(states.length, healed),
      client,
      waitsFor: () => (client.waitsFor.length > 0 ? client.waitsFor : waitsFor()),
    };
  };
  // Keys that are on their way to a host that is silent for ever are on their way for ever.
  return { silent: 0, begin };
}

const NOTHING: readonly never[] = [];

/** What hosts have not done yet. This is asked very often, and mostly nothing has changed. */
class Unfinished {
  readonly #states: readonly Host[];
  #host = 0;
  #state: Host | undefined;
  #found: readonly string[] = NOTHING;

  constructor(states: readonly Host[]) {
    this.#states = states;
  }

  /** Of one host that has something left to do; nothing if none has. */
  get first(): readonly string[] {
    if (this.#found.length > 0 && this.#states[this.#host] === this.#state) return this.#found;
    for (const [host, state] of this.#states.entries()) {
      this.#found = underWay(state);
      if (this.#found.length === 0) continue;
      this.#host = host;
      this.#state = state;
      break;
    }
    return this.#found;
  }
}

/** What a host has not done yet. */
function underWay({ constants, peers, orders, received }: Host): readonly string[] {
  const { me, hosts } = constants;
  const waiting = received === undefined ? [] : [`what ${me} has accepted`];
  const unacked = hosts.flatMap((host) => {
    const count = peers.get(host)?.unacked.length ?? 0;
    return count === 0 ? [] : [`${count} from ${me} to ${host}`];
  });
  return [
    ...waiting,
    ...orders.map(({ recipient }) => `${me}'s order for ${recipient}`),
    ...unacked,
  ];
}

/** How long it takes until everything has landed, in milliseconds, as derived above. */
export function landingBound(
  states: readonly Host[],
  { latency: L, reaction: R, clocks }: Healed,
): number {
  const { resendPeriod: P } = (states[0] as Host).constants.parameters;
  const setBack = states.map(({ resentAt }, place) => resentAt - (clocks[place] as number));
  const first = Math.max(0, ...setBack) + P + R;
  const message = 2 * (P + R) + 2 * L + R;
  return first + R + mostMessages(states) * message;
}

/** How many messages one host has for another, at most. */
function mostMessages(states: readonly Host[]): number {
  let most = 0;
  for (const { constants, peers, orders, table, received } of states) {
    const waiting = received?.msg.content.type === 'shard' ? table.size + 1 : 0;
    for (const host of constants.hosts) {
      let messages = (peers.get(host)?.unacked.length ?? 0) + waiting;
      for (const { range, recipient } of orders) {
        if (recipient === host) messages += table.within(range.low, range.high).size + 1;
      }
      most = Math.max(most, messages);
    }
  }
  return most;
}

/** How long it takes a client to be served after that, in milliseconds, as derived above. */
const servingBound = (
  hosts: number,
  { latency: L, reaction: R }: Pick<Healed, 'latency' | 'reaction'>,
): number => 2 * (hosts + 1) * (PERIOD + 3 * L + R);

const VALUE = 'n';

/** Sets a key and then gets it, wherever it is sent, and asks again until it is answered. */
class Newcomer<Said> implements Client<Said> {
  readonly name: EndPoint;
  wakeAt = 0;
  readonly #wire: Wire<Said>;
  readonly #lines: ReadonlyMap<EndPoint, Line<Said>>;
  /** What it wants, one after the other, and whom it asks. */
  #wants: readonly Content[];
  #waitsFor: readonly string[];
  #host: EndPoint;

  constructor({ keys, parameters }: ShtShape, { hosts, newcomer }: Names, wire: Wire<Said>) {
    const key = keysOf(keys).at(-1) as bigint;
    const value = VALUE.slice(0, parameters.maxValueBytes);
    this.name = newcomer;
    this.#wire = wire;
    this.#lines = new Map(hosts.map((host) => [host, new Line<Said>()]));
    this.#wants = [
      { type: 'set', key, value },
      { type: 'get', key },
    ];
    this.#host = hosts.at(-1) as EndPoint;
    this.#waitsFor = this.#wants.map(({ type }) => `${newcomer}'s ${type}`);
  }

  get waitsFor(): readonly string[] {
    return this.#waitsFor;
  }

  act(now: number): readonly Packet<Said>[] {
    const { name: src } = this;
    const sends: Packet<Said>[] = [];
    for (const [dst, { heard }] of this.#lines) {
      if (heard === 0) continue;
      sends.push({ src, dst, msg: this.#wire.write({ type: 'ack', seqno: heard }) });
    }
    const [content] = this.#wants;
    this.wakeAt = content === undefined ? Number.POSITIVE_INFINITY : now + PERIOD;
    if (content === undefined) return sends;
    const dst = this.#host;
    const line = this.#lines.get(dst) as Line<Said>;
    const { seqno } = line.underWay[0] ?? line.ask(content);
    sends.push({ src, dst, msg: this.#wire.write({ type: 'single', seqno, dst, content }) });
    return sends;
  }

  hear({ src, msg: said }: Packet<Said>, now: number): void {
    const msg = this.#wire.read(said);
    if (msg.type !== 'single') return;
    const { content } = msg;
    const answered = this.#lines.get(src)?.hear(msg);
    if (answered === undefined) return;
    if (content.type === 'redirect') this.#host = content.owner;
    else this.#served();
    this.wakeAt = now + 1;
  }
  #served(): void {
    this.#wants = this.#wants.slice(1);
    this.#waitsFor = this.#waitsFor.slice(1);
  }
}
